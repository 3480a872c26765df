/**
 * The same training on two back ends. They round differently, and training magnifies the difference: the losses of
 * single steps drift apart. Their means over an epoch and the final accuracy must not.
 */
import type { TrainedDigits } from './digits.ts'

interface Agreement {
  /** The largest difference between the mean losses of an epoch, relative to the epoch's. */
  readonly loss: number
  /** The difference between the accuracies reached. */
  readonly accuracy: number
  readonly agree: boolean
}
/** Means of losses within 1 %; accuracies within half a per cent, 10 of 2000 digits. */
export const compared = (a: TrainedDigits, b: TrainedDigits): Agreement => {
  const gaps = a.epochs.map(([, x], i) => Math.abs(x - (b.epochs[i]?.[1] ?? Number.NaN)) / x)
  const [loss, accuracy] = [Math.max(...gaps), Math.abs(a.accuracy - b.accuracy)]
  return { loss, accuracy, agree: a.epochs.length === b.epochs.length && loss <= 0.01 && accuracy <= 0.005 }
}
