/**
 * Many random programs, every law on each. The first failure stops the search; then fast-check shrinks it with that law
 * alone. The same seed finds the same programs.
 */
import * as fc from 'fast-check'
import { print } from '../../lang/text/print.ts'
import { arbitraryProgram, inputRange, type ProgramOptions } from '../../src/testing/arbitrary/program.ts'
import { seeds } from '../../src/testing/arbitrary/values.ts'
import type { AnyProgram } from '../laws/derivative.ts'
import { finiteAt, laws, pointFrom } from '../laws/table.ts'

export interface Campaign extends ProgramOptions {
  readonly programs: number
  readonly seed: number
  /** Only laws whose names contain this. */
  readonly only?: string
  /** Where fast-check found a counter-example before: only that program. */
  readonly path?: string
  readonly onProgram?: () => void
}
export interface Failure {
  readonly law: string
  readonly program: AnyProgram
  readonly pointSeed: number
  readonly path: string
  readonly error: string | undefined
}
export interface Result {
  readonly tried: number
  /** Programs whose values are not finite at their point: no law applies. */
  readonly discarded: number
  readonly failure: Failure | undefined
}

/** Finite differences step over kinks at some width and not at another. */
const options = { steps: [1e-3, 1e-4, 1e-5, 1e-6], within: 1e-5 }
type Case = readonly [AnyProgram, number]
/** Whether a law holds of a case; an exception is a failure of its own. */
const holds = (law: string, [program, seed]: Case): boolean =>
  laws[law]?.(program, options)(pointFrom(program, seed, inputRange)) ?? false
const failing = (names: readonly string[], c: Case): string | undefined =>
  names.find((law) => {
    try {
      return !holds(law, c)
    } catch {
      return true
    }
  })

/** Lets timers run: a progress bar draws. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export const run = async ({ programs, seed, only = '', path, onProgram, ...size }: Campaign): Promise<Result> => {
  const names = Object.keys(laws).filter((law) => law.includes(only))
  const cases: fc.Arbitrary<Case> = fc.tuple(arbitraryProgram(size), seeds)
  let tried = 0
  let discarded = 0
  const search = await fc.check(
    fc.asyncProperty(cases, async (c) => {
      tried += 1
      if (tried % 100 === 0) await breathe()
      onProgram?.()
      if (finiteAt(c[0], pointFrom(c[0], c[1], inputRange))) return failing(names, c) === undefined
      discarded += 1
      return true
    }),
    { numRuns: programs, seed, endOnFailure: true, ...(path === undefined ? {} : { path }) },
  )
  const found = search.counterexample?.[0]
  const law = found && failing(names, found)
  if (found === undefined || law === undefined) return { tried, discarded, failure: undefined }
  const from = search.counterexamplePath ?? '0'
  const shrunk = fc.check(
    fc.property(cases, (c) => !finiteAt(c[0], pointFrom(c[0], c[1], inputRange)) || holds(law, c)),
    { numRuns: 1, seed, path: from },
  )
  const [program, pointSeed] = shrunk.counterexample?.[0] ?? found
  const error = shrunk.errorInstance instanceof Error ? shrunk.errorInstance.message : undefined
  return { tried, discarded, failure: { law, program, pointSeed, path: from, error } }
}

/** What a person needs: the law, the program, the point, and how to see it again. */
export const showFailure = (f: Failure, seed: number, backend?: string): string => {
  const { x } = pointFrom(f.program, f.pointSeed, inputRange)
  return [
    `fails: ${f.law}`,
    ...(f.error === undefined ? [] : [`with: ${f.error}`]),
    print(f.program),
    `at   ${x()
      .map((a) => `[${[...a].join(', ')}]`)
      .join(', ')}   (point ${f.pointSeed})`,
    `again: npm run laws -- --seed ${seed} --path ${f.path} ${backend === undefined ? `--law '${f.law}'` : `--backend ${backend}`}`,
  ].join('\n')
}
