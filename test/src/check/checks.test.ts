/** The checks beside gradients: transformations, custom rules, linearity, equivalence. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { reference } from '../../../backends/index.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import {
  checkCustomRule,
  checkTransformations,
  equivalence,
  isLinear,
  linearity,
  showTransformations,
} from '../../../src/check/index.ts'
import {
  abs,
  add,
  concat,
  cos,
  customJvp,
  customVjp,
  floor,
  jvp,
  lt,
  mul,
  orThrow,
  type Program,
  programOrThrow,
  real,
  select,
  sin,
  sub,
  sum,
} from '../../../src/index.ts'
import { withEntry } from './mutate/plant.ts'

type X = Expr<readonly [3], 'real'>
const p = programOrThrow({ x: real(3), y: real(3) }, ({ x, y }) => sum()(mul(sin(x), add(y, x))))

describe('transformations', () => {
  test('all laws hold, back ends included', async () => {
    const rows = await checkTransformations(p, { backends: [reference] })()
    expect(rows.filter((r) => !r.passed)).toEqual([])
    expect(rows.map((r) => r.law)).toContain('reference f = f')
    expect(showTransformations(rows)).toContain('ok    simplify f = f')
  })
  test('a wrong batching rule is found', async () => {
    const entry = entryOf('sum')
    const planted = { ...entry, batch: { lift: (a: never) => a } }
    const q = programOrThrow(real(3, 3), (x) => sum(0)(x))
    const rows = await withEntry(planted, () => checkTransformations(q)())
    expect(rows.filter((r) => !r.passed).map((r) => r.law)).toContain('vmap f = map f')
  })
  test('a back end that is wrong by more than float32 rounding is found', async () => {
    const bent = {
      ...reference,
      name: 'bent',
      compile: (q: Program<unknown, unknown>) =>
        reference.compile(
          programOrThrow(q.in as never, (x: never) =>
            mul(sum()(mul(sin((x as { x: X }).x), add((x as { y: X }).y, (x as { x: X }).x))), 1.001),
          ) as never,
        ),
    }
    const rows = await checkTransformations(p, { backends: [bent as never] })()
    expect(rows.at(-1)).toMatchObject({ law: 'bent f = f', passed: false })
  })
})

describe('custom rules', () => {
  const check = (f: (x: X) => Expr) => checkCustomRule(programOrThrow(real(3), (x) => sum()(f(mul(x, 2) as X))))
  test('right and wrong, both ways', () => {
    const right = customJvp(
      (x: X) => sin(x),
      (x: X, dx: X) => mul(dx, cos(x)),
    )
    const wrong = customVjp(
      (x: X) => sin(x),
      (x: X, ct: X) => mul(ct, sin(x)),
    )
    expect(orThrow(check(right as never)).map((r) => [r.op, r.linear, r.correct])).toEqual([['customJvp', true, true]])
    expect(orThrow(check(wrong as never)).map((r) => [r.op, r.linear, r.correct])).toEqual([['customVjp', true, false]])
  })
  test('a program without one', () => expect(E.isLeft(checkCustomRule(p))).toBe(true))
})

describe('linearity', () => {
  const of = (f: (x: X) => Expr): Program<unknown, unknown> =>
    programOrThrow(real(3), f as never) as Program<unknown, unknown>
  test.each([
    ['2 x', (x: X) => mul(x, 2), true, true],
    ['a sum of slices', (x: X) => add(sum()(x), sum()(concat(0)([x, x]))), true, true],
    ['x + 1', (x: X) => add(x, 1), false, false],
    ['x^2', (x: X) => mul(x, x), false, false],
    ['|x|', (x: X) => abs(x), false, false],
    ['floor', (x: X) => floor(x), false, false],
    ['x - floor(x) + floor(x), which only a test sees', (x: X) => add(sub(x, floor(x)), floor(x)), false, true],
    ['x > 0 ? x : x, which only a test sees', (x: X) => select(lt(0, x), x, add(x, 0)), false, true],
  ])('%s', (_, f, structure, test) => {
    expect(linearity(of(f))).toMatchObject({ structure, test })
    expect(isLinear(of(f))).toBe(structure || test)
  })
  test('in some inputs only', () => {
    const f = programOrThrow({ x: real(3), y: real(3) }, ({ x, y }) => mul(sin(x), y))
    expect(isLinear(f)).toBe(false)
    expect(linearity(f, { inputs: ['y'] })).toMatchObject({ structure: true, test: true })
  })
  test('a derivative is linear in its tangents', () =>
    expect(
      isLinear(
        programOrThrow([real(3), real(3)], ([x, dx]) => mul(dx, cos(x))),
        { inputs: ['x1'] },
      ),
    ).toBe(true))
})

describe('equivalence', () => {
  const q = programOrThrow({ x: real(3), y: real(3) }, ({ x, y }) => add(sum()(mul(sin(x), y)), sum()(mul(x, sin(x)))))
  const r = programOrThrow({ x: real(3), y: real(3) }, ({ x, y }) => sub(sum()(mul(sin(x), y)), sum()(mul(x, sin(x)))))
  test('the same up to rounding', () => expect(equivalence(p, q)._tag).toBe('Equivalent'))
  test('another', () => expect(equivalence(p, r)).toMatchObject({ _tag: 'OtherValue', leaf: 'output' }))
  test('of other types', () => expect(equivalence(p, jvp(p) as never)._tag).toBe('OtherTypes'))
})
