/** A number that a body returns is a constant; nothing, or something else, is a diagnostic at the user's line. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  add,
  boundedWhile,
  call,
  checkpoint,
  cond,
  type Expr,
  fori,
  int,
  lt,
  mul,
  program,
  programOrThrow,
  real,
  scan,
  segmentedScan,
  sin,
  sqrt,
  toReal,
  whileLoop,
} from '../../../lang/index.ts'
import { customJvp, customVjp, gradOrThrow, jvp, vmap } from '../../../src/index.ts'
import { valuesOn } from './onBackends.ts'

type Real = Expr<readonly [], 'real'>
type Int = Expr<readonly [], 'int'>
/** On every back end. */
const four = (value: number) => [[value], [value], [value], [value]]
const faults = (f: (x: never) => unknown): readonly string[] => {
  const p = program(real(), f as (x: Real) => Real)
  return E.isLeft(p) ? p.left.map((d) => `${d.op} ${d.problem._tag}`) : ['none']
}

describe("a body's number is a number", () => {
  test.each<readonly [string, (x: Real) => Real, number]>([
    ['call', (x) => call(() => 5)(x), 5],
    ['checkpoint', (x) => checkpoint(() => 5)(x), 5],
    ['fori', (x) => fori(3, () => 5)(x), 5],
    ['fori of no steps', (x) => fori(0, () => 5)(x), 0.5],
    [
      'cond, true',
      (x) =>
        cond(
          lt(x, 1),
          () => 4,
          () => 5,
        )(x),
      4,
    ],
    [
      'cond, false',
      (x) =>
        cond(
          lt(x, 0),
          () => 4,
          () => 5,
        )(x),
      5,
    ],
    [
      'cond, one branch',
      (x) =>
        cond(
          lt(x, 0),
          (a: Real) => sin(a),
          () => 5,
        )(x),
      5,
    ],
    [
      'whileLoop',
      (x) =>
        whileLoop(
          (c: Real) => lt(c, 3),
          () => 5,
        )(x),
      5,
    ],
    [
      'boundedWhile',
      (x) =>
        boundedWhile(
          4,
          (c: Real) => lt(c, 3),
          () => 5,
        )(x),
      5,
    ],
    ['scan, the carry', (x) => scan(() => [5, null], { length: 2 })(x, null)[0], 5],
    [
      'customJvp',
      (x) =>
        customJvp(
          () => 5,
          () => null,
        )(x),
      5,
    ],
    [
      'customVjp',
      (x) =>
        customVjp(
          () => 5,
          () => null,
        )(x),
      5,
    ],
    ['a body in a body', (x) => scan((c: Real) => [add(c, call(() => 5)(c)), null], { length: 2 })(x, null)[0], 10.5],
    ['a member of a record', (x) => call((a: Real) => ({ a, b: 5 }))(x).b, 5],
  ])('%s', async (_, f, value) => {
    const p = programOrThrow(real(), f)
    expect(await valuesOn(p, 0.5)).toEqual(four(value))
    expect(await valuesOn(vmap(2)(p), [0.5, 0.5])).toEqual(four(value).map(([v]) => [v, v]))
  })
  test('its derivative is 0, and that of the rest stays', async () => {
    const p = programOrThrow(real(), (x) => mul(call(() => 5)(x), x))
    expect(await valuesOn(gradOrThrow(p), 3)).toEqual(four(5))
    const { closed } = jvp(p)
    expect(closed.outputs).toHaveLength(2)
  })
  test('an integer where the carry or the other branch is one', async () => {
    const p = programOrThrow(int(), (i) => fori(3, () => 5)(i))
    expect(p.out).toEqual(int())
    expect(await valuesOn(p, 1)).toEqual(four(5))
    const q = programOrThrow(int(), (i) =>
      cond(
        lt(i, 0),
        (a: Int) => a,
        () => 7,
      )(i),
    )
    expect(await valuesOn(q, 1)).toEqual(four(7))
    const fraction = program(int(), (i) => fori(3, () => 2.5)(i))
    expect(E.isLeft(fraction) && fraction.left.map((d) => d.problem._tag)).toEqual(['NotAnElement'])
  })
  test('a number is no array and no truth value', () => {
    expect(E.isLeft(program(real(2), (x) => fori(3, () => 5 as never)(x)))).toBe(true)
    expect(faults((x) => whileLoop((() => 1) as never, (c: Real) => c)(x))).toEqual(['whileLoop BodyMismatch'])
  })
  test('types say the same', () => {
    programOrThrow({ x: real(), v: real(2) }, ({ x, v }) => {
      expectTypeOf(call(() => 5)(x)).toEqualTypeOf<Real>()
      expectTypeOf(checkpoint((a: Real) => ({ a, b: 5 }))(x).b).toEqualTypeOf<Real>()
      // @ts-expect-error a number is no array
      fori(3, (_, h: typeof v) => (h === v ? h : 5))(v)
      return toReal(x)
    })
  })
})

describe('a body that returns no expression is a diagnostic', () => {
  test('nothing, in a body', () => {
    const nothing = (() => {}) as never
    for (const f of [
      (x: never) => call(nothing)(x),
      (x: never) => checkpoint(nothing)(x),
      (x: never) => fori(3, nothing)(x),
      (x: Real) => cond(lt(x, 0), nothing, nothing)(x as never),
      (x: Real) => whileLoop((c: Real) => lt(c, 1), nothing)(x),
      (x: never) => customJvp(nothing, nothing)(x),
      (x: never) => add(call(nothing)(x), x),
      (x: never) => [call(nothing)(x), x],
    ])
      expect(faults(f as never)[0]).toMatch(/^(call|checkpoint|scan|fori|cond|whileLoop|customJvp) NotAnExpression$/)
    expect(faults((x) => [call(() => null)(x), x])).toEqual(['call Malformed'])
    expect(faults((x) => [checkpoint(() => ({}))(x), x])).toEqual(['checkpoint Malformed'])
    // @ts-expect-error the body returns nothing
    const f = call((_: Real) => {})
    expect(f).toBeTypeOf('function')
  })
  test('nothing, in a program', () => {
    expect(faults((() => {}) as never)).toEqual(['program NotAnExpression'])
    expect(faults((x) => ({ x, y: undefined }))).toEqual(['program NotAnExpression'])
    expect(faults(() => null)).toEqual(['program Malformed'])
    // an empty tree is said on purpose
    expect(faults(() => ({}))).toEqual(['none'])
    // @ts-expect-error the function returns nothing
    const p = program(real(), () => {})
    expect(E.isLeft(p)).toBe(true)
  })
  test('a number alone is no output: nothing computes with it', () => {
    // @ts-expect-error a number is not an expression
    const p = program(real(), () => 5)
    expect(E.isLeft(p) && p.left.map((d) => d.problem)).toEqual([
      { _tag: 'NotAnExpression', path: '', found: 'the number 5' },
    ])
  })
  test('a boolean of JavaScript is no condition', () => {
    const p = program(real(), (x) => cond(true as never, sin, sqrt)(x))
    expect(E.isLeft(p) && p.left).toMatchObject([
      { op: 'cond', problem: { _tag: 'NotAnExpression', what: 'the condition', found: 'the boolean true' } },
    ])
    expect(E.isLeft(p) && p.left[0]?.site).toMatch(/numbers\.test\.ts/)
    expect(faults((x) => cond(null as never, sin, sqrt)(x))).toEqual(['cond NotAnExpression'])
    expect(faults((x) => whileLoop((() => true) as never, (c: Real) => c)(x))).toEqual(['whileLoop NotAnExpression'])
  })
  test('a length is a whole number, 0 or more', () => {
    for (const n of [-1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const step = (c: Real): readonly [Real, null] => [sin(c), null]
      expect(faults((x) => fori(n, (_, c: Real) => sin(c))(x))).toEqual(['fori InvalidAttribute'])
      expect(faults((x) => scan(step, { length: n })(x, null)[0])).toEqual(['scan InvalidAttribute'])
      expect(faults((x) => segmentedScan(step, { length: n })(x, null)[0])).toEqual(['segmentedScan InvalidAttribute'])
      expect(faults((x) => boundedWhile(n, (c: Real) => lt(c, 1), sin)(x))).toEqual(['boundedWhile InvalidAttribute'])
    }
    const rows = program(
      { x: real(), r: real(6) },
      ({ x, r }) => segmentedScan((c: Real, a: Real) => [add(c, a), null], { segment: 1.5 })(x, r)[0],
    )
    expect(E.isLeft(rows) && rows.left.map((d) => d.problem._tag)).toEqual(['InvalidAttribute'])
  })
})

describe('what TypeScript says of bodies and lengths', () => {
  test('a body without return is refused, also where its carry is not annotated', () => {
    // @ts-expect-error the body returns nothing
    const a = fori(3, () => {})
    // @ts-expect-error the body returns nothing
    const b = fori(3, (_, c) => void sin(c))
    const c = whileLoop(
      (x) => lt(x, 3),
      // @ts-expect-error the body returns nothing
      (x) => void sin(x),
    )
    const d = boundedWhile(
      3,
      (x) => lt(x, 3),
      // @ts-expect-error the body returns nothing
      (x) => void sin(x),
    )
    expect([a, b, c, d].every((f) => typeof f === 'function')).toBe(true)
  })
  test('a length is a whole number', () => {
    const same = (_: Int, c: Real): Real => c
    // @ts-expect-error a fraction
    const a = fori(2.5, same)
    // @ts-expect-error a negative number
    const b = fori(-1, same)
    const c = boundedWhile(
      // @ts-expect-error a negative number
      -1,
      (x: Real) => lt(x, 3),
      (x: Real) => x,
    )
    expect([a, b, c].every((f) => typeof f === 'function')).toBe(true)
  })
  test('branches and bodies that take nothing are applied to nothing', async () => {
    const f = programOrThrow(real(), (x) =>
      cond(
        lt(x, 0),
        () => sin(x),
        () => call(() => mul(x, 2))(),
      )(),
    )
    expectTypeOf(f.out.shape).toEqualTypeOf<readonly []>()
    expect(await valuesOn(f, 3)).toEqual(four(6))
  })
})
