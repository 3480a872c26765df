/**
 * What misses the bound of the law of accuracy: each row with its figure and its reason. A row that is within the bound
 * fails the test too. docs/accuracy.md shows this list.
 */

/** Of the value, of a first or of a second derivative; the worse of both modes. */
export type Degree = 'value' | 'first' | 'second'
export interface Miss {
  readonly function: string
  readonly degree: Degree
  readonly backend: string
  /** The error is at most this, in units in the last place; Infinity where no digit need be right. */
  readonly units: number
  readonly why: string
}

const backends = ['reference', 'wasm', 'gpujs:cpu', 'gpujs:webasm'] as const
/** The error on each back end, in this order; 0 where it is within the bound. */
type Row = readonly [name: string, degree: Degree, ...units: readonly [number, number, number, number]]
const because = (why: string, rows: readonly Row[]): readonly Miss[] =>
  rows.flatMap(([name, degree, ...units]) =>
    backends.flatMap((backend, k) => {
      const most = units[k] as number
      return most === 0 ? [] : [{ function: name, degree, backend, units: most, why }]
    }),
  )
/** A result without a right digit: NaN, or 0 or an infinity in place of a number. */
const lost = Number.POSITIVE_INFINITY

export const misses: readonly Miss[] = [
  ...because('A factor is subnormal, and its rounding error is multiplied by the others.', [
    ['erfc', 'second', 33, 0, 0, 0],
    ['gaussian', 'first', 29, 0, 0, 0],
    ['gaussian', 'second', lost, lost, 200, lost],
    ['normalCdf', 'second', 15, 0, 0, 0],
    ['normalPdf', 'first', 15, 0, 0, 0],
    ['normalPdf', 'second', 560, 89, 89, 150],
    ['silu', 'value', 360, 50, 50, 50],
    ['silu', 'first', 360, 50, 50, 50],
    ['silu', 'second', 470, 92, 0, 92],
    ['mish', 'value', 360, 50, 50, 50],
    ['mish', 'first', 360, 50, 50, 50],
    ['mish', 'second', 360, 49, 49, 49],
    ['gelu', 'second', 41, 110, 110, 110],
    ['div', 'first', 0, 18, 18, 18],
    ['div', 'second', 0, 1300, 1300, 1300],
  ]),
  ...because('The hypotenuse of subnormal numbers is subnormal, so it has few digits.', [
    ['atan2', 'first', 120, 0, 0, 0],
    ['atan2', 'second', lost, lost, lost, lost],
    ['hypot', 'first', 210, 9100, 9100, 9100],
    ['hypot', 'second', lost, lost, lost, lost],
  ]),
  ...because(
    'The argument of an exponential is rounded, and its size multiplies the error: beta x, x - max x, a polynomial of x.',
    [
      ['softplus(0.3)', 'value', 110, 25, 0, 26],
      ['softplus(0.3)', 'first', 63, 29, 0, 30],
      ['softplus(0.3)', 'second', 76, 34, 0, 36],
      ['geluTanh', 'value', 330, 120, 26, 120],
      ['geluTanh', 'first', 230, 67, 25, 67],
      ['geluTanh', 'second', 310, 78, 29, 78],
      ['logsumexp', 'first', 540, 70, 0, 70],
      ['logsumexp', 'second', 540, 70, 0, 70],
      ['softmax', 'value', 32, 67, 0, 65],
      ['softmax', 'first', 240, 70, 0, 70],
      ['softmax', 'second', 240, 70, 0, 70],
      ['logSoftmax', 'first', 540, 70, 70, 70],
      ['logSoftmax', 'second', 540, 70, 70, 70],
      ['crossEntropy', 'first', 540, 70, 70, 70],
      ['crossEntropy', 'second', 540, 70, 70, 70],
      ['softCrossEntropy', 'first', 150, 70, 70, 70],
      ['softCrossEntropy', 'second', 540, 70, 70, 70],
    ],
  ),
  ...because('1 + s rounds to 1 where the other exponentials sum to a small s, so its logarithm is 0 and not s.', [
    ['logsumexp', 'value', lost, 30, 30, 30],
    ['logSoftmax', 'value', lost, lost, lost, lost],
    ['crossEntropy', 'value', lost, lost, lost, lost],
  ]),
  ...because('x^n overflows where 1 / x^n is a subnormal number.', [
    ['integerPow(-1)', 'first', 1200000000000000, 84000, 0, 84000],
    ['integerPow(-1)', 'second', 86000000000000, 4100, 0, 4100],
    ['integerPow(-2)', 'value', 1200000000000000, 84000, 0, 84000],
    ['integerPow(-2)', 'first', 86000000000000, 4100, 0, 4100],
    ['integerPow(-2)', 'second', 300000000000000, 140000, 0, 140000],
    ['integerPow(-3)', 'value', 43000000000000, 2100, 0, 2100],
    ['integerPow(-3)', 'first', 150000000000000, 67000, 0, 67000],
    ['integerPow(-3)', 'second', 0, lost, 0, lost],
  ]),
  ...because('Squares overflow and underflow.', [
    ['norm', 'value', lost, lost, lost, lost],
    ['norm', 'first', lost, lost, lost, lost],
    ['norm', 'second', lost, lost, lost, lost],
    ['std', 'value', lost, lost, lost, lost],
    ['std', 'first', lost, lost, lost, lost],
    ['std', 'second', lost, lost, lost, lost],
    ['layerNorm', 'value', 0, lost, 0, lost],
    ['layerNorm', 'first', 0, lost, lost, lost],
    ['layerNorm', 'second', lost, lost, lost, lost],
    ['rmsNorm', 'value', 0, lost, 0, lost],
    ['rmsNorm', 'first', 0, lost, lost, lost],
    ['rmsNorm', 'second', lost, lost, lost, lost],
  ]),
  ...because('y - 1 is rounded; the rules of the second order.', [
    ['pow', 'first', 18, 22, 22, 22],
    ['pow', 'second', lost, lost, lost, lost],
  ]),
  ...because('beta x overflows.', [['softplus(2)', 'value', lost, 0, 0, 0]]),
]
