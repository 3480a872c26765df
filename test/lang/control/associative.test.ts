/** Running totals in logarithmic depth, choices among many branches, unrolled scans and maps: each against what it stands for. */

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { associativeScan, cond, mapBlocks, mapRows, scan, switchCase } from '../../../lang/control/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import {
  add,
  avgPool,
  constant,
  cumProd,
  cumSum,
  type Expr,
  int,
  lt,
  matmul,
  max,
  maxPool,
  mul,
  neg,
  program,
  programOrThrow,
  real,
  reduceWindow,
  reverse as reversed,
  select,
  sin,
  sub,
  sum,
  tensor,
} from '../../../lang/index.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import { gradOrThrow, vmap } from '../../../src/index.ts'
import { seeds, unit } from '../../../src/testing/arbitrary/values.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { laws, pointFrom } from '../../laws/table.ts'
import { noise } from '../operations/apply.ts'
import { valuesOn } from './onBackends.ts'

type Real = Expr<readonly [], 'real'>
type Any = Expr<readonly number[] & { readonly length: number }, 'real'>
const run = (p: { readonly closed: Parameters<typeof evaluate>[0] }, ...xs: readonly (readonly number[])[]) =>
  evaluate(
    p.closed,
    xs.map((x) => Float64Array.from(x)),
  ).map((y) => [...y])
const near = (found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void =>
  found.forEach((ys, k) => {
    expect(ys.length).toBe(expected[k]?.length)
    ys.forEach((y, i) => {
      expect(y).toBeCloseTo(expected[k]?.[i] as number, 10)
    })
  })
const lawful = (p: unknown): void => {
  for (const [name, law] of Object.entries(laws)) {
    const holds = law(p as AnyProgram)
    const broken = fc.check(
      fc.property(seeds, (seed) => holds(pointFrom(p as AnyProgram, seed, unit))),
      { numRuns: 2, seed: 17 },
    )
    expect(broken.failed ? `${name}: ${broken.counterexample}` : undefined).toBeUndefined()
  }
}
const lengths = [0, 1, 2, 3, 5, 8, 13]

describe('associativeScan', () => {
  test.each(lengths)('of %i sums and products is cumSum and cumProd, both ways', (n) => {
    const x = noise(n * 2)
    for (const reverse of [false, true]) {
      const turned = (f: (x: Any) => Any) => (y: Any) => {
        const flip = (z: Any): Any => (reverse ? reversed(0)(z) : z)
        return flip(f(flip(y)))
      }
      const found = programOrThrow(real(n, 2), (a) => [
        associativeScan((p: Any, q: Any) => add(p, q), { reverse })(a as Any),
        associativeScan((p: Any, q: Any) => mul(p, q), { reverse })(a as Any),
      ])
      const expected = programOrThrow(real(n, 2), (a) => [
        turned((y) => cumSum(0)(y) as Any)(a as Any),
        turned((y) => cumProd(0)(y) as Any)(a as Any),
      ])
      near(run(found, x), run(expected, x))
    }
  })
  const linear = (x: { readonly a: Any; readonly b: Any }) =>
    associativeScan((p: typeof x, q: typeof x) => ({ a: mul(p.a, q.a), b: add(mul(q.a, p.b), q.b) }))(x).b
  const recurrence = programOrThrow({ a: real(7), b: real(7) }, (x) => linear(x as never))
  test('of a linear recurrence is the scan y = a y + b, on every back end', async () => {
    const [a, b] = [noise(7, 1), noise(7, 2)]
    const slow = programOrThrow(
      { a: real(7), b: real(7) },
      (x) =>
        scan((y: Real, r: { a: Real; b: Real }) => {
          const next = add(mul(r.a, y), r.b)
          return [next, next]
        })(constant([], 0), x)[1],
    )
    near(run(recurrence, a, b), run(slow, a, b))
    const expected = run(slow, a, b)[0] as readonly number[]
    for (const found of await valuesOn(recurrence, { a, b }))
      (found as readonly number[]).forEach((y, i) => {
        expect(y).toBeCloseTo(expected[i] as number, 5)
      })
  })
  test('is right in both modes, second order and vmap', () => lawful(recurrence))
  test('of products of matrices keeps their order', () => {
    const x = noise(5 * 4)
    const found = programOrThrow(real(5, 2, 2), (a) =>
      associativeScan((p: Any, q: Any) => matmul(p as never, q as never) as Any)(a as Any),
    )
    const slow = programOrThrow(
      real(5, 2, 2),
      (a) =>
        scan((p: Expr<readonly [2, 2], 'real'>, q: Expr<readonly [2, 2], 'real'>) => {
          const next = matmul(p, q)
          return [next, next]
        })(tensor([2, 2], [1, 0, 0, 1]), a)[1],
    )
    near(run(found, x), run(slow, x))
    lawful(found)
  })
  test('along another axis', () => {
    const found = programOrThrow(real(2, 5), (a) =>
      associativeScan((p: Any, q: Any) => max(p, q), { axis: -1 })(a as Any),
    )
    expect(run(found, [1, 3, 2, 5, 4, 9, 1, 1, 10, 0])).toEqual([[1, 3, 3, 5, 5, 9, 9, 9, 10, 10]])
  })
  test('has logarithmically many steps', () => {
    const steps = (n: number): number =>
      programOrThrow(real(n), (a) => associativeScan((p: Any, q: Any) => mul(p, q))(a as Any)).closed.equations.length
    expect(steps(4096) - steps(2048)).toBe(steps(2048) - steps(1024))
  })
  test('refuses a function that changes types', () => {
    const p = program(real(4), (a) => associativeScan((x: Any, _: Any) => sum(0)(x as never) as Any)(a as Any))
    expect(p._tag === 'Left' && showDiagnostics(p.left)).toContain(
      'the function changes the form or the types of its arguments',
    )
  })
})

describe('switchCase', () => {
  const branches = [(x: Real) => neg(x), (x: Real) => mul(x, x), (x: Real) => sin(x), () => 7, (x: Real) => x] as const
  const p = programOrThrow([int(), real()], ([i, x]) => switchCase(i, branches as never)(x) as Real)
  test.each([
    [-3, -2],
    [0, -2],
    [1, 4],
    [2, Math.sin(2)],
    [3, 7],
    [4, 2],
    [9, 2],
  ])('branch %i', async (i, expected) => {
    expect(run(p, [i], [2])).toEqual([[expected]])
    for (const found of await valuesOn(p, [i, 2])) expect(Number(found)).toBeCloseTo(expected, 6)
  })
  test('its derivative is that of the branch, under vmap too', () => {
    const slope = gradOrThrow(p as never) as unknown as typeof p
    expect(run(slope, [1], [3])).toEqual([[6]])
    const many = vmap(3)(p as never) as unknown as typeof p
    expect(run(many, [0, 1, 3], [1, 2, 3])).toEqual([[-1, 4, 7]])
    lawful(p)
  })
  test('of one branch is that branch, of two is cond', () => {
    const f = programOrThrow([int(), real()], ([i, x]) => [
      switchCase(i, [(v: Real) => neg(v)])(x),
      switchCase(i, [(v: Real) => neg(v), (v: Real) => v])(x),
      cond(
        lt(i, 1),
        (v: Real) => neg(v),
        (v: Real) => v,
      )(x),
    ])
    expect(run(f, [1], [3])).toEqual([[-3], [3], [3]])
  })
  test('refuses no branches and an index that is real', () => {
    const none = program([int(), real()], ([i, x]) => switchCase(i, [] as never)(x))
    expect(none._tag === 'Left' && showDiagnostics(none.left)).toContain('there are no branches')
    const wrong = program([real(), real()], ([i, x]) => switchCase(i as never, branches as never)(x))
    expect(wrong._tag === 'Left' && showDiagnostics(wrong.left)).toContain('switchCase')
  })
})

describe('unrolled scans', () => {
  const step = (c: Real, x: Real): readonly [Real, { readonly y: Real; readonly z: Real }] => [
    add(mul(0.5, c), sin(x)),
    { y: mul(c, x), z: sub(c, x) },
  ]
  const of = (n: number, options: object) =>
    programOrThrow({ c: real(), xs: real(n) }, ({ c, xs }) => scan(step, options)(c, xs))
  test.each([1, 2, 3, 4, 7, 9])('of %i steps per turn are the scan', (unroll) => {
    for (const n of [0, 1, 4, 7])
      for (const reverse of [false, true]) {
        const x = noise(n)
        near(run(of(n, { unroll, reverse }), [0.3], x), run(of(n, { reverse }), [0.3], x))
      }
  })
  test('have the same derivatives', () => {
    lawful(of(5, { unroll: 2 }))
    lawful(of(5, { unroll: 3, reverse: true }))
  })
  test('refuse a number of steps that is none', () => {
    const p = program({ c: real(), xs: real(4) }, ({ c, xs }) => scan(step, { unroll: 0 })(c, xs)[0])
    expect(p._tag === 'Left' && showDiagnostics(p.left)).toContain('unroll is 0')
  })
})

test('mapRows is vmap, row by row', () => {
  const p = programOrThrow({ xs: real(4, 3), k: real() }, ({ xs, k }) =>
    mapRows((x: Expr<readonly [3], 'real'>) => ({ total: sum()(mul(x, k)), turned: sin(x) }))(xs),
  )
  const x = noise(12)
  const found = run(p, [...x], [2])
  near(
    [found[0] as number[]],
    [[0, 3, 6, 9].map((i) => 2 * ((x[i] as number) + (x[i + 1] as number) + (x[i + 2] as number)))],
  )
  lawful(p)
})

test.each([1, 2, 3, 4, 7])('mapBlocks of %i rows at once is the same as of all rows', (size) => {
  const f = (block: { readonly a: Any }) => ({ s: sin(block.a), t: sum(-1)(block.a as never) })
  const types = { a: real(7, 2) }
  const p = programOrThrow(types, (rows) => mapBlocks(size, f)(rows))
  near(
    run(p, noise(14)),
    run(
      programOrThrow(types, (rows) => f(rows as never)),
      noise(14),
    ),
  )
  lawful(p)
})
test('mapBlocks refuses a size that is none', () => {
  const p = program(real(4), (rows) => mapBlocks(0, (x: Expr) => x)(rows))
  expect(p._tag === 'Left' && showDiagnostics(p.left)).toContain('size must be a whole number')
})

describe('reduceWindow', () => {
  const x = noise(30)
  test('of sums and maxima is pooling', () => {
    const options = { kernel: [2, 3], stride: [1, 2], pad: 1 } as const
    const p = programOrThrow(real(1, 5, 6), (a) => [
      reduceWindow(add, 0, options)(a),
      reduceWindow(max, Number.NEGATIVE_INFINITY, options)(a),
      mul(avgPool(options)(a), 6),
      maxPool(options)(a),
    ])
    const [sums, largest, means, pooled] = run(p, x)
    near([sums as number[], largest as number[]], [means as number[], pooled as number[]])
  })
  test('of a function that does not commute keeps the order of elements', () => {
    // the first of two, unless it is 0
    const first = (a: Expr, b: Expr): Expr => select(lt(0, a), a, b)
    const p = programOrThrow(real(6), (a) => reduceWindow(first, 0, { kernel: [5], pad: [[2, 2]] })(a))
    expect(run(p, [1, 2, 3, 4, 5, 6])).toEqual([[1, 1, 1, 2, 3, 4]])
  })
  test('has derivatives in both modes', () =>
    lawful(programOrThrow(real(2, 5), (a) => reduceWindow(mul, 1, { kernel: [3], stride: 2, pad: 1 })(a))))
})
