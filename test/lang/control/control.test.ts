/** User-level control: each operation is what one writes out by hand, for values and for both modes of derivative. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  boundedWhile,
  call,
  checkpoint,
  cond,
  fori,
  scan,
  segmentedScan,
  whileLoop,
} from '../../../lang/control/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import {
  add,
  constant,
  type Expr,
  int,
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
import { reshape } from '../../../lang/primitives/reindex.ts'
import { slice } from '../../../lang/primitives/window.ts'
import { grad, vjp, vmap } from '../../../src/index.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { sameFunction } from '../../laws/equal.ts'

type Pair = Expr<readonly [2], 'real'>
type Real = Expr<readonly [], 'real'>
type Int = Expr<readonly [], 'int'>
const runs = { numRuns: 12 }
const same = (f: unknown, g: unknown, range?: readonly [number, number]) =>
  fc.assert(
    fc.property(fc.integer(), (seed) => sameFunction(f as AnyProgram, g as AnyProgram, seed, range)),
    runs,
  )
const ops = (p: { readonly closed: { readonly equations: readonly { readonly op: string }[] } }) =>
  p.closed.equations.map((q) => q.op)
const row = (x: Expr, t: number): Pair =>
  reshape([2] as const)(slice({ start: [t, 0], shape: [1, 2], stride: [1, 1] })(x)) as Pair

const ins = { c: real(2), xs: real(5, 2), k: real(2) }
/** h' = sin(h k) + x, y = h h + k: k is captured. */
const step = (k: Pair) => (h: Pair, x: Pair) => [add(sin(mul(h, k)), x), add(mul(h, h), k)] as const
const unrolled = (reverse: boolean) =>
  programOrThrow(ins, ({ c, xs, k }) => {
    const order = reverse ? [4, 3, 2, 1, 0] : [0, 1, 2, 3, 4]
    let h: Pair = c
    const ys: Expr[] = []
    for (const t of order) {
      const [next, y] = step(k)(h, row(xs, t))
      h = next
      ys[t] = y
    }
    return [h, ...ys]
  })
const rows = (ys: Expr) => [0, 1, 2, 3, 4].map((t) => row(ys, t))

describe('scan', () => {
  test.each([false, true])('is equal to its unrolled form, reverse %s', (reverse) => {
    const folded = programOrThrow(ins, ({ c, xs, k }) => {
      const [last, ys] = scan(step(k), { reverse })(c, xs)
      return [last, ...rows(ys)]
    })
    same(folded, unrolled(reverse))
  })
  test.each([
    [1, false],
    [2, false],
    [3, true],
    [5, true],
  ] as const)('in segments of %d is the same, reverse %s', (segment, reverse) => {
    const folded = programOrThrow(ins, ({ c, xs, k }) => {
      const [last, ys] = segmentedScan(step(k), { reverse, segment })(c, xs)
      return [last, ...rows(ys)]
    })
    same(folded, unrolled(reverse))
  })
  test('trees of carries and rows, a captured constant inside, a scan in a scan', () => {
    const nested = programOrThrow({ c: real(), x: real(3), w: real() }, ({ c, x, w }) => {
      const [out] = scan((s: { readonly a: Real; readonly b: Real }, r: readonly [Real]) => {
        const [inner] = scan((h: Real) => [add(sin(h), mul(w, s.a)), null], { length: 2 })(s.b, null)
        return [{ a: add(s.a, r[0]), b: mul(inner, 0.5) }, null]
      })({ a: c, b: w }, [x])
      return [out.a, out.b]
    })
    const flat = programOrThrow({ c: real(), x: real(3), w: real() }, ({ c, x, w }) => {
      let a: Expr = c
      let b: Expr = w
      for (let t = 0; t < 3; t++) {
        const inner = [0, 1].reduce((h: Expr) => add(sin(h), mul(w, a)), b)
        const x1 = reshape([])(slice({ start: [t], shape: [1], stride: [1] })(x))
        ;[a, b] = [add(a, x1), mul(inner, 0.5)]
      }
      return [a, b]
    })
    same(nested, flat)
  })
  test('expressions that do not depend on the body are computed once, outside', () => {
    const p = programOrThrow(
      { c: real(2), k: real(2) },
      ({ c, k }) => scan((h: Pair) => [add(h, sin(k)), null], { length: 3 })(c, null)[0],
    )
    expect(ops(p)).toEqual(['sin', 'scan'])
  })
  test('fori counts', () => {
    const p = programOrThrow(real(2), (x) => fori(4, (i, h: Pair) => add(mul(h, x), toReal(i)))(x))
    const q = programOrThrow(real(2), (x) => [0, 1, 2, 3].reduce((h: Expr, i) => add(mul(h, x), i), x))
    same(p, q)
  })
  test('literal shapes are inferred, and a wrong carry is a type error', () => {
    programOrThrow(ins, ({ c, xs, k }) => {
      const [last, ys] = scan(step(k))(c, xs)
      expectTypeOf(last).toEqualTypeOf<Expr<readonly [2], 'real'>>()
      expectTypeOf(ys).toEqualTypeOf<Expr<readonly [5, 2], 'real'>>()
      expectTypeOf(scan((h: Pair) => [h, h], { length: 7 })(c, null)[1]).toEqualTypeOf<Expr<readonly [7, 2], 'real'>>()
      // @ts-expect-error the carry is [2], not [5, 2]
      scan(step(k))(xs, xs)
      // bare parameters are gradual
      expectTypeOf(scan((h, x) => [add(h, x), h])(c, xs)[0]).toEqualTypeOf<Expr<readonly [2], 'real'>>()
      expectTypeOf(
        pipe(
          c,
          checkpoint((h) => mul(h, h)),
        ),
      ).toEqualTypeOf<Expr<readonly [2], 'real'>>()
      expectTypeOf(
        pipe(
          c,
          fori(3, (_, h) => mul(h, h)),
        ),
      ).toEqualTypeOf<Expr<readonly [2], 'real'>>()
      return last
    })
  })
  test('wrong bodies are diagnostics, all of them', () => {
    const wrong = program(ins, ({ c, xs, k }) => [
      scan((h: Expr, x: Expr) => [h, add(h, xs), x] as never)(c, xs),
      scan((h: Expr) => [h, k] as const)(c, null),
      scan((h: Expr) => [sum()(h), null] as const)(c, xs),
      scan((h: Expr, x: Expr) => [h, add(h, mul(x, constant([7], 1)))] as const)(c, xs),
      scan((h: Expr) => [[h, h], null] as never)(c, xs),
    ])
    const found = E.isLeft(wrong) ? wrong.left.map((d) => `${d.op}: ${d.problem._tag}`) : []
    expect(found).toEqual([
      'scan: Malformed',
      'scan: InvalidAttribute',
      'scan: BodyMismatch',
      'mul: ShapeMismatch',
      'scan: BodyMismatch',
    ])
  })
})

describe('call, checkpoint, cond', () => {
  const plain = programOrThrow({ x: real(2), k: real(2) }, ({ x, k }) => ({ y: sin(mul(x, k)), z: [mul(x, x)] }))
  test.each([
    ['call', call],
    ['checkpoint', checkpoint],
  ] as const)('%s is its body', (name, run) => {
    const p = programOrThrow({ x: real(2), k: real(2) }, ({ x, k }) =>
      run(({ a }: { readonly a: Pair }) => ({ y: sin(mul(a, k)), z: [mul(a, a)] }))({ a: x }),
    )
    expect(ops(p)).toEqual([name])
    same(p, plain)
  })
  test('cond is the branch taken; branches capture together', () => {
    const make = (choose: boolean) =>
      programOrThrow({ x: real(2), k: real(2) }, ({ x, k }) =>
        cond(
          lt(constant([], choose ? 0 : 2), 1),
          (a: Pair) => [mul(a, k), a] as const,
          (a: Pair) => [sin(a), k] as const,
        )(x),
      )
    same(
      make(true),
      programOrThrow({ x: real(2), k: real(2) }, ({ x, k }) => [mul(x, k), x]),
    )
    same(
      make(false),
      programOrThrow({ x: real(2), k: real(2) }, ({ x, k }) => [sin(x), k]),
    )
  })
  test('branches of different form are diagnostics', () => {
    const wrong = program({ x: real(2) }, ({ x }) =>
      cond(
        lt(sum()(x), 0),
        (a: Expr): unknown => a,
        (a: Expr): unknown => [a, a],
      )(x),
    )
    expect(E.isLeft(wrong) && wrong.left.map((d) => d.problem._tag)).toEqual(['BodyMismatch'])
  })
})

describe('while', () => {
  const until = (limit: number) => (x: Real) => lt(x, limit)
  const grow = (k: Real) => (x: Real) => add(mul(x, k), 0.25)
  const both = { x: real(), k: real() }
  const loop = programOrThrow(both, ({ x, k }) => whileLoop(until(2), grow(k))(x))
  const bounded = programOrThrow(both, ({ x, k }) => boundedWhile(60, until(2), grow(k))(x))
  test('repeats as long as the test holds', () => {
    const p = programOrThrow({ n: int() }, ({ n }) =>
      whileLoop(
        (i: Int) => lt(i, n),
        (i) => add(i, 3),
      )(mul(n, 0)),
    )
    expect([0, 1, 7].map((n) => evaluate(p.closed, [Float64Array.of(n)])[0]?.[0])).toEqual([0, 3, 9])
  })
  test('bounded and unbounded agree, forward and mapped', () => {
    const range = [1.05, 1.5] as const
    const fwd = (p: unknown) => vmap(3)(p as AnyProgram)
    expect(evaluate(loop.closed, [Float64Array.of(0.3), Float64Array.of(1.1)])).toEqual(
      evaluate(bounded.closed, [Float64Array.of(0.3), Float64Array.of(1.1)]),
    )
    same(
      bounded,
      programOrThrow(both, ({ x, k }) => boundedWhile(80, until(2), grow(k))(x)),
      range,
    )
    const xs = [Float64Array.of(0.3, 1.9, 5), Float64Array.of(1.1, 1.2, 1.3)]
    expect(evaluate(fwd(loop).closed, xs)).toEqual(evaluate(fwd(bounded).closed, xs))
  })
  test('reverse mode refuses it and names the alternative, also inside other bodies', () => {
    const inside = programOrThrow(
      both,
      ({ x, k }) =>
        scan(
          (h: Real) => [
            cond(
              until(1)(h),
              (a: Real) => checkpoint((b: Real) => whileLoop(until(2), grow(k))(b))(a),
              (a: Real) => a,
            )(h),
            null,
          ],
          { length: 2 },
        )(x, null)[0],
    )
    const refusals = [loop, inside].flatMap((p) => [vjp(p as AnyProgram), grad(p as never)])
    for (const g of refusals)
      expect(E.isLeft(g) && g.left.map((d) => d.problem)).toEqual([
        { _tag: 'NotReversible', alternative: 'boundedWhile' },
      ])
    expect(E.isRight(grad(bounded))).toBe(true)
  })
  test('values outside the loop are differentiated in reverse', () => {
    const p = programOrThrow({ ...both, n: int() }, ({ x, n }) =>
      add(
        mul(x, x),
        toReal(
          whileLoop(
            (i: Int) => lt(i, 3),
            (i) => add(i, 1),
          )(sub(n, n)),
        ),
      ),
    )
    expect(E.isRight(grad(p as never))).toBe(true)
  })
})

test('the keys of a body may stand in another order than those of the carry', () => {
  const given = { a: real(), b: real() }
  type C = { readonly x: Real; readonly y: Real }
  const step = ({ x, y }: C): C => ({ y, x: add(x, 1) })
  const ran = (f: (c: C) => C) =>
    evaluate(programOrThrow(given, ({ a, b }) => f({ x: a, y: b })).closed, [Float64Array.of(5), Float64Array.of(1)])
  const expected = [Float64Array.of(6), Float64Array.of(1)]
  expect(ran(fori(1, (_, c: C) => step(c)))).toEqual(expected)
  expect(ran((c) => scan((s: C) => [step(s), null], { length: 1 })(c, null)[0])).toEqual(expected)
  expect(ran(whileLoop((c: C) => lt(c.x, 6), step))).toEqual(expected)
  expect(ran((c) => cond(lt(c.y, 2), ({ x, y }: C) => ({ x: add(x, 1), y }), step)(c))).toEqual(expected)
  expect(ran((c) => cond(lt(c.y, 0), ({ x, y }: C) => ({ x, y }), step)(c))).toEqual(expected)
})
