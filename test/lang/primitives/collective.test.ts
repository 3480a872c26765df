/** Collectives: a program of one example that uses them equals, after vmap, the program written for the batch. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkAxes, freeAxes } from '../../../lang/axes.ts'
import { call, checkpoint, cond, scan, whileLoop } from '../../../lang/control/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import {
  add,
  constant,
  div,
  type Expr,
  exp,
  iota,
  log,
  lt,
  mul,
  programOrThrow,
  real,
  reduceMax,
  sin,
  sqrt,
  sub,
  sum,
  tensor,
  toReal,
} from '../../../lang/index.ts'
import { broadcast } from '../../../lang/primitives/broadcast.ts'
import { axisIndex, axisSize, pmax, pmean, pmin, psum } from '../../../lang/primitives/collective.ts'
import { type Closed, inline } from '../../../lang/syntax/closed.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import { gradOrThrow, jvp, vjpOrThrow, vmap } from '../../../src/index.ts'
import { customJvp, customVjp } from '../../../src/transform/custom.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { sameFunction, sameValues } from '../../laws/equal.ts'

type V = Expr<readonly [2], 'real'>
type B = Expr<readonly [3, 2], 'real'>
const runs = { numRuns: 12 }
const same = (f: unknown, g: unknown) =>
  fc.assert(
    fc.property(fc.integer(), (seed) => sameFunction(f as AnyProgram, g as AnyProgram, seed)),
    runs,
  )
const mapped = (f: (x: V) => Expr) => vmap(3, { axis: 'batch' })(programOrThrow(real(2), f))
const whole = (f: (x: B) => Expr) => programOrThrow(real(3, 2), f)
/** A branch that only some examples take: reverse mode must come after vmap. */
const diverging: ReadonlySet<string> = new Set(['cond, over what is'])
/** vmap (jvp f) = jvp g and vmap (vjp f) = vjp g, where vmap f = g: here vmap maps the derivative of the collective. */
const mapsDerivatives = (f: (x: V) => Expr, g: (x: B) => Expr, reverse = true) => {
  const [one, many] = [programOrThrow(real(2), f), whole(g)]
  const over = vmap(3, { axis: 'batch' })
  const pairs = [
    [over(jvp(one)), jvp(many)],
    ...(reverse ? [[over(vjpOrThrow(one)), vjpOrThrow(many)] as const] : []),
    [over(jvp(jvp(one))), jvp(jvp(many))],
  ] as const
  const agree = (seed: number): boolean => pairs.every(([a, b]) => sameValues(a as AnyProgram, b as AnyProgram, seed))
  fc.assert(fc.property(fc.integer(), agree), runs)
}
const all = (p: { readonly closed: Closed }, xs: readonly Expr[]): readonly Expr[] => inline(p.closed, xs)
const inlined = (p: { readonly closed: Closed }, xs: readonly Expr[]): Expr => all(p, xs)[0] as Expr
const value = (p: { readonly closed: Closed }): Float64Array => evaluate(p.closed, [])[0] as Float64Array
const rows = (x: Expr): Expr => broadcast([3, 2], [1])(x)

describe('vmap turns them into reductions over the batch', () => {
  const cases: readonly (readonly [string, (x: V) => Expr, (x: B) => Expr])[] = [
    ['psum', (x) => mul(x, psum('batch')(sin(x))), (x) => mul(x, rows(sum(0)(sin(x))))],
    ['pmean', (x) => sub(x, pmean('batch')(x)), (x) => sub(x, rows(div(sum(0)(x), 3)))],
    ['pmax', (x) => mul(x, pmax('batch')(mul(x, x))), (x) => mul(x, rows(reduceMax(0)(mul(x, x))))],
    ['pmin', (x) => pmin('batch')(sin(x)), (x) => rows(mul(-1, reduceMax(0)(mul(-1, sin(x)))))],
    ['of a constant', (x) => mul(x, psum('batch')(constant([2], 2))), (x) => mul(x, 6)],
    [
      'size and index',
      (x) => mul(x, add(axisSize('batch'), toReal(axisIndex('batch')))),
      (x) => mul(x, add(toReal(iota([3, 2], 0)), 3)),
    ],
    ['another axis stays', (x) => psum('other')(mul(x, psum('batch')(x))), (x) => mul(x, rows(sum(0)(x)))],
    [
      'batch norm',
      (x) => {
        const c = sub(x, pmean('batch')(x))
        return div(c, sqrt(add(pmean('batch')(mul(c, c)), 0.1)))
      },
      (x) => {
        const c = sub(x, rows(div(sum(0)(x), 3)))
        return div(c, rows(sqrt(add(div(sum(0)(mul(c, c)), 3), 0.1))))
      },
    ],
  ]
  test.each(cases)('%s', (_, f, g) => {
    same(mapped(f), whole(g))
    mapsDerivatives(f, g)
  })

  const p = (x: Expr): Expr => psum('batch')(x)
  const all = (x: B): Expr => rows(sum(0)(x))
  const nested: readonly (readonly [string, (x: V) => Expr, (x: B) => Expr])[] = [
    ['call', call((x: V) => mul(x, p(x))), (x) => mul(x, all(x))],
    ['checkpoint', checkpoint((x: V) => sin(p(mul(x, x)))), (x) => sin(all(mul(x, x) as B))],
    [
      'cond, over what is not batched',
      (x) =>
        cond(
          lt(sum()(p(constant([2], 0))), 1),
          (a: V) => mul(a, p(a)),
          (a: V) => a,
        )(x),
      (x) => mul(x, all(x)),
    ],
    [
      'cond, over what is',
      (x) =>
        cond(
          lt(sum()(x), 0),
          (a: V) => mul(a, p(a)),
          (a: V) => sin(a),
        )(x),
      (x) => {
        const first = broadcast([3, 2], [0])(toReal(lt(sum(1)(x), 0)))
        return add(mul(first, mul(x, all(x))), mul(sub(1, first), sin(x)))
      },
    ],
    [
      'scan',
      (x) => scan((c: V) => [sin(add(c, p(c))), null], { length: 2 })(x, null)[0],
      (x) => {
        const step = (c: Expr) => sin(add(c, all(c as B)))
        return step(step(x))
      },
    ],
    [
      'scan of what is not batched',
      (x) => mul(x, scan((c: V) => [p(c), null], { length: 2 })(constant([2], 1), null)[0]),
      (x) => mul(x, 9),
    ],
    [
      'customJvp',
      customJvp(
        (x: V) => mul(x, p(x)),
        (x, dx) => add(mul(dx, p(x)), mul(x, p(dx))),
      ),
      (x) => mul(x, all(x)),
    ],
    [
      'customVjp',
      customVjp(
        (x: V) => mul(x, p(x)),
        (x, ct) => add(mul(ct, p(x)), p(mul(ct, x))),
      ),
      (x) => mul(x, all(x)),
    ],
  ]
  test.each(nested)('inside %s', (name, f, g) => {
    same(mapped(f), whole(g))
    mapsDerivatives(f, g, !diverging.has(name))
  })
  test('inside while', () => {
    const f = mapped((x) =>
      whileLoop(
        (c: V) => lt(sum()(p(mul(c, c))), 5),
        (c) => add(mul(c, 1.5), 0.1),
      )(x),
    )
    const g = whole((x) =>
      whileLoop(
        (c: B) => lt(sum()(mul(c, c)), 5),
        (c) => add(mul(c, 1.5), 0.1),
      )(x),
    )
    fc.assert(
      fc.property(
        fc.integer(),
        (seed) =>
          sameValues(f as AnyProgram, g as AnyProgram, seed) &&
          sameValues(jvp(f) as AnyProgram, jvp(g) as AnyProgram, seed),
      ),
      runs,
    )
  })
})

describe('derivatives and maps commute', () => {
  const one = programOrThrow({ x: real(2), w: real(2) }, ({ x, w }) =>
    sum()(mul(w, log(add(psum('batch')(exp(mul(x, w))), 1)))),
  )
  const over = { over: { x: true, w: false }, axis: 'batch' } as const
  test('the gradient of the sum over a batch is the sum of the mapped gradients', () => {
    const many = vmap(3, over)(one)
    const total = programOrThrow({ x: real(3, 2), w: real(2) }, ({ x, w }) => sum()(inlined(many, [x, w])))
    const apart = vmap(3, over)(gradOrThrow(one))
    const joined = programOrThrow({ x: real(3, 2), w: real(2) }, ({ x, w }) => {
      const [gx, gw] = all(apart, [x, w])
      return { x: gx, w: sum(0)(gw as Expr) }
    })
    fc.assert(
      fc.property(fc.integer(), (seed) =>
        sameValues(gradOrThrow(total as never) as AnyProgram, joined as AnyProgram, seed),
      ),
      runs,
    )
  })
  test('ties in pmax share the derivative', () => {
    const p = vmap(3, { axis: 'batch' })(vjpOrThrow(programOrThrow(real(), (x) => pmax('batch')(x))))
    const q = programOrThrow({}, () => all(p, [tensor([3], [2, 2, 1]), tensor([3], [1, 1, 4])])[1] as Expr)
    expect([...value(q)]).toEqual([3, 3, 0])
  })
  test('two axes are eliminated one after the other, each by its name', () => {
    const f = programOrThrow(real(), (x) => sub(psum('i')(x), psum('j')(x)))
    const both = vmap(2, { axis: 'i' })(vmap(3, { axis: 'j' })(f))
    same(
      both,
      programOrThrow(real(2, 3), (x) => sub(broadcast([2, 3], [1])(sum(0)(x)), broadcast([2, 3], [0])(sum(1)(x)))),
    )
  })
})

describe('free axes', () => {
  const p = programOrThrow(real(2), (x) =>
    call((a: V) => scan((c: V) => [psum('batch')(c), pmax('rows')(c)], { length: 2 })(a, null)[0])(x),
  )
  test('are found in bodies, and not free after vmap', () => {
    expect(freeAxes(p.closed)).toEqual(['batch', 'rows'])
    expect(freeAxes(vmap(2, { axis: 'rows' })(p).closed)).toEqual(['batch'])
    expect(E.isRight(checkAxes(vmap(2, { axis: 'rows' })(vmap(2, { axis: 'batch' })(p)).closed))).toBe(true)
  })
  test('are refused, with the line where they are read', () => {
    const refused = checkAxes(programOrThrow(real(2), (x) => pmean('bacth')(x)).closed)
    expect(E.isLeft(refused) && showDiagnostics(refused.left)).toMatch(
      /^psum: the axis bacth is not mapped\n {2}in {3}psum\(real\[2\]\) {3}at .*collective\.test\.ts:\d+:\d+\n {2}try {2}map it: vmap\(n, \{ axis: 'bacth' \}\)/,
    )
  })
})
