/**
 * How right predictions are. Expressions are measured by `fit` on every example; the rest is counted from predictions.
 *
 *   counts[t, p] = how many examples of class t were taken for class p
 */

import { sum } from '../../lang/primitives/broadcast.ts'
import { iota } from '../../lang/primitives/constant.ts'
import { and, eq, lt, or, select } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'

/**
 * 1 where the label's logit is among the k largest, of equals the first; else 0, and where it is NaN.
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
    const classes = iota([logits.type.shape[0]]) as Expr
    const all = logits as Expr
    const own = sum()(select(eq(classes, label), all, 0)) as Expr
    const before = or(lt(own, all), and(eq(all, own), lt(classes, label)))
    const rank = sum()(select(before, 1, 0)) as Expr
    return select(and(lt(rank, k), eq(own, own)), 1, 0) as Expr
  }

/** Shape: counts [classes, classes], a row for each true class. */
export interface Confusion {
  readonly classes: number
  readonly counts: Int32Array
}
/** Labels of examples, or of pixels. Pairs with a label that is no class are not counted. */
export const confusion = (classes: number, truth: ArrayLike<number>, predicted: ArrayLike<number>): Confusion => {
  const counts = new Int32Array(classes * classes)
  const isClass = (c: number): boolean => Number.isInteger(c) && c >= 0 && c < classes
  for (let i = 0; i < Math.min(truth.length, predicted.length); i++) {
    const [t, p] = [truth[i] ?? -1, predicted[i] ?? -1]
    if (isClass(t) && isClass(p)) counts[t * classes + p] = (counts[t * classes + p] ?? 0) + 1
  }
  return { classes, counts }
}
interface Class {
  readonly right: number
  readonly are: number
  readonly taken: number
}
const perClass = ({ classes, counts }: Confusion, f: (c: Class) => number): Float64Array => {
  const total = (from: number, stride: number): number => {
    let n = 0
    for (let i = 0; i < classes; i++) n += counts[from + i * stride] ?? 0
    return n
  }
  return Float64Array.from({ length: classes }, (_, c) =>
    f({ right: counts[c * classes + c] ?? 0, are: total(c * classes, 1), taken: total(c, classes) }),
  )
}
/** Of what is of a class, the share that is found. NaN for a class without examples. */
export const recall = (m: Confusion): Float64Array => perClass(m, (c) => c.right / c.are)
/** Of what is taken for a class, the share that is of it. NaN for a class that nothing was taken for. */
export const precision = (m: Confusion): Float64Array => perClass(m, (c) => c.right / c.taken)
/** Twice what is right over what is of the class and what is taken for it: the harmonic mean of the two above. */
export const f1 = (m: Confusion): Float64Array => perClass(m, (c) => (2 * c.right) / (c.are + c.taken))
/** Intersection over union of what is of a class and what is taken for it. NaN where neither is. */
export const iou = (m: Confusion): Float64Array => perClass(m, (c) => c.right / (c.are + c.taken - c.right))
/** The mean over the classes that have a value. */
export const overClasses = (values: Float64Array): number => {
  const known = values.filter((v) => !Number.isNaN(v))
  return known.reduce((a, b) => a + b, 0) / known.length
}
/** The share of the examples that are right. */
export const accuracyOf = ({ classes, counts }: Confusion): number => {
  const right = counts.reduce((n, c, i) => n + (i % (classes + 1) === 0 ? c : 0), 0)
  return right / counts.reduce((a, b) => a + b, 0)
}

/** The place of the largest of each row, of equals the first. */
export const argmaxRows = (rows: ArrayLike<number>, classes: number): Int32Array =>
  Int32Array.from({ length: Math.floor(rows.length / classes) }, (_, r) => {
    let best = 0
    for (let c = 1; c < classes; c++) if ((rows[r * classes + c] ?? 0) > (rows[r * classes + best] ?? 0)) best = c
    return best
  })
/** Probabilities from the logits of a row. */
export const probabilities = (logits: ArrayLike<number>): Float64Array => {
  const all = Float64Array.from(logits)
  const top = all.reduce((a, b) => Math.max(a, b), -Infinity)
  const weights = all.map((x) => Math.exp(x - top))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / total)
}
export interface Mistake {
  /** The example. */
  readonly index: number
  readonly truth: number
  readonly predicted: number
  /** The probability that was given to what it is not. */
  readonly confidence: number
}
/** The wrong predictions, the surest first, at most `most`. Shape: logits [count, classes], truth [count] */
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
