import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { constant as filledWith, like } from '../../../lang/primitives/constant.ts'
import { add, cos, lt, max, mul, neg } from '../../../lang/primitives/elementwise.ts'
import { permute, permuteEntry } from '../../../lang/primitives/reindex.ts'
import { scanClosed } from '../../../lang/primitives/scan.ts'
import { type Closed, closeOver, numbered, outTypes } from '../../../lang/syntax/closed.ts'
import { type Expr, input } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Type } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { fuseScans, rules, simplify, simplifyClosed, simplifyTelling } from '../../../src/transform/simplify/index.ts'
import { attributes, constant, isExpr, law, of, type Rule, x } from '../../../src/transform/simplify/rule.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'

const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 1e308, 5e-324, 0.1]
const matrix = real(2, 3)
const array = fc.array(fc.constantFrom(...specials), { minLength: 6, maxLength: 6 }).map((xs) => Float64Array.from(xs))
const identical = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((v, i) => Object.is(v, b[i]))

/** A side of a law as a program of two arrays; of truth values, where its operation takes those. */
const side = (rule: Rule, which: 0 | 1): Closed =>
  closeOver(numbered([matrix, matrix]), ([x, y]) => {
    const cast = (e: Expr): Expr => (takesTruth(rule.law) ? lt(e, 0.5) : e)
    return [rule.sides(cast(x as Expr), cast(y as Expr))[which]]
  })
const takesTruth = (law: string): boolean => /^(and|or|not)\(/.test(law)
const agrees = (rule: Rule): boolean => {
  const [left, right] = [side(rule, 0), side(rule, 1)]
  expect(outTypes(right)).toEqual(outTypes(left))
  return !fc.check(
    fc.property(array, array, (x, y) =>
      identical(evaluate(left, [x, y])[0] as Float64Array, evaluate(right, [x, y])[0] as Float64Array),
    ),
    { numRuns: 50 },
  ).failed
}
/** What the rule makes of the left side. */
const rewritten = (rule: Rule): Closed =>
  closeOver(numbered([matrix, matrix]), ([x, y]) => {
    const cast = (e: Expr): Expr => (takesTruth(rule.law) ? lt(e, 0.5) : e)
    const better = rule.rewrite(rule.sides(cast(x as Expr), cast(y as Expr))[0])
    if (better === undefined) throw new Error(`the law does not apply to its own left side: ${rule.law}`)
    return [better]
  })

describe.each(rules.map((r) => [r.law, r] as const))('%s', (_, rule) => {
  test('both sides are equal for every float, bit for bit', () => expect(agrees(rule)).toBe(true))
  test('the left side is rewritten to the right side', () => expect(rewritten(rule)).toEqual(side(rule, 1)))
})
describe('the test of a law can fail', () => {
  test('an equation that is false for NaN', () => {
    const zero = constant()
    const wrong = law('x * 0 = 0', of(mul.entry, {}, x, zero), zero, { sample: [isExpr(zero, (e) => like(e, 0))] })
    expect(agrees(wrong)).toBe(false)
  })
  test('a left side that its own condition excludes', () => {
    expect(() => rewritten(law('x = -(-x)', of(neg.entry, {}, x), x, { where: () => false }))).toThrow('does not apply')
  })
  test('what occurs twice must match the same thing twice', () => {
    const same = law('x - x', of(add.entry, {}, x, x), x)
    const [a, b] = [input('a', matrix), input('b', matrix)]
    expect(same.rewrite(add(a, a))).toBe(a)
    expect(same.rewrite(add(a, b))).toBeUndefined()
    const p = attributes<{ readonly perm: readonly number[] }>()
    const twice = law('permute p (permute p x)', of(permuteEntry, p, of(permuteEntry, p, x)), x)
    const cube = input('c', real(2, 2, 2))
    expect(twice.rewrite(permute([0, 2, 1])(permute([0, 2, 1])(cube)))).toBe(cube)
    expect(twice.rewrite(permute([0, 2, 1])(permute([1, 0, 2])(cube)))).toBeUndefined()
  })
})

describe('simplify', () => {
  test('a gradient gets smaller and keeps its value', () => {
    const p = gradOrThrow(
      programOrThrow(matrix, (x) => sum()(permute([1, 0])(permute([1, 0])(mul(cos(x), neg(neg(x))))))),
    )
    const q = simplify(p)
    expect(q.closed.equations.length).toBeLessThan(p.closed.equations.length)
    fc.assert(
      fc.property(array, (x) =>
        identical(evaluate(p.closed, [x])[0] as Float64Array, evaluate(q.closed, [x])[0] as Float64Array),
      ),
    )
  })
  test('constants fold, whatever the operation', () => {
    const p = programOrThrow(real(), () => sum()(mul(add(filledWith([2, 3], 1), 2), cos(filledWith([3], 0)))))
    expect(simplify(p).closed.equations.map((q) => [q.op, q.attrs.value])).toEqual([['constant', 18]])
  })
  test('0 x is kept: it is NaN where x is not finite', () => {
    const p = simplify(programOrThrow(real(), (x) => mul(x, 0)))
    expect(evaluate(p.closed, [Float64Array.of(Number.POSITIVE_INFINITY)])[0]).toEqual(Float64Array.of(Number.NaN))
  })
  test('twice is once', () => {
    const p = simplify(vjpOrThrow(programOrThrow({ x: matrix, y: real(3) }, ({ x, y }) => mul(neg(x), cos(neg(y))))))
    expect(simplify(p).closed).toEqual(p.closed)
  })
})

describe('two scans in lockstep are one', () => {
  const r2 = real(2)
  const step = closeOver(numbered([r2, r2, r2]), ([c, x, k]) => {
    const next = cos(add(mul(c as Expr, k as Expr), x as Expr))
    return [next, mul(next, c as Expr)]
  })
  const p = programOrThrow({ c: r2, xs: real(3, 2), k: r2 }, ({ c, xs, k }) =>
    scanClosed(3, false, step)([c], [xs], [k]).slice(0, 2),
  )
  const carries = (q: {
    readonly equations: readonly { readonly op: string; readonly attrs: { readonly carries?: unknown } }[]
  }): readonly unknown[] => q.equations.filter((e) => e.op === 'scan').map((e) => e.attrs.carries)
  const values = (types: readonly Type[]) =>
    fc.tuple(
      ...types.map((t) =>
        fc
          .array(fc.double({ min: -1, max: 1, noNaN: true }), {
            minLength: t.shape.reduce((a, b) => a * b, 1),
            maxLength: t.shape.reduce((a, b) => a * b, 1),
          })
          .map((xs) => Float64Array.from(xs)),
      ),
    )
  test.each([
    ['jvp: the doubled carry', jvp(p).closed, [2]],
    ['vjp: forward, then backward', vjpOrThrow(p as never).closed, [1, 2]],
    ['jvp of jvp', jvp(jvp(p)).closed, [4]],
    ['jvp of vjp', jvp(vjpOrThrow(p as never)).closed, [2, 4]],
  ] as const)('%s', (_, q, expected) => {
    expect(carries(fuseScans(q))).toEqual(expected)
    fc.assert(
      fc.property(values(q.inputs.map((i) => i.type)), (xs) =>
        evaluate(q, xs).every((a, i) => identical(a, evaluate(fuseScans(q), xs)[i] as Float64Array)),
      ),
      { numRuns: 20 },
    )
    fc.assert(
      fc.property(values(q.inputs.map((i) => i.type)), (xs) =>
        evaluate(q, xs).every((a, i) => identical(a, evaluate(simplifyClosed(q), xs)[i] as Float64Array)),
      ),
      { numRuns: 20 },
    )
  })
})

test('facts of the dictionary are applied: units, involutions, equal arguments', () => {
  const f = programOrThrow(matrix, (a) => max(mul(1, add(neg(neg(a)), -0)), mul(a, 1)))
  expect(simplify(f).closed.equations).toEqual([])
})
test('fused scans are told of only where scans were fused', () => {
  const laws: string[] = []
  const f = programOrThrow(matrix, (a) => cos(a))
  simplifyTelling(f.closed, (e) => laws.push(e._tag))
  expect(laws).not.toContain('Fused')
})
