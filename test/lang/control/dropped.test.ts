/** A rule that drops a dependence which its function has is refused; null and stopGradient say that it is meant. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  add,
  concat,
  type Expr,
  evaluate,
  floor,
  gt,
  mul,
  program,
  programOrThrow,
  real,
  select,
  sign,
  sin,
  stopGradient,
  sub,
  sum,
  tensor,
} from '../../../lang/index.ts'
import { customJvp, customVjp, gradOrThrow, jvp } from '../../../src/index.ts'

type V = Expr<readonly [2], 'real'>
type Both = { readonly a: V; readonly b: V }
const cos = (x: V): V => sin(add(x, Math.PI / 2))
/** The problems of a function of two vectors. */
const problemsOf = (f: (p: Both) => unknown): readonly unknown[] => {
  const made = program({ a: real(2), b: real(2) }, f as (p: Both) => V)
  return E.isLeft(made) ? made.left.map((d) => d.problem) : []
}
const twice = ({ a, b }: Both): Both => ({ a: mul(a, b), b: sin(b) })

describe('a cotangent', () => {
  test('that is not used is refused, by its name', () => {
    const first = customVjp(twice, (p, ct) => ({ a: mul(ct.a, p.b), b: mul(ct.a, p.a) }))
    expect(problemsOf(first)).toEqual([{ _tag: 'UnusedTangent', inputs: ['ct.b'] }])
    const zero = customVjp(twice, (p, ct) => ({ a: mul(ct.a, p.b), b: add(mul(ct.a, p.a), mul(ct.b, 0)) }))
    expect(problemsOf(zero)).toEqual([{ _tag: 'UnusedTangent', inputs: ['ct.b'] }])
  })
  test('of an output that f stops, or that depends on nothing, may be left out', () => {
    const rule = (p: Both, ct: Both) => ({ a: mul(ct.a, p.b), b: mul(ct.a, p.a) })
    expect(problemsOf(customVjp(({ a, b }: Both) => ({ a: mul(a, b), b: stopGradient(sin(b)) }), rule))).toEqual([])
    expect(problemsOf(customVjp(({ a, b }: Both) => ({ a: mul(a, b), b: floor(b) }), rule))).toEqual([])
    expect(problemsOf(customVjp(({ a, b }: Both): Both => ({ a: mul(a, b), b: tensor([2], [1, 2]) }), rule))).toEqual(
      [],
    )
  })
  test('of all outputs in use is right', () => {
    const right = customVjp(twice, (p, ct) => ({ a: mul(ct.a, p.b), b: add(mul(ct.a, p.a), mul(ct.b, cos(p.b))) }))
    expect(problemsOf(right)).toEqual([])
  })
})

describe('a tangent', () => {
  test('that is not used is refused, by its name', () => {
    const first = customJvp(
      ({ a, b }: Both) => mul(a, b),
      (p, dx) => mul(dx.a, p.b),
    )
    expect(problemsOf(first)).toEqual([{ _tag: 'UnusedTangent', inputs: ['dx.b'] }])
  })
  test('of an input that f stops may be left out', () => {
    const f = customJvp(
      ({ a, b }: Both) => mul(a, stopGradient(b)),
      (p, dx) => mul(dx.a, p.b),
    )
    expect(problemsOf(f)).toEqual([])
  })
})

describe('a derivative of 0', () => {
  const zeros = tensor([2], [0, 0])
  test('is refused where the function has one', () => {
    const f = customVjp(
      ({ a, b }: Both) => mul(a, b),
      (p, ct) => ({ a: mul(ct, p.b), b: zeros }),
    )
    expect(problemsOf(f)).toEqual([{ _tag: 'ZeroDerivative', of: ['x.b'] }])
    const hidden = customVjp(
      ({ a, b }: Both) => mul(a, b),
      (p, ct) => ({ a: mul(ct, p.b), b: sub(p.a, p.a) }),
    )
    expect(problemsOf(hidden)).toEqual([{ _tag: 'ZeroDerivative', of: ['x.b'] }])
    const forward = customJvp(twice, (p, dx) => ({ a: add(mul(dx.a, p.b), mul(dx.b, p.a)), b: zeros }))
    expect(problemsOf(forward)).toEqual([{ _tag: 'ZeroDerivative', of: ['output 1'] }])
  })
  test('is meant where it is null, and no error where the function has none', () => {
    const meant = customVjp(
      ({ a, b }: Both) => mul(a, b),
      (p, ct) => ({ a: mul(ct, p.b), b: null }),
    )
    expect(problemsOf(meant)).toEqual([])
    const flat = customVjp(
      ({ a, b }: Both) => mul(a, sign(b)),
      (p, ct) => ({ a: mul(ct, sign(p.b)), b: zeros }),
    )
    expect(problemsOf(flat)).toEqual([])
  })
  test('a rule that is not linear on purpose may leave out what it likes', () => {
    const f = customVjp(twice, (p, ct) => ({ a: mul(ct.a, p.b), b: zeros }), { linear: false })
    expect(problemsOf(f)).toEqual([])
  })
})

test('a straight-through estimator is right: its function has no derivative', () => {
  const through = customVjp(
    (x: V): V => select(gt(x, 0), 1, 0),
    (_, ct) => ct,
  )
  const g = gradOrThrow(programOrThrow(real(2), (x) => sum()(mul(through(x), tensor([2], [3, 4])))))
  expect(evaluate(g.closed, [Float64Array.of(1, -1)])).toEqual([Float64Array.of(3, 4)])
})
test('trees of records in and out have their derivatives in both modes', () => {
  const f = programOrThrow({ a: real(2), b: real(2) }, (p) =>
    customVjp(twice, (q, ct) => ({ a: mul(ct.a, q.b), b: add(mul(ct.a, q.a), mul(ct.b, cos(q.b))) }))(p),
  )
  const [a, b, da, db] = [
    [2, 3],
    [0, 1],
    [1, 0],
    [0.5, 2],
  ].map((x) => Float64Array.from(x))
  const [, , ta, tb] = evaluate(jvp(f).closed, [a, b, da, db] as readonly Float64Array[])
  // d(ab) = da b + a db, d sin b = cos b db
  expect([...(ta ?? [])]).toEqual([1, 6])
  expect((tb ?? [])[0]).toBeCloseTo(0.5, 14)
  expect((tb ?? [])[1]).toBeCloseTo(2 * Math.cos(1), 14)
  const g = gradOrThrow(
    programOrThrow({ a: real(2), b: real(2) }, (p) => {
      const y = customJvp(twice, (q, dx) => ({ a: add(mul(dx.a, q.b), mul(q.a, dx.b)), b: mul(dx.b, cos(q.b)) }))(p)
      return sum()(concat(0)([y.a, y.b]))
    }),
  )
  const [ga, gb] = evaluate(g.closed, [a, b] as readonly Float64Array[])
  expect([...(ga ?? [])]).toEqual([0, 1])
  expect((gb ?? [])[0]).toBeCloseTo(3, 14)
  expect((gb ?? [])[1]).toBeCloseTo(3 + Math.cos(1), 14)
})
test('TypeScript knows the records of a rule', () => {
  const f = customVjp(twice, (p, ct, y) => {
    const known: readonly V[] = [p.a, ct.b, y.a]
    return { a: known[0] ?? p.a, b: ct.b }
  })
  const typed: (x: Both) => { readonly a: V; readonly b: V } = f
  expect(typed).toBe(f)
  // null in place of a record, or of one of its members, is a derivative of 0
  customVjp(twice, () => null)
  customJvp(twice, (_, dx) => ({ a: dx.a, b: null }))
  // @ts-expect-error: the member b is missing
  customVjp(twice, (_, ct) => ({ a: ct.a }))
  // @ts-expect-error: a tangent has the members of the input
  customJvp(twice, (_, dx) => ({ a: dx.c, b: dx.b }))
  const only = ({ a }: Both) => ({ y: a })
  // @ts-expect-error: a cotangent has the members of the output
  customVjp(only, (_, ct) => ({ a: ct.y, b: ct.b }))
})
