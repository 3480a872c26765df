/** Derived operations: their conventions at kinks and ties, and where they are written to be stable. */

import * as O from '../../../lang/operations/index.ts'
import { log } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { about, type Case, inf, nan, small, tiny } from './case.ts'

type Build = (...xs: readonly Expr[]) => Expr
type One = readonly [x: number, y: number, d: number]
const as = (f: unknown): Build => f as Build

/** A function of every number by itself: [x, f(x), f'(x)]. It speaks for no primitive of its own. */
const each = (name: string, f: unknown, rows: readonly One[], rule?: string): Case => {
  const column = (k: 0 | 1 | 2): readonly number[] => rows.map((r) => r[k])
  const facts = { of: [], x: [column(0)], y: [column(1)], dy: [column(2)], dx: [column(2)] }
  return about(name, [real(rows.length)], as(f), { ...facts, ...(rule !== undefined && { rule }) })
}
/** All numbers together: f(x), and its gradient. */
const whole = (
  name: string,
  f: unknown,
  x: readonly number[],
  y: readonly number[],
  dx: readonly number[],
  rule?: string,
): Case =>
  about(name, [real(x.length)], as(f), { of: [], x: [x], y: [y], dx: [dx], ...(rule !== undefined && { rule }) })

const ln2 = Math.LN2
export const activationCases: readonly Case[] = [
  each('relu', O.relu, [
    [1, 1, 1],
    [-1, 0, 0],
    [inf, inf, 1],
    [-inf, 0, 0],
    [small, small, 1],
    [-small, 0, 0],
  ]),
  each('relu of the smallest', O.relu, [
    [tiny, tiny, 1],
    [-tiny, 0, 0],
  ]),
  each(
    'relu at 0',
    O.relu,
    [
      [0, 0, 0],
      [-0, 0, 0],
    ],
    'kinks',
  ),
  each('relu of NaN', O.relu, [[nan, 0, 0]], 'relu of NaN'),
  each('leakyRelu', O.leakyRelu(0.25), [
    [1, 1, 1],
    [-1, -0.25, 0.25],
    [inf, inf, 1],
    [-inf, -inf, 0.25],
    [nan, nan, 0.25],
  ]),
  each(
    'leakyRelu at 0',
    O.leakyRelu(0.25),
    [
      [0, 0, 0.25],
      [-0, -0, 0.25],
    ],
    'kinks',
  ),
  each('elu', O.elu(2), [
    [1, 1, 1],
    [inf, inf, 1],
    [-inf, -2, 0],
    [nan, nan, nan],
    [1000, 1000, 1],
  ]),
  each(
    'elu at 0',
    O.elu(2),
    [
      [0, 0, 2],
      [-0, -0, 2],
    ],
    'kinks',
  ),
  each('selu', O.selu, [
    [inf, inf, 1.0507009873554805],
    [-inf, -1.7580993408473766, 0],
    [nan, nan, nan],
  ]),
  each('selu at 0', O.selu, [[0, 0, 1.7580993408473766]], 'kinks'),
  each('relu6', O.relu6, [
    [3, 3, 1],
    [-1, 0, 0],
    [7, 6, 0],
    [inf, 6, 0],
    [-inf, 0, 0],
    [nan, nan, 1],
  ]),
  each(
    'relu6 on its bounds',
    O.relu6,
    [
      [0, 0, 0],
      [-0, 0, 0],
      [6, 6, 0],
    ],
    'kinks',
  ),
  each('hardtanh', O.hardtanh(), [
    [0, 0, 1],
    [-0, -0, 1],
    [inf, 1, 0],
    [-inf, -1, 0],
    [nan, nan, 1],
  ]),
  each(
    'hardtanh on its bounds',
    O.hardtanh(),
    [
      [1, 1, 0],
      [-1, -1, 0],
    ],
    'kinks',
  ),
  each('clamp', O.clamp(-1, 2), [
    [0, 0, 1],
    [-0, -0, 1],
    [inf, 2, 0],
    [-inf, -1, 0],
    [3, 2, 0],
    [nan, nan, 1],
  ]),
  each(
    'clamp on its bounds',
    O.clamp(-1, 2),
    [
      [-1, -1, 1],
      [2, 2, 1],
    ],
    'kinks',
  ),
  each('clamp with exchanged bounds: the highest', O.clamp(2, 1), [
    [0, 1, 0],
    [1.5, 1, 0],
    [3, 1, 0],
    [inf, 1, 0],
    [nan, nan, 1],
  ]),
  each(
    'clamp on one side',
    O.clamp(undefined, 0),
    [
      [inf, 0, 0],
      [-inf, -inf, 1],
      [nan, nan, 1],
      [0, 0, 1],
    ],
    'kinks',
  ),
  each('sigmoid', O.sigmoid, [
    [0, 0.5, 0.25],
    [inf, 1, 0],
    [-inf, 0, 0],
    [nan, nan, nan],
  ]),
  each('logSigmoid', O.logSigmoid, [
    [0, -ln2, 0.5],
    [-inf, -inf, 1],
    [-1000, -1000, 1],
    [nan, nan, nan],
  ]),
  each('softplus', O.softplus(), [
    [0, ln2, 0.5],
    [-0, ln2, 0.5],
    [inf, inf, 1],
    [-inf, 0, 0],
    [1000, 1000, 1],
    [-1000, 0, 0],
    [nan, nan, nan],
  ]),
  each('softsign', O.softsign, [
    [0, 0, 1],
    [-0, -0, 1],
    [nan, nan, nan],
  ]),
  each('silu', O.silu, [
    [0, 0, 0.5],
    [1000, 1000, 1],
    [-1000, -0, 0],
    [nan, nan, nan],
  ]),
  each('gelu', O.gelu, [
    [0, 0, 0.5],
    [-0, -0, 0.5],
    [nan, nan, nan],
  ]),
  each('mish', O.mish, [
    [0, 0, 0.6],
    [1000, 1000, 1],
    [nan, nan, nan],
  ]),
  each(
    'silu at infinity',
    O.silu,
    [
      [inf, inf, nan],
      [-inf, nan, nan],
    ],
    'products at infinity',
  ),
  each(
    'gelu at infinity',
    O.gelu,
    [
      [inf, inf, nan],
      [-inf, nan, nan],
    ],
    'products at infinity',
  ),
  each(
    'mish at infinity',
    O.mish,
    [
      [inf, inf, nan],
      [-inf, nan, nan],
    ],
    'products at infinity',
  ),
  each('softsign at infinity', O.softsign, [
    [inf, 1, 0],
    [-inf, -1, 0],
  ]),
]

export const powerCases: readonly Case[] = [
  each(
    'pow 0',
    (x: Expr) => O.pow(x, 0),
    [
      [0, 1, 0],
      [-0, 1, 0],
      [nan, 1, 0],
      [inf, 1, 0],
    ],
    'exponent 0',
  ),
  each('pow 2', (x: Expr) => O.pow(x, 2), [
    [0, 0, 0],
    [-3, 9, -6],
    [inf, inf, inf],
    [nan, nan, nan],
  ]),
  each('pow -1', (x: Expr) => O.pow(x, -1), [
    [0, inf, -inf],
    [-0, -inf, -inf],
    [inf, 0, -0],
  ]),
  each('pow 1/2', (x: Expr) => O.pow(x, 0.5), [
    [0, 0, inf],
    [4, 2, 0.25],
    [inf, inf, 0],
    [-1, nan, nan],
  ]),
  each('square', O.square, [
    [0, 0, 0],
    [inf, inf, inf],
    [nan, nan, nan],
    [-2, 4, -4],
  ]),
  each('reciprocal', O.reciprocal, [
    [0, inf, -inf],
    [-0, -inf, -inf],
    [inf, 0, -0],
    [nan, nan, nan],
  ]),
  each('log2', O.log2, [
    [0, -inf, inf],
    [inf, inf, 0],
    [1, 0, Math.LOG2E],
  ]),
  each('log10', O.log10, [
    [0, -inf, inf],
    [inf, inf, 0],
    [1, 0, Math.LOG10E],
  ]),
  each('exp2', O.exp2, [
    [0, 1, ln2],
    [inf, inf, inf],
    [-inf, 0, 0],
  ]),
]

const lse = O.logsumexp()
export const softCases: readonly Case[] = [
  whole('logsumexp', lse, [-inf, 0], [0], [0, 1]),
  whole('logsumexp of large numbers', lse, [1000, 1000], [1000.6931471805599], [0.5, 0.5]),
  whole('logsumexp of all -Infinity', lse, [-inf, -inf], [-inf], [0, 0], 'logsumexp of nothing'),
  whole('logsumexp with infinity', lse, [inf, 1], [inf], [nan, 0], 'products at infinity'),
  whole('logsumexp with NaN', lse, [nan, 1], [nan], [nan, nan]),
  whole('softmax', O.softmax(), [-inf, 1000], [0, 1], [0, 0]),
  whole('softmax of all -Infinity', O.softmax(), [-inf, -inf], [0, 0], [0, 0], 'logsumexp of nothing'),
  whole('softmax with NaN', O.softmax(), [nan, 1], [nan, nan], [nan, nan]),
  whole('logSoftmax', O.logSoftmax(), [-inf, 1000], [-inf, 0], [1, -1]),
  whole('logSoftmax of all -Infinity', O.logSoftmax(), [-inf, -inf], [-inf, -inf], [1, 1], 'logsumexp of nothing'),
]

export const spreadCases: readonly Case[] = [
  whole('norm', O.norm(), [3, -4], [5], [0.6, -0.8]),
  whole('norm of zero', O.norm(), [0, -0], [0], [0, 0], 'norm of zero'),
  whole('norm, p = 1', O.norm(undefined, { p: 1 }), [0, -2, inf], [inf], [0, -1, 1], 'kinks'),
  whole('norm with NaN', O.norm(), [nan, 1], [nan], [nan, nan]),
  whole('norm of the smallest', O.norm(), [tiny, 0], [tiny], [1, 0]),
  whole('norm of the largest', O.norm(), [3e307, -4e307], [5e307], [0.6, -0.8]),
  whole('std of large numbers', O.std(), [1e200, -1e200], [1e200], [0.5, -0.5]),
  whole(
    'variance of fewer numbers than the correction',
    O.variance(undefined, { correction: 3 }),
    [1, 2],
    [inf],
    [nan, nan],
  ),
  whole(
    'variance of equal numbers, fewer than the correction',
    O.variance(undefined, { correction: 3 }),
    [1, 1],
    [nan],
    [nan, nan],
  ),
  whole('std of one number without bias', O.std(undefined, { correction: 1 }), [1], [nan], [nan]),
  whole('norm with infinity', O.norm(), [inf, 1], [inf], [nan, 0], 'products at infinity'),
  whole('std of equal numbers', O.std(), [3, 3], [0], [0, 0], 'norm of zero'),
  whole('mean', O.mean(), [inf, -inf], [nan], [0.5, 0.5]),
  whole('mean of nothing', O.mean(), [], [nan], []),
  whole('variance with infinity', O.variance(), [inf, 1], [nan], [nan, nan]),
  whole(
    'maxPool, ties',
    as((x: Expr) => O.maxPool({ kernel: [2] })(x as never)),
    [1, 1, 0, -0, -inf, -inf],
    [1, 0, -inf],
    [1, 0, 1, 0, 1, 0],
    'first maximum',
  ),
  whole(
    'maxPool with NaN',
    as((x: Expr) => O.maxPool({ kernel: [2] })(x as never)),
    [1, nan, 2, 1],
    [nan, 2],
    [0, 1, 1, 0],
    'first maximum',
  ),
  whole(
    'maxPool over padding',
    as((x: Expr) => O.maxPool({ kernel: [2], pad: 1 })(x as never)),
    [-1, -inf],
    [-1, -inf],
    [1, 1],
  ),
]

export const lossCases: readonly Case[] = [
  about(
    'softCrossEntropy, target 0 where impossible',
    [real(2), real(2)],
    as(O.softCrossEntropy({ reduction: 'sum' })),
    {
      of: [],
      x: [
        [0, -inf],
        [1, 0],
      ],
      y: [[0]],
      v: [[1, 1], null],
      dy: [[0]],
      dx: [[0, 0], null],
      rule: 'terms that do not count',
    },
  ),
  about('bceLoss, p = 0 for t = 1', [real(1), real(1)], as(O.bceLoss({ reduction: 'sum' })), {
    of: [],
    x: [[0], [1]],
    y: [[100]],
    v: [[1], null],
    dy: [[-1e12]],
    dx: [[-1e12], null],
    rule: 'clamped logarithms',
  }),
]

const logWherePositive = as((x: Expr) => O.where(O.gt(x as Expr, 0), log(x as Expr), 0))
const safe = as((x: Expr) => O.safeSelect(log as Build, 1, 0)(O.gt(x as Expr, 0), x as Expr))
export const choiceCases: readonly Case[] = [
  // forward the choice comes last, and drops what is not finite; in reverse it comes first, and 0 / 0 follows
  about('select, forward', [real(3)], logWherePositive, { of: [], x: [[1, 0, -1]], y: [[0, 0, 0]], dy: [[1, 0, 0]] }),
  about('select, in reverse', [real(3)], logWherePositive, {
    of: [],
    x: [[1, 0, -1]],
    y: [[0, 0, 0]],
    dx: [[1, nan, -0]],
    rule: 'select and its branches',
  }),
  each('safeSelect', safe, [
    [1, 0, 1],
    [0, 0, 0],
    [-1, 0, 0],
    [nan, 0, 0],
    [inf, inf, 0],
  ]),
  whole(
    'attention to nothing',
    as((x: Expr) => O.softmax(-1)(O.where(O.gt(x as Expr, 5), x as Expr, -inf))),
    [1, 2],
    [0, 0],
    [0, 0],
    'logsumexp of nothing',
  ),
  about('gatherAlong with an index outside', [real(2), int(2)], as(O.gatherAlong(0)), {
    of: [],
    x: [
      [nan, 5],
      [7, -7],
    ],
    y: [[5, nan]],
    dx: [[1, 1], null],
    rule: 'indices outside',
  }),
]
