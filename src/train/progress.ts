/** A progress bar for training: one line on a terminal, nothing elsewhere (a file, a pipe, a test). */
import { Presets, SingleBar } from 'cli-progress'
import type { IO } from 'fp-ts/lib/IO.js'
import type { FitReport } from './callback.ts'
import type { FitOptions, Plan } from './fit.ts'
import type { StepReport } from './fold.ts'

type Hooks = Required<
  Pick<
    FitOptions<unknown, unknown, unknown, never, string, unknown, unknown, unknown, unknown, unknown>,
    'onStep' | 'onEpoch'
  >
>

const figures = (r: FitReport): string =>
  [['loss', r.loss] as const, ...Object.entries(r.metrics)].map(([name, x]) => `${name} ${x.toPrecision(4)}`).join('  ')

/** Hooks for fit: fit({ ...options, ...progress() }). The bar is over the steps of all epochs; an epoch leaves a line. */
export const progress = (stream: NodeJS.WriteStream = process.stderr): Hooks => {
  if (!stream.isTTY) return { onStep: () => () => {}, onEpoch: () => () => 'continue' }
  const bar = new SingleBar(
    {
      stream,
      clearOnComplete: true,
      format: '{bar} epoch {epoch}  loss {loss}  {eta_formatted} left',
    },
    Presets.shades_classic,
  )
  const step =
    ({ epoch, epochs, step, stepsPerEpoch, loss }: StepReport & Plan): IO<void> =>
    () => {
      const shown = { epoch: `${epoch}/${epochs}`, loss: loss.toPrecision(4) }
      if (!bar.isActive) bar.start(epochs * stepsPerEpoch, step, shown)
      else bar.update(step, shown)
      if (step === epochs * stepsPerEpoch) bar.stop()
    }
  const onEpoch =
    (r: FitReport): IO<'continue'> =>
    () => {
      const active = bar.isActive
      if (active) bar.stop()
      stream.write(`epoch ${r.epoch}  ${figures(r)}\n`)
      return 'continue'
    }
  return { onStep: step, onEpoch }
}
