/**
 * Metrics of predictions. `topK` is an expression that `fit` measures on every example; the others count predictions.
 *
 *   counts[t, p] = the number of examples of class t that were predicted as class p
 */

import { sum } from '../../lang/primitives/broadcast.ts'
import { iota } from '../../lang/primitives/constant.ts'
import { and, eq, lt, or, select } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'

/**
 * 1 if the label's logit is among the k largest (on ties the lowest index comes first), else 0; 0 if it is NaN.
 *
 * Shape:   [C], int [] -> []
 * Law:     topK(1) = accuracy
 */
export const topK =
  (k: number) =>
  <C extends number>(
    logits: Expr<readonly [C], 'real'>,
    label: Expr<readonly [], 'int'>,
  ): Expr<readonly [], 'real'> => {
    const all: Expr = logits
    const classes: Expr = iota([logits.type.shape[0]])
    const own: Expr = sum()(select(eq(classes, label), all, 0))
    const before = or(lt(own, all), and(eq(all, own), lt(classes, label)))
    const rank: Expr = sum()(select(before, 1, 0))
    return select(and(lt(rank, k), eq(own, own)), 1, 0)
  }

/** A confusion matrix. Shape: counts [classes, classes], a row for each true class */
export interface Confusion {
  readonly classes: number
  readonly counts: Int32Array
}
/**
 * The confusion matrix of true and predicted labels, of examples or of pixels. A pair is ignored if one of its labels
 * is not in 0 .. classes - 1.
 */
export const confusion = (classes: number, truth: ArrayLike<number>, predicted: ArrayLike<number>): Confusion => {
  const counts = new Int32Array(classes * classes)
  const isClass = (c: number): boolean => Number.isInteger(c) && c >= 0 && c < classes
  for (let i = 0; i < Math.min(truth.length, predicted.length); i++) {
    const [t, p] = [truth[i] ?? -1, predicted[i] ?? -1]
    if (isClass(t) && isClass(p)) counts[t * classes + p] = (counts[t * classes + p] ?? 0) + 1
  }
  return { classes, counts }
}
/** Numbers of examples: of the class and predicted as it, of the class, predicted as it. */
interface Class {
  readonly right: number
  readonly actual: number
  readonly predicted: number
}
const perClass = ({ classes, counts }: Confusion, f: (c: Class) => number): Float64Array => {
  const total = (from: number, stride: number): number => {
    let n = 0
    for (let i = 0; i < classes; i++) n += counts[from + i * stride] ?? 0
    return n
  }
  return Float64Array.from({ length: classes }, (_, c) =>
    f({ right: counts[c * classes + c] ?? 0, actual: total(c * classes, 1), predicted: total(c, classes) }),
  )
}
/** Per class: the share of its examples that are predicted as it. NaN for a class without examples. */
export const recall = (m: Confusion): Float64Array => perClass(m, (c) => c.right / c.actual)
/** Per class: the share of the predictions of it that are right. NaN for a class that is never predicted. */
export const precision = (m: Confusion): Float64Array => perClass(m, (c) => c.right / c.predicted)
/** Per class: the harmonic mean of recall and precision. */
export const f1 = (m: Confusion): Float64Array => perClass(m, (c) => (2 * c.right) / (c.actual + c.predicted))
/** Per class: intersection over union of its examples and the predictions of it. NaN if there are neither. */
export const iou = (m: Confusion): Float64Array => perClass(m, (c) => c.right / (c.actual + c.predicted - c.right))
/** The mean over the classes whose value is not NaN. */
export const overClasses = (values: Float64Array): number => {
  const known = values.filter((v) => !Number.isNaN(v))
  return known.reduce((a, b) => a + b, 0) / known.length
}
/** The share of the examples whose prediction is right. */
export const accuracyOf = ({ classes, counts }: Confusion): number => {
  const right = counts.reduce((n, c, i) => n + (i % (classes + 1) === 0 ? c : 0), 0)
  return right / counts.reduce((a, b) => a + b, 0)
}

/** The index of the largest number of each row; ties go to the lowest. Shape: [count, classes] -> [count] */
export const argmaxRows = (rows: ArrayLike<number>, classes: number): Int32Array =>
  Int32Array.from({ length: Math.floor(rows.length / classes) }, (_, r) => {
    let best = 0
    for (let c = 1; c < classes; c++) if ((rows[r * classes + c] ?? 0) > (rows[r * classes + best] ?? 0)) best = c
    return best
  })
/** The probabilities of the logits of one example: softmax. */
export const probabilities = (logits: ArrayLike<number>): Float64Array => {
  const all = Float64Array.from(logits)
  const top = all.reduce((a, b) => Math.max(a, b), -Infinity)
  const weights = all.map((x) => Math.exp(x - top))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / total)
}
/** A wrong prediction. */
export interface Mistake {
  /** The index of the example. */
  readonly index: number
  /** Its class. */
  readonly truth: number
  /** The class that was predicted. */
  readonly predicted: number
  /** The probability of the predicted class. */
  readonly confidence: number
}
/**
 * The `most` wrong predictions of highest confidence, in falling order. Shape: logits [count, classes], truth [count]
 */
export const worstMistakes = (
  logits: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  most: number,
): readonly Mistake[] => {
  const row = (i: number): readonly number[] => Array.from({ length: classes }, (_, c) => logits[i * classes + c] ?? 0)
  return [...argmaxRows(logits, classes)]
    .flatMap((predicted, index): readonly Mistake[] => {
      const of = truth[index] ?? -1
      return predicted === of
        ? []
        : [{ index, truth: of, predicted, confidence: probabilities(row(index))[predicted] ?? 0 }]
    })
    .sort((a, b) => b.confidence - a.confidence || a.index - b.index)
    .slice(0, most)
}
