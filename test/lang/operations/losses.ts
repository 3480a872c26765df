/**
 * Losses at infinities and zeros: values, gradients and some second derivatives, written out. A term of weight 0, of an
 * example that is left out or of a target probability 0 does not count, whatever the prediction is there. The other
 * figures are the formula's, in the arithmetic of infinities; bceLoss has PyTorch's clamps.
 */
import * as O from '../../../lang/operations/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { array, type Given, integers, vector } from './apply.ts'

type Numbers = readonly number[]
/** Tangents of the real inputs, and the tangents of their gradients. */
interface Second {
  readonly along: readonly Numbers[]
  readonly change: readonly Numbers[]
}
export interface Row {
  readonly name: string
  readonly loss: (...xs: readonly Expr[]) => Expr
  readonly inputs: readonly Given[]
  readonly value: number
  /** The gradient in every real input. */
  readonly gradient: readonly Numbers[]
  readonly second?: Second
}
const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const { LN2: ln2 } = Math
/** A name, a loss, its inputs, its value and its gradients. */
const row = (
  name: string,
  loss: unknown,
  inputs: readonly Given[],
  value: number,
  gradient: readonly Numbers[],
  second?: Second,
): Row => ({ name, loss: loss as Row['loss'], inputs, value, gradient, ...(second && { second }) })
const total = { reduction: 'sum' } as const
const scalar = (x: number): Given => array([], [x])

const distances: readonly Row[] = [
  row('mseLoss, far', O.mseLoss(total), [vector(inf, 0), vector(0, -inf)], inf, [
    [inf, inf],
    [-inf, -inf],
  ]),
  row('mseLoss of two infinities', O.mseLoss(total), [vector(inf), vector(inf)], nan, [[nan], [nan]]),
  row('mseLoss, a scalar target', O.mseLoss(total), [vector(1, 3), scalar(1)], 4, [[0, 4], [-4]]),
  row('l1Loss, far', O.l1Loss(total), [vector(inf, -inf), vector(0, 0)], inf, [
    [1, -1],
    [-1, 1],
  ]),
  row('huberLoss, far: the slope is delta', O.huberLoss({ ...total, delta: 2 }), [vector(inf), vector(0)], inf, [
    [2],
    [-2],
  ]),
  row('huberLoss, far below', O.huberLoss({ ...total, delta: 2 }), [vector(-inf), vector(0)], inf, [[-2], [2]]),
  row('huberLoss at 0', O.huberLoss(total), [vector(0), vector(0)], 0, [[0], [0]], {
    along: [[1], [0]],
    change: [[1], [-1]],
  }),
  row('huberLoss beyond delta', O.huberLoss(total), [vector(3), vector(0)], 2.5, [[1], [-1]], {
    along: [[1], [0]],
    change: [[0], [0]],
  }),
  row('smoothL1Loss, far: the slope is 1', O.smoothL1Loss({ ...total, beta: 2 }), [vector(inf), vector(0)], inf, [
    [1],
    [-1],
  ]),
  row('smoothL1Loss inside', O.smoothL1Loss({ ...total, beta: 2 }), [vector(1), vector(0)], 0.25, [[0.5], [-0.5]], {
    along: [[1], [0]],
    change: [[0.5], [-0.5]],
  }),
  row('smoothL1Loss, beta 0', O.smoothL1Loss({ ...total, beta: 0 }), [vector(-inf), vector(0)], inf, [[-1], [1]]),
  row('hingeLoss, right by far', O.hingeLoss(total), [vector(inf), vector(1)], 0, [[0], [0]]),
  row('hingeLoss, right by far below', O.hingeLoss(total), [vector(-inf), vector(-1)], 0, [[0], [0]]),
  row('hingeLoss, wrong by far', O.hingeLoss(total), [vector(-inf), vector(1)], inf, [[-1], [inf]]),
  row('hingeLoss, wrong by far above', O.hingeLoss(total), [vector(inf), vector(-1)], inf, [[1], [-inf]]),
  row('hingeLoss of NaN', O.hingeLoss(total), [vector(nan), vector(1)], nan, [[-1], [nan]]),
]

/** PyTorch: a logarithm is at least -100, and the derivative in p is (p - t) / max((1 - p) p, 1e-12). */
const probabilities: readonly Row[] = [
  row('bceLoss, p = 0 for t = 1', O.bceLoss(total), [vector(0), vector(1)], 100, [[-1e12], [100]]),
  row('bceLoss, p = 1 for t = 0', O.bceLoss(total), [vector(1), vector(0)], 100, [[1e12], [-100]]),
  row('bceLoss, p = 0 for t = 0', O.bceLoss(total), [vector(0), vector(0)], 0, [[0], [100]]),
  row('bceLoss, p = 1 for t = 1', O.bceLoss(total), [vector(1), vector(1)], 0, [[0], [-100]]),
  row('bceLoss, p = 1e-60 for t = 1', O.bceLoss(total), [vector(1e-60), vector(1)], 100, [[-1e12], [100]]),
  row('bceLoss, p = 1/2', O.bceLoss(total), [vector(0.5), vector(0)], ln2, [[2], [0]], {
    along: [[1], [0]],
    change: [[4], [-4]], // 1 / (1 - p)^2, and -1/p - 1/(1 - p)
  }),
  row('bceWithLogits, x = -inf for t = 0', O.bceWithLogits(total), [vector(-inf), vector(0)], 0, [[0], [0]]),
  row('bceWithLogits, x = inf for t = 1', O.bceWithLogits(total), [vector(inf), vector(1)], 0, [[0], [0]]),
  row('bceWithLogits, x = -inf for t = 1', O.bceWithLogits(total), [vector(-inf), vector(1)], inf, [[-1], [inf]]),
  row('bceWithLogits, x = inf for t = 0', O.bceWithLogits(total), [vector(inf), vector(0)], inf, [[1], [-inf]]),
  row('bceWithLogits, x = inf for t = 1/2', O.bceWithLogits(total), [vector(inf), vector(0.5)], inf, [[0.5], [-inf]]),
  row('bceWithLogits, weight 0 of a positive target', O.bceWithLogits(total), [vector(-inf), vector(1), scalar(0)], 0, [
    [0],
    [0],
    [0],
  ]),
  // the slope in x is 1/2, in t it is -x = 0; their derivatives along x are 1/4 and -1
  row('bceWithLogits, x = 0 for t = 0', O.bceWithLogits(total), [vector(0), vector(0)], ln2, [[0.5], [0]], {
    along: [[1], [0]],
    change: [[0.25], [-1]],
  }),
  row('klDivergence, nothing expected where nothing is', O.klDivergence(total), [vector(-inf), vector(0)], 0, [
    [0],
    [0],
  ]),
  row('klDivergence, the impossible happens', O.klDivergence(total), [vector(-inf), vector(0.5)], inf, [[-0.5], [inf]]),
  row('klDivergence, the certain happens', O.klDivergence(total), [vector(0), vector(1)], 0, [[-1], [1]]),
]

const both = array([2, 2], [-inf, -inf, 0, 0])
const broken = array([2, 2], [nan, inf, 0, 0])
const ignoring = { ...total, ignoreIndex: -100 } as const
const classes: readonly Row[] = [
  row('crossEntropy, the label is certain', O.crossEntropy(total), [vector(0, -inf), integers([], [0])], 0, [[0, 0]]),
  row('crossEntropy, the label is impossible', O.crossEntropy(total), [vector(0, -inf), integers([], [1])], inf, [
    [1, -1],
  ]),
  row('crossEntropy, all is impossible', O.crossEntropy(total), [vector(-inf, -inf), integers([], [0])], inf, [
    [-1, 0],
  ]),
  row('crossEntropy, a row of -inf is left out', O.crossEntropy(ignoring), [both, integers([2], [-100, 1])], ln2, [
    [0, 0, 0.5, -0.5],
  ]),
  row('crossEntropy, a row of NaN is left out', O.crossEntropy(ignoring), [broken, integers([2], [-100, 1])], ln2, [
    [0, 0, 0.5, -0.5],
  ]),
  row(
    'crossEntropy, the mean over one of two rows',
    O.crossEntropy({ ignoreIndex: 7 }),
    [both, integers([2], [7, 1])],
    ln2,
    [[0, 0, 0.5, -0.5]],
  ),
  row(
    'crossEntropy, a class of weight 0 on a row of -inf',
    O.crossEntropy(total),
    [both, integers([2], [0, 1]), vector(0, 1)],
    ln2,
    [
      [0, 0, 0.5, -0.5],
      [0, ln2],
    ],
  ),
  // the weight 0 hides the row from the loss, not from the derivative in the weight
  row(
    'crossEntropy, a class of weight 0 on a finite row',
    O.crossEntropy(total),
    [array([1, 2], [0, 0]), integers([1], [0]), vector(0, 1)],
    0,
    [
      [0, 0],
      [ln2, 0],
    ],
    {
      along: [
        [1, 0],
        [1, 0],
      ],
      change: [
        [-0.5, 0.5],
        [-0.5, 0],
      ],
    },
  ),
  row(
    'crossEntropy, smoothed over an impossible class',
    O.crossEntropy({ ...total, labelSmoothing: 0.5 }),
    [vector(0, -inf), integers([], [0])],
    inf,
    [[0.25, -0.25]], // softmax [1, 0] less the target [3/4, 1/4]
  ),
  row(
    'crossEntropy, smoothed over an impossible class of weight 0',
    O.crossEntropy({ ...total, labelSmoothing: 0.5 }),
    [vector(0, -inf), integers([], [0]), vector(1, 0)],
    0,
    [
      [0, 0],
      [0, 0],
    ],
  ),
  row(
    'crossEntropy, smoothed entirely',
    O.crossEntropy({ ...total, labelSmoothing: 1 }),
    [vector(0, 0), integers([], [0])],
    ln2,
    [[0, 0]],
  ),
  row(
    'softCrossEntropy, target 0 where impossible',
    O.softCrossEntropy(total),
    [vector(0, -inf), vector(1, 0)],
    0,
    [
      [0, 0],
      [0, 0],
    ],
    {
      along: [
        [1, 0],
        [0, 0],
      ],
      change: [
        [0, 0],
        [0, 0],
      ],
    },
  ),
  row(
    'softCrossEntropy, target 1/2 where impossible',
    O.softCrossEntropy(total),
    [vector(0, -inf), vector(0.5, 0.5)],
    inf,
    [
      [0.5, -0.5],
      [0, inf],
    ],
  ),
  row('softCrossEntropy, no target at all', O.softCrossEntropy(total), [vector(-inf, -inf), vector(0, 0)], 0, [
    [0, 0],
    [0, 0],
  ]),
  row(
    'softCrossEntropy, finite logits',
    O.softCrossEntropy(total),
    [vector(0, 0), vector(1, 0)],
    ln2,
    [
      [-0.5, 0.5],
      [ln2, ln2],
    ],
    {
      along: [
        [1, 0],
        [0, 0],
      ],
      change: [
        [0.25, -0.25],
        [-0.5, 0.5],
      ],
    },
  ),
  row('nllLoss beside an impossible class', O.nllLoss(total), [vector(-inf, 0), integers([], [1])], 0, [[0, -1]]),
  row('nllLoss of an impossible class', O.nllLoss(total), [vector(-inf, 0), integers([], [0])], inf, [[-1, 0]]),
]

export const rows: readonly Row[] = [...distances, ...probabilities, ...classes]
