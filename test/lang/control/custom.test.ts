/** Declared derivatives: the declared rule is the derivative, in both modes, at every order, mapped and nested. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Tangents } from '../../../lang/control/custom.ts'
import { cond, scan, whileLoop } from '../../../lang/control/index.ts'
import {
  add,
  constant,
  div,
  type Expr,
  evaluate,
  exp,
  int,
  log1p,
  logistic,
  lt,
  mul,
  program,
  programOrThrow,
  real,
  sin,
  sub,
  sum,
  toReal,
} from '../../../lang/index.ts'
import { grad, jvp, vmap } from '../../../src/index.ts'
import { customJvp, customVjp } from '../../../src/transform/custom.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { sameFunction, sameValues } from '../../laws/equal.ts'

type V = Expr<readonly [2], 'real'>
type Both = { readonly x: V; readonly k: V }
const runs = { numRuns: 12 }
const same = (f: unknown, g: unknown) =>
  fc.assert(
    fc.property(fc.integer(), (seed) => sameFunction(f as AnyProgram, g as AnyProgram, seed)),
    runs,
  )

const softplus = {
  plain: (x: V): V => log1p(exp(x)),
  byJvp: customJvp(
    (x: V) => log1p(exp(x)),
    (x, dx) => mul(dx, logistic(x)),
  ),
  byVjp: customVjp(
    (x: V) => log1p(exp(x)),
    (x, ct) => mul(ct, logistic(x)),
  ),
}
const twoIn = (f: (p: Both) => readonly [V, V]) => programOrThrow({ x: real(2), k: real(2) }, f)
const f = ({ x, k }: Both): readonly [V, V] => [mul(x, exp(k)), sin(mul(x, k))]

describe('a rule that is the true derivative changes no result', () => {
  test.each(['byJvp', 'byVjp'] as const)('one input, %s', (way) => {
    same(
      programOrThrow(real(2), (x) => softplus[way](sin(x))),
      programOrThrow(real(2), (x) => softplus.plain(sin(x))),
    )
  })
  const cosine = (p: Both): V => sin(add(mul(p.x, p.k), Math.PI / 2))
  test('several inputs and outputs, the output used in the rule, a zero left out', () => {
    const byJvp = customJvp(
      f,
      (p, d, [y]) => [add(mul(exp(p.k), d.x), mul(y, d.k)), mul(cosine(p), add(mul(p.k, d.x), mul(p.x, d.k)))] as const,
    )
    const byVjp = customVjp(f, (p, [a, b], [y]) => ({
      x: add(mul(exp(p.k), a), mul(mul(cosine(p), p.k), b)),
      k: add(mul(y, a), mul(mul(cosine(p), p.x), b)),
    }))
    same(twoIn(byJvp), twoIn(f))
    same(twoIn(byVjp), twoIn(f))
    const half = customVjp(
      ({ x, k }: Both) => add(x, mul(k, 0)),
      (_, ct) => ({ x: ct, k: null }),
    )
    same(
      programOrThrow({ x: real(2), k: real(2) }, half),
      programOrThrow({ x: real(2), k: real(2) }, ({ x }) => x),
    )
  })
  test('inside scan and cond, and under vmap over one input only', () => {
    const through = (g: (x: V) => V) =>
      programOrThrow({ x: real(2), k: real(2) }, ({ x, k }) =>
        scan(
          (h: V) => [
            cond(
              lt(sum()(h), 0.5),
              (a: V) => g(mul(a, k)),
              (a: V) => g(sub(a, k)),
            )(h),
            h,
          ],
          { length: 3 },
        )(x, null),
      )
    for (const way of ['byJvp', 'byVjp'] as const) {
      same(through(softplus[way]), through(softplus.plain))
      const only = (p: unknown) => vmap(3, { over: { x: true, k: false } })(p as never)
      const mul2 = (g: (p: Both) => V) => only(programOrThrow({ x: real(2), k: real(2) }, g))
      const scaled = {
        byJvp: customJvp(
          (p: Both) => mul(p.x, p.k),
          (p, d) => add(mul(p.x, d.k), mul(p.k, d.x)),
        ),
        byVjp: customVjp(
          (p: Both) => mul(p.x, p.k),
          (p, ct) => ({ x: mul(ct, p.k), k: mul(ct, p.x) }),
        ),
      }
      same(
        mul2(scaled[way]),
        mul2(({ x, k }) => mul(x, k)),
      )
    }
  })
})

describe('a rule replaces the derivative', () => {
  test('also where it is not the derivative of the function', () => {
    const straightThrough = customVjp(
      (x: V): V => toReal(lt(0, x)),
      (_, ct) => ct,
    )
    const g = grad(programOrThrow(real(2), (x) => sum()(mul(straightThrough(x), constant([2], 3)))))
    expect(E.isRight(g) && [...(evaluate(g.right.closed, [Float64Array.of(-1, 2)])[0] as Float64Array)]).toEqual([3, 3])
  })
  test('a rule that clips the cotangent also acts in forward mode', () => {
    const tenfold = customVjp(
      (x: V): V => x,
      (_, ct) => mul(ct, 10),
    )
    const p = jvp(programOrThrow(real(2), (x) => tenfold(x)))
    expect(evaluate(p.closed, [Float64Array.of(1, 2), Float64Array.of(1, 3)]).map((y) => [...y])).toEqual([
      [1, 2],
      [10, 30],
    ])
  })
  test('integers have no tangent', () => {
    type P = { readonly i: Expr<readonly [], 'int'>; readonly x: V }
    expectTypeOf<Tangents<P>>().toEqualTypeOf<{ readonly i: null; readonly x: V }>()
    const repeat = customVjp(
      ({ i, x }: P) => mul(x, toReal(i)),
      ({ i }, ct) => ({ i: null, x: mul(ct, toReal(i)) }),
    )
    const a = programOrThrow({ i: int(), x: real(2) }, repeat)
    expect(
      sameValues(
        jvp(a) as AnyProgram,
        jvp(programOrThrow({ i: int(), x: real(2) }, ({ i, x }) => mul(x, toReal(i)))) as AnyProgram,
        3,
      ),
    ).toBe(true)
  })
})

describe('wrong rules are diagnostics', () => {
  const tags = (g: (x: V) => unknown) => {
    const p = program({ x: real(2), k: real(2) }, ({ x }) => g(x))
    return E.isLeft(p) ? p.left.map((d) => `${d.op} ${d.problem._tag}`) : []
  }
  test('a rule that is not linear', () => {
    expect(
      tags(
        customJvp(
          (x: V) => x,
          (_, dx) => mul(dx, dx),
        ),
      ),
    ).toEqual(['customJvp NotLinear'])
    expect(
      tags(
        customVjp(
          (x: V) => x,
          (_, ct) => div(1, ct),
        ),
      ),
    ).toEqual(['customVjp NotLinear'])
    expect(
      tags(
        customVjp(
          (x: V) => x,
          (_, ct) =>
            whileLoop(
              (c: V) => lt(sum()(c), 1),
              (c) => mul(c, 2),
            )(ct),
        ),
      ),
    ).toEqual(['customVjp NotLinear'])
  })
  test('a rule with a loop that is linear is linear', () => {
    const sums = (x: V): V => scan((c: V) => [add(c, x), null], { length: 3 })(x, null)[0]
    const byVjp = customVjp(sums, (_, ct) => sums(ct))
    const byJvp = customJvp(sums, (_, dx) => sums(dx))
    same(
      programOrThrow(real(2), (x) => byVjp(x)),
      programOrThrow(real(2), (x) => sums(x)),
    )
    same(
      programOrThrow(real(2), (x) => byJvp(x)),
      programOrThrow(real(2), (x) => sums(x)),
    )
  })
  test('a rule that gives another form', () => {
    expect(
      tags(
        customVjp(
          (x: V) => x,
          (_, ct) => ({ x: ct }) as never,
        ),
      ),
    ).toEqual(['customVjp BodyMismatch'])
    expect(
      tags(
        customVjp(
          (x: V) => x,
          (_, ct) => sum()(ct) as never,
        ),
      ),
    ).toEqual(['customVjp BodyMismatch'])
  })
})
