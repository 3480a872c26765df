/** The laws of loops, on random loops and their derivatives, bit for bit. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../lang/evaluate.ts'
import { inTypes } from '../../../../lang/syntax/closed.ts'
import type { UntypedProgram } from '../../../../lang/syntax/program.ts'
import type { Told } from '../../../../lang/tell.ts'
import { specialsFrom, spreadFrom } from '../../../../src/testing/arbitrary/values.ts'
import { jvp } from '../../../../src/transform/jvp.ts'
import { simplifyClosed, simplifyTelling } from '../../../../src/transform/simplify/index.ts'
import { loopLaws } from '../../../../src/transform/simplify/loops/index.ts'
import { vjp } from '../../../../src/transform/vjp.ts'
import { vmap } from '../../../../src/transform/vmap.ts'
import { arbitraryLoop } from '../../../laws/arbitraryLoop.ts'
import { same } from '../../../laws/close.ts'
import { reachesNormalForm } from '../../../laws/rewrite.ts'

const seed = Number(process.env.SEED ?? 41)
const numRuns = Number(process.env.RUNS ?? 60)
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
  const counts = loopLaws.map(({ law }) => found.filter((l) => l === law).length)
  expect(
    counts.every((k) => k > 5),
    String(counts),
  ).toBe(true)
})
