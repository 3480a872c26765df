/** t-SNE against its closed forms: the gradient of its authors, and the perplexity of every point. */
import { expect, test } from 'vitest'
import { affinities, scatterLoss } from '../../examples/t-sne.ts'
import { evaluate, type Tensor } from '../../lang/evaluate.ts'
import { gradOrThrow } from '../../src/index.ts'
import { normal, randomKey } from '../../src/random/index.ts'

const [n, d, perplexity] = [12, 5, 4] as const
const rows = Array.from({ length: n }, (_, i) => i)
const x = normal(n * d)(randomKey(1))
const y = normal(n * 2)(randomKey(2))
const [p = new Float64Array(0)] = evaluate(affinities(n, d, perplexity).closed, [x]) as readonly Tensor[]
const P = (i: number, j: number): number => p[i * n + j] ?? Number.NaN
const sum = (f: (j: number) => number): number => rows.reduce((s, j) => s + f(j), 0)

test('affinities are symmetric, 0 on the diagonal, and their sum is 1', () => {
  for (const i of rows) for (const j of rows) expect(P(i, j)).toBeCloseTo(P(j, i), 14)
  for (const i of rows) expect(P(i, i)).toBe(0)
  expect(sum((i) => sum((j) => P(i, j)))).toBeCloseTo(1, 12)
})
test('the distribution of every point has the perplexity', () => {
  const far = (i: number, j: number): number =>
    Array.from({ length: d }, (_, k) => ((x[i * d + k] ?? 0) - (x[j * d + k] ?? 0)) ** 2).reduce((a, b) => a + b, 0)
  // by bisection on each row, in other code
  const conditional = (i: number): readonly number[] => {
    let [low, high] = [1e-6, 1e6]
    const at = (beta: number): readonly number[] => {
      const w = rows.map((j) => (j === i ? 0 : Math.exp(-beta * (far(i, j) - 0))))
      const total = w.reduce((a, b) => a + b, 0)
      return w.map((v) => v / total)
    }
    const entropy = (q: readonly number[]): number => q.reduce((h, v) => (v > 0 ? h - v * Math.log(v) : h), 0)
    for (let k = 0; k < 200; k++) {
      const middle = Math.sqrt(low * high)
      if (entropy(at(middle)) > Math.log(perplexity)) low = middle
      else high = middle
    }
    return at(low)
  }
  const all = rows.map(conditional)
  for (const i of rows)
    for (const j of rows) expect(P(i, j)).toBeCloseTo(((all[i]?.[j] ?? 0) + (all[j]?.[i] ?? 0)) / (2 * n), 9)
})
test('the gradient that grad derives is 4 sum (p - q) w (y_i - y_j)', () => {
  const [, found = []] = evaluate(gradOrThrow(scatterLoss(n)).closed, [p, y]) as readonly Tensor[]
  const Y = (i: number, c: number): number => y[2 * i + c] ?? 0
  const w = (i: number, j: number): number =>
    i === j ? 0 : 1 / (1 + (Y(i, 0) - Y(j, 0)) ** 2 + (Y(i, 1) - Y(j, 1)) ** 2)
  const total = sum((i) => sum((j) => w(i, j)))
  for (const i of rows)
    for (const c of [0, 1]) {
      const expected = 4 * sum((j) => (P(i, j) - w(i, j) / total) * w(i, j) * (Y(i, c) - Y(j, c)))
      expect(found[2 * i + c]).toBeCloseTo(expected, 12)
    }
})
