/** The programs whose gradients are checked, each with the point at which it is: the same in every peer. */
import * as O from '../../../lang/operations/index.ts'
import { cholesky, triangularSolve } from '../../../lang/operations/linalg.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { callClosed } from '../../../lang/primitives/call.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { permute, reshape } from '../../../lang/primitives/reindex.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow, type UntypedProgram } from '../../../lang/syntax/program.ts'
import { int, real, type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import { valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { hashed, labels } from '../models/numbers.ts'

/** Real numbers with the spread of their hash, or integers below a bound. */
type Input = readonly [shape: Shape, scale: number, offset?: number] | { readonly shape: Shape; readonly below: number }
interface CheckCase {
  readonly inputs: readonly Input[]
  readonly f: (...xs: readonly Expr[]) => Expr
  /** The first so many inputs take one step of gradient descent, and are the results. */
  readonly step?: number
  /** Ours draws the point: at the peers', a kink is nearer than the steps of a finite difference. */
  readonly drawn?: boolean
}
const { add, sub, mul, div, tanh, exp, log } = P
const total = (x: Expr): Expr => sum()(x) as Expr
const along =
  (axis: number) =>
  (x: Expr): Expr =>
    sum(axis)(x) as Expr
const product = (x: Expr, y: Expr): Expr => O.matmul(x as never, y as never) as Expr
const turned = (x: Expr): Expr => O.swapAxes(-1, -2)(x as never) as Expr
const dense = (x: Expr, w: Expr, b: Expr): Expr => add(product(x, w), b)
const shaped = (shape: Shape, x: Expr): Expr => reshape<Shape>(shape)(x)
type F = (...xs: readonly never[]) => Expr
const of = (f: F): CheckCase['f'] => f as unknown as CheckCase['f']

const w1 = of((w1: Expr, b1: Expr, w2: Expr, b2: Expr, w3: Expr, b3: Expr, x: Expr, y: Expr) => {
  const h = tanh(dense(tanh(dense(x, w1, b1)), w2, b2))
  return O.mean()(O.square(sub(dense(h, w3, b3), y)) as never) as Expr
})
const lenet = of((c1: Expr, d1: Expr, c2: Expr, d2: Expr, ...rest: readonly Expr[]) => {
  const [w1, b1, w2, b2, w3, b3, x, y] = rest as [Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr]
  const block = (h: Expr, w: Expr, b: Expr, pad: number): Expr =>
    O.avgPool({ kernel: [2, 2] })(O.relu(O.conv({ pad })(h as never, w as never, b) as never) as never) as Expr
  const flat = shaped([1, 400], block(block(x, c1, d1, 2), c2, d2, 0))
  const layer = (h: Expr, w: Expr, b: Expr): Expr => O.linear(h as never, w as never, b as never) as Expr
  const h = O.relu(layer(O.relu(layer(flat, w1, b1) as never) as Expr, w2, b2) as never) as Expr
  return O.crossEntropy()(layer(h, w3, b3) as never, y as never) as Expr
})
/** The negative logarithm of the likelihood of a Gaussian process: its kernel's logarithms of length, spread and noise. */
const gp = of((scales: Expr, x: Expr, y: Expr) => {
  const scale = (k: number): Expr => exp(mul(2, O.take(0, k)(scales as never) as Expr))
  const squares = along(1)(O.square(x as never) as Expr)
  const distance = add(sub(shaped([40, 1], squares), mul(2, product(x, turned(x)))), shaped([1, 40], squares))
  const kernel = mul(scale(1), exp(mul(-0.5, div(distance, scale(0)))))
  const noise = mul(O.eye(40) as Expr, add(scale(2), 0.1))
  const l = cholesky(add(kernel, noise) as never) as Expr
  const whitened = triangularSolve()(l as never, shaped([40, 1], y) as never) as Expr
  return add(mul(0.5, total(O.square(whitened as never) as Expr)), total(log(O.diagonal(l as never) as Expr)))
})
/** The bound of a variational auto-encoder: 16 numbers through 4, for 4 examples and their noise. */
const vae = of((w1: Expr, b1: Expr, wm: Expr, wv: Expr, w2: Expr, b2: Expr, w3: Expr, b3: Expr, x: Expr, e: Expr) => {
  const h = tanh(dense(x, w1, b1))
  const [mean, spread] = [product(h, wm), product(h, wv)]
  const z = add(mean, mul(exp(mul(0.5, spread)), e))
  const seen = dense(tanh(dense(z, w2, b2)), w3, b3)
  const error = mul(0.5, total(O.square(sub(seen, x)) as Expr))
  const divergence = mul(-0.5, total(sub(sub(add(1, spread), O.square(mean as never) as Expr), exp(spread))))
  return div(add(error, divergence), 4)
})
/** Two rounds of messages on a graph of 24 nodes and 64 edges, and the mean square of what is told of every node. */
const gnn = of((w1: Expr, u1: Expr, w2: Expr, u2: Expr, x: Expr, y: Expr, from: Expr, to: Expr) => {
  const round = (h: Expr, w: Expr, u: Expr): Expr => {
    const sent = O.indexSelect(0)(product(h, w) as never, from as never) as Expr
    const zeros = mul(0, product(h, u))
    return add(product(h, u), O.indexAdd(0)(zeros as never, to as never, sent as never) as Expr)
  }
  const told = round(tanh(round(x, w1, u1)), w2, u2)
  return O.mean()(O.square(sub(told, y)) as never) as Expr
})
/** One block of a transformer over 8 tokens of 16 symbols, two heads of 8; the table is also the last layer. */
const gpt = of((...xs: readonly Expr[]) => {
  const [wte, wpe, wqkv, wo, wu, wd, text, next] = xs as [Expr, Expr, Expr, Expr, Expr, Expr, Expr, Expr]
  const norm = (x: Expr): Expr => O.layerNorm()(x as never, ones as never, zeros as never) as Expr
  const [ones, zeros] = [add(mul(0, O.take(0, 0)(wte as never) as Expr), 1), mul(0, O.take(0, 0)(wte as never) as Expr)]
  const x = add(O.embedding(wte as never, text as never) as Expr, wpe)
  const heads = permute<readonly number[]>([1, 2, 0, 3])(shaped([8, 3, 2, 8], product(norm(x), wqkv))) as Expr
  const part = (k: number): Expr => O.take(0, k)(heads as never) as Expr
  const seen = O.attention({ causal: true })(part(0) as never, part(1) as never, part(2) as never) as Expr
  const h = add(x, product(shaped([8, 16], permute<readonly number[]>([1, 0, 2])(seen) as Expr), wo))
  const y = add(h, product(O.geluTanh(product(norm(h), wu) as never) as Expr, wd))
  return O.crossEntropy()(product(norm(y), turned(wte)) as never, next as never) as Expr
})

/** Weights from n numbers. */
const weights = (...shape: Shape): Input => [shape, Math.sqrt(3 / (shape[0] ?? 1))]
const cases: { readonly [name: string]: CheckCase } = {
  w1: {
    inputs: [
      weights(2, 8),
      [[8], 0.1],
      weights(8, 8),
      [[8], 0.1],
      weights(8, 1),
      [[1], 0.1],
      [[64, 2], 1],
      [[64, 1], 1],
    ],
    f: w1,
  },
  lenet: {
    inputs: [
      ...([
        [[6, 1, 5, 5], 0.35],
        [[6], 0.05],
        [[16, 6, 5, 5], 0.14],
        [[16], 0.05],
        [[120, 400], 0.09],
        [[120], 0.05],
      ] as const),
      ...([
        [[84, 120], 0.16],
        [[84], 0.05],
        [[10, 84], 0.19],
        [[10], 0.05],
        [[1, 1, 28, 28], 1],
      ] as const),
      { shape: [1], below: 10 },
    ],
    f: lenet,
    drawn: true,
  },
  gp: {
    inputs: [
      [[3], 0.2],
      [[40, 2], 1],
      [[40], 1],
    ],
    f: gp,
  },
  vae: {
    inputs: [
      ...[weights(16, 12), [[12], 0.1] as Input, weights(12, 4), weights(12, 4), weights(4, 12), [[12], 0.1] as Input],
      ...[weights(12, 16), [[16], 0.1] as Input, [[4, 16], 1] as Input, [[4, 4], 1] as Input],
    ],
    f: vae,
    step: 8,
  },
  gnn: {
    inputs: [
      ...[weights(8, 8), weights(8, 8), weights(8, 4), weights(8, 4), [[24, 8], 1] as Input, [[24, 4], 1] as Input],
      ...[
        { shape: [64], below: 24 },
        { shape: [64], below: 24 },
      ],
    ],
    f: gnn,
  },
  gpt: {
    inputs: [
      ...[[[16, 16], 0.4] as Input, [[8, 16], 0.4] as Input, weights(16, 48), weights(16, 16), weights(16, 64)],
      ...[weights(64, 16), { shape: [8], below: 16 }, { shape: [8], below: 16 }],
    ],
    f: gpt,
    step: 6,
  },
}
export const checkNames: readonly string[] = Object.keys(cases)
/** check/lenet */
export const checkWorkloads = (asked: readonly string[]): readonly string[] =>
  (asked.length === 0 ? checkNames : checkNames.filter((n) => asked.includes(n) || asked.includes(`check/${n}`))).map(
    (n) => `check/${n}`,
  )
export const isCheck = (workload: string): boolean => workload.startsWith('check/')

const isInt = (x: Input): x is Extract<Input, { readonly below: number }> => 'below' in x
const rate = 0.1
/** The program, and where it is checked, as options. */
export const checkCase = (workload: string): readonly [UntypedProgram, where: object] => {
  const found = cases[workload.replace('check/', '')]
  if (found === undefined) throw new Error(`no check is called ${workload}: ${checkNames.join(', ')}`)
  const { inputs, f, step, drawn } = found
  const types = inputs.map((x) => (isInt(x) ? int(...x.shape) : real(...x[0])))
  const build = programOrThrow as unknown as (types: unknown, f: (xs: readonly Expr[]) => unknown) => UntypedProgram
  const loss = build(types, (xs) => f(...xs))
  const point = inputs.map((x, k) =>
    isInt(x) ? labels(sizeOf(x.shape), k, x.below) : Float64Array.from(hashed(sizeOf(x[0]), k, x[1], x[2] ?? 0)),
  )
  const below = inputs.flatMap((x, k) => (isInt(x) ? [[k, [0, x.below - 1]] as const] : []))
  const where = drawn ? { samples: 1, range: Object.fromEntries(below) } : { at: point }
  if (step === undefined) return [loss, where]
  const gradient = callClosed((valueAndGradOrThrow(loss as never) as unknown as UntypedProgram).closed)
  const down = build(types, (xs) => {
    const [, ...grads] = gradient(...xs)
    return xs.slice(0, step).map((p, k) => sub(p, mul(rate, grads[k] as Expr)))
  })
  return [down, where]
}
