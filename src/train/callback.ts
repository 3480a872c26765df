/**
 * Callbacks: pure folds over the reports of epochs, each of which may ask to stop.
 *
 *   remembered_k+1 = next(remembered_k, report_k)      the training ends when stop(remembered_k+1)
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
/** What to do after a report, and the callback that takes the next one. */
export type Callback = (report: FitReport) => readonly [verdict: 'continue' | 'stop', next: Callback]

/** A callback from what it remembers. */
export const folding =
  <A>(remembered: A, next: (a: A, report: FitReport) => A, stop: (a: A) => boolean = () => false): Callback =>
  (report) => {
    const after = next(remembered, report)
    return [stop(after) ? 'stop' : 'continue', folding(after, next, stop)]
  }
/** All of them; one that stops is enough. */
export const together =
  (...callbacks: readonly Callback[]): Callback =>
  (report) => {
    const answers = callbacks.map((c) => c(report))
    return [
      answers.some(([verdict]) => verdict === 'stop') ? 'stop' : 'continue',
      together(...answers.map(([, c]) => c)),
    ]
  }
/** The verdict after all reports, and the callback that takes the next one. */
export const replay = (callback: Callback, reports: readonly FitReport[]): ReturnType<Callback> =>
  reports.reduce<ReturnType<Callback>>(([, c], report) => c(report), ['continue', callback])

export interface EarlyStopping {
  /** 'loss', of training, or the name of a metric. */
  readonly watch: string
  /** 'least': a loss; 'most': an accuracy. */
  readonly best: 'least' | 'most'
  /** Epochs without a better one that are borne. */
  readonly patience: number
  /** What a better one must be better by. */
  readonly by?: number
}
/**
 * Stops after `patience` epochs in a row in which nothing was better than the best before them. A metric that is not
 * measured, or is NaN, is never better.
 *
 * @example
 * earlyStopping({ watch: 'accuracy', best: 'most', patience: 3 })
 */
export const earlyStopping = ({ watch, best, patience, by = 0 }: EarlyStopping): Callback => {
  const sign = best === 'least' ? -1 : 1
  return folding(
    { best: Number.NEGATIVE_INFINITY, idle: 0 },
    (a, { loss, metrics }) => {
      const value = sign * (watch === 'loss' ? loss : (metrics[watch] ?? Number.NaN))
      return value > a.best + by ? { best: value, idle: 0 } : { ...a, idle: a.idle + 1 }
    },
    (a) => a.idle >= patience,
  )
}
