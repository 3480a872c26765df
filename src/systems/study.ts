/** Running systems: programs computed once, and the checks that every system gets. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { showDiagnostics } from '../../lang/syntax/error.ts'
import type { Program } from '../../lang/syntax/program.ts'
import type { Arrays, Results } from '../../lang/syntax/tree.ts'
import { checkGradients } from '../check/index.ts'
import { showTrainError } from '../train/fold.ts'
import type { FitError } from '../train/options.ts'
import type { Finding } from './finding.ts'
import type { Machine, Outcome, RunOptions, System } from './system.ts'

/** The outputs of a program: compiled, run once, released. */
export const compute =
  ({ backend }: { readonly backend: Machine }) =>
  <In, Out>(p: Program<In, Out>, inputs: Arrays<In>): TE.TaskEither<string, Results<Out>> =>
    pipe(
      backend.compile(p),
      TE.chain((executable) => async () => {
        const results = await executable.run(inputs)()
        executable.release()
        return results
      }),
    )

const gradientFinding = ({ seed, small }: RunOptions, what: string, p: Program<unknown, unknown>): Finding => {
  const report = checkGradients(p, { seed, ...(small && { samples: 1, second: false, coordinates: 4 }) })
  const found = E.isLeft(report) ? showDiagnostics(report.left) : report.right.verdict
  return {
    what: `gradient of ${what}, finite differences`,
    expected: 'correct',
    found,
    bar: 'verdict',
    passed: found === 'correct',
  }
}
/** The outcome of a system, with its gradients checked. */
export const study =
  (s: System) =>
  (options: RunOptions): TE.TaskEither<string, Outcome> =>
    pipe(
      s.run(options),
      TE.map((o): Outcome => {
        const checked = Object.entries(s.gradients ?? {}).map(([what, p]) => gradientFinding(options, what, p))
        return { ...o, findings: [...o.findings, ...checked] }
      }),
    )
export const passed = (o: Outcome): boolean => o.findings.length > 0 && o.findings.every((f) => f.passed)

/** What training says when it fails, on a machine, as text. */
export const showFailure = (e: FitError<string>): string =>
  e._tag === 'IllTyped' ? showDiagnostics(e.diagnostics) : showTrainError((text: string) => text)(e)
