/**
 * Callbacks: pure folds over the reports of epochs. Each may stop the run and choose the epoch whose state is returned.
 *
 *   remembered_k+1 = next(remembered_k, report_k)      the run ends if stop(remembered_k+1);
 *                                                      its result is the state after the last epoch k with
 *                                                      keep(remembered_k+1), else after the last epoch
 *
 * A callback is a value. What it remembers is a function of the reports, so a run that resumes from a checkpoint
 * restores it by folding the reports in the checkpoint.
 */

/** After an epoch; epochs and steps are counted from the beginning of the run. */
export interface FitReport {
  readonly epoch: number
  readonly steps: number
  /** The mean training loss of the epoch. */
  readonly loss: number
  /** The metrics of the examples held out. */
  readonly metrics: { readonly [name: string]: number }
}
/**
 * From a report: what to do, the callback for the next report, and whether the state after this epoch is the result so
 * far. If `keep` is always absent, the result is the last state.
 */
export type Callback = (
  report: FitReport,
) => readonly [verdict: 'continue' | 'stop', next: Callback, keep?: boolean | undefined]

/** A callback from what it remembers, and how that decides; by default it never stops, and keeps nothing. */
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
/** All of the callbacks. The run stops if one of them stops it. The first that has a `keep` decides what is kept. */
export const together =
  (...callbacks: readonly Callback[]): Callback =>
  (report) => {
    const results = callbacks.map((c) => c(report))
    return [
      results.some(([verdict]) => verdict === 'stop') ? 'stop' : 'continue',
      together(...results.map(([, c]) => c)),
      results.map(([, , keep]) => keep).find((keep) => keep !== undefined),
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
  /** What is watched: 'loss', the mean training loss, or the name of a metric. */
  readonly watch: string
  /** Which value is best: 'least' for a loss, 'most' for an accuracy. */
  readonly best: 'least' | 'most'
  /** The run ends after so many epochs in a row without a better value. At least 1; Infinity only keeps the best. */
  readonly patience: number
  /** By how much a better value must be better; 0 by default. */
  readonly by?: number
  /**
   * True: the result is the state after the best epoch, the first on ties. False: that after the last. Default: true.
   */
  readonly restoreBest?: boolean
}
/**
 * Stops after `patience` epochs in a row without a value better than the best before them, and keeps the best. A metric
 * that is NaN or is not measured is never better.
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
