/**
 * What misses the bound of the law of accuracy: each row with its figure and its reason. A row that is within the bound
 * fails the test too. docs/accuracy.md shows this list. Where its cause gives a bound for the error, a row has that bound: a
 * factor of half a unit, or the largest exponent. Else it has the worst that search.py found.
 */

import type { Result } from './measure.ts'
import type { Precision } from './table.ts'

/** Of the value, of a first or of a second derivative; the worse of both modes. */
export type Degree = 'value' | 'first' | 'second'
/** Which results a row is about. All others of the same function are held to the bound. */
type Where = (r: Result, precision: Precision) => boolean
export interface Miss {
  readonly function: string
  readonly degree: Degree
  readonly backend: string
  readonly where: Where
  /** The error is at most this, in units in the last place; Infinity where no digit need be right. */
  readonly units: number
  readonly why: string
}

const backends = ['reference', 'wasm', 'gpujs:cpu', 'gpujs:webasm'] as const
/** The error on each back end, in this order; 0 where it is within the bound. */
type Row = readonly [name: string, degree: Degree, ...units: readonly [number, number, number, number]]
const because = (why: string, where: Where, rows: readonly Row[]): readonly Miss[] =>
  rows.flatMap(([name, degree, ...units]) =>
    backends.flatMap((backend, k) => {
      const most = units[k] as number
      const row = { function: name, degree, backend, where, units: most, why }
      if (most === 0) return []
      // formulas lose the same in float64 everywhere
      return backend === 'reference' ? [row, { ...row, backend: 'wasm:float64' }] : [row]
    }),
  )
/** A result without a right digit: NaN, or 0 or an infinity in place of a number. */
const lost = Number.POSITIVE_INFINITY

const every: Where = () => true
/** The right result is below a bound. */
const below =
  (double: number, single: number): Where =>
  ({ exact }, precision) =>
    Math.abs(exact) < (precision === 'double' ? double : single)
/** All arguments are below a bound. */
const within =
  (double: number, single: number): Where =>
  ({ at }, precision) =>
    at.every((x) => Math.abs(x) < (precision === 'double' ? double : single))
/** The hypotenuse is out of range. */
const overflowing: Where = ({ at: [x = 0, y = 0] }, precision) =>
  Math.hypot(x, y) >= (precision === 'double' ? lost : 2 ** 128)
const tiny = below(1e-300, 1e-35)
const steep: Where = ({ at: [x = 1, y = 0] }) => Math.abs(Math.log(Math.abs(x))) * (Math.abs(y) + 1) > 6

export const misses: readonly Miss[] = [
  ...because(
    'Below 1e-300 (1e-35 in float32): a factor is subnormal, and its rounding error is multiplied by the others.',
    tiny,
    [
      ['div', 'first', lost, lost, lost, lost],
      ['div', 'second', lost, lost, lost, lost],
      ['erf', 'second', 90, 0, 0, 0],
      ['erfc', 'second', 90, 0, 0, 0],
      ['gaussian', 'first', 55, 0, 0, 0],
      ['gaussian', 'second', 3000, 420, 420, 420],
      ['gelu', 'value', 40, 0, 0, 0],
      ['gelu', 'first', 40, 0, 0, 0],
      ['gelu', 'second', 1500, 210, 210, 210],
      ['mish', 'first', 450, 60, 60, 60],
      ['mish', 'second', 450, 60, 60, 60],
      ['mish', 'value', 450, 60, 60, 60],
      ['normalCdf', 'second', 40, 0, 0, 0],
      ['normalPdf', 'first', 40, 0, 0, 0],
      ['normalPdf', 'second', 1500, 210, 210, 210],
      ['pow', 'first', 0, lost, lost, lost],
      ['pow', 'second', 0, lost, lost, lost],
      ['silu', 'first', 450, 60, 60, 60],
      ['silu', 'second', 900, 130, 0, 130],
      ['silu', 'value', 450, 60, 60, 60],
    ],
  ),
  ...because(
    'Arguments below 1e-300 (1e-35 in float32): their hypotenuse is subnormal, so it has few digits.',
    within(1e-300, 1e-35),
    [
      ['atan2', 'first', lost, 0, 0, 0],
      ['atan2', 'second', lost, lost, lost, lost],
      ['hypot', 'first', lost, lost, lost, lost],
      ['hypot', 'second', lost, lost, lost, lost],
    ],
  ),
  ...because('The hypotenuse is out of range.', overflowing, [
    ['atan2', 'first', lost, lost, lost, lost],
    ['hypot', 'first', lost, lost, lost, lost],
    ['hypot', 'second', lost, lost, lost, lost],
  ]),
  ...because(
    'Arguments below 1e-150 (1e-18 in float32): a quotient by the square of their hypotenuse overflows.',
    within(1e-150, 1e-18),
    [['atan2', 'second', lost, lost, lost, lost]],
  ),
  ...because(
    'Arguments below 1e-300 (1e-35 in float32): a term of the derivative, or of the mean, is out of range.',
    within(1e-300, 1e-35),
    [
      ['norm', 'second', lost, lost, lost, lost],
      ['std', 'first', lost, lost, lost, lost],
      ['std', 'second', lost, lost, lost, lost],
    ],
  ),
  ...because(
    'Below 1/1000: the argument of an exponential (beta x, x - max x, a polynomial) is rounded, and its size multiplies the error.',
    below(1e-3, 1e-3),
    [
      ['crossEntropy', 'first', 540, 70, 70, 70],
      ['crossEntropy', 'second', 540, 70, 70, 70],
      ['logSoftmax', 'first', 540, 70, 70, 70],
      ['logSoftmax', 'second', 540, 70, 70, 70],
      ['logsumexp', 'first', 540, 70, 0, 70],
      ['logsumexp', 'second', 540, 70, 0, 70],
      ['mish', 'second', 42, 0, 0, 0],
      ['softCrossEntropy', 'first', 540, 70, 70, 70],
      ['softCrossEntropy', 'second', 540, 70, 70, 70],
      ['softmax', 'first', 540, 70, 0, 70],
      ['softmax', 'second', 540, 70, 0, 70],
      ['softmax', 'value', 540, 70, 0, 70],
      ['softplus(0.3)', 'first', 540, 140, 140, 140],
      ['softplus(0.3)', 'second', 540, 140, 140, 140],
      ['softplus(0.3)', 'value', 540, 140, 140, 140],
    ],
  ),
  ...because('Below 1/20: the exponent of geluTanh is a polynomial of four roundings.', below(0.05, 0.05), [
    ['geluTanh', 'first', 2100, 260, 260, 260],
    ['geluTanh', 'second', 4000, 450, 450, 450],
    ['geluTanh', 'value', 2100, 260, 260, 260],
  ]),
  ...because('Below 0.1: 1 + s is rounded, where s is the sum of the other exponentials.', below(0.1, 0.1), [
    ['crossEntropy', 'value', lost, lost, lost, lost],
    ['logSoftmax', 'value', lost, lost, lost, lost],
    ['logsumexp', 'value', lost, lost, lost, lost],
  ]),
  ...because('Large |y ln x|: y - 1 is rounded, which the logarithm of x multiplies; or a power overflows.', steep, [
    ['pow', 'first', 720, 95, 95, 95],
    ['pow', 'second', lost, lost, lost, lost],
  ]),
  ...because('A sum of products of rounded factors.', every, [
    ['atan2', 'second', 14, 0, 0, 0],
    ['layerNorm', 'second', 16, 0, 0, 0],
    ['rmsNorm', 'second', 16, 0, 0, 0],
  ]),
]
