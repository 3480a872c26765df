/** The twelve workloads: models as expressions of whole batches, their losses, data and parameters. */
import type { Expr } from '../../lang/expr.ts'
import * as O from '../../lang/operations/index.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import * as P from '../../lang/primitives/elementwise.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import { programOrThrow } from '../../lang/program.ts'
import { real, type Shape } from '../../lang/shape.ts'
import { adam, sgd } from '../../src/optim/index.ts'
import type { Optimizer } from '../../src/optim/optimizer.ts'
import { fill, images, onehot, type Parameter } from './data.ts'

type Xs = readonly Expr[]
const at = (xs: Xs, k: number): Expr => xs[k] as Expr
const { add, sub, mul, div, neg, tanh, sin, exp } = P
const dense = (x: Expr, w: Expr, b: Expr): Expr => add(O.matmul(x, w as never), b)
const crossEntropy = (logits: Expr, y: Expr): Expr =>
  O.mean(0)(neg(sum(1)(mul(y, O.logSoftmax(1)(logits) as Expr)) as Expr) as never) as Expr
const meanSquare = (x: Expr, y: Expr): Expr => O.mean()(O.square(sub(x, y)) as never) as Expr

/** A loss of parameters and data, and where both start. */
export interface Model {
  readonly parameters: readonly Parameter[]
  readonly data: readonly Shape[]
  readonly values: readonly Float32Array[]
  readonly loss: (params: Xs, data: Xs) => Expr
  /** How it is trained, where it is. */
  readonly optimizer?: Optimizer
}

const mlp = (batch: number): Model => ({
  parameters: [
    [[784, 128], 0.5],
    [[128], 0.1],
    [[128, 10], 1],
    [[10], 1],
  ],
  data: [
    [batch, 784],
    [batch, 10],
  ],
  values: [images(batch, [784]), onehot(batch)],
  loss: (p, [x, y]) => {
    const h = O.relu(dense(x as Expr, at(p, 0), at(p, 1)) as never) as Expr
    return crossEntropy(dense(h, at(p, 2), at(p, 3)), y as Expr)
  },
  optimizer: sgd({ rate: 0.05 }),
})
const deep = (batch: number, sizes: readonly number[], scale: number): Model => ({
  parameters: sizes.slice(1).flatMap((n, k): readonly Parameter[] => [
    [[sizes[k] as number, n], scale],
    [[n], 0.1],
  ]),
  data: [
    [batch, sizes[0] as number],
    [batch, 1],
  ],
  values: [fill([batch, sizes[0] as number], 1, 100), fill([batch, 1], 1, 101)],
  loss: (p, [x, y]) => {
    const last = p.length / 2 - 1
    let h = x as Expr
    for (let k = 0; k <= last; k++) {
      const z = dense(h, at(p, 2 * k), at(p, 2 * k + 1))
      h = k < last ? tanh(z) : z
    }
    return meanSquare(h, y as Expr)
  },
})
const cnn = (): Model => ({
  parameters: [
    [[32, 1, 5, 5], 0.3],
    [[32], 0.1],
    [[64, 32, 5, 5], 0.1],
    [[64], 0.1],
    [[256, 200], 0.2],
    [[200], 0.1],
    [[200, 10], 0.2],
    [[10], 1],
  ],
  data: [
    [64, 1, 28, 28],
    [64, 10],
  ],
  values: [images(64, [1, 28, 28]), onehot(64)],
  loss: (p, [x, y]) => {
    const block = (h: Expr, k: number, size: number): Expr =>
      O.maxPool({ kernel: [size, size] })(
        O.relu(O.conv()(h as never, at(p, k) as never, at(p, k + 1)) as never) as never,
      ) as Expr
    const flat = reshape([64, 256])(block(block(x as Expr, 0, 3), 2, 2) as never) as Expr
    const h = O.relu(dense(flat, at(p, 4), at(p, 5)) as never) as Expr
    return crossEntropy(dense(h, at(p, 6), at(p, 7)), y as Expr)
  },
  optimizer: sgd({ rate: 0.01 }),
})
const smallCnn = (): Model => ({
  parameters: [
    [[2, 1, 2, 2], 0.5],
    [[2], 0.1],
    [[4, 2, 2, 2], 0.5],
    [[4], 0.1],
    [[8, 4, 2, 2], 0.5],
    [[8], 0.1],
    [[128, 32], 0.3],
    [[32], 0.1],
    [[32, 10], 0.3],
    [[10], 1],
  ],
  data: [
    [64, 1, 28, 28],
    [64, 10],
  ],
  values: [images(64, [1, 28, 28]), onehot(64)],
  loss: (p, [x, y]) => {
    const block = (h: Expr, k: number): Expr =>
      O.maxPool({ kernel: [2, 2] })(
        O.relu(O.conv({ pad: 1 })(h as never, at(p, k) as never, at(p, k + 1)) as never) as never,
      ) as Expr
    const flat = reshape([64, 128])(block(block(block(x as Expr, 0), 2), 4) as never) as Expr
    const h = O.relu(dense(flat, at(p, 6), at(p, 7)) as never) as Expr
    return crossEntropy(dense(h, at(p, 8), at(p, 9)), y as Expr)
  },
  optimizer: sgd({ rate: 0.01 }),
})

const gelu = (u: Expr): Expr =>
  mul(mul(0.5, u), add(1, tanh(mul(Math.sqrt(2 / Math.PI), add(u, mul(0.044715, mul(u, mul(u, u))))))))
const layerNorm = (x: Expr, g: Expr, e: Expr): Expr => {
  const centred = sub(x, O.mean(-1, { keep: true } as never)(x as never) as Expr)
  const variance = O.mean(-1, { keep: true } as never)(O.square(centred) as never) as Expr
  return add(mul(div(centred, P.sqrt(add(variance, 1e-5))), g), e)
}
const transformer = (): Model => {
  const [B, T, D, H] = [8, 64, 128, 4]
  return {
    parameters: [
      [[D], 0.1, 1],
      [[D], 0.1],
      [[D, 3 * D], 0.1],
      [[3 * D], 0.1],
      [[D, D], 0.1],
      [[D], 0.1],
      [[D], 0.1, 1],
      [[D], 0.1],
      [[D, 4 * D], 0.1],
      [[4 * D], 0.1],
      [[4 * D, D], 0.1],
      [[D], 0.1],
    ],
    data: [[B * T, D]],
    values: [fill([B * T, D], 1, 100)],
    loss: (p, [x]) => {
      const qkv = reshape([B, T, 3, H, 32])(
        dense(layerNorm(x as Expr, at(p, 0), at(p, 1)), at(p, 2), at(p, 3)) as never,
      ) as Expr
      const heads = permute([2, 0, 3, 1, 4])(qkv) as Expr
      const part = (k: number): Expr => O.take(0, k)(heads as never) as Expr
      const scores = div(O.matmul(part(0), O.swapAxes(-1, -2)(part(1) as never) as never), Math.sqrt(32))
      const mixed = O.matmul(O.softmax(-1)(scores as never) as Expr, part(2) as never)
      const merged = reshape([B * T, D])(permute([0, 2, 1, 3])(mixed as Expr) as never) as Expr
      const h = add(x as Expr, dense(merged, at(p, 4), at(p, 5)))
      const inner = gelu(dense(layerNorm(h, at(p, 6), at(p, 7)), at(p, 8), at(p, 9)))
      const y = add(h, dense(inner, at(p, 10), at(p, 11)))
      return sum()(mul(y, y)) as Expr
    },
  }
}
const chain = (): Model => ({
  parameters: [],
  data: [],
  values: [],
  loss: ([x]) => {
    const v = x as Expr
    return sum()(add(mul(tanh(v), sin(v)), exp(neg(mul(v, v))))) as Expr
  },
})
const rosenbrock = (): Model => ({
  parameters: [],
  data: [],
  values: [],
  loss: ([x]) => {
    const [head, tail] = [O.sliceAlong(0, 0, 99)(x as never) as Expr, O.sliceAlong(0, 1, 100)(x as never) as Expr]
    return sum()(add(mul(100, O.square(sub(tail, O.square(head as never) as Expr))), O.square(sub(1, head)))) as Expr
  },
})

/** What one step of a workload is. */
export type Workload =
  /** Loss and full update. */
  | { readonly kind: 'train'; readonly model: Model; readonly optimizer: Optimizer }
  /** Value and gradient; `host`: the gradient is brought to the host too. */
  | { readonly kind: 'gradient'; readonly model: Model; readonly start?: readonly Float32Array[]; readonly host?: true }
  | { readonly kind: 'matmul'; readonly n: number }
  /** <grad L, v> and H v. */
  | { readonly kind: 'hvp'; readonly model: Model }
  | { readonly kind: 'cold' }
const train = (model: Model, optimizer: Optimizer): Workload => ({ kind: 'train', model, optimizer })

const all: { readonly [name: string]: () => Workload } = {
  W1: () => train(deep(64, [2, 8, 8, 1], 0.5), sgd({ rate: 0.05 })),
  W2: () => train(mlp(64), sgd({ rate: 0.05 })),
  W2b512: () => train(mlp(512), sgd({ rate: 0.05 })),
  W3: () => train(cnn(), sgd({ rate: 0.01 })),
  W4: () => train(smallCnn(), sgd({ rate: 0.01 })),
  W5: () => ({ kind: 'gradient', model: transformer() }),
  W6: () => ({ kind: 'gradient', model: { ...chain(), parameters: [[[1000000], 2]] } }),
  'W7-256': () => ({ kind: 'matmul', n: 256 }),
  'W7-512': () => ({ kind: 'matmul', n: 512 }),
  'W7-1024': () => ({ kind: 'matmul', n: 1024 }),
  W8: () => ({ kind: 'hvp', model: deep(128, [20, 50, 50, 1], 0.3) }),
  W9: () => ({
    kind: 'gradient',
    model: { ...rosenbrock(), parameters: [[[100], 1]] },
    start: [fill([100], 1, 0.5)],
    host: true,
  }),
  ...Object.fromEntries([16, 64, 256, 1024, 4096].map((b) => [`W10-${b}`, () => train(mlp(b), sgd({ rate: 0.05 }))])),
  W11: () => ({ kind: 'cold' }),
  W12: () => train(mlp(64), adam({ rate: 1e-3 })),
}
export const workloads = all
/** W7 is all of W7's sizes, W10 all of its batches. */
export const namesFor = (asked: readonly string[]): readonly string[] =>
  asked.length === 0
    ? Object.keys(all)
    : asked.flatMap((a) => Object.keys(all).filter((n) => n === a || n.startsWith(`${a}-`)))

/** The loss as a program of (parameters, data). */
export const lossOf = (m: Model) =>
  (programOrThrow as unknown as (types: unknown, f: (v: readonly [Xs, Xs]) => Expr) => never)(
    [m.parameters.map(([shape]) => real(...shape)), m.data.map((shape) => real(...shape))],
    ([p, d]) => m.loss(p, d),
  )
