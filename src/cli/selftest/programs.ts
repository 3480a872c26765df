/** The trial programs: an example of every primitive, and parts of networks. */
import * as E from 'fp-ts/lib/Either.js'
import { freeAxes } from '../../../lang/axes.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { node } from '../../../lang/syntax/expr.ts'
import { makeNamed, type UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { attention, conv, matmul, mul, programOrThrow, real, sub, sum, tanh } from '../../index.ts'

export type Tensor = Float64Array
type Interval = readonly [number, number]

/** Inputs from a seed, by Park and Miller's generator: real numbers in the range, truth values, small integers. */
export const valuesFor = (seed: number, p: UntypedProgram, [low, high]: Interval = [-1, 1]): readonly Tensor[] => {
  let state = seed
  const next = (): number => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
  const element = (t: Type): number =>
    isReal(t) ? Math.fround(low + (high - low) * next()) : Math.floor((t.dtype === 'bool' ? 2 : 3) * next())
  return inTypes(p.closed).map((t) => Float64Array.from({ length: sizeOf(t.shape) }, () => element(t)))
}

export interface TrialProgram {
  readonly name: string
  readonly program: UntypedProgram
  readonly range?: Interval
}
/** One for every primitive, but for those that read an axis of a vmap: these have no meaning by themselves. */
export const examples = (): readonly TrialProgram[] =>
  entries.flatMap((e) => {
    const [x] = e.examples
    const outs = x && e.type(x.attrs, x.args)
    if (x === undefined || outs === undefined || E.isLeft(outs)) return []
    const names = x.args.map((type, k) => ({ name: `x${k}`, type }))
    const made = makeNamed(x.args, names, (xs) => node(e.name, x.attrs, xs as never, outs.right))
    if (E.isLeft(made) || freeAxes(made.right.closed).length > 0) return []
    return [{ name: e.name, program: made.right, ...(x.range ? { range: x.range } : {}) }]
  })

/** For the dot-product test, which needs derivatives in both modes. */
export const networks = (): readonly TrialProgram[] => [
  {
    name: 'perceptron',
    program: programOrThrow({ x: real(8, 20), a: real(20, 16), b: real(16, 10) }, ({ x, a, b }) =>
      matmul(tanh(matmul(x, a)), b),
    ),
  },
  {
    name: 'convolution',
    program: programOrThrow({ x: real(2, 3, 12, 12), w: real(4, 3, 3, 3) }, ({ x, w }) => tanh(conv()(x, w))),
  },
  {
    name: 'attention',
    program: programOrThrow({ q: real(2, 6, 8), k: real(2, 6, 8), v: real(2, 6, 8) }, ({ q, k, v }) =>
      attention()(q, k, v),
    ),
  },
]

interface Timed {
  readonly name: string
  readonly program: UntypedProgram
  /** Operations on reals, for a rate. */
  readonly flops: number
}
export const timed = (): readonly Timed[] => [
  {
    name: 'product 256',
    program: programOrThrow([real(256, 256), real(256, 256)], ([a, b]) => matmul(a, b)),
    flops: 2 * 256 ** 3,
  },
  {
    name: 'tanh 1M',
    program: programOrThrow(real(1 << 20), (x) => sum()(sub(tanh(x), mul(x, 0.5)))),
    flops: 1 << 20,
  },
]
