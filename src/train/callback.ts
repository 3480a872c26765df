/**
 * Callbacks: pure folds over the reports of epochs, each of which may ask to stop, and may say whose state is the answer.
 *
 *   remembered_k+1 = next(remembered_k, report_k)      the training ends when stop(remembered_k+1)
 *                                                      its answer is the state after the last epoch k of which
 *                                                      keep(remembered_k+1), where there is one
 *
 * A callback is a value. What it remembers is a function of the reports, so a run that goes on from a checkpoint finds it
 * again by folding the reports that the checkpoint holds.
 */

/** After an epoch: the mean training loss, and the metrics of the examples held out. */
export interface FitReport {
  readonly epoch: number
  readonly steps: number
  readonly loss: number
  readonly metrics: { readonly [name: string]: number }
}
/**
 * What to do after a report, the callback that takes the next one, and whether the state after this epoch is the answer
 * so far. One that never says keeps nothing: the answer is the last state.
 */
export type Callback = (
  report: FitReport,
) => readonly [verdict: 'continue' | 'stop', next: Callback, keep?: boolean | undefined]

/** A callback from what it remembers. */
export const folding =
  <A>(
    remembered: A,
    next: (a: A, report: FitReport) => A,
    stop: (a: A) => boolean = () => false,
    keep?: (a: A) => boolean,
  ): Callback =>
  (report) => {
    const after = next(remembered, report)
    return [stop(after) ? 'stop' : 'continue', folding(after, next, stop, keep), keep?.(after)]
  }
/** All of them; one that stops is enough, and the first that says what to keep is heard. */
export const together =
  (...callbacks: readonly Callback[]): Callback =>
  (report) => {
    const answers = callbacks.map((c) => c(report))
    return [
      answers.some(([verdict]) => verdict === 'stop') ? 'stop' : 'continue',
      together(...answers.map(([, c]) => c)),
      answers.map(([, , keep]) => keep).find((keep) => keep !== undefined),
    ]
  }
/** After some reports: whether to stop, the callback for the next report, and the epoch whose state is kept. */
export type CallbackState = readonly [action: 'continue' | 'stop', next: Callback, kept: number | undefined]
/** The same after one more report. */
export const afterReport = ([, callback, kept]: CallbackState, report: FitReport): CallbackState => {
  const [action, next, keep] = callback(report)
  return [action, next, keep ? report.epoch : kept]
}
/** The same after all reports. Law: replay(c, [...a, ...b]) = b.reduce(afterReport, replay(c, a)) */
export const replay = (callback: Callback, reports: readonly FitReport[]): CallbackState =>
  reports.reduce(afterReport, ['continue', callback, undefined])

export interface EarlyStopping {
  /** 'loss', of training, or the name of a metric. */
  readonly watch: string
  /** 'least': a loss; 'most': an accuracy. */
  readonly best: 'least' | 'most'
  /** After how many epochs without a better one, at least 1, it ends; Infinity: never, but the best is kept. */
  readonly patience: number
  /** What a better one must be better by. */
  readonly by?: number
  /** Answer with the state after the best epoch (of equals the first), not after the last: unless this is false. */
  readonly restoreBest?: boolean
}
/**
 * Stops after `patience` epochs in a row in which nothing was better than the best before them, and answers with the
 * state after the best. A metric that is not measured, or is NaN, is never better.
 *
 * @example
 * earlyStopping({ watch: 'accuracy', best: 'most', patience: 3 })
 */
export const earlyStopping = ({ watch, best, patience, by = 0, restoreBest = true }: EarlyStopping): Callback => {
  const sign = best === 'least' ? -1 : 1
  return folding(
    { best: Number.NEGATIVE_INFINITY, idle: 0 },
    (a, { loss, metrics }) => {
      const value = sign * (watch === 'loss' ? loss : (metrics[watch] ?? Number.NaN))
      return value > a.best + by ? { best: value, idle: 0 } : { ...a, idle: a.idle + 1 }
    },
    (a) => a.idle >= Math.max(1, patience),
    restoreBest ? (a) => a.idle === 0 : undefined,
  )
}
