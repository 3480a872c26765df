import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { add, cos, lt, mul, neg } from '../../../lang/primitives/elementwise.ts'
import { permute } from '../../../lang/primitives/reindex.ts'
import { scanClosed } from '../../../lang/primitives/scan.ts'
import { closeOver, numbered, outTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Type } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { fuseScans, rules, simplify, simplifyClosed } from '../../../src/transform/simplify/index.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'

const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 1e308, 5e-324, 0.1]
const matrix = real(2, 3)
const array = fc.array(fc.constantFrom(...specials), { minLength: 6, maxLength: 6 }).map((xs) => Float64Array.from(xs))
const identical = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((v, i) => Object.is(v, b[i]))

/** An instance of a law as arrays: operands of the element type that its operation takes. */
const sides = (f: (x: Expr, y: Expr) => Expr, like: Type) =>
  closeOver(numbered([matrix, matrix]), ([x, y]) => {
    const cast = (e: Expr): Expr => (like.dtype === 'bool' ? lt(e, 0.5) : e)
    return [f(cast(x as Expr), cast(y as Expr))]
  })
const takesTruth = (law: string): boolean => /^(and|or|not)\(/.test(law)

describe.each(rules.map((r) => [r.law, r] as const))('%s', (law, rule) => {
  const like: Type = { dtype: takesTruth(law) ? 'bool' : 'real', shape: [2, 3] }
  const left = sides(rule.sample, like)
  const right = sides((x, y) => {
    const better = rule.rewrite(rule.sample(x, y))
    if (better === undefined) throw new Error(`the law does not apply to its own sample: ${law}`)
    return better
  }, like)
  test('holds for every float, bit for bit', () => {
    expect(outTypes(right)).toEqual(outTypes(left))
    fc.assert(
      fc.property(array, array, (x, y) => {
        const [a] = evaluate(left, [x, y]),
          [b] = evaluate(right, [x, y])
        return identical(a as Float64Array, b as Float64Array)
      }),
      { numRuns: 50 },
    )
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
    const p = programOrThrow(real(), () => sum()(mul(add(constant([2, 3], 1), 2), cos(constant([3], 0)))))
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
