/** How well pixels are told apart: a loss for segmentation. */
import {
  add,
  argmax,
  crossEntropy,
  div,
  type Expr,
  eq,
  mean,
  mul,
  oneHot,
  permute,
  softmax,
  sub,
  sum,
  toReal,
  unsqueeze,
} from '../src/index.ts'

/** A number for each class, [classes, rows, columns], and the true classes. */
type Logits = Expr<readonly [number, number, number]>
type Truth = Expr<readonly [number, number], 'int'>
/** Of each class: twice what prediction and truth share, over the sum of both. Shape: [classes] */
const dice = (logits: Logits, truth: Truth): Expr<readonly [number]> => {
  const [p, t] = [softmax(0)(logits), permute([2, 0, 1])(oneHot(logits.type.shape[0])(truth))]
  return div(add(1, mul(2, sum([1, 2])(mul(p, t)))), add(1, sum([1, 2])(add(p, t))))
}
/**
 * The mean cross-entropy of the pixels, and one minus the mean dice coefficient of the classes, which counts small shapes as
 * much as the large ground.
 *
 * Source: Milletari, Navab, Ahmadi, "V-Net" (2016)
 */
export const pixelLoss = (logits: Logits, truth: Truth): Expr<readonly []> =>
  add(crossEntropy()(unsqueeze(0)(logits), unsqueeze(0)(truth)), sub(1, mean()(dice(logits, truth))))
/** The share of the pixels whose most probable class is right. */
export const pixelAccuracy = (logits: Logits, truth: Truth): Expr<readonly []> =>
  mean()(toReal(eq(argmax(0)(logits), truth)))
