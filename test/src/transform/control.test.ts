/** Loops, choices and calls against the same thing written out, in both modes and mixtures of them. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { checkpointClosed } from '../../../lang/primitives/call.ts'
import { condClosed } from '../../../lang/primitives/cond.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { add, lt, mul, select, sin, tanh } from '../../../lang/primitives/elementwise.ts'
import { reshape } from '../../../lang/primitives/reindex.ts'
import { scanClosed } from '../../../lang/primitives/scan.ts'
import { whileClosed } from '../../../lang/primitives/while.ts'
import { slice } from '../../../lang/primitives/window.ts'
import { closeOver, inline, inTypes, numbered } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { spread } from '../../arbitrary/values.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { laws, pointFrom } from '../../laws/table.ts'
import { agree, opsOf } from '../programs.ts'

const r2 = real(2)
const runs = { numRuns: 15 }
const closed = (types: readonly Type[], f: (...xs: readonly Expr[]) => readonly Expr[]) =>
  closeOver(numbered(types), (xs) => f(...xs))

/** Each way of differentiating once or twice. */
const modes: readonly (readonly [string, (p: AnyProgram) => AnyProgram])[] = [
  ['f', (p) => p],
  ['jvp f', (p) => jvp(p) as AnyProgram],
  ['vjp f', (p) => vjpOrThrow(p) as AnyProgram],
  ['jvp (vjp f)', (p) => jvp(vjpOrThrow(p)) as AnyProgram],
  ['vjp (jvp f)', (p) => vjpOrThrow(jvp(p)) as AnyProgram],
  ['vjp (vjp f)', (p) => vjpOrThrow(vjpOrThrow(p)) as AnyProgram],
  ['vmap (vjp f)', (p) => vmap(2)(vjpOrThrow(p)) as AnyProgram],
]
/** mode(f) = mode(g), for two programs that mean the same. */
const everyMode = (f: unknown, g: unknown): void => {
  test.each(modes)('%s', (_, mode) => {
    const [a, b] = [mode(f as AnyProgram), mode(g as AnyProgram)]
    fc.assert(fc.property(spread(inTypes(a.closed)), agree(a, b)), runs)
  })
}
const everyLaw = (p: unknown): void => {
  test.each(Object.entries(laws))('%s', (_, law) => {
    const holds = law(p as AnyProgram)
    fc.assert(
      fc.property(fc.integer(), (seed) => holds(pointFrom(p as AnyProgram, seed, [-1, 1]))),
      { numRuns: 5 },
    )
  })
}

/** c' = tanh(c k + x), y = c' c */
const step = closed([r2, r2, r2], (c, x, k) => {
  const next = tanh(add(mul(c as Expr, k as Expr), x as Expr))
  return [next, mul(next, c as Expr)]
})
const row = (xs: Expr, t: number): Expr => reshape([2])(slice({ start: [t, 0], shape: [1, 2], stride: [1, 1] })(xs))
const unrolled = (n: number, reverse: boolean, c0: Expr, xs: Expr, k: Expr): readonly Expr[] => {
  let c = c0
  const ys: Expr[] = []
  for (let s = 0; s < n; s++) {
    const t = reverse ? n - 1 - s : s
    const [next, y] = inline(step, [c, row(xs, t), k]) as readonly [Expr, Expr]
    c = next
    ys[t] = y
  }
  return [c, ...ys]
}

describe.each([false, true])('a scan is its unrolling; reverse %s', (reverse) => {
  const types = { c: r2, xs: real(3, 2), k: r2 }
  const scanned = programOrThrow(types, ({ c, xs, k }) => {
    const [last, ys] = scanClosed(3, reverse, step)([c], [xs], [k]) as readonly [Expr, Expr]
    return [last, row(ys, 0), row(ys, 1), row(ys, 2)]
  })
  everyMode(
    scanned,
    programOrThrow(types, ({ c, xs, k }) => unrolled(3, reverse, c, xs, k)),
  )
})

describe('a scan in a scan', () => {
  const outer = closed([r2, real(3, 2), r2], (c, xs, k) => {
    const [last, ys] = scanClosed(3, false, step)([c as Expr], [xs as Expr], [k as Expr]) as readonly [Expr, Expr]
    return [last, sum(0)(ys)]
  })
  const nested = programOrThrow({ c: r2, xs: real(2, 3, 2), k: r2 }, ({ c, xs, k }) =>
    scanClosed(2, true, outer)([c], [xs], [k]).slice(0, 2),
  )
  everyLaw(nested)
})

describe('carries that do not move', () => {
  const counting = closed([r2, int(), r2], (c, i, k) => [mul(c as Expr, k as Expr), add(i as Expr, 1), sin(c as Expr)])
  const p = programOrThrow({ c: r2, i: int(), k: r2 }, ({ c, i, k }) =>
    scanClosed(3, false, counting)([c, i], [], [k]).slice(0, 3),
  )
  everyLaw(p)
  test('an integer carry has no tangent', () => expect(jvp(p).in).toEqual([p.in, { c: r2, i: null, k: r2 }]))
  test('the tangent scan carries one tangent only', () => {
    const tangent = jvp(p)
      .closed.equations.filter((q) => q.op === 'scan')
      .map((q) => q.attrs.carries)
    expect(tangent).toEqual([2, 1])
  })
})

describe('cond', () => {
  const yes = closed([r2, r2], (x) => [sin(x as Expr)])
  const no = closed([r2, r2], (x, y) => [mul(x as Expr, y as Expr)])
  const types = { s: real(), x: r2, y: r2 }
  const chosen = programOrThrow(types, ({ s, x, y }) => condClosed(lt(s, 0), yes, no)(x, y)[0] as Expr)
  describe('is the branch taken', () =>
    everyMode(
      chosen,
      programOrThrow(types, ({ s, x, y }) => select(lt(s, 0), sin(x), mul(x, y))),
    ))
  describe('laws', () => everyLaw(chosen))
  test('only the branch taken runs: a loop without end in the other is not entered', () => {
    const always = closed([r2], () => [lt(constant([], 0), 1)])
    const endless = closed([r2, r2], (x) =>
      whileClosed(
        always,
        closed([r2], (e) => [e as Expr]),
      )([x as Expr], []),
    )
    const p = programOrThrow({ x: r2 }, ({ x }) => condClosed(lt(sum()(x), 0), endless, yes)(x, x)[0] as Expr)
    expect(
      agree(
        p,
        programOrThrow({ x: r2 }, ({ x }) => sin(x)),
      )([Float64Array.of(1, 2)]),
    ).toBe(true)
  })
  test('over a batched condition both run and select; else one cond stays', () => {
    expect(opsOf(vmap(3)(chosen))).not.toContain('cond')
    expect(opsOf(vmap(3, { over: { s: false, x: true, y: true } })(chosen))).toContain('cond')
  })
})

describe('checkpoint', () => {
  const body = closed([r2], (x) => [tanh(sin(x as Expr))])
  const kept = programOrThrow(r2, (x) => checkpointClosed(body)(x)[0] as Expr)
  everyMode(
    kept,
    programOrThrow(r2, (x) => tanh(sin(x))),
  )
  test('its pull is one call that computes the body again', () =>
    expect(opsOf(vjpOrThrow(kept))).toEqual(['checkpoint', 'checkpoint']))
})

test('what nobody wants is not pulled: a constant in a scan has no cotangent carry', () => {
  const pulled = (p: AnyProgram): unknown =>
    gradOrThrow(p as never).closed.equations.filter((q) => q.op === 'scan')[1]?.attrs.carries
  const types = { c: r2, k: r2, xs: real(3, 2) }
  const last = (c: Expr, k: Expr, xs: Expr): Expr => sum()(scanClosed(3, false, step)([c], [xs], [k])[0] as Expr)
  expect(pulled(programOrThrow(types, ({ c, k, xs }) => last(c, k, xs)) as AnyProgram)).toBe(2)
  expect(pulled(programOrThrow(types, ({ c, xs }) => last(c, constant([2], 0.5), xs)) as AnyProgram)).toBe(1)
})
