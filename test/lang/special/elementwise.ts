/** Functions of one and of two real numbers: [x, f(x), f'(x)] and [x, y, f(x, y), df/dx, df/dy]. */

import * as P from '../../../lang/primitives/elementwise.ts'
import { bfloat16, float16 } from '../../../lang/primitives/half.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { about, type Case, inf, nan, small, tiny } from './case.ts'

type One = readonly [x: number, y: number, d: number]
type Two = readonly [x: number, y: number, z: number, dx: number, dy: number]
interface Rows<R> {
  readonly of: string
  readonly f: (...xs: readonly Expr[]) => Expr
  readonly rows: readonly R[]
  /** Rows that follow a convention of the project's own, by its name in docs/conventions.md. */
  readonly ruled?: { readonly [rule: string]: readonly R[] }
}

const halfPi = 1.5707963267948966
const pi = Math.PI
/** f(x) = x + O(x^2), odd at 0 */
const throughOrigin: readonly One[] = [
  [0, 0, 1],
  [-0, -0, 1],
  [tiny, tiny, 1],
  [small, small, 1],
  [nan, nan, nan],
]
/** f(x) = 1 + O(x) */
const one = (d: number): readonly One[] => [
  [0, 1, d],
  [-0, 1, d],
  [tiny, 1, d],
  [small, 1, d],
  [nan, nan, nan],
]
/** Constant between its steps: derivative 0 everywhere. */
const steps = (...rows: readonly (readonly [number, number])[]): readonly One[] => rows.map(([x, y]) => [x, y, 0])

/** Rounding whose derivative is taken to be 1. */
const passed = (...rows: readonly (readonly [number, number])[]): readonly One[] => rows.map(([x, y]) => [x, y, 1])

export const unary: readonly Rows<One>[] = [
  {
    of: 'neg',
    f: P.neg,
    rows: [
      [0, -0, -1],
      [-0, 0, -1],
      [inf, -inf, -1],
      [-inf, inf, -1],
      [nan, nan, -1],
      [tiny, -tiny, -1],
      [small, -small, -1],
    ],
  },
  {
    of: 'abs',
    f: P.abs,
    rows: [
      [inf, inf, 1],
      [-inf, inf, -1],
      [nan, nan, nan],
      [tiny, tiny, 1],
      [-tiny, tiny, -1],
      [-small, small, -1],
    ],
    ruled: {
      kinks: [
        [0, 0, 0],
        [-0, 0, -0],
      ],
    },
  },
  {
    of: 'sign',
    f: P.sign,
    rows: [],
    ruled: { steps: steps([0, 0], [-0, -0], [inf, 1], [-inf, -1], [nan, nan], [tiny, 1], [-small, -1]) },
  },
  {
    of: 'floor',
    f: P.floor,
    rows: [],
    ruled: {
      steps: steps(
        [0, 0],
        [-0, -0],
        [inf, inf],
        [-inf, -inf],
        [nan, nan],
        [tiny, 0],
        [-tiny, -1],
        [-small, -1],
        [2, 2],
      ),
    },
  },
  {
    of: 'ceil',
    f: P.ceil,
    rows: [],
    ruled: {
      steps: steps([0, 0], [-0, -0], [inf, inf], [-inf, -inf], [nan, nan], [tiny, 1], [-tiny, -0], [-0.5, -0], [2, 2]),
    },
  },
  {
    of: 'round',
    f: P.round,
    rows: [],
    ruled: {
      steps: steps([0, 0], [-0, -0], [inf, inf], [-inf, -inf], [nan, nan], [tiny, 0], [-small, -0]),
      'half to even': steps([0.5, 0], [-0.5, -0], [1.5, 2], [2.5, 2], [-1.5, -2], [-2.5, -2], [0.49999999999999994, 0]),
    },
  },
  {
    of: 'sqrt',
    f: P.sqrt,
    rows: [
      [0, 0, inf],
      [-0, -0, -inf],
      [inf, inf, 0],
      [-inf, nan, nan],
      [-1, nan, nan],
      [nan, nan, nan],
      [tiny, 2.2227587494850775e-162, 2.2494568972715982e161],
      [small, 8.470329472543003e-22, 590295810358705700000],
    ],
  },
  {
    of: 'rsqrt',
    f: P.rsqrt,
    rows: [
      [0, inf, -inf],
      [-0, -inf, inf],
      [inf, 0, -0],
      [-inf, nan, nan],
      [-1, nan, nan],
      [nan, nan, nan],
      [tiny, 4.4989137945431964e161, -inf],
      [small, 1180591620717411300000, -8.22752278660603e62],
    ],
  },
  { of: 'exp', f: P.exp, rows: [...one(1), [inf, inf, inf], [-inf, 0, 0], [1000, inf, inf], [-1000, 0, 0]] },
  { of: 'expm1', f: P.expm1, rows: [...throughOrigin, [inf, inf, inf], [-inf, -1, 0]] },
  {
    of: 'log',
    f: P.log,
    rows: [
      [0, -inf, inf],
      [-0, -inf, -inf],
      [inf, inf, 0],
      [nan, nan, nan],
      [tiny, -744.4400719213812, inf],
      [small, -97.04060527839234, 1.393796574908164e42],
    ],
    ruled: {
      'outside the domain': [
        [-1, nan, -1],
        [-inf, nan, -0],
      ],
    },
  },
  {
    of: 'log1p',
    f: P.log1p,
    rows: [...throughOrigin, [-1, -inf, inf], [inf, inf, 0]],
    ruled: {
      'outside the domain': [
        [-2, nan, -1],
        [-inf, nan, -0],
      ],
    },
  },
  { of: 'sin', f: P.sin, rows: [...throughOrigin, [inf, nan, nan], [-inf, nan, nan]] },
  {
    of: 'cos',
    f: P.cos,
    rows: [
      [0, 1, -0],
      [-0, 1, 0],
      [inf, nan, nan],
      [-inf, nan, nan],
      [nan, nan, nan],
      [tiny, 1, -tiny],
      [small, 1, -small],
    ],
  },
  { of: 'tan', f: P.tan, rows: [...throughOrigin, [inf, nan, nan], [-inf, nan, nan]] },
  {
    of: 'asin',
    f: P.asin,
    rows: [...throughOrigin, [1, halfPi, inf], [-1, -halfPi, inf], [2, nan, nan], [inf, nan, nan], [-inf, nan, nan]],
  },
  {
    of: 'acos',
    f: P.acos,
    rows: [
      [0, halfPi, -1],
      [-0, halfPi, -1],
      [tiny, halfPi, -1],
      [small, halfPi, -1],
      [1, 0, -inf],
      [-1, pi, -inf],
      [2, nan, nan],
      [inf, nan, nan],
      [-inf, nan, nan],
      [nan, nan, nan],
    ],
  },
  { of: 'atan', f: P.atan, rows: [...throughOrigin, [inf, halfPi, 0], [-inf, -halfPi, 0]] },
  { of: 'sinh', f: P.sinh, rows: [...throughOrigin, [inf, inf, inf], [-inf, -inf, inf]] },
  {
    of: 'cosh',
    f: P.cosh,
    rows: [
      [0, 1, 0],
      [-0, 1, -0],
      [inf, inf, inf],
      [-inf, inf, -inf],
      [nan, nan, nan],
      [tiny, 1, tiny],
      [small, 1, small],
    ],
  },
  {
    of: 'sech',
    f: P.sech,
    rows: [
      [0, 1, -0],
      [-0, 1, 0],
      [inf, 0, -0],
      [-inf, 0, 0],
      [nan, nan, nan],
      [tiny, 1, -tiny],
      [small, 1, -small],
    ],
  },
  { of: 'tanh', f: P.tanh, rows: [...throughOrigin, [inf, 1, 0], [-inf, -1, 0]] },
  { of: 'asinh', f: P.asinh, rows: [...throughOrigin, [inf, inf, 0], [-inf, -inf, 0]] },
  {
    of: 'acosh',
    f: P.acosh,
    rows: [
      [1, 0, inf],
      [inf, inf, 0],
      [0, nan, nan],
      [-0, nan, nan],
      [tiny, nan, nan],
      [small, nan, nan],
      [-inf, nan, nan],
      [nan, nan, nan],
    ],
  },
  {
    of: 'atanh',
    f: P.atanh,
    rows: [...throughOrigin, [1, inf, inf], [-1, -inf, inf]],
    ruled: {
      'outside the domain': [
        [inf, nan, -0],
        [-inf, nan, -0],
        [3, nan, -0.125],
      ],
    },
  },
  {
    of: 'logistic',
    f: P.logistic,
    rows: [
      [0, 0.5, 0.25],
      [-0, 0.5, 0.25],
      [tiny, 0.5, 0.25],
      [small, 0.5, 0.25],
      [inf, 1, 0],
      [-inf, 0, 0],
      [1000, 1, 0],
      [-1000, 0, 0],
      [nan, nan, nan],
    ],
  },
  {
    of: 'erf',
    f: P.erf,
    rows: [
      [0, 0, 1.1283791670955126],
      [-0, -0, 1.1283791670955126],
      [inf, 1, 0],
      [-inf, -1, 0],
      [nan, nan, nan],
      [tiny, tiny, 1.1283791670955126],
      [small, 8.095723489418536e-43, 1.1283791670955126],
    ],
  },
  {
    of: 'erfc',
    f: P.erfc,
    rows: [
      [0, 1, -1.1283791670955126],
      [-0, 1, -1.1283791670955126],
      [inf, 0, -0],
      [-inf, 2, -0],
      [nan, nan, nan],
      [tiny, 1, -1.1283791670955126],
      [small, 1, -1.1283791670955126],
    ],
  },
  {
    of: 'gaussian',
    f: P.gaussian,
    rows: [
      [0, 1, -0],
      [-0, 1, 0],
      [inf, 0, -0],
      [-inf, 0, -0],
      [nan, nan, nan],
      [tiny, 1, -2 * tiny],
      [small, 1, -2 * small],
    ],
  },
  {
    of: 'normalCdf',
    f: P.normalCdf,
    rows: [
      [0, 0.5, 0.3989422804014327],
      [-0, 0.5, 0.3989422804014327],
      [inf, 1, 0],
      [-inf, 0, 0],
      [nan, nan, nan],
      [tiny, 0.5, 0.3989422804014327],
      [small, 0.5, 0.3989422804014327],
    ],
  },
  {
    of: 'normalPdf',
    f: P.normalPdf,
    rows: [
      [0, 0.3989422804014327, -0],
      [-0, 0.3989422804014327, 0],
      [inf, 0, -0],
      [-inf, 0, -0],
      [nan, nan, nan],
      [tiny, 0.3989422804014327, -0],
      [small, 0.3989422804014327, -2.8622704889895333e-43],
    ],
  },
  {
    of: 'integerPow',
    f: P.integerPow(0) as Rows<One>['f'],
    rows: [],
    ruled: { 'exponent 0': steps([0, 1], [-0, 1], [inf, 1], [-inf, 1], [nan, 1], [tiny, 1], [small, 1]) },
  },
  {
    of: 'integerPow',
    f: P.integerPow(1) as Rows<One>['f'],
    rows: [
      [0, 0, 1],
      [-0, -0, 1],
      [inf, inf, 1],
      [-inf, -inf, 1],
      [nan, nan, 1],
      [tiny, tiny, 1],
      [small, small, 1],
    ],
  },
  {
    of: 'integerPow',
    f: P.integerPow(2) as Rows<One>['f'],
    rows: [
      [0, 0, 0],
      [-0, 0, -0],
      [inf, inf, inf],
      [-inf, inf, -inf],
      [nan, nan, nan],
      [tiny, 0, 1e-323],
    ],
  },
  {
    of: 'integerPow',
    f: P.integerPow(3) as Rows<One>['f'],
    rows: [
      [0, 0, 0],
      [-0, -0, 0],
      [inf, inf, inf],
      [-inf, -inf, inf],
      [nan, nan, nan],
      [tiny, 0, 0],
    ],
  },
  {
    of: 'integerPow',
    f: P.integerPow(-1) as Rows<One>['f'],
    rows: [
      [0, inf, -inf],
      [-0, -inf, -inf],
      [inf, 0, -0],
      [-inf, -0, -0],
      [nan, nan, nan],
      [tiny, inf, -inf],
      [1e160, 1e-160, -1e-320],
    ],
  },
  {
    of: 'integerPow',
    f: P.integerPow(-2) as Rows<One>['f'],
    rows: [
      [0, inf, -inf],
      [-0, inf, inf],
      [inf, 0, -0],
      [-inf, 0, 0],
      [nan, nan, nan],
      [tiny, inf, -inf],
      [1e160, 1e-320, -0],
      [10, 0.01, -0.002],
    ],
  },
  {
    of: 'stopGradient',
    f: P.stopGradient as Rows<One>['f'],
    rows: steps([0, 0], [-0, -0], [inf, inf], [-inf, -inf], [nan, nan], [tiny, tiny], [small, small]),
  },
  {
    of: 'float16',
    f: float16 as Rows<One>['f'],
    rows: passed(
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
      [tiny, 0],
      [-(2 ** -25), -0],
      [65519, 65504],
      [65520, inf],
    ),
  },
  {
    of: 'bfloat16',
    f: bfloat16 as Rows<One>['f'],
    rows: passed(
      [0, 0],
      [-0, -0],
      [inf, inf],
      [-inf, -inf],
      [nan, nan],
      [tiny, 0],
      [2 ** -60, 2 ** -60],
      [257, 256],
      [-259, -260],
    ),
  },
]

/** Either argument, at every special point. */
export const binary: readonly Rows<Two>[] = [
  {
    of: 'add',
    f: P.add as Rows<Two>['f'],
    rows: [
      [0, -0, 0, 1, 1],
      [-0, 0, 0, 1, 1],
      [-0, -0, -0, 1, 1],
      [inf, inf, inf, 1, 1],
      [inf, -inf, nan, 1, 1],
      [-inf, inf, nan, 1, 1],
      [nan, 1, nan, 1, 1],
      [1, nan, nan, 1, 1],
      [tiny, tiny, 1e-323, 1, 1],
      [1, tiny, 1, 1, 1],
      [small, small, 1.4349296274686127e-42, 1, 1],
    ],
  },
  {
    of: 'sub',
    f: P.sub as Rows<Two>['f'],
    rows: [
      [0, 0, 0, 1, -1],
      [0, -0, 0, 1, -1],
      [-0, 0, -0, 1, -1],
      [-0, -0, 0, 1, -1],
      [inf, inf, nan, 1, -1],
      [inf, -inf, inf, 1, -1],
      [-inf, inf, -inf, 1, -1],
      [nan, 1, nan, 1, -1],
      [1, nan, nan, 1, -1],
      [tiny, tiny, 0, 1, -1],
      [small, small, 0, 1, -1],
    ],
  },
  {
    of: 'mul',
    f: P.mul as Rows<Two>['f'],
    rows: [
      [0, inf, nan, inf, 0],
      [-inf, 0, nan, 0, -inf],
      [-0, 1, -0, 1, -0],
      [-0, -0, 0, -0, -0],
      [inf, -inf, -inf, -inf, inf],
      [nan, 0, nan, 0, nan],
      [0, nan, nan, nan, 0],
      [tiny, 0.5, 0, 0.5, tiny],
      [0.5, tiny, 0, tiny, 0.5],
      [-tiny, 0.25, -0, 0.25, -tiny],
      [small, 0.5, 3.587324068671532e-43, 0.5, small],
    ],
  },
  {
    of: 'div',
    f: P.div as Rows<Two>['f'],
    rows: [
      [1, 0, inf, inf, -inf],
      [1, -0, -inf, -inf, -inf],
      [-1, 0, -inf, inf, inf],
      [0, 0, nan, inf, nan],
      [-0, 1, -0, 1, 0],
      [1, inf, 0, 0, -0],
      [1, -inf, -0, -0, -0],
      [inf, 1, inf, 1, -inf],
      [-inf, 1, -inf, 1, inf],
      [inf, inf, nan, 0, nan],
      [nan, 1, nan, 1, nan],
      [1, nan, nan, nan, nan],
      [tiny, 1, tiny, 1, -tiny],
      [1, tiny, inf, inf, -inf],
      [small, small, 1, 1.393796574908164e42, -1.393796574908164e42],
    ],
  },
  {
    of: 'rem',
    f: P.rem as Rows<Two>['f'],
    rows: [
      [5.5, 2, 1.5, 1, -2],
      [-5.5, 2, -1.5, 1, 2],
      [5.5, -2, 1.5, 1, 2],
      [4, 2, 0, 1, -2],
      [0, 2, 0, 1, -0],
      [-0, 2, -0, 1, -0],
      [5, 0, nan, 1, nan],
      [5, -0, nan, 1, nan],
      [0, 0, nan, 1, nan],
      [inf, 2, nan, 1, nan],
      [-inf, 2, nan, 1, nan],
      [2, inf, 2, 1, -0],
      [2, -inf, 2, 1, 0],
      [nan, 2, nan, 1, nan],
      [2, nan, nan, 1, nan],
      [tiny, 1, tiny, 1, -0],
      [1, tiny, 0, 1, -inf],
      [small, 1, small, 1, -0],
    ],
  },
  {
    of: 'max',
    f: P.max as Rows<Two>['f'],
    rows: [
      [1, 2, 2, 0, 1],
      [inf, 1, inf, 1, 0],
      [1, inf, inf, 0, 1],
      [-inf, 1, 1, 0, 1],
      [1, -inf, 1, 1, 0],
      [tiny, 0, tiny, 1, 0],
      [-tiny, 0, 0, 0, 1],
      [0, tiny, tiny, 0, 1],
      [small, 0, small, 1, 0],
    ],
    ruled: {
      ties: [
        [2, 2, 2, 0.5, 0.5],
        [0, -0, 0, 0.5, 0.5],
        [-0, 0, 0, 0.5, 0.5],
        [-0, -0, -0, 0.5, 0.5],
        [inf, inf, inf, 0.5, 0.5],
        [-inf, -inf, -inf, 0.5, 0.5],
      ],
      'max and min of NaN': [
        [nan, 1, nan, 0, 0],
        [1, nan, nan, 0, 0],
        [nan, nan, nan, 0, 0],
        [nan, inf, nan, 0, 0],
      ],
    },
  },
  {
    of: 'min',
    f: P.min as Rows<Two>['f'],
    rows: [
      [1, 2, 1, 1, 0],
      [inf, 1, 1, 0, 1],
      [1, inf, 1, 1, 0],
      [-inf, 1, -inf, 1, 0],
      [1, -inf, -inf, 0, 1],
      [tiny, 0, 0, 0, 1],
      [-tiny, 0, -tiny, 1, 0],
      [0, tiny, 0, 1, 0],
      [small, 0, 0, 0, 1],
    ],
    ruled: {
      ties: [
        [2, 2, 2, 0.5, 0.5],
        [0, -0, -0, 0.5, 0.5],
        [-0, 0, -0, 0.5, 0.5],
        [0, 0, 0, 0.5, 0.5],
        [inf, inf, inf, 0.5, 0.5],
        [-inf, -inf, -inf, 0.5, 0.5],
      ],
      'max and min of NaN': [
        [nan, 1, nan, 0, 0],
        [1, nan, nan, 0, 0],
        [nan, nan, nan, 0, 0],
        [nan, -inf, nan, 0, 0],
      ],
    },
  },
  {
    of: 'pow',
    f: P.power as Rows<Two>['f'],
    rows: [
      [0, 1, 0, 1, 0],
      [0, 2, 0, 0, 0],
      [-0, 3, -0, 0, -0],
      [2, inf, inf, inf, inf],
      [inf, 1, inf, 1, inf],
      [inf, 2, inf, inf, inf],
      [nan, 1, nan, 1, nan],
      [nan, 2, nan, nan, nan],
      [1, nan, nan, nan, nan],
      [0, nan, nan, nan, nan],
      [tiny, 1, tiny, 1, -3.676e-321],
      [tiny, 0.5, 2.2227587494850775e-162, 2.2494568972715982e161, -1.6547106833305505e-159],
      [2, tiny, 1, 0, Math.LN2],
      [small, 1, small, 1, -6.962321979072611e-41],
    ],
    ruled: {
      'exponent 0': [
        [0, 0, 1, 0, 0],
        [-0, 0, 1, 0, 0],
        [0, -0, 1, -0, 0],
        [2, 0, 1, 0, Math.LN2],
        [inf, 0, 1, 0, inf],
        [-inf, 0, 1, -0, inf],
        [nan, 0, 1, 0, nan],
      ],
      'negative base': [
        [-2, 3, -8, 12, -8 * Math.LN2],
        [-2, 0, 1, -0, Math.LN2],
        [-2, -1, -0.5, -0.25, -0.5 * Math.LN2],
        [-inf, 3, -inf, inf, -inf],
        [-2, 0.5, nan, nan, nan],
      ],
      'base 0': [
        [0, 0.5, 0, inf, 0],
        [0, inf, 0, nan, 0],
        [0, -1, inf, -inf, -inf],
        [-0, -1, -inf, -inf, inf],
        [0, -inf, inf, -inf, -inf],
      ],
      'the derivative is its formula': [
        [2, -inf, 0, nan, 0],
        [0.5, inf, 0, nan, -0],
        [1, inf, nan, nan, nan],
        [inf, -1, 0, -0, nan],
      ],
    },
  },
  {
    of: 'atan2',
    f: P.atan2 as Rows<Two>['f'],
    rows: [
      [0, 1, 0, 1, -0],
      [-0, 1, -0, 1, 0],
      [0, -1, pi, -1, -0],
      [-0, -1, -pi, -1, 0],
      [1, 0, halfPi, 0, -1],
      [1, -0, halfPi, -0, -1],
      [-1, 0, -halfPi, 0, 1],
      [nan, 1, nan, nan, nan],
      [1, nan, nan, nan, nan],
      [tiny, 1, tiny, 1, -tiny],
      [1, tiny, halfPi, tiny, -1],
      [small, 1, small, 1, -small],
    ],
    ruled: {
      'the derivative is its formula': [
        [0, 0, 0, nan, nan],
        [-0, 0, -0, nan, nan],
        [0, -0, pi, nan, nan],
        [-0, -0, -pi, nan, nan],
        [inf, 1, halfPi, 0, nan],
        [1, inf, 0, nan, -0],
        [1, -inf, pi, nan, -0],
        [-inf, 1, -halfPi, 0, nan],
        [inf, inf, 0.7853981633974483, nan, nan],
        [inf, -inf, 2.356194490192345, nan, nan],
      ],
    },
  },
  {
    of: 'hypot',
    f: P.hypot as Rows<Two>['f'],
    rows: [
      [3, 4, 5, 0.6, 0.8],
      [0, 1, 1, 0, 1],
      [-0, 1, 1, -0, 1],
      [1, -0, 1, 1, -0],
      [-1, 0, 1, -1, 0],
      [1, tiny, 1, 1, tiny],
      [tiny, 1, 1, tiny, 1],
      [1, small, 1, 1, small],
      [2 ** 126, 0, 2 ** 126, 1, 0],
      [nan, 1, nan, nan, nan],
      [1, nan, nan, nan, nan],
    ],
    ruled: {
      'the derivative is its formula': [
        [0, 0, 0, nan, nan],
        [-0, 0, 0, nan, nan],
        [inf, 1, inf, nan, 0],
        [1, -inf, inf, 0, nan],
        [inf, nan, inf, nan, nan],
        [-inf, 1, inf, nan, 0],
        [1, inf, inf, 0, nan],
      ],
    },
  },
]

const groups = <R>(r: Rows<R>): readonly (readonly [string | undefined, readonly R[]])[] => [
  [undefined, r.rows],
  ...Object.entries(r.ruled ?? {}),
]
/** Rows as columns: all points of a group are one array. A subnormal of float64 is a case of its own: others cannot hold it. */
const split = <R extends readonly number[]>(rows: readonly R[]): readonly (readonly R[])[] =>
  [rows.filter((r) => !r.some(isTiny)), rows.filter((r) => r.some(isTiny))].filter((some) => some.length > 0)
const isTiny = (x: number): boolean => x !== Math.fround(x) && Math.abs(x) < 1e-300
const ruled = (rule: string | undefined): { readonly rule?: string } => (rule === undefined ? {} : { rule })

export const casesOfOne: readonly Case[] = unary.flatMap((r) =>
  groups(r).flatMap(([rule, all]) =>
    split(all).map((rows) => {
      const column = (k: 0 | 1 | 2): readonly number[] => rows.map((row) => row[k])
      return about(r.of, [real(rows.length)], r.f, {
        x: [column(0)],
        y: [column(1)],
        dy: [column(2)],
        dx: [column(2)],
        ...ruled(rule),
      })
    }),
  ),
)
/** One case for each argument that moves. */
export const casesOfTwo: readonly Case[] = binary.flatMap((r) =>
  groups(r).flatMap(([rule, all]) =>
    split(all).flatMap((rows) => {
      const column = (k: 0 | 1 | 2 | 3 | 4): readonly number[] => rows.map((row) => row[k])
      const one = column(0).map(() => 1)
      const facts = { x: [column(0), column(1)], y: [column(2)], ...ruled(rule) }
      const type = real(rows.length)
      return [
        about(`${r.of}, the first`, [type, type], r.f, {
          ...facts,
          v: [one, null],
          dy: [column(3)],
          dx: [column(3), null],
        }),
        about(`${r.of}, the second`, [type, type], r.f, {
          ...facts,
          v: [null, one],
          dy: [column(4)],
          dx: [null, column(4)],
        }),
      ]
    }),
  ),
)
