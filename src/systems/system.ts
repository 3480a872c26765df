/**
 * A system: something that a course says can be built, as one file of examples/. It runs on a back end, which is handed
 * to it, and answers with figures beside the ones expected, and with pictures.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Program } from '../../lang/syntax/program.ts'
import type { DownloadProgress } from '../disk/index.ts'
import type { FitOptions as Options, Runner } from '../train/index.ts'
import type { Finding } from './finding.ts'

type FitOptions = Options<unknown, unknown, unknown, never, string, unknown, unknown, unknown, unknown, unknown>
/** A back end whose errors are text. */
export type Machine = Runner<string, string>
/** Where pictures of digits come from. */
export type DataName = 'generated' | 'mnist' | 'fashion-mnist'
export interface RunOptions {
  readonly backend: Machine
  readonly seed: number
  readonly data: DataName
  /** The folder that holds the data; without one they are fetched into the cache. */
  readonly dir?: string
  readonly onDownload?: (p: DownloadProgress) => IO<void>
  /** In place of the system's own number. */
  readonly epochs?: number
  /** Where what is learned is kept: checkpoints, records, reports. */
  readonly out?: string
  /** Go on from the checkpoints there. */
  readonly resume?: boolean
  /** Told of every training's steps and epochs: a progress bar. */
  readonly follow?: (name: string) => Pick<FitOptions, 'onStep' | 'onEpoch'>
  /** The back end by its name, and versions: for records. */
  readonly machine?: string
  readonly versions?: { readonly [name: string]: string }
  /** Told of what the system makes use of: a flag without use is a mistake. */
  readonly onUse?: (what: 'data' | 'epochs') => void
  /** A few seconds at most, with the bars of so short a run: for tests. */
  readonly small: boolean
}
/** A file to look at: paths.svg, filters.png. */
export interface Picture {
  readonly name: string
  readonly content: string | Uint8Array
}
export interface Outcome {
  readonly findings: readonly Finding[]
  readonly pictures?: readonly Picture[]
  /** Printed as it is, before the findings. */
  readonly text?: string
}
/** The kinds of back end that a system asks for when nobody does: float64 for exact figures, fast where much is learned. */
export type Precision = 'exact' | 'fast'
export interface System {
  readonly name: string
  /** Its row: A1, B5. */
  readonly code: string
  /** One line. */
  readonly title: string
  readonly precision: Precision
  /** Programs whose gradients are checked against finite differences when the system is run. */
  readonly gradients?: { readonly [what: string]: Program<unknown, unknown> }
  readonly run: (options: RunOptions) => TaskEither<string, Outcome>
}
