/**
 * The ways in which kernels walk over memory: tiles, columns in parts, rows in blocks, windows. Each gives the values of the
 * reference, and the same bits for any number of threads.
 */
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { reduceMax, reduceMin } from '../../../lang/primitives/reduction.ts'
import { permute } from '../../../lang/primitives/reindex.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import { valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { type AnyProgram, compiled, rounded } from '../execution.ts'

type Build = (x: Expr) => unknown
const make = programOrThrow as unknown as (types: unknown, f: (xs: readonly Expr[]) => unknown) => AnyProgram
const of = (shape: Shape, f: Build): AnyProgram => make([real(...shape)], ([x]) => f(x as Expr))
const numbers = (shape: Shape): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, k) => Math.fround(4 * Math.sin(1.7 * k + 0.3 * Math.sin(k))))

/** How far a result is from the right one: zeros of different sign are not the same number. */
const distance = (y: number, e: number): number =>
  Object.is(y, e) || (Number.isNaN(y) && Number.isNaN(e)) ? 0 : y === e ? Number.MIN_VALUE : Math.abs(y - e)
/** The largest difference of the results, and whether all bits agree between 1 and 3 threads. */
const compared = async (p: AnyProgram, xs: readonly Float64Array[]) => {
  const expected = evaluate(p.closed, rounded(p, xs)) as readonly ArrayLike<number>[]
  const results = []
  for (const threads of [1, 3]) {
    const r = await compiled(wasm({ threads }), p)
    results.push((await r.run(xs)).map((y) => Float64Array.from(y)))
    r.release()
  }
  const [one = [], three = []] = results
  const worst = Math.max(
    ...one.map((ys, k) => ys.reduce((most, y, i) => Math.max(most, distance(y, expected[k]?.[i] as number)), 0)),
  )
  return { worst, same: one.every((ys, k) => ys.every((y, i) => Object.is(y, three[k]?.[i]))), one, expected }
}
const check = async (p: AnyProgram, tolerance: number, xs = inTypes(p.closed).map((t) => numbers(t.shape))) => {
  const { worst, same } = await compared(p, xs)
  expect(worst).toBeLessThanOrEqual(tolerance)
  expect(same).toBe(true)
}

const swapped = (x: Expr): Expr => permute([1, 0])(x as never) as Expr
describe('a transpose in tiles', () => {
  const shapes: readonly Shape[] = [
    [64, 64],
    [70, 65],
    [4, 64],
    [64, 4],
    [197, 131],
    [3, 200],
    [257, 66],
  ]
  test.each(shapes.map((s) => [s]))('of %j', (shape) => check(of(shape, swapped), 0))
  test('of several axes', () =>
    check(
      of([5, 66, 70], (x) => permute([2, 0, 1])(x as never)),
      0,
    ))
  test('beside the array itself, twice', () =>
    check(
      of([96, 96], (x) => {
        const y = P.add(x as never, swapped(x) as never) as Expr
        return [y, P.mul(y as never, swapped(y) as never)]
      }),
      2e-5,
    ))
})

describe('a reduction along columns', () => {
  const shapes: readonly Shape[] = [
    [300, 700],
    [128, 1024],
    [1031, 257],
    [2048, 64],
  ]
  test.each(shapes.map((s) => [s]))('of %j: sum, largest, smallest', (shape) =>
    check(
      of(shape, (x) => [sum(0)(x as never), reduceMax(0)(x as never), reduceMin(0)(x as never)]),
      2e-4,
    ),
  )
  test('of a large array is split into parts', () => {
    expect(planOf(of([300, 700], (x) => sum(0)(x as never)).closed).steps.length).toBeGreaterThan(1)
    expect(planOf(of([300, 700], (x) => sum(1)(x as never)).closed).steps.length).toBe(1)
  })
  test('loses two places at most', async () => {
    const shape = [4096, 256]
    const x = Float64Array.from({ length: sizeOf(shape) }, (_, k) => Math.fround(0.1 + (k % 7) * 0.01))
    const { one, expected } = await compared(
      of(shape, (e) => sum(0)(e as never)),
      [x],
    )
    for (const [i, y] of (one[0] ?? []).entries())
      expect(Math.abs(y / (expected[0]?.[i] as number) - 1)).toBeLessThan(2 ** -22)
  })
})

describe('kernels row by row', () => {
  const shapes: readonly Shape[] = [
    [37, 1000],
    [8, 5000],
    [64, 512],
    [3, 13, 1001],
    [9, 4, 4096],
  ]
  const rows = { softmax: O.softmax(-1), logSoftmax: O.logSoftmax(-1) } as const
  test.each(shapes.flatMap((s) => Object.entries(rows).map(([name, f]) => [name, s, f] as const)))(
    '%s of %j',
    (_, shape, f) =>
      check(
        of(shape, (x) => f(x as never)),
        2e-6,
      ),
  )
  test.each(shapes.map((s) => [s]))('softmax along the first axis of %j', (shape) =>
    check(
      of(shape, (x) => O.softmax(0)(x as never)),
      2e-6,
    ),
  )
  test('its gradient', () =>
    check(
      valueAndGradOrThrow(
        of([40, 1000], (x) => sum()(P.mul(O.softmax(-1)(x as never) as never, x as never) as never)) as never,
      ) as never,
      1e-4,
    ))
  test('several after one another, whose values share memory', () =>
    check(
      of([48, 900], (x) => {
        const y = O.softmax(-1)(P.mul(x as never, 2 as never) as never) as Expr
        const z = O.softmax(-1)(P.mul(y as never, 100 as never) as never) as Expr
        return O.softmax(-1)(P.add(z as never, y as never) as never)
      }),
      2e-5,
    ))
})

describe('the largest of many, with what is not a number and zeros of both signs', () => {
  const n = 40
  const special = [Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-45]
  const base = [-1, -0, 0, Number.NEGATIVE_INFINITY, 2]
  const table = base.flatMap((b) =>
    special.flatMap((s) =>
      [0, 3, 6, 38].map((at) => Float64Array.from({ length: n }, (_, k) => (k === at ? Math.fround(s) : b))),
    ),
  )
  const x = Float64Array.from(table.flatMap((row) => [...row]))
  const p = (f: Build) => of([table.length, n], f)
  test('along rows', () =>
    check(
      p((e) => [reduceMax(1)(e as never), reduceMin(1)(e as never)]),
      0,
      [x],
    ))
  test('along columns', () =>
    check(
      of([n, table.length], (e) => [reduceMax(0)(e as never), reduceMin(0)(e as never)]),
      0,
      [
        Float64Array.from(
          { length: x.length },
          (_, k) => x[(k % table.length) * n + Math.floor(k / table.length)] ?? 0,
        ),
      ],
    ))
})

describe('pooling', () => {
  const ties = (shape: Shape): Float64Array => {
    const values = [0, -0, 1, 1, Number.NaN, -2, -0, 0, Number.NEGATIVE_INFINITY, 3]
    return Float64Array.from({ length: sizeOf(shape) }, (_, k) => values[(k * 7 + Math.floor(k / 11)) % 10] as number)
  }
  const options = [
    { kernel: 3, stride: 2, pad: 1 },
    { kernel: 2 },
    { kernel: 3, stride: 1, pad: 1 },
    { kernel: 5, stride: 2, pad: 2 },
    { kernel: 2, stride: 2, dilation: 2 },
    { kernel: [4, 2], stride: [1, 2] },
  ] as const
  test.each(options.map((o) => [o]))('%j', async (o) => {
    const shape = [4, 29, 30]
    const f = of(shape, (x) => O.maxPool(o as never)(x as never))
    await check(f, 0)
    await check(f, 0, [ties(shape)])
  })
  test('with overlap and padding is two kernels', () => {
    const p = of([4, 28, 28], (x) => O.maxPool({ kernel: 3, stride: 2, pad: 1 } as never)(x as never))
    expect(planOf(p.closed).steps.length).toBe(2)
  })
})
