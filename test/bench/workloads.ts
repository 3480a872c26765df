/** The twelve workloads as expressions of whole batches. Their numbers: definitions.ts. */

import * as O from '../../lang/operations/index.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import * as P from '../../lang/primitives/elementwise.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { programOrThrow } from '../../lang/syntax/program.ts'
import { real } from '../../lang/syntax/shape.ts'
import { adam, sgd } from '../../src/optim/index.ts'
import type { Optimizer } from '../../src/optim/optimizer.ts'
import { fill } from './data.ts'
import type { Definition } from './definitions.ts'

type Xs = readonly Expr[]
const at = (xs: Xs, k: number): Expr => xs[k] as Expr
const { add, sub, mul, div, neg, tanh, sin, exp } = P
const dense = (x: Expr, w: Expr, b: Expr): Expr => add(O.matmul(x, w as never), b)
const crossEntropy = (logits: Expr, y: Expr): Expr =>
  O.mean(0)(neg(sum(1)(mul(y, O.logSoftmax(1)(logits) as Expr)) as Expr) as never) as Expr
const meanSquare = (x: Expr, y: Expr): Expr => O.mean()(O.square(sub(x, y)) as never) as Expr

/** Of parameters and data. */
type Loss = (params: Xs, data: Xs) => Expr
const mlp: Loss = (p, [x, y]) => {
  const h = O.relu(dense(x as Expr, at(p, 0), at(p, 1)) as never) as Expr
  return crossEntropy(dense(h, at(p, 2), at(p, 3)), y as Expr)
}
const deep: Loss = (p, [x, y]) => {
  const last = p.length / 2 - 1
  let h = x as Expr
  for (let k = 0; k <= last; k++) {
    const z = dense(h, at(p, 2 * k), at(p, 2 * k + 1))
    h = k < last ? tanh(z) : z
  }
  return meanSquare(h, y as Expr)
}
const cnn: Loss = (p, [x, y]) => {
  const block = (h: Expr, k: number, size: number): Expr =>
    O.maxPool({ kernel: [size, size] })(
      O.relu(O.conv()(h as never, at(p, k) as never, at(p, k + 1)) as never) as never,
    ) as Expr
  const flat = reshape([64, 256])(block(block(x as Expr, 0, 3), 2, 2) as never) as Expr
  const h = O.relu(dense(flat, at(p, 4), at(p, 5)) as never) as Expr
  return crossEntropy(dense(h, at(p, 6), at(p, 7)), y as Expr)
}
const smallCnn: Loss = (p, [x, y]) => {
  const block = (h: Expr, k: number): Expr =>
    O.maxPool({ kernel: [2, 2] })(
      O.relu(O.conv({ pad: 1 })(h as never, at(p, k) as never, at(p, k + 1)) as never) as never,
    ) as Expr
  const flat = reshape([64, 128])(block(block(block(x as Expr, 0), 2), 4) as never) as Expr
  const h = O.relu(dense(flat, at(p, 6), at(p, 7)) as never) as Expr
  return crossEntropy(dense(h, at(p, 8), at(p, 9)), y as Expr)
}
const gelu = (u: Expr): Expr =>
  mul(mul(0.5, u), add(1, tanh(mul(Math.sqrt(2 / Math.PI), add(u, mul(0.044715, mul(u, mul(u, u))))))))
const layerNorm = (x: Expr, g: Expr, e: Expr): Expr => {
  const centred = sub(x, O.mean(-1, { keep: true } as never)(x as never) as Expr)
  const variance = O.mean(-1, { keep: true } as never)(O.square(centred) as never) as Expr
  return add(mul(div(centred, P.sqrt(add(variance, 1e-5))), g), e)
}
const transformer: Loss = (p, [x]) => {
  const [B, T, D] = [8, 64, 128]
  const qkv = reshape([B, T, 3, 4, 32])(
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
}
const chain: Loss = ([x]) => {
  const v = x as Expr
  return sum()(add(mul(tanh(v), sin(v)), exp(neg(mul(v, v))))) as Expr
}
const rosenbrock: Loss = ([x]) => {
  const [head, tail] = [O.sliceAlong(0, 0, 99)(x as never) as Expr, O.sliceAlong(0, 1, 100)(x as never) as Expr]
  return sum()(add(mul(100, O.square(sub(tail, O.square(head as never) as Expr))), O.square(sub(1, head)))) as Expr
}
/** What one step of a workload is. */
export type Workload =
  /** Loss and full update. */
  | { readonly kind: 'train'; readonly loss: Loss; readonly optimizer: Optimizer }
  /** Value and gradient, from where its parameters start when the definition does not say; `host`: both brought to the host. */
  | { readonly kind: 'gradient'; readonly loss: Loss; readonly start?: readonly Float32Array[]; readonly host?: true }
  | { readonly kind: 'matmul'; readonly n: number }
  /** <grad L, v> and H v. */
  | { readonly kind: 'hvp'; readonly loss: Loss }
const descent = (loss: Loss, rate: number): Workload => ({ kind: 'train', loss, optimizer: sgd({ rate }) })

/** All but W11, which is a process. */
export const workloadNamed = (name: string): Workload => {
  if (name.startsWith('W10-')) return descent(mlp, 0.05)
  if (name.startsWith('W7-')) return { kind: 'matmul', n: Number(name.slice(3)) }
  return others[name] as Workload
}
const others: { readonly [name: string]: Workload } = {
  W1: descent(deep, 0.05),
  W2: descent(mlp, 0.05),
  W2b512: descent(mlp, 0.05),
  W3: descent(cnn, 0.01),
  W4: descent(smallCnn, 0.01),
  W5: { kind: 'gradient', loss: transformer },
  W6: { kind: 'gradient', loss: chain },
  W8: { kind: 'hvp', loss: deep },
  W9: { kind: 'gradient', loss: rosenbrock, start: [fill([100], 1, 0.5)], host: true },
  W12: { kind: 'train', loss: mlp, optimizer: adam({ rate: 1e-3 }) },
}

/** A loss as a program of (parameters, data). */
export const lossOf = (loss: Loss, { parameters, data }: Definition) =>
  (programOrThrow as unknown as (types: unknown, f: (v: readonly [Xs, Xs]) => Expr) => never)(
    [parameters.map(([shape]) => real(...shape)), data.map(([shape]) => real(...shape))],
    ([p, d]) => loss(p, d),
  )
