/**
 * A progress bar for training: one line on a terminal, nothing elsewhere (a file, a pipe, a test).
 *
 *   ███████░░░░░  epoch 2/5  loss 0.3121  accuracy 0.9031  412 steps/s  12s left
 *
 * The loss is the mean of the epoch so far, so that an epoch ends with the number that its line and the result have. The
 * last line is the result's: the epoch that early stopping keeps need not be the last one.
 */
import { Presets, SingleBar } from 'cli-progress'
import type { IO } from 'fp-ts/lib/IO.js'
import type { FitReport } from '../train/callback.ts'
import type { StepReport } from '../train/fold.ts'
import type { Plan } from '../train/options.ts'
import type { TrainingListeners } from './run.ts'

type Listeners = Required<TrainingListeners>

const digits = (x: number): string => x.toPrecision(4)
const figures = (metrics: FitReport['metrics']): string =>
  Object.entries(metrics)
    .map(([name, x]) => `  ${name} ${digits(x)}`)
    .join('')
/** Steps per second, averaged over about the last second. */
const pace = (now: () => number) => {
  let [last, rate] = [now(), 0]
  return (steps: number): number => {
    const seconds = (now() - last) / 1000
    last = now()
    const weight = Math.exp(-seconds)
    if (seconds > 0) rate = rate === 0 ? steps / seconds : weight * rate + (1 - weight) * (steps / seconds)
    return rate
  }
}
export const clock = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '-'
  const whole = Math.ceil(seconds)
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}h${m}m` : m > 0 ? `${m}m${s}s` : `${s}s`
}

/**
 * Listeners for fit: fit({ ...options, ...progress() }). A bar counts the steps of all epochs; each epoch has a line, and
 * so has the result.
 *
 * @example
 * const { onEnd } = progress({ name: 'digits' })
 * onEnd({ epoch: 3, steps: 60, loss: 0.25, metrics: { accuracy: 0.9 } })()
 */
export const progress = ({
  name = '',
  stream = process.stderr,
  now = () => performance.now(),
}: {
  readonly name?: string
  readonly stream?: NodeJS.WriteStream
  readonly now?: () => number
} = {}): Listeners => {
  if (!stream.isTTY) return { onStep: () => () => {}, onEpoch: () => () => 'continue', onEnd: () => () => {} }
  const title = name === '' ? '' : `${name}  `
  const bar = new SingleBar(
    {
      stream,
      clearOnComplete: true,
      fps: 8,
      barsize: 24,
      format: `${title}{bar}  epoch {epoch}  loss {loss}{metrics}  {rate} steps/s  {left} left`,
    },
    Presets.shades_classic,
  )
  const measure = pace(now)
  let metrics = ''
  const line = (r: FitReport): string => `epoch ${r.epoch}  loss ${digits(r.loss)}${figures(r.metrics)}\n`
  const onStep =
    ({ epoch, epochs, step, stepsPerEpoch, mean }: StepReport & Plan): IO<void> =>
    () => {
      const rate = measure(1)
      const rest = (epochs * stepsPerEpoch - step) / rate
      const shown = {
        epoch: `${epoch}/${epochs}`,
        loss: digits(mean),
        metrics,
        rate: rate >= 100 ? rate.toFixed(0) : rate.toPrecision(2),
        left: clock(rest),
      }
      if (!bar.isActive) bar.start(epochs * stepsPerEpoch, step, shown)
      else bar.update(step, shown)
      if (step === epochs * stepsPerEpoch) bar.stop()
    }
  const onEpoch =
    (r: FitReport): IO<'continue'> =>
    () => {
      if (bar.isActive) bar.stop()
      metrics = figures(r.metrics)
      stream.write(`${title}${line(r)}`)
      return 'continue'
    }
  const onEnd =
    (r: FitReport | undefined): IO<void> =>
    () => {
      // also after an error, so that the terminal wraps lines again
      if (bar.isActive) bar.stop()
      if (r !== undefined) stream.write(`${title}result: ${line(r)}`)
    }
  return { onStep, onEpoch, onEnd }
}
