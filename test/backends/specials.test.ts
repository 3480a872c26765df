/** NaN, infinities, -0, halves, integers: where float32 modes agree with IEEE-754, and the table of where they do not. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import { traits } from '../../backends/gpujs/modes.ts'
import { inTypes } from '../../lang/closed.ts'
import { evaluate } from '../../lang/evaluate.ts'
import type { Expr } from '../../lang/expr.ts'
import { entries } from '../../lang/primitives/index.ts'
import type { DType, Type } from '../../lang/shape.ts'
import {
  constant,
  div,
  log,
  programOrThrow,
  real,
  reduceMax,
  reduceMin,
  rem,
  sum,
  tensor,
  toInt,
} from '../../src/index.ts'
import { type AnyProgram, compiled, programOf, rounded } from './execution.ts'

const reals = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  2,
  3,
  -3,
  1e-7,
  -1e-7,
  1e-3,
  0.1,
  5.3,
  0.999,
  -0.999,
  1.0001,
  20,
  -20,
  88,
  89,
  -88,
  100,
  -100,
  1e5,
  1e10,
  -1e10,
  3e38,
  -3e38,
  1e-38,
  1e-42,
  8388609,
  2147483648,
]
const pools: { readonly [D in DType]: readonly number[] } = {
  real: reals,
  int: [0, 1, -1, 2, 3, -7, 7, 5, 2047, -4095, 4096],
  bool: [0, 1],
}
/** Every pair of the pool, whatever the number of arguments. */
const spreadOver = (t: Type, k: number): Float64Array => {
  const pool = pools[t.dtype]
  return Float64Array.from(
    { length: t.shape[0] as number },
    (_, i) => pool[(k === 0 ? i : Math.floor(i / reals.length)) % pool.length] as number,
  )
}
/** Entries that work index by index, on every element type that they take. */
const cases = entries.flatMap((e) =>
  (['real', 'int', 'bool'] as const).flatMap((dtype) => {
    const [x] = e.examples
    const [first] = x?.args ?? []
    if (x === undefined || first === undefined || Object.keys(x.attrs).length > 0) return []
    if (x.args.some((a) => a.shape.length !== 1 || a.shape[0] !== first.shape[0])) return []
    const n = x.args.length === 1 ? reals.length : reals.length ** 2
    const args = x.args.map((a): Type => ({ dtype: a.dtype === first.dtype ? dtype : a.dtype, shape: [n] }))
    return E.isRight(e.type(x.attrs, args))
      ? [[`${e.name} ${dtype}`, programOf(e, { attrs: x.attrs, args })] as const]
      : []
  }),
)
/** To float32, a unit in the last place or two; denormal numbers may be 0. */
const agree = (want: number, got: number): boolean => {
  const w = Math.fround(want)
  return Object.is(w, got) || (w !== 0 && Math.abs(w - got) <= 4e-7 * Math.abs(w) + 2e-38)
}
const mismatches = async (
  mode: 'cpu' | 'webasm',
  p: AnyProgram,
  skip: (xs: readonly number[]) => boolean,
): Promise<readonly string[]> => {
  const xs = rounded(p, inTypes(p.closed).map(spreadOver))
  const runner = await compiled(gpujs({ mode }), p)
  const [got] = await runner.run(xs)
  runner.release()
  const [want] = evaluate(p.closed, xs)
  return [...(want ?? [])].flatMap((w, i) => {
    const at = xs.map((x) => x[i] as number)
    return skip(at) || agree(w, got?.[i] as number) ? [] : [`${at}: ${w}, not ${got?.[i]}`]
  })
}

describe.each(['cpu', 'webasm'] as const)('gpujs %s', (mode) => {
  test.each(cases)('%s', async (name, p) => {
    // the deviation asserted below
    const skip = ([x, y]: readonly number[]): boolean =>
      mode === 'webasm' && name === 'rem real' && Math.abs((x as number) / (y as number)) > 2 ** 22
    expect(await mismatches(mode, p, skip)).toEqual([])
  })
  const outputs = async (p: unknown, xs: readonly Float64Array[]): Promise<readonly (readonly number[])[]> => {
    const runner = await compiled(gpujs({ mode }), p as AnyProgram)
    const ys = await runner.run(xs)
    runner.release()
    return ys.map((y) => [...y])
  }
  test('constants and empty reductions', async () => {
    const p = programOrThrow({ x: real(3), none: real(0) }, ({ x, none }) => [
      constant([], Number.NaN),
      constant([], Number.NEGATIVE_INFINITY),
      constant([], -0),
      constant([], 1e-40),
      constant([], 0.1),
      sum()(none),
      reduceMax()(none),
      reduceMin()(none),
      none,
      reduceMax()(x),
      reduceMin()(x),
      div(1, constant([], -0)),
      log(constant([], 0)),
      tensor([2], [Number.NaN, -0]),
    ])
    const xs = [Float64Array.of(1, Number.NaN, 2), new Float64Array(0)]
    const single = (ys: readonly (readonly number[])[]) => ys.map((y) => y.map(Math.fround))
    expect(await outputs(p, xs)).toEqual(single(evaluate(p.closed, xs).map((y) => [...y])))
  })
  test('deviation: conversion to integers saturates at the largest float32 below 2^31', async () => {
    const p = programOrThrow(real(4), (x: Expr) => toInt(x))
    const [y] = await outputs(p, [Float64Array.of(1e10, -1e10, Number.NaN, -1.9)])
    expect(y).toEqual([2147483520, -2147483648, 0, -1])
    expect(traits[mode].deviations.join()).toContain('saturates at 2147483520')
  })
  test('deviation: a remainder of a quotient beyond 2^22', async () => {
    const p = programOrThrow(real(2), (x: Expr) => rem(x, 1.5))
    const [y] = await outputs(p, [Float64Array.of(2147483648, 5.5)])
    expect(y?.[1]).toBe(1)
    expect(y?.[0] === 0.5).toBe(mode === 'cpu')
    expect(traits[mode].deviations.some((d) => d.includes('quotient'))).toBe(mode === 'webasm')
  })
})
