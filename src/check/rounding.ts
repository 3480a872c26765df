/**
 * How far rounding moves a program's values. The program runs again while every result of arithmetic is moved at
 * random, by about one unit in its last place: its outputs then differ by about as much as rounding may change them.
 * This finds a cancellation inside the program that its outputs do not show.
 *
 * Source: D. S. Parker, "Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic" (1997).
 */
import { evaluate, type Runner, type Tensor } from '../../lang/evaluate.ts'
import { runKernel } from '../../lang/kernel/evaluate.ts'
import { childrenOf, index, type Scalar, buffers as sources } from '../../lang/kernel/index.ts'
import { scatterKernel } from '../../lang/kernel/scatter.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import type { Key } from '../random/key.ts'
import type { EvaluationMeter } from './budget.ts'

/** Arithmetic whose last places are random: `run` evaluates kernels with it, `touch` perturbs given numbers. */
export interface Rounding {
  readonly run: Runner
  readonly touch: (x: Tensor) => Tensor
}

/** Numbers in [-1, 1) from a key: mulberry32. */
const generator = ({ high, low }: Key): (() => number) => {
  let state = (high ^ Math.imul(low, 0x9e3779b1)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const a = Math.imul(state ^ (state >>> 15), 1 | state)
    const b = (a + Math.imul(a ^ (a >>> 7), 61 | a)) ^ a
    return ((b ^ (b >>> 14)) | 0) / 2147483648
  }
}
/** Functions whose result is one of their arguments, or an integer: nothing is rounded. */
const exact: ReadonlySet<string> = new Set([
  'neg',
  'abs',
  'sign',
  'floor',
  'ceil',
  'round',
  'max',
  'min',
  'select',
  'toReal',
  'toInt',
])
const roundsOne = (s: Scalar): boolean => s._tag === 'Call' && s.dtype === 'real' && !exact.has(s.fn)
const sumsOne = (s: Scalar): boolean => s._tag === 'Reduce' && s.dtype === 'real' && (s.by === 'add' || s.by === 'mul')
/** Whether some part has a property. Shared parts are visited once. */
const some = (root: Scalar, kind: (s: Scalar) => boolean): boolean => {
  const seen = new Set<Scalar>([root])
  for (const s of seen) {
    if (kind(s)) return true
    for (const c of childrenOf(s)) seen.add(c)
  }
  return false
}

/** The last place of float32, relative to the number. */
export const single = 2 ** -23
/** The same key, the same last places. `unit`: the last place, relative to the number. */
export const rounding = (key: Key, unit: number = Number.EPSILON): Rounding => {
  const next = generator(key)
  const touch = (x: Tensor): Tensor => x.map((v) => v + v * unit * next())
  const touchReal = (t: Type | undefined, x: Tensor): Tensor => (t !== undefined && isReal(t) ? touch(x) : x)
  const run: Runner = (out, kernel, types, buffers) => {
    const body = (kernel._tag === 'Scatter' ? scatterKernel(kernel, sources(types)) : kernel).at(out.shape.map(index))
    // inside a sum the terms round too
    const inside = some(body, sumsOne)
    if (!inside && !some(body, roundsOne)) return runKernel(out, kernel, types, buffers)
    const terms = inside ? buffers.map((x, i) => touchReal(types[i], x)) : buffers
    return touchReal(out, runKernel(out, kernel, types, terms))
  }
  return { run, touch }
}

/** The outputs of a program; under rounding, its real inputs are touched too, or those that `touched` names. */
export const evaluateUnder = (
  p: Closed,
  x: readonly Tensor[],
  rounding: Rounding | undefined,
  touched: (input: number) => boolean = (i) => isRealInput(p, i),
  run: EvaluationMeter['evaluate'] = evaluate,
): readonly Tensor[] =>
  rounding === undefined
    ? run(p, x)
    : run(
        p,
        x.map((a, i) => (touched(i) ? rounding.touch(a) : a)),
        rounding.run,
      )
const isRealInput = ({ inputs }: Closed, i: number): boolean => inputs[i] !== undefined && isReal(inputs[i].type)
