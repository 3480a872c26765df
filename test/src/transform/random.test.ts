/** Every law on random programs: the project's main test. `npm run laws -- --programs 100000` runs more of it. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { entries, entryOf } from '../../../lang/primitives/index.ts'
import { type Closed, inTypes, outTypes, typesOf } from '../../../lang/syntax/closed.ts'
import { keyOf } from '../../../lang/syntax/plain.ts'
import { isReal, sameTypes } from '../../../lang/syntax/shape.ts'
import { isTypeOrExpr, leavesWithPath, typeLeaves } from '../../../lang/syntax/tree.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { run, showFailure } from '../../campaign/campaign.ts'
import { laws } from '../../laws/table.ts'

const seed = Number(process.env.LAWS_SEED ?? 20260)
const programs = fc.sample(arbitraryProgram(), { numRuns: 1500, seed })
const bodies = (p: Closed): readonly Closed[] =>
  p.equations.flatMap((q) =>
    Object.values(q.attrs).filter((a): a is never => typeof a === 'object' && a !== null && 'equations' in a),
  )
const all = (p: Closed): readonly Closed[] => [p, ...bodies(p).flatMap(all)]

describe.each(Object.keys(laws))('%s', (law) => {
  test('of random programs', async () => {
    const { failure } = await run({ programs: 300, seed, only: law })
    expect(failure && showFailure(failure, seed)).toBeUndefined()
  })
})

describe('random programs', () => {
  test('the same seed draws the same programs', () => {
    const again = fc.sample(arbitraryProgram(), { numRuns: 20, seed })
    expect(again.map((p) => keyOf(p.closed))).toEqual(programs.slice(0, 20).map((p) => keyOf(p.closed)))
  })
  test('draw every primitive, at the top and inside others', () => {
    const drawn = (ps: readonly Closed[]): ReadonlySet<string> =>
      new Set(ps.flatMap((p) => p.equations.map((q) => q.op)))
    const found = drawn(programs.map((p) => p.closed))
    const within = drawn(programs.flatMap((p) => bodies(p.closed)))
    const expected = entries.filter((e) => e.examples.some((x) => !x.declared)).map((e) => e.name)
    expect(expected.filter((name) => !found.has(name))).toEqual([])
    expect(within.size).toBeGreaterThan(40)
  })
  test('are well-typed: every typing rule gives the types that the equations state', () => {
    const wrong = programs
      .flatMap((p) => all(p.closed))
      .flatMap((p) => {
        const types = typesOf(p)
        return p.equations.filter((q) => {
          const outs = entryOf(q.op).type(
            q.attrs,
            q.args.map((a) => types[a] as (typeof types)[0]),
          )
          return E.isLeft(outs) || !sameTypes(outs.right, q.outs)
        })
      })
    expect(wrong).toEqual([])
  })
  test('have trees, sharing, several outputs and programs inside programs', () => {
    const share = (n: number): number => n / programs.length
    const count = (holds: (p: (typeof programs)[0]) => boolean): number => share(programs.filter(holds).length)
    const users = (p: Closed): readonly number[] => p.equations.flatMap((q) => [...new Set(q.args)])
    expect(count((p) => leavesWithPath(p.in, isTypeOrExpr).some(([path]) => path.length > 1))).toBeGreaterThan(0.1)
    expect(count((p) => new Set(users(p.closed)).size < users(p.closed).length)).toBeGreaterThan(0.15)
    expect(count((p) => p.closed.outputs.length > 1)).toBeGreaterThan(0.2)
    expect(count((p) => bodies(p.closed).length > 0)).toBeGreaterThan(0.15)
    expect(count((p) => inTypes(p.closed).some(isReal) && outTypes(p.closed).some(isReal))).toBeGreaterThan(0.8)
    for (const p of programs) expect(typeLeaves(p.in)).toEqual(inTypes(p.closed))
  })
  test('shrink to one equation when one is to blame', () => {
    const found = fc.check(
      fc.property(arbitraryProgram(), (p) => !p.closed.equations.some((q) => q.op === 'cumSum')),
      { numRuns: 1000, seed },
    )
    expect(found.counterexample?.[0].closed.equations.length).toBeLessThanOrEqual(3)
  })
})
