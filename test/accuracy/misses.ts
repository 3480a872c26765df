/**
 * What misses the bound of the law of accuracy: each row with its figure and its reason. A row that is within the bound
 * fails the test too. docs/accuracy.md shows this list.
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
/** The right result is out of range. */
const infinite: Where = ({ exact }, precision) => Math.abs(exact) >= (precision === 'double' ? lost : 2 ** 128)
const tiny = below(1e-300, 1e-35)
const farBase: Where = ({ at: [x = 1] }) => x > 1e5 || x < 1e-4

export const misses: readonly Miss[] = [
  ...because(
    'Below 1e-300 (1e-35 in float32): a factor is subnormal, and its rounding error is multiplied by the others.',
    tiny,
    [
      ['div', 'first', 0, 18, 18, 18],
      ['div', 'second', 0, 1300, 1300, 1300],
      ['erfc', 'second', 33, 0, 0, 0],
      ['gaussian', 'first', 29, 0, 0, 0],
      ['gaussian', 'second', 1600, 200, 200, 200],
      ['gelu', 'second', 41, 110, 110, 110],
      ['mish', 'first', 360, 50, 50, 50],
      ['mish', 'second', 360, 49, 49, 49],
      ['mish', 'value', 360, 50, 50, 50],
      ['normalCdf', 'second', 15, 0, 0, 0],
      ['normalPdf', 'first', 15, 0, 0, 0],
      ['normalPdf', 'second', 560, 89, 89, 89],
      ['pow', 'first', 0, 22, 22, 22],
      ['pow', 'second', 0, lost, lost, lost],
      ['silu', 'first', 360, 50, 50, 50],
      ['silu', 'second', 470, 92, 0, 92],
      ['silu', 'value', 360, 50, 50, 50],
    ],
  ),
  ...because(
    'Arguments below 1e-300 (1e-35 in float32): their hypotenuse is subnormal, so it has few digits.',
    within(1e-300, 1e-35),
    [
      ['atan2', 'first', 120, 0, 0, 0],
      ['atan2', 'second', lost, lost, lost, lost],
      ['hypot', 'first', 210, 9100, 9100, 9100],
      ['hypot', 'second', lost, lost, lost, lost],
    ],
  ),
  ...because('The right result is out of range, and what is found is NaN.', infinite, [
    ['atan2', 'second', lost, lost, lost, lost],
  ]),
  ...because(
    'Below 1/1000: the argument of an exponential (beta x, x - max x, a polynomial) is rounded, and its size multiplies the error.',
    below(1e-3, 1e-3),
    [
      ['crossEntropy', 'first', 540, 70, 70, 70],
      ['crossEntropy', 'second', 540, 70, 70, 70],
      ['geluTanh', 'first', 230, 67, 25, 67],
      ['geluTanh', 'second', 310, 78, 29, 78],
      ['geluTanh', 'value', 330, 120, 26, 120],
      ['logSoftmax', 'first', 540, 70, 70, 70],
      ['logSoftmax', 'second', 540, 70, 70, 70],
      ['logsumexp', 'first', 540, 70, 0, 70],
      ['logsumexp', 'second', 540, 70, 0, 70],
      ['mish', 'second', 42, 0, 0, 0],
      ['softCrossEntropy', 'first', 150, 70, 70, 70],
      ['softCrossEntropy', 'second', 540, 70, 70, 70],
      ['softmax', 'first', 240, 70, 0, 70],
      ['softmax', 'second', 240, 70, 0, 70],
      ['softmax', 'value', 32, 67, 0, 65],
      ['softplus(0.3)', 'first', 63, 29, 0, 30],
      ['softplus(0.3)', 'second', 76, 34, 0, 36],
      ['softplus(0.3)', 'value', 110, 25, 0, 26],
    ],
  ),
  ...because('Below 0.1: 1 + s is rounded, where s is the sum of the other exponentials.', below(0.1, 0.1), [
    ['crossEntropy', 'value', lost, lost, lost, lost],
    ['logSoftmax', 'value', lost, lost, lost, lost],
    ['logsumexp', 'value', lost, 30, 30, 30],
  ]),
  ...because('A base far from 1: y - 1 is rounded, or a power overflows.', farBase, [
    ['pow', 'first', 18, 0, 0, 0],
    ['pow', 'second', 37, lost, lost, lost],
  ]),
  ...because('A sum of products of rounded factors.', every, [
    ['atan2', 'second', 11, 0, 0, 0],
    ['layerNorm', 'second', 11, 0, 0, 0],
  ]),
]
