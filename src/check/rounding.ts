/**
 * How far rounding moves a program's values. The program runs again while every result of arithmetic is moved at
 * random, by about one unit in its last place: its outputs then differ by about as much as rounding may change them.
 * This finds a cancellation inside the program that its outputs do not show.
 *
 * Source: D. S. Parker, "Monte Carlo Arithmetic: exploiting randomness in floating-point arithmetic" (1997).
 */
import type { Noise } from '../../lang/backend.ts'
import { evaluate, type Runner, type Tensor } from '../../lang/evaluate.ts'
import { runKernel } from '../../lang/kernel/evaluate.ts'
import { index, buffers as sources } from '../../lang/kernel/index.ts'
import { roundingOf } from '../../lang/kernel/rounding.ts'
import { scatterKernel } from '../../lang/kernel/scatter.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import type { Key } from '../random/key.ts'

/** Arithmetic whose last places are random: `run` evaluates kernels with it, `touch` perturbs given numbers. */
export interface Rounding {
  readonly run: Runner
  readonly noise: Noise
  readonly touch: (x: Tensor) => Tensor
}

/** Which inputs are touched. */
export interface TouchedRounding extends Rounding {
  readonly touched: (input: number) => boolean
}

/** The outputs of a program, under rounding or not. */
export type EvaluateRounded = (p: Closed, x: readonly Tensor[], rounding?: TouchedRounding) => readonly Tensor[]

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
/** The last place of float32, relative to the number. */
export const single = 2 ** -23
/** The same key, the same last places. `unit`: the last place, relative to the number. */
export const rounding = (key: Key, unit: number = Number.EPSILON): Rounding => {
  const next = generator(key)
  const touch = (x: Tensor): Tensor => {
    const y = x.slice()
    for (let k = 0; k < y.length; k++) y[k] = (y[k] as number) + (y[k] as number) * unit * next()
    return y
  }
  const touchReal = (t: Type | undefined, x: Tensor): Tensor => (t !== undefined && isReal(t) ? touch(x) : x)
  const run: Runner = (out, kernel, types, buffers) => {
    const body = (kernel._tag === 'Scatter' ? scatterKernel(kernel, sources(types)) : kernel).at(out.shape.map(index))
    const rounded = roundingOf(body)
    if (rounded === 'nothing') return runKernel(out, kernel, types, buffers)
    const terms = rounded === 'terms' ? buffers.map((x, i) => touchReal(types[i], x)) : buffers
    return touchReal(out, runKernel(out, kernel, types, terms))
  }
  return { run, noise: { unit, next }, touch }
}

/** The outputs of a program; under rounding, its real inputs are touched too, or those that `touched` names. */
export const evaluateUnder = (
  p: Closed,
  x: readonly Tensor[],
  rounding: Rounding | undefined,
  touched: (input: number) => boolean = (i) => isRealInput(p, i),
  run: EvaluateRounded = onReference,
): readonly Tensor[] => (rounding === undefined ? run(p, x) : run(p, x, { ...rounding, touched }))
/** Evaluation with the inputs touched, on the reference. */
export const onReference = (
  p: Closed,
  x: readonly Tensor[],
  rounding?: TouchedRounding,
  run: Runner | undefined = rounding?.run,
): readonly Tensor[] =>
  evaluate(p, rounding === undefined ? x : x.map((a, i) => (rounding.touched(i) ? rounding.touch(a) : a)), run)
const isRealInput = ({ inputs }: Closed, i: number): boolean => inputs[i] !== undefined && isReal(inputs[i].type)
