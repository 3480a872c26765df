/** NaN, infinities, -0, halves, integers: float32 modes follow IEEE-754 but for the table of deviations. */
import { describe, expect, test } from 'vitest'
import { traits } from '../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { evaluate } from '../../lang/evaluate.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
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
  toReal,
} from '../../src/index.ts'
import { type AnyProgram, compiled } from './execution.ts'
import { type Point, special, wrongPoints } from './special.ts'

describe.each(['cpu', 'webasm'] as const)('gpujs %s', (mode) => {
  test.each(special)('%s', async (name, p) => {
    // a deviation that is asserted below
    const isKnown = ({ args: [x, y] }: Point): boolean =>
      mode === 'webasm' && name === 'rem real' && Math.abs((x as number) / (y as number)) > 2 ** 22
    expect((await wrongPoints(gpujs({ mode }), name, p)).filter((w) => !isKnown(w))).toEqual([])
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
    const p = programOrThrow(real(4), (x: Expr) => toReal(toInt(x)))
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
