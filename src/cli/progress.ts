/**
 * A progress bar for training: one line on a terminal, nothing elsewhere (a file, a pipe, a test).
 *
 *   ███████░░░░░  epoch 2/5  loss 0.3121  accuracy 0.9031  412 steps/s  12s left
 */
import { Presets, SingleBar } from 'cli-progress'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TrainingListeners } from '../report/index.ts'
import type { FitReport } from '../train/callback.ts'
import type { StepReport } from '../train/fold.ts'
import type { Plan } from '../train/options.ts'

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
 * Listeners for fit: fit({ ...options, ...progress() }). A bar counts the steps of all epochs; each epoch has a line.
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
  if (!stream.isTTY) return { onStep: () => () => {}, onEpoch: () => () => 'continue' }
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
  const onStep =
    ({ epoch, epochs, step, stepsPerEpoch, loss }: StepReport & Plan): IO<void> =>
    () => {
      const rate = measure(1)
      const rest = (epochs * stepsPerEpoch - step) / rate
      const shown = {
        epoch: `${epoch}/${epochs}`,
        loss: digits(loss),
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
      stream.write(`${title}epoch ${r.epoch}  loss ${digits(r.loss)}${metrics}\n`)
      return 'continue'
    }
  return { onStep, onEpoch }
}
