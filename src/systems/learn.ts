/**
 * Training inside a system: `fit`, followed by whoever runs the system, and kept where the run keeps its things.
 *
 *   OUT/NAME.safetensors   the checkpoint      OUT/NAME.jsonl   the record      OUT/NAME.html   the report
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fault } from '../../lang/syntax/error.ts'
import { fashionNames } from '../data/index.ts'
import { fileLog, fileStore, inFolder, writeWhole } from '../disk/index.ts'
import { summary } from '../nn/index.ts'
import type { Layer } from '../nn/layer.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import { type Classified, trainingPage } from '../report/training.ts'
import {
  answers,
  confusion,
  type Examples,
  type FitOptions,
  type Fitted,
  fit,
  largest,
  type StepReport,
  worstMistakes,
} from '../train/index.ts'
import { showFailure } from './study.ts'
import type { RunOptions } from './system.ts'

/** Of a classifier: what the report shows of it. */
export interface Shown {
  readonly classes: number
  readonly names?: readonly string[]
  /** The pictures' size, where examples are pictures. */
  readonly rows?: number
  readonly columns?: number
}
type Untyped = FitOptions<unknown, unknown, unknown, Rule, string, unknown, unknown, unknown, string, string> & {
  readonly shows?: Shown
}
type Fit = Fitted<unknown, unknown, unknown, string>
const mistakesShown = 24

const classified = (run: RunOptions, o: Untyped, { state }: Fit): TE.TaskEither<string, Classified | undefined> => {
  const { shows, heldOut } = o
  if (shows === undefined || heldOut === undefined) return TE.right(undefined)
  const { classes, rows, columns } = shows
  const names = shows.names ?? (run.data === 'fashion-mnist' ? fashionNames : undefined)
  const asked = answers(o.backend)(o.network as Layer, { x: o.shapes.x, batch: o.shapes.batch } as never)
  return pipe(
    asked(state as never, heldOut),
    TE.bimap(showFailure, (logits): Classified => {
      const truth = (heldOut as Examples<Float32Array, Int32Array>).y
      const pixels = (heldOut as Examples<Float32Array, Int32Array>).x
      return {
        confusion: confusion(classes, truth, largest(logits, classes)),
        mistakes: worstMistakes(logits, truth, classes, mistakesShown),
        ...(names && { names }),
        ...(rows !== undefined && columns !== undefined && { pictures: { pixels, rows, columns } }),
      }
    }),
  )
}
const learning = (run: RunOptions, name: string, o: Untyped): TE.TaskEither<string, Fit> => {
  const { out, resume = false, versions } = run
  run.onUse?.('epochs')
  const losses: (readonly [number, number])[] = []
  const followed = run.follow?.(name)
  const onStep = (r: StepReport & { readonly epochs: number; readonly stepsPerEpoch: number }) => () => {
    losses.push([r.step, r.loss])
    followed?.onStep?.(r)()
    o.onStep?.(r)()
  }
  const settings = { system: name, seed: run.seed, data: run.data, backend: run.machine ?? 'given' }
  const kept =
    out === undefined
      ? {}
      : {
          checkpoint: {
            store: fileStore(inFolder(out, `${name}.safetensors`)),
            every: 200,
            resume,
            identity: { backend: settings.backend, data: run.data },
          },
          record: { log: fileLog(inFolder(out, `${name}.jsonl`)), settings, ...(versions && { versions }) },
        }
  const onEpoch = o.onEpoch ?? followed?.onEpoch
  const report = (fitted: Fit): TE.TaskEither<string, void> =>
    out === undefined
      ? TE.right(undefined)
      : pipe(
          classified(run, o, fitted),
          TE.chain((c) => {
            const content = trainingPage({
              title: `${name}: a training run`,
              settings: { ...settings, epochs: fitted.epochs, batch: o.shapes.batch, examples: o.examples.count },
              history: fitted.history,
              losses,
              summary: summary(o.network as Layer, o.shapes.x as never),
              ...(c && { classified: c }),
            })
            const path = inFolder(out, `${name}.html`)
            return TE.mapLeft((e: { readonly reason: string }) => unwritable(path, e.reason))(writeWhole(path, content))
          }),
        )
  return pipe(
    fit({ ...kept, ...o, onStep, ...(onEpoch && { onEpoch }) } as never) as TE.TaskEither<never, Fit>,
    TE.mapLeft(showFailure),
    TE.chainFirst(report),
  )
}
const unwritable = (path: string, reason: string): string =>
  fault(`the report cannot be written (${reason})`, path, 'make room, or name another folder with --out')

/**
 * `fit` with the run's progress bar, checkpoint, record and report. Errors are text.
 *
 *     learn(o, 'digits', { backend: o.backend, network, ..., shows: { classes: 10, rows: 28, columns: 28 } })
 */
export const learn: <P, S, K, F extends Rule, Slot extends string, const T, const U>(
  run: RunOptions,
  name: string,
  options: FitOptions<P, S, K, F, Slot, T & FitsRule<F, T>, U, Out<F, NoInfer<T>>, string, string> & {
    readonly shows?: Shown
  },
) => TE.TaskEither<string, Fitted<P, S, K, Slot>> = learning as never
