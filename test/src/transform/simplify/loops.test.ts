/** The laws of loops, on random loops and their derivatives, bit for bit. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../lang/evaluate.ts'
import { programOf } from '../../../../lang/primitives/bodies.ts'
import { sum } from '../../../../lang/primitives/broadcast.ts'
import { condClosed } from '../../../../lang/primitives/cond.ts'
import { constant } from '../../../../lang/primitives/constant.ts'
import { contract } from '../../../../lang/primitives/contraction.ts'
import { add, lt, sin, tanh } from '../../../../lang/primitives/elementwise.ts'
import { scanClosed } from '../../../../lang/primitives/scan.ts'
import { whileClosed } from '../../../../lang/primitives/while.ts'
import { type Closed, inTypes } from '../../../../lang/syntax/closed.ts'
import type { Expr } from '../../../../lang/syntax/expr.ts'
import { programOrThrow, type UntypedProgram } from '../../../../lang/syntax/program.ts'
import { real } from '../../../../lang/syntax/shape.ts'
import type { Told } from '../../../../lang/tell.ts'
import { specialsFrom, spreadFrom } from '../../../../src/testing/arbitrary/values.ts'
import { cost } from '../../../../src/transform/cost.ts'
import { jvp } from '../../../../src/transform/jvp.ts'
import { simplifyClosed, simplifyTelling } from '../../../../src/transform/simplify/index.ts'
import { loopLaws } from '../../../../src/transform/simplify/loops/index.ts'
import { sharedSteps } from '../../../../src/transform/simplify/loops/share.ts'
import { vjp } from '../../../../src/transform/vjp.ts'
import { vmap } from '../../../../src/transform/vmap.ts'
import { arbitraryLoop } from '../../../laws/arbitraryLoop.ts'
import { same } from '../../../laws/close.ts'
import { reachesNormalForm } from '../../../laws/rewrite.ts'

const seed = Number(process.env.SEED ?? 41)
const numRuns = Number(process.env.RUNS ?? 30)
/** A program and its derivatives of first and second order; reverse mode where there is one. */
const derivatives: { readonly [name: string]: (p: UntypedProgram) => UntypedProgram | undefined } = {
  'the loop': (p) => p,
  jvp: (p) => jvp(p) as UntypedProgram,
  vjp: (p) => orNone(vjp(p)),
  'jvp of vjp': (p) => {
    const back = orNone(vjp(p))
    return back && (jvp(back) as UntypedProgram)
  },
  'vmap of vjp': (p) => {
    const back = orNone(vjp(p))
    return back && (vmap(2)(back) as UntypedProgram)
  },
}
const orNone = (p: unknown): UntypedProgram | undefined => {
  const either = p as E.Either<unknown, UntypedProgram>
  return E.isRight(either) ? either.right : undefined
}

describe.each(Object.keys(derivatives))('%s', (name) => {
  const derivative = derivatives[name] as (p: UntypedProgram) => UntypedProgram | undefined
  test.each([
    ['', spreadFrom],
    ['special floats', (s: number, types: ReturnType<typeof inTypes>) => specialsFrom(s, types)],
  ] as const)('means the same %s', (special, points) => {
    fc.assert(
      fc.property(arbitraryLoop({ loops: special === '' }), fc.integer(), (p, s) => {
        const q = derivative(p)
        if (q === undefined) return
        const x = points(s, inTypes(q.closed))
        const simple = simplifyClosed(q.closed)
        expect(same(evaluate(simple, x), evaluate(q.closed, x))).toBe(true)
        expect(reachesNormalForm(simplifyClosed)({ ...q, closed: simple } as never)).toBe(true)
      }),
      { numRuns, seed },
    )
  })
})

const lawsIn = (told: readonly Told[]): readonly string[] =>
  told.flatMap((e) => (e._tag === 'Fused' ? [e.law] : e._tag === 'Inside' ? lawsIn(e.told) : []))
test('random loops have something for every law', () => {
  const programs = fc.sample(arbitraryLoop(), { numRuns: 100, seed })
  const told: Told[] = []
  for (const p of programs) simplifyTelling((orNone(vjp(p)) ?? p).closed, (e) => told.push(e))
  const found = lawsIn(told)
  const counts = [...loopLaws.map(({ law }) => law), sharedSteps].map((law) => found.filter((l) => l === law).length)
  expect(
    counts.every((k) => k > 5),
    String(counts),
  ).toBe(true)
})

// -- by hand ----------------------------------------------------------------------------------------------------------

const [n, m, steps] = [8, 6, 5]
const times = (w: Expr, x: Expr): Expr => contract({ x: 'jk', y: 'k', out: 'j', ties: [] })(w, x)
const scansIn = (p: Closed): readonly Closed[] =>
  p.equations.flatMap((q) => (q.op === 'scan' ? [q.attrs.body as unknown as Closed] : []))
const opsIn = (p: Closed | undefined): readonly string[] => (p?.equations ?? []).map((q) => q.op)
const count = (op: string, p: Closed | undefined): number => opsIn(p).filter((o) => o === op).length
/** c' = tanh(U c + W x) */
const network = (length: number): UntypedProgram =>
  programOrThrow({ c: real(n), xs: real(length, m), w: real(n, m), u: real(n, n) }, ({ c, xs, w, u }) =>
    scanClosed(
      length,
      false,
      programOf([real(n), real(m), real(n, m), real(n, n)], (h, x, a, b) => [tanh(add(times(b, h), times(a, x)))]),
    )([c], [xs], [w, u]).slice(0, 1),
  ) as never

describe('what leaves a loop', () => {
  test('W x_t of all t is one product; U c stays', () => {
    const p = simplifyClosed(network(steps).closed)
    expect(count('contract', p)).toBe(1)
    expect(count('contract', scansIn(p)[0])).toBe(1)
  })
  test('the gradients of both weights are contractions over the steps', () => {
    const p = simplifyClosed((orNone(vjp(network(steps))) as UntypedProgram).closed)
    const [forward, backward] = scansIn(p)
    expect(count('contract', forward)).toBe(1)
    // the transposed product of the carry alone
    expect(count('contract', backward)).toBe(1)
    expect(backward?.outputs.length).toBe(2)
    // what the forward loop has multiplied is not multiplied again
    expect(count('contract', p)).toBe(4)
    const made = p.equations.filter((q) => q.op === 'contract' && (q.attrs.x as string).startsWith('A'))
    expect(made.map((q) => q.outs[0]?.shape)).toContainEqual([n, n])
  })
  test.each([0, 1, 2])('a loop of %i steps', (length) => {
    const p = (orNone(vjp(network(length))) as UntypedProgram).closed
    const x = spreadFrom(3, inTypes(p))
    expect(same(evaluate(simplifyClosed(p), x), evaluate(p, x))).toBe(true)
  })
  test('what does not change in a while loop, unless it may not end', () => {
    const test = programOf([real(), real(n), real(n, n)], (t) => [lt(t, 3)])
    const long = programOf([real(), real(n), real(n, n)], (t, k, w) => [add(t, sum()(sin(times(w, k))))])
    const p = programOrThrow([real(), real(n), real(n, n)], ([t, k, w]) => whileClosed(test, long)([t], [k, w]))
    const body = (q: Closed): Closed => q.equations.find((e) => e.op === 'while')?.attrs.body as unknown as Closed
    expect(opsIn(body(simplifyClosed(p.closed)))).toEqual(['add'])
    const nested = programOf([real(), real(n), real(n, n)], (t, k, w) => [
      add(t, whileClosed(test, long)([sum()(k)], [k, w])[0] as Expr),
    ])
    const q = programOrThrow([real(), real(n), real(n, n)], ([t, k, w]) => whileClosed(test, nested)([t], [k, w]))
    expect(opsIn(body(simplifyClosed(q.closed)))).toContain('while')
  })
})
test('a carry that never changes is a constant of its loop, though the loop reads it', () => {
  const step = programOf([real(n), real(n, n)], (c, w) => [add(c, sin(times(w, c))), w])
  const p = programOrThrow([real(n), real(n, n)], ([c, w]) =>
    scanClosed(steps, false, step)([c, w], [], []).slice(0, 2),
  )
  const scan = simplifyClosed(p.closed).equations.find((q) => q.op === 'scan')
  expect(scan?.attrs.carries).toBe(1)
})
test('what a branch within a loop computes from constants leaves both', () => {
  const sines = programOf([real(n), real(n), real(n, n)], (c, k, w) => [add(c, sin(times(w, k)))])
  const other = programOf([real(n), real(n), real(n, n)], (c, k) => [add(c, tanh(k))])
  const p = programOrThrow([real(n), real(n), real(n, n)], ([c, k, w]) =>
    scanClosed(
      steps,
      false,
      programOf([real(n), real(n), real(n, n)], (x, a, b) => condClosed(lt(sum()(x), 0), sines, other)(x, a, b)),
    )([c], [], [k, w]).slice(0, 1),
  ) as unknown as UntypedProgram
  const simple = simplifyClosed(p.closed)
  const choice = scansIn(simple)[0]?.equations.find((q) => q.op === 'cond')
  expect([choice?.attrs.yes, choice?.attrs.no].map((branch) => opsIn(branch as unknown as Closed))).toEqual([
    ['add'],
    ['add'],
  ])
  const x = spreadFrom(3, inTypes(p.closed))
  expect(same(evaluate(simple, x), evaluate(p.closed, x))).toBe(true)
})
describe('what stays in a loop', () => {
  const total = (start: number): UntypedProgram =>
    programOrThrow({ xs: real(steps, n), ys: real(steps, m) }, ({ xs, ys }) =>
      scanClosed(
        steps,
        false,
        programOf([real(n, m), real(n), real(m)], (c, x, y) => [
          add(c, contract({ x: 'j', y: 'k', out: 'jk', ties: [] })(x, y)),
        ]),
      )([constant([n, m], start)], [xs, ys], []).slice(0, 1),
    ) as never
  test('a carry that begins elsewhere than at 0', () => {
    expect(scansIn(simplifyClosed(total(0).closed))).toEqual([])
    expect(scansIn(simplifyClosed(total(1).closed)).length).toBe(1)
    expect(scansIn(simplifyClosed(total(-0).closed)).length).toBe(1)
  })
  test('activations of micro-batches, which would take more memory than the loop', () => {
    const wide = 4000
    const loss = programOrThrow({ w: real(wide, n), xs: real(1000, 64, n) }, ({ w, xs }) =>
      scanClosed(
        1000,
        false,
        programOf([real(), real(64, n), real(wide, n)], (c, x, k) => [
          add(c, sum()(sin(contract({ x: 'bk', y: 'jk', out: 'bj', ties: [] })(x, k)))),
        ]),
      )([constant([], 0)], [xs], [w]).slice(0, 1),
    ) as unknown as UntypedProgram
    for (const p of [loss, orNone(vjp(loss)) as UntypedProgram]) {
      const simple = { ...p, closed: simplifyClosed(p.closed) }
      expect(cost(simple as never).peak).toBeLessThan(1.5 * cost(p as never).peak)
    }
  })
  test('a sum of a constant over very many steps stays a loop', () => {
    const p = programOrThrow(real(n), (k) =>
      scanClosed(
        1e6,
        false,
        programOf([real(n), real(n)], (c, x) => [add(c, x)]),
      )([constant([n], 0)], [], [k]).slice(0, 1),
    )
    expect(scansIn(simplifyClosed(p.closed)).length).toBe(1)
  })
})
