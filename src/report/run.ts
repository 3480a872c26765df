/** A reported run: its options, and its result: figures, each beside the expected one, and pictures. */
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Program } from '../../lang/syntax/program.ts'
import type { Data, Results } from '../../lang/syntax/tree.ts'
import type { DownloadProgress } from '../disk/index.ts'
import type { FitReport, Plan, Runner, StepReport } from '../train/index.ts'
import type { Finding } from './finding.ts'

/** A back end whose errors are text: `withTextErrors(showBackendError)(backend)`. */
export type TextBackend = Runner<string, string>
/** Where pictures to learn from come from. */
export type DataName = 'generated' | 'mnist' | 'fashion-mnist'
/** What a run is given. */
export interface RunOptions {
  readonly backend: TextBackend
  /** Where all random numbers come from: the same seed, the same figures. */
  readonly seed: number
  readonly data: DataName
  /** The folder of the data's files. Default: they are downloaded once, into the cache. */
  readonly dir?: string
  /** Called while data are downloaded. Default: no progress is shown. */
  readonly onDownload?: (p: DownloadProgress) => IO<void>
  /** Epochs of every training. Default: the run's own number. */
  readonly epochs?: number
  /** The folder for checkpoints, records and reports. Default: nothing is kept. */
  readonly out?: string
  /** Continue from the checkpoints in `out`. Default: false. */
  readonly resume?: boolean
  /** The listeners of a training, by its name: a progress bar. Default: none. */
  readonly follow?: (name: string) => TrainingListeners
  /** The back end's name, for checkpoints and records. Default: 'given'. */
  readonly machine?: string
  /** Versions, for records. Default: none. */
  readonly versions?: { readonly [name: string]: string }
  /** Called when the run uses `data`, `epochs` or `long`: a caller can then report an option without effect. Default: none. */
  readonly onUse?: (what: 'data' | 'epochs' | 'long') => void
  /** Which part to run, of a system that has several. Default: the first. */
  readonly part?: string
  /** Learn longer, where the system has more to show then. Default: false. */
  readonly long?: boolean
  /** A run of a few seconds, whose figures meet lower bars: for tests. */
  readonly small: boolean
}
/** Called after every step, after every epoch ('stop' ends the training), and at the end, as the listeners of `fit`. */
export interface TrainingListeners {
  readonly onStep?: (report: StepReport & Plan) => IO<void>
  readonly onEpoch?: (report: FitReport) => IO<'continue' | 'stop'>
  readonly onEnd?: (report: FitReport | undefined) => IO<void>
}
/** A file to look at: SVG as text, PNG as bytes. */
export interface Picture {
  /** Its file name: paths.svg, filters.png. */
  readonly name: string
  readonly content: string | Uint8Array
}
/** The result of a run. */
export interface Report {
  readonly findings: readonly Finding[]
  readonly pictures?: readonly Picture[]
  /** Text to print before the findings. */
  readonly text?: string
}

/**
 * The same back end with its errors as text.
 *
 * @example
 * const backend = withTextErrors(showBackendError)(wasm())
 */
export const withTextErrors =
  <E>(show: (error: E) => string) =>
  (backend: Runner<E, E>): TextBackend => ({
    compile: (p) =>
      pipe(
        backend.compile(p),
        TE.bimap(show, (executable) => ({ ...executable, run: flow(executable.run, TE.mapLeft(show)) })),
      ),
    resident: (step) =>
      pipe(
        backend.resident(step),
        TE.bimap(show, (held) => ({
          ...held,
          load: flow(held.load, TE.mapLeft(show)),
          step: flow(held.step, TE.mapLeft(show)),
          read: TE.mapLeft(show)(held.read),
        })),
      ),
  })

/**
 * The outputs of a program: compiled, run once and released. Errors are the back end's own.
 *
 * @example
 * compute(wasm())(programOrThrow(real(2), (x) => sin(x)), [0, 1])
 */
export const compute =
  <CompileError, RunError>(backend: Pick<Runner<CompileError, RunError>, 'compile'>) =>
  <In, Out>(p: Program<In, Out>, inputs: Data<In>): TE.TaskEither<CompileError | RunError, Results<Out>> =>
    pipe(
      backend.compile(p),
      TE.chainW((executable) => async () => {
        const results = await executable.run(inputs)()
        executable.release()
        return results
      }),
    )
