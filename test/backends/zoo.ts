/** Programs that people write, with the number of kernels each should become. */

import { condClosed } from '../../lang/primitives/cond.ts'
import { contract } from '../../lang/primitives/contraction.ts'
import { permute } from '../../lang/primitives/reindex.ts'
import { scanClosed } from '../../lang/primitives/scan.ts'
import { unfold } from '../../lang/primitives/window.ts'
import { closeOver, numbered } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { bool } from '../../lang/syntax/shape.ts'
import {
  add,
  argmax,
  broadcastTo,
  concat,
  cos,
  cumSum,
  div,
  exp,
  gather,
  gradOrThrow,
  int,
  mul,
  programOrThrow,
  real,
  reduceMax,
  reshape,
  scatterAdd,
  sin,
  sub,
  sum,
  tanh,
  vjpOrThrow,
} from '../../src/index.ts'
import type { AnyProgram } from './execution.ts'

const any = (p: unknown): AnyProgram => p as AnyProgram
const matmul = (a: Expr, b: Expr): Expr => contract({ x: 'ij', y: 'jk', out: 'ik', ties: [] })(a, b)
const conv = (stride: number, size: number) =>
  contract({
    x: 'nchw',
    y: 'ocrs',
    out: 'nopq',
    ties: [
      { x: 'h', y: 'r', out: 'p', cx: 1, cy: -1, co: -stride, offset: 1, size },
      { x: 'w', y: 's', out: 'q', cx: 1, cy: -1, co: -stride, offset: 1, size },
    ],
  })
const rowwise = (x: Expr): Expr => broadcastTo([3, 20])(reshape([3, 1])(x)) as Expr

const pointwise = programOrThrow({ x: real(4, 5), w: real(5), b: real() }, ({ x, w, b }) =>
  sum()(tanh(add(mul(x, w), b))),
)
const softmax = programOrThrow(real(3, 20), (x: Expr) => {
  const e = exp(sub(x, rowwise(reduceMax(1)(x)))) as Expr
  return div(e, rowwise(sum(1)(e)))
})
const norm = programOrThrow(real(3, 20), (x: Expr) => {
  const d = sub(x, rowwise(div(sum(1)(x), 20))) as Expr
  return div(d, rowwise(add(sum(1)(mul(d, d)), 1)))
})
const layer = programOrThrow({ a: real(6, 24), b: real(24, 10) }, ({ a, b }) => tanh(matmul(a, b)))
const images = (stride: number, size: number) =>
  programOrThrow({ x: real(2, 3, 9, 9), k: real(4, 3, 3, 3) }, ({ x, k }) => conv(stride, size)(x, k))
const pool = programOrThrow(real(2, 6, 4), (x: Expr) => {
  const w = (length: number) => ({ size: 2, stride: 2, dilation: 1, low: 0, count: length / 2, length })
  return reduceMax([2, 4])(unfold(w(6))(permute([0, 2, 3, 1])(unfold(w(4))(x)) as Expr))
})
const body = closeOver(numbered([real(3), real(3)]), ([c, x]) => [
  tanh(add(c as Expr, x as Expr)) as Expr,
  sin(c as Expr) as Expr,
])
const recurrence = programOrThrow({ c: real(3), x: real(5, 3) }, ({ c, x }) => {
  const [last, ys] = scanClosed(5, false, body)([c], [x], []) as [Expr, Expr]
  return add(sum()(last), sum()(ys))
})
const yes = closeOver(numbered([real(3)]), ([x]) => [
  sum()(scanClosed(2, true, body)([x as Expr], [broadcastTo([2, 3])(x as Expr) as Expr], [])[1] as Expr) as Expr,
])
const no = closeOver(numbered([real(3)]), ([x]) => [sum()(mul(x as Expr, x as Expr)) as Expr])
const nested = programOrThrow({ p: bool(), x: real(3) }, ({ p, x }) => condClosed(p, yes, no)(x)[0] as Expr)

export const zoo: readonly (readonly [string, AnyProgram, number])[] = [
  ['a broadcasting chain and its sum', any(pointwise), 1],
  ['its gradient', any(gradOrThrow(pointwise as never)), 4],
  ['softmax', any(softmax), 4],
  ['a normalisation', any(norm), 4],
  ['a product with its epilogue', any(layer), 1],
  ['its two gradients', any(vjpOrThrow(layer)), 5],
  ['a convolution', any(images(1, 9)), 1],
  ['its two gradients', any(vjpOrThrow(images(1, 9))), 3],
  ['max-pooling', any(pool), 1],
  [
    'an embedding',
    any(programOrThrow({ t: real(5, 3), at: int(4) }, ({ t, at }) => sum()(mul(gather(t, at), gather(t, at))))),
    1,
  ],
  ['a scatter', any(programOrThrow({ x: real(4, 3), at: int(4) }, ({ x, at }) => scatterAdd(6)(x, at))), 0],
  ['argmax', any(programOrThrow(real(3, 7), (x: Expr) => argmax(1)(x))), 1],
  [
    'movement only',
    any(
      programOrThrow({ x: real(2, 3), y: real(2, 2) }, ({ x, y }) =>
        permute([1, 0])(reshape([5, 2])(concat(1)([x, y]) as Expr) as Expr),
      ),
    ),
    1,
  ],
  ['running sums', any(programOrThrow(real(9), (x: Expr) => cumSum(0)(x))), 4],
  ['a recurrence', any(recurrence), 3],
  ['its gradient', any(gradOrThrow(recurrence as never)), 5],
  ['a choice around a loop', any(nested), 5],
]
/** Sizes at which kernels compute several elements per thread, with a remainder along every axis. */
export const blocks: readonly (readonly [string, AnyProgram])[] = [
  ['a product', any(programOrThrow({ a: real(8, 19), b: real(19, 13) }, ({ a, b }) => tanh(matmul(a, b))))],
  [
    'a batch of products',
    any(
      programOrThrow({ a: real(3, 8, 17), b: real(3, 17, 9) }, ({ a, b }) =>
        contract({ x: 'nij', y: 'njk', out: 'nik', ties: [] })(a, b),
      ),
    ),
  ],
  [
    'a transposed product',
    any(
      programOrThrow({ a: real(16, 12), b: real(16, 10) }, ({ a, b }) =>
        contract({ x: 'ki', y: 'kj', out: 'ij', ties: [] })(a, b),
      ),
    ),
  ],
  ['a convolution and its gradients', any(vjpOrThrow(images(1, 9)))],
  [
    'a convolution of stride 2 and its gradients',
    any(vjpOrThrow(programOrThrow({ x: real(2, 4, 16, 17), k: real(8, 4, 3, 3) }, ({ x, k }) => conv(2, 8)(x, k)))),
  ],
  [
    'distances and their nearest',
    any(
      programOrThrow({ a: real(12, 9), b: real(10, 9) }, ({ a, b }) => {
        const d = sub(
          broadcastTo([12, 10, 9])(reshape([12, 1, 9])(a) as never) as Expr,
          broadcastTo([12, 10, 9])(reshape([1, 10, 9])(b) as never) as Expr,
        ) as Expr
        const s = sum(2)(mul(d, d))
        return { s, nearest: argmax(1)(s), rows: reduceMax(2)(d) }
      }),
    ),
  ],
]
const deep = programOrThrow({ x: real(8, 8), w: real(8, 8) }, ({ x, w }) => {
  let y: Expr = x
  for (let k = 0; k < 10; k++) y = tanh(matmul(y, w)) as Expr
  return sum()(y)
})
const waves = programOrThrow(real(50), (x: Expr) => sum()(mul(sin(exp(x)), cos(x))))
/** A function and its gradient. */
export const gradients: readonly (readonly [string, AnyProgram, AnyProgram])[] = [
  ['a deep network', any(deep), any(gradOrThrow(deep as never))],
  ['waves', any(waves), any(gradOrThrow(waves as never))],
  ['a layer', any(layer), any(vjpOrThrow(layer))],
  ...(
    [
      [1, 9],
      [2, 5],
      [3, 3],
    ] as const
  ).map(([s, n]) => [`a convolution of stride ${s}`, any(images(s, n)), any(vjpOrThrow(images(s, n)))] as const),
]
/** n operations, one after another. */
export const chain = (n: number): AnyProgram =>
  any(
    programOrThrow(real(4), (x: Expr) => {
      let y: Expr = x
      for (let k = 0; k < n; k++) y = [sin(y), mul(y, x), add(y, x)][k % 3] as Expr
      return y
    }),
  )
