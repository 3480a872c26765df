/** The functions of table.json in the language. */
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import * as language from '../../src/index.ts'

/** Arrays of one length, one for each argument of the function, to the array of its values. */
export type Elementwise = (...xs: readonly Expr[]) => Expr

const none = { reduction: 'none' } as const
/** The element type of a plain name: every function of these is one of numbers, of any number of arguments. */
type Plain = { readonly [name: string]: Elementwise | undefined }
const plain = language as unknown as Plain

type Loss = (options: object) => unknown
const loss =
  (make: Loss, options: object = {}): Elementwise =>
  (...xs) =>
    (make({ ...none, ...options }) as Elementwise)(...xs)

/** A function of the vectors whose elements are the arguments: [n] three times -> [n, 3]. */
const ofVector =
  (f: (v: Expr) => Expr): Elementwise =>
  (...xs) =>
    f(language.stack(1)(xs as readonly [Expr, Expr, Expr]))
/** The first element of a function's every vector. */
const firstOf = (f: (v: Expr) => Expr): Elementwise => ofVector((v) => language.take(1, 0)(f(v)))

/** Where a row's name is not a function of the language. */
const other: Plain = {
  ...Object.fromEntries(
    [1, 2, 3, 7, -1, -2, -3].map((n): [string, Elementwise] => [
      `integerPow(${n})`,
      (x) => language.integerPow(n)(x as Expr),
    ]),
  ),
  'clamp(-1, 2)': language.clamp(-1, 2) as Elementwise,
  'log(1 / x)': (x) => language.log(language.div(1, x as Expr)),
  'log(1 / max(1e-20, x))': (x) => language.log(language.div(1, language.max(1e-20, x as Expr))),
  hardtanh: language.hardtanh() as Elementwise,
  'leakyRelu(0.01)': language.leakyRelu() as Elementwise,
  'leakyRelu(0.25)': language.leakyRelu(0.25) as Elementwise,
  'elu(1)': language.elu() as Elementwise,
  'elu(0.3)': language.elu(0.3) as Elementwise,
  'softplus(1)': language.softplus() as Elementwise,
  'softplus(2)': language.softplus(2) as Elementwise,
  'softplus(0.3)': language.softplus(0.3) as Elementwise,

  mseLoss: loss(language.mseLoss),
  l1Loss: loss(language.l1Loss),
  'huberLoss(1)': loss(language.huberLoss),
  'huberLoss(0.25)': loss(language.huberLoss, { delta: 0.25 }),
  'smoothL1Loss(1)': loss(language.smoothL1Loss),
  'smoothL1Loss(3)': loss(language.smoothL1Loss, { beta: 3 }),
  hingeLoss: loss(language.hingeLoss),
  bceLoss: loss(language.bceLoss),
  bceWithLogits: loss(language.bceWithLogits),
  'bceWithLogits(weight 3)': (x, t) =>
    language.bceWithLogits(none)(x as Expr, t as Expr, language.constant([], 3)) as Expr,
  klDivergence: loss(language.klDivergence),

  sum: ofVector(language.sum(1)),
  mean: ofVector(language.mean(1)),
  prod: ofVector(language.prod(1)),
  logsumexp: ofVector(language.logsumexp(1)),
  norm: ofVector(language.norm(1)),
  variance: ofVector(language.variance(1)),
  'variance(correction 1)': ofVector(language.variance(1, { correction: 1 })),
  std: ofVector(language.std(1)),
  softmax: firstOf(language.softmax(1)),
  logSoftmax: firstOf(language.logSoftmax(1)),
  crossEntropy: ofVector((v) =>
    language.crossEntropy(none)(v, language.toInt(language.constant(shapeOf(v).slice(0, 1), 0))),
  ),
  softCrossEntropy: ofVector((v) =>
    language.softCrossEntropy(none)(v, language.broadcastTo(shapeOf(v))(language.tensor([3], [0.25, 0.75, 0]))),
  ),
  layerNorm: firstOf((v) => language.layerNorm()(v, language.constant([3], 1), language.constant([3], 0))),
  rmsNorm: firstOf((v) => language.rmsNorm()(v, language.constant([3], 1))),
}
/** The function that a row of the table is about; undefined where the language has none of that name. */
export const functionOf = (name: string): Elementwise | undefined => other[name] ?? plain[name]
