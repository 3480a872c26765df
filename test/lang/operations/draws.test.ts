/**
 * Distributions at 32,768 numbers: Kolmogorov's and Smirnov's distance from scipy's distribution function at its quantiles,
 * and moments within 4.5 standard deviations. test/lang/figures/draws.py made the figures.
 */
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../backends/backend.ts'
import { gpujs, reference, wasm } from '../../../backends/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import * as A from '../../../src/index.ts'
import { type AnyProgram, compiled } from '../../backends/execution.ts'
import table from '../figures/draws.json' with { type: 'json' }

const n = 2 ** 15
const key = [11, 22, 33]
interface Figures {
  readonly mean: number | null
  readonly variance: number | null
  readonly kurtosis: number | null
  readonly at: readonly number[]
  readonly cdf: readonly number[]
}
const figures: { readonly [name: string]: Figures } = table
type FromKey = (k: A.Key) => Expr
const draws: { readonly [name: string]: FromKey } = {
  laplace: A.laplace([n]),
  gumbel: A.gumbel([n]),
  randomLogistic: A.randomLogistic([n]),
  cauchy: A.cauchy([n]),
  exponential: A.exponential([n]),
  'randomGamma(0.05)': A.randomGamma(0.05, [n]),
  'randomGamma(0.5)': A.randomGamma(0.5, [n]),
  'randomGamma(1)': A.randomGamma(1, [n]),
  'randomGamma(3)': A.randomGamma(3, [n]),
  'randomGamma(200)': A.randomGamma(200, [n]),
  'chiSquare(5)': A.chiSquare(5, [n]),
  'studentT(3)': A.studentT(3, [n]),
  'studentT(30)': A.studentT(30, [n]),
  'randomBeta(0.5, 0.5)': A.randomBeta(0.5, 0.5, [n]),
  'randomBeta(2, 7)': A.randomBeta(2, 7, [n]),
  'poisson(0.3)': A.poisson(0.3, [n]),
  'poisson(4)': A.poisson(4, [n]),
  'poisson(11.9)': A.poisson(11.9, [n]),
  'poisson(12)': A.poisson(12, [n]),
  'poisson(300)': A.poisson(300, [n]),
  'poisson(100000)': A.poisson(100000, [n]),
  'binomial(10, 0.3)': A.binomial(10, 0.3, [n]),
  'binomial(100, 0.95)': A.binomial(100, 0.95, [n]),
  'geometric(0.2)': A.geometric(0.2, [n]),
  'geometric(1)': A.geometric(1, [n]),
}
const exact = wasm({ precision: 'float64' })
/** On a compiled back end, which takes a second where the reference takes a minute. */
const runOn = async (backend: Backend, f: FromKey): Promise<Float64Array> => {
  const r = await compiled(backend, A.programOrThrow(A.int(3), (k) => f(k)) as AnyProgram)
  const xs = Float64Array.from((await r.run([Float64Array.from(key)]))[0] as ArrayLike<number>)
  r.release()
  return xs
}
const run = (f: FromKey): Promise<Float64Array> => runOn(exact, f)
const average = (xs: Float64Array): number => xs.reduce((s, x) => s + x, 0) / xs.length
/** sqrt(n) times the largest distance of the two distribution functions: above 1.95 with a probability of 0.001. */
const distance = (xs: Float64Array, { at, cdf }: Figures): number => {
  const sorted = [...xs].sort((a, b) => a - b)
  const below = (q: number): number => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as number) <= q) low = middle + 1
      else high = middle
    }
    return low / sorted.length
  }
  return Math.sqrt(xs.length) * Math.max(...at.map((q, i) => Math.abs(below(q) - (cdf[i] as number))))
}
test('every distribution has its row', () => expect(Object.keys(draws)).toEqual(Object.keys(figures)))
const fits = (xs: Float64Array, row: Figures): void => {
  expect(distance(xs, row)).toBeLessThan(1.95)
  const { mean, variance, kurtosis } = row
  if (mean !== null && variance !== null) {
    expect(Math.abs(average(xs) - mean)).toBeLessThanOrEqual(4.5 * Math.sqrt(variance / xs.length))
    if (kurtosis !== null) {
      const spread = average(xs.map((x) => (x - mean) ** 2))
      expect(Math.abs(spread - variance)).toBeLessThanOrEqual(4.5 * variance * Math.sqrt((kurtosis + 2) / xs.length))
    }
  }
}
test.each(Object.entries(draws))('%s', async (name, f) => fits(await run(f), figures[name] as Figures))

const some: readonly (readonly [string, FromKey])[] = [
  ['laplace', A.laplace([500])],
  ['randomGamma(0.05)', A.randomGamma(0.05, [500])],
  ['randomGamma(3)', A.randomGamma(3, [500])],
  ['studentT(3)', A.studentT(3, [500])],
  ['poisson(4)', A.poisson(4, [500])],
  ['poisson(300)', A.poisson(300, [500])],
  ['geometric(0.2)', A.geometric(0.2, [500])],
]
describe.each([exact, wasm(), gpujs({ mode: 'cpu' })])('$name draws the numbers of the reference', (backend) => {
  test.each(some)('%s', async (_, f) => {
    const [xs, right] = [await runOn(backend, f), await runOn(reference, f)]
    // a candidate on the edge of refusal, or a number on a step, may go the other way in float32
    const off = xs.filter(
      (x, i) => !(Math.abs(x - (right[i] as number)) <= 1e-4 * Math.abs(right[i] as number) + 1e-30),
    )
    expect(off.length).toBeLessThan(2)
  })
})

describe('derivatives hold the quantile', () => {
  const m = 40
  const value = (f: (...xs: readonly Expr[]) => Expr, ...xs: readonly (readonly number[])[]): Float64Array =>
    A.evaluate(
      A.programOrThrow(
        xs.map((x) => A.real(x.length)),
        (es) => f(...(es as readonly Expr[])),
      ).closed,
      xs.map((x) => Float64Array.from(x)),
    )[0] as Float64Array
  /** The x with P(a, x) = u, by Newton's method on ln x from a start. */
  const quantile = (a: number, u: Float64Array, start: Float64Array): Float64Array => {
    let l = start.map(Math.log)
    for (let i = 0; i < 6; i++) {
      const xs = [...l].map(Math.exp)
      const p = value(
        (b, x) => A.igamma(b as Expr, x as Expr) as Expr,
        xs.map(() => a),
        xs,
      )
      const slope = value(
        (b, x) => A.exp(A.sub(A.sub(A.mul(b as Expr, A.log(x as Expr)), x as Expr), A.lgamma(b as Expr))),
        xs.map(() => a),
        xs,
      )
      l = l.map((v, k) => v - ((p[k] as number) - (u[k] as number)) / (slope[k] as number))
    }
    return l.map(Math.exp)
  }
  test.each([0.3, 1, 20, 150])('gamma numbers of shape %d', async (a) => {
    const p = A.programOrThrow({ a: A.real(), k: A.int(3) }, (x) => A.randomGamma(x.a, [m])(x.k))
    const slopes = A.evaluate(A.jvp(p).closed, [
      Float64Array.of(a),
      Float64Array.from(key),
      Float64Array.of(1),
    ])[1] as Float64Array
    const xs = await run(A.randomGamma(a, [m]))
    const u = value(
      (b, x) => A.igamma(b as Expr, x as Expr) as Expr,
      [...xs].map(() => a),
      [...xs],
    )
    const h = 1e-4 * a
    const [up, down] = [quantile(a + h, u, xs), quantile(a - h, u, xs)]
    xs.forEach((_, i) => {
      const difference = ((up[i] as number) - (down[i] as number)) / (2 * h)
      expect(Math.abs((slopes[i] as number) / difference - 1)).toBeLessThan(1e-5)
    })
  })
  test('the mean of the derivatives is that of the mean', async () => {
    const slope = (f: (a: Expr, k: A.Key) => Expr, a: number): number => {
      const p = A.programOrThrow({ a: A.real(), k: A.int(3) }, ({ a: b, k }) =>
        A.mean()(f(b, k) as Expr<readonly [number], 'real'>),
      )
      return (
        A.evaluate(A.gradOrThrow(p, { wrt: { a: true, k: false } }).closed, [
          Float64Array.of(a),
          Float64Array.from(key),
        ])[0] as Float64Array
      )[0] as number
    }
    expect(Math.abs(slope((a, k) => A.randomGamma(a, [500])(k), 2) - 1)).toBeLessThan(0.15)
    expect(Math.abs(slope((a, k) => A.chiSquare(a, [500])(k), 3) - 1)).toBeLessThan(0.15)
    expect(Math.abs(slope((a, k) => A.randomBeta(a, 2, [500])(k), 2) - 0.125)).toBeLessThan(0.02) // b / (a + b)^2
  })
  test('a tiny shape underflows to 0, with a derivative that is a number', async () => {
    const p = A.programOrThrow({ a: A.real(), k: A.int(3) }, (x) => A.randomGamma(x.a, [m])(x.k))
    const ys = A.evaluate(A.jvp(p).closed, [Float64Array.of(1e-4), Float64Array.from(key), Float64Array.of(1)])
    for (const y of ys) expect([...(y as Float64Array)].every(Number.isFinite)).toBe(true)
  })
})

describe('vectors', () => {
  test('dirichlet: shares with the right means and covariance', async () => {
    const alpha = [0.1, 1, 2.9]
    const f: FromKey = (k) => A.dirichlet(A.tensor([3], alpha), [n])(k) as Expr
    const xs = await run(f)
    const column = (c: number): Float64Array => Float64Array.from({ length: n }, (_, i) => xs[3 * i + c] as number)
    alpha.forEach((a, c) => {
      const [mean, variance] = [a / 4, ((a / 4) * (1 - a / 4)) / 5]
      expect(Math.abs(average(column(c)) - mean)).toBeLessThan(4.5 * Math.sqrt(variance / n))
    })
    const [x, y] = [column(1), column(2)]
    expect(
      Math.abs(average(x.map((v, i) => (v - 0.25) * ((y[i] as number) - 0.725))) + (0.25 * 0.725) / 5),
    ).toBeLessThan(0.003)
    expect(Math.abs((xs[0] as number) + (xs[1] as number) + (xs[2] as number) - 1)).toBeLessThan(1e-15)
  })
  test('multivariateNormal: mean and covariance', async () => {
    const f: FromKey = (k) =>
      A.multivariateNormal(A.tensor([2], [1, -2]), A.tensor([2, 2], [4, 1, 1, 2]), [n])(k) as Expr
    const xs = await run(f)
    const column = (c: number, mean: number) =>
      Float64Array.from({ length: n }, (_, i) => (xs[2 * i + c] as number) - mean)
    const [x, y] = [column(0, 1), column(1, -2)]
    expect(Math.abs(average(x))).toBeLessThan(4.5 * Math.sqrt(4 / n))
    expect(Math.abs(average(y))).toBeLessThan(4.5 * Math.sqrt(2 / n))
    expect(Math.abs(average(x.map((v) => v * v)) - 4)).toBeLessThan(4.5 * Math.sqrt(32 / n))
    expect(Math.abs(average(x.map((v, i) => v * (y[i] as number))) - 1)).toBeLessThan(4.5 * Math.sqrt(9 / n))
  })
  test('choice with replacement, with and without probabilities', async () => {
    const count = (xs: Float64Array, i: number): number => xs.filter((x) => x === i).length / xs.length
    const even = await run(A.choice(5, [n]) as FromKey)
    const p = [1, 0, 5, 2]
    const uneven = await run(A.choice(4, [n], { p }) as FromKey)
    for (let i = 0; i < 5; i++) expect(Math.abs(count(even, i) - 0.2)).toBeLessThan(4.5 * Math.sqrt(0.16 / n))
    p.forEach((w, i) => {
      const q = w / 8
      expect(Math.abs(count(uneven, i) - q)).toBeLessThanOrEqual(4.5 * Math.sqrt((q * (1 - q)) / n))
    })
  })
  test('choice without replacement: no index twice, the first by its probability', async () => {
    const m = 2000
    const f = A.programOrThrow(A.int(3), (k) => A.choice(4, [3], { replace: false, p: [1, 2, 3, 4] })(k))
    const keys = await run((k) => A.splitKey(m)(k) as Expr)
    const all = A.evaluate(A.vmap(m)(f).closed, [keys])[0] as Float64Array
    const rows = Array.from({ length: m }, (_, i) => [...all.slice(3 * i, 3 * i + 3)])
    expect(rows.every((r) => new Set(r).size === 3)).toBe(true)
    for (let i = 0; i < 4; i++) {
      const q = (i + 1) / 10
      expect(Math.abs(rows.filter((r) => r[0] === i).length / m - q)).toBeLessThan(4.5 * Math.sqrt((q * (1 - q)) / m))
    }
    expect(A.program(A.int(3), (k) => A.choice(2, [3], { replace: false })(k))).toMatchObject({ _tag: 'Left' })
  })
  test('gumbelSoftmax: shares, one hot vectors when hard, and the soft derivative', async () => {
    const f = (hard: boolean) =>
      A.programOrThrow({ x: A.real(2, 3), k: A.int(3) }, ({ x, k }) =>
        A.gumbelSoftmax(x, { hard, temperature: 0.5 })(k),
      )
    const at = [Float64Array.of(1, 2, 3, 0, 0, 0), Float64Array.from(key)]
    const [soft, hard] = [f(false), f(true)].map((p) => [...(A.evaluate(p.closed, at)[0] as Float64Array)])
    expect(
      (hard as number[]).map(Math.round).every((v, i) => v === Math.round(hard?.[i] as number) && (v === 0 || v === 1)),
    ).toBe(true)
    expect((soft as number[]).slice(0, 3).reduce((s, v) => s + v)).toBeCloseTo(1, 14)
    const tangents = [f(false), f(true)].map((p) => [
      ...(A.evaluate(A.jvp(p).closed, [...at, Float64Array.of(1, 0, 0, 0, 1, 0)])[1] as Float64Array),
    ])
    expect(tangents[0]).toEqual(tangents[1])
  })
  test('rademacher, and parameters that broadcast', async () => {
    const signs = await run(A.rademacher([n]))
    expect(signs.every((x) => Math.abs(x) === 1) && Math.abs(average(signs)) < 4.5 / Math.sqrt(n)).toBe(true)
    const rates = await run((k) => A.poisson(A.tensor([2], [1, 400]), [4, 2])(k))
    expect([...rates].every((x, i) => (i % 2 === 0 ? x < 12 : x > 300 && x < 500))).toBe(true)
    expect([...(await run(A.poisson(0, [3])))]).toEqual([0, 0, 0])
    expect([...(await run(A.binomial(7, 0, [2])))]).toEqual([0, 0])
    expect([...(await run(A.binomial(7, 1, [2])))]).toEqual([7, 7])
  })
  test('wrong parameters are refused', async () => {
    const refused = (f: FromKey): void => expect(A.program(A.int(3), (k) => f(k))).toMatchObject({ _tag: 'Left' })
    refused(A.poisson(-1, [2]))
    refused(A.randomGamma(0, [2]))
    refused(A.geometric(0, [2]))
    refused(A.binomial(3, 2, [2]))
    refused(A.randomGamma(A.tensor([3], [1, 2, 3]), [2]))
    refused(A.binomial(2 ** 20, 0.5, [2 ** 10]))
  })
})
