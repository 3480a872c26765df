/** A system: something that a course says can be built, as one file of examples/, with its entry in `adjoint list`. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { showDiagnostics } from '../../lang/syntax/error.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { checkGradients } from '../check/index.ts'
import type { Finding, Report, RunOptions } from '../report/index.ts'

/**
 * The kind of back end a system runs on by default: float64 where figures are exact, the fastest where much is learned.
 */
export type Precision = 'exact' | 'fast'
/** What a file of examples/ exports. */
interface Example {
  /** Its programs; their gradients are checked against finite differences when the system is run. */
  readonly programs?: { readonly [what: string]: Program<unknown, unknown> }
  readonly run: (options: RunOptions) => TE.TaskEither<string, Report>
}
/** Parts of a system by name, each of which is run on its own. */
type ExampleParts = { readonly [name: string]: Example }
export interface System extends Example {
  /** Absent: it has no parts. Else `programs` and `run` are those of the first. */
  readonly parts?: ExampleParts
  /** Its number in the course: A1, B5. */
  readonly code: string
  readonly name: string
  /** One line. */
  readonly title: string
  readonly precision: Precision
}

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
/** The part that the options name. */
const chosen = (s: System, { part }: RunOptions): Example => (part === undefined ? s : (s.parts?.[part] ?? s))
/** The report of a system, with a finding for the gradient of each of its programs. */
export const study =
  (s: System) =>
  (options: RunOptions): TE.TaskEither<string, Report> =>
    pipe(
      chosen(s, options).run(options),
      TE.map((r): Report => {
        const checked = Object.entries(chosen(s, options).programs ?? {}).map(([what, p]) =>
          gradientFinding(options, what, p),
        )
        return { ...r, findings: [...r.findings, ...checked] }
      }),
    )
/** Whether there are findings, and all meet their bars. */
export const passed = (r: Report): boolean => r.findings.length > 0 && r.findings.every((f) => f.passed)
