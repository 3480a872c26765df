/** Random numbers: chance is tested at stated sizes with fixed keys, so that nothing here is itself left to chance. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { gpujs, wasm } from '../../../backends/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { erf } from '../../../lang/kernel/erf.ts'
import { normal, truncatedNormal } from '../../../lang/operations/normalDraws.ts'
import {
  bernoulli,
  categorical,
  exponential,
  foldIn,
  type Key,
  permutation,
  randomKey,
  splitKey,
  uniform,
} from '../../../lang/operations/random.ts'
import { random } from '../../../lang/primitives/random.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { vmap } from '../../../src/index.ts'

type Words = readonly number[]
const run = (f: (k: Key) => Expr, key: Words): Float64Array =>
  evaluate(programOrThrow(int(3), (k) => f(k)).closed, [Float64Array.from(key)])[0] as Float64Array
const keys: readonly Words[] = [
  [0, 0, 0],
  [1, 0, 0],
  [0, 0, 1],
  [2, 0, 0],
  [16777215, 16777215, 16777215],
  [123456, 7890123, 4567890],
]
const n = 2 ** 15
const draws = (key: Words): Float64Array => run(uniform([n]), key)
const mean = (xs: Float64Array): number => xs.reduce((s, x) => s + x, 0) / xs.length
/** How many standard deviations a mean of n numbers of this mean and variance is off. */
const off = (xs: Float64Array, mu: number, variance: number): number =>
  Math.abs(mean(xs) - mu) / Math.sqrt(variance / xs.length)
/** (chi-square - degrees) / sqrt(2 degrees): about standard normal. */
const chiSquare = (cells: readonly number[], bins: number): number => {
  const counts = new Float64Array(bins)
  for (const c of cells) counts[c] = (counts[c] as number) + 1
  const each = cells.length / bins
  return (counts.reduce((s, c) => s + (c - each) ** 2 / each, 0) - (bins - 1)) / Math.sqrt(2 * (bins - 1))
}
const correlation = (a: Float64Array, b: Float64Array): number =>
  a.reduce((s, x, i) => s + 12 * (x - 0.5) * ((b[i] as number) - 0.5), 0) / Math.sqrt(a.length)
/** The strongest correlation of any two. */
const strongest = (all: readonly Float64Array[]): number =>
  Math.max(...all.flatMap((u, i) => all.slice(i + 1).map((v) => Math.abs(correlation(u, v)))))
const most = 4.5

describe('the uniform numbers look like chance: 32,768 of each of six keys, within 4.5 standard deviations', () => {
  const all = keys.map(draws)
  test('mean 1/2, variance 1/12', () => {
    for (const u of all) {
      expect(off(u, 0.5, 1 / 12)).toBeLessThan(most)
      // the variance of (u - 1/2)^2 is 1/180
      expect(
        off(
          u.map((x) => (x - 0.5) ** 2),
          1 / 12,
          1 / 180,
        ),
      ).toBeLessThan(most)
    }
  })
  test('high bits, low bits and neighbouring pairs fill their bins evenly', () => {
    for (const u of all) {
      const words = [...u].map((x) => x * 2 ** 24)
      expect(
        Math.abs(
          chiSquare(
            words.map((w) => Math.floor(w / 2 ** 16)),
            256,
          ),
        ),
      ).toBeLessThan(most)
      expect(
        Math.abs(
          chiSquare(
            words.map((w) => w % 256),
            256,
          ),
        ),
      ).toBeLessThan(most)
      expect(
        Math.abs(
          chiSquare(
            words.map((w, i) => 32 * Math.floor(w / 2 ** 19) + Math.floor((words[i ^ 1] as number) / 2 ** 19)),
            1024,
          ),
        ),
      ).toBeLessThan(2 * most)
    }
  })
  test('no serial correlation at lags 1 to 4, none between keys', () => {
    for (const u of all)
      for (const lag of [1, 2, 3, 4])
        expect(Math.abs(correlation(u.slice(lag), u.slice(0, n - lag)))).toBeLessThan(most)
    expect(strongest(all)).toBeLessThan(most)
  })
  test('they collide as random numbers do: 32 pairs of 32,768 in 2^24 are expected', () => {
    for (const u of all) expect(Math.abs(n - new Set(u).size - 32)).toBeLessThan(most * Math.sqrt(32))
  })
  test('one bit of the key or of the counter changes half of the bits', () => {
    const base = keys[5] as Words
    const ones = (x: number): number => [...x.toString(2)].filter((c) => c === '1').length
    const changed = (a: Float64Array, b: Float64Array): number =>
      a.reduce((s, x, i) => s + ones((x * 2 ** 24) ^ ((b[i] as number) * 2 ** 24)), 0) / (24 * a.length)
    const m = 4096
    const from = draws(base).slice(0, m)
    for (let bit = 0; bit < 72; bit++) {
      const flipped = base.map((w, j) => (j === Math.floor(bit / 24) ? w ^ (1 << (bit % 24)) : w))
      expect(Math.abs(changed(from, run(uniform([m]), flipped)) - 0.5)).toBeLessThan(0.015)
    }
    for (let bit = 0; bit < 12; bit++)
      expect(
        Math.abs(
          changed(
            from,
            from.map((_, i) => from[i ^ (1 << bit)] as number),
          ) - 0.5,
        ),
      ).toBeLessThan(0.015)
  })
})

describe('children', () => {
  const children = (key: Words, m: number): readonly Words[] => {
    const flat = run(splitKey(m), key)
    return Array.from({ length: m }, (_, i) => [...flat.slice(3 * i, 3 * i + 3)])
  }
  test('splitKey(n)(k)[i] = foldIn(i)(k), and a longer split begins with a shorter', () => {
    const some = children([5, 6, 7], 4)
    expect(children([5, 6, 7], 9).slice(0, 4)).toEqual(some)
    some.forEach((child, i) => {
      expect([...run(foldIn(i), [5, 6, 7])]).toEqual(child)
      const program = programOrThrow({ k: int(3), i: int() }, ({ k, i }) => foldIn(i)(k))
      expect([
        ...(evaluate(program.closed, [Float64Array.of(5, 6, 7), Float64Array.of(i)])[0] as Float64Array),
      ]).toEqual(child)
    })
  })
  test('10,000 children of one key, and of neighbouring keys, are all different', () => {
    const found = [
      [1, 0, 0],
      [2, 0, 0],
    ]
      .flatMap((k) => children(k, 5000))
      .map((k) => k.join())
    expect(new Set(found).size).toBe(10_000)
  })
  test('neighbouring children and their parent draw independent numbers', () => {
    const family = [[3, 0, 0], ...children([3, 0, 0], 6), ...children([4, 0, 0], 3)].map(draws)
    expect(strongest(family)).toBeLessThan(most)
  })
  test('the first number of each of 32,768 siblings is uniform', () => {
    const p = programOrThrow(int(3), (k) => splitKey(n)(k))
    const siblings = evaluate(p.closed, [Float64Array.of(9, 9, 9)])[0] as Float64Array
    const first = evaluate(vmap(n)(programOrThrow(int(3), (k) => uniform([])(k))).closed, [siblings])[0] as Float64Array
    expect(off(first, 0.5, 1 / 12)).toBeLessThan(most)
    expect(
      Math.abs(
        chiSquare(
          [...first].map((x) => Math.floor(256 * x)),
          256,
        ),
      ),
    ).toBeLessThan(most)
    expect(Math.abs(correlation(first.slice(1), first.slice(0, n - 1)))).toBeLessThan(most)
  })
  const wordsOf = (seed: number): Words => [
    ...(evaluate(programOrThrow({}, () => randomKey(seed)).closed, [])[0] as Float64Array),
  ]
  test('seeds from -2^53 to 2^53 have different keys, three integers from 0 to 2^24 - 1', () => {
    const ends = [0, 2 ** 24, 2 ** 48, 2 ** 53].flatMap((e) => [-e, e])
    const seeds = ends.flatMap((e) => [-2, -1, 0, 1, 2].map((d) => e + d)).filter((s) => Math.abs(s) <= 2 ** 53)
    const words = [...new Set(seeds)].map(wordsOf)
    expect(new Set(words.map((w) => w.join())).size).toBe(words.length)
    expect(words.flat().every((w) => Number.isInteger(w) && w >= 0 && w < 2 ** 24)).toBe(true)
  })
  test('a seed that is not an integer has a key too', () => {
    expect(wordsOf(2.75)).toEqual(wordsOf(2))
    expect(wordsOf(Number.NaN)).toEqual(wordsOf(0))
    expect(wordsOf(Infinity)).toEqual(wordsOf(0))
  })
  test('the key of seed 0 and a key of zeros are like any other: child and grandchild differ, and draw other numbers', () => {
    for (const key of [wordsOf(0), [0, 0, 0]]) {
      const child = [...run(foldIn(0), key)]
      const family = [key, child, [...run(foldIn(0), child)]]
      const first = family.map((k) => run(uniform([1]), k)[0])
      expect(new Set(family.map((k) => k.join())).size).toBe(3)
      expect(new Set([0, ...first]).size).toBe(4)
      expect(strongest(family.map((k) => run(uniform([4096]), k)))).toBeLessThan(most)
    }
  })
})

describe('the same bits everywhere', () => {
  test('known answers', () => {
    expect([...run(uniform([4]), [1, 2, 3])].map((x) => x * 2 ** 24)).toMatchInlineSnapshot(`
      [
        7385162,
        9403954,
        2673268,
        9756427,
      ]
    `)
  })
  test('every intermediate is exact in float32', () => {
    // the cipher again, every step rounded to float32
    const f = Math.fround
    const floorBy = (x: number, by: number): number => Math.floor(f(x * f(1 / by)))
    const mod = (x: number, by: number): number => f(x - f(floorBy(x, by) * by))
    const [m, w] = [4096, 2 ** 24]
    const draw = (key: Words, counter: number): number => {
      const k = key.flatMap((x) => [floorBy(x, m), mod(x, m)])
      let [l, r] = [floorBy(counter, m), mod(counter, m)]
      for (let i = 0; i < 8; i++) {
        const a = i % 2 === 0 ? r : l
        const u = mod(f(a + f((k[i % 6] as number) + ((2531 * (i + 1)) % m))), m)
        const v = mod(f(f(a * 2741) + f((k[(i + 3) % 6] as number) + (1013 * i + 397))), m)
        const q = mod(floorBy(f(u * v), 64), m)
        if (i % 2 === 0) l = mod(f(l + q), m)
        else r = mod(f(r + q), m)
      }
      return f(f(f(mod(f(l + floorBy(counter, m)), m) * m) + mod(f(r + mod(counter, m)), m)) * f(1 / w))
    }
    for (const key of keys)
      expect([...draws(key).slice(0, 5000)]).toEqual(Array.from({ length: 5000 }, (_, i) => draw(key, i)))
  })
  test.each(['cpu', 'webasm'] as const)('gpu.js %s draws the reference bits', async (mode) => {
    const p = programOrThrow(int(3), (k) => [uniform([3000])(k), splitKey(100)(k)])
    const made = await gpujs({ mode }).compile(p)()
    const drawn = E.isRight(made) ? await made.right.run([123456, 7890123, 16777215])() : made
    if (E.isRight(made)) made.right.release()
    const expected = evaluate(p.closed, [Float64Array.of(123456, 7890123, 16777215)])
    expect(E.isRight(drawn) && drawn.right.map((y) => [...y])).toEqual(expected.map((y) => [...y]))
  })
  test('words and counters count modulo 2^24, beyond what float32 holds too', async () => {
    const p = programOrThrow({ k: int(3), i: int(3) }, ({ k, i }) => random(0)(k, i))
    const made = await wasm().compile(p)()
    const drawn = E.isRight(made)
      ? await made.right.run({ k: [16777219, 2147483647, -1], i: [16777217, -16777215, 2147483645] })()
      : made
    if (E.isRight(made)) made.right.release()
    const key = [3, 16777215, 16777215]
    const expected = evaluate(p.closed, [Float64Array.from(key), Float64Array.of(1, 1, 16777213)])
    expect(E.isRight(drawn) && [...drawn.right]).toEqual(expected.map((y) => [...y])[0])
  })
  test('vmap over keys is a draw per key', () => {
    const many = vmap(2)(programOrThrow(int(3), (k) => uniform([3])(k)))
    const both = evaluate(many.closed, [Float64Array.of(1, 2, 3, 4, 5, 6)])[0] as Float64Array
    expect([...both]).toEqual([...run(uniform([3]), [1, 2, 3]), ...run(uniform([3]), [4, 5, 6])])
  })
  test('more than 2^24 numbers of one key are refused', () => {
    const p = program(int(3), (k) => uniform([2 ** 24 + 1])(k))
    expect(E.isLeft(p) && p.left.map((d) => d.problem._tag)).toEqual(['InvalidAttribute'])
  })
})

describe('distributions: 32,768 numbers, within 4.5 standard deviations', () => {
  const key = [11, 22, 33]
  test('normal: moments, quantiles, symmetry', () => {
    const z = run(normal([n]), key)
    expect(off(z, 0, 1)).toBeLessThan(most)
    expect(
      off(
        z.map((x) => x * x),
        1,
        2,
      ),
    ).toBeLessThan(most)
    expect(
      off(
        z.map((x) => x ** 3),
        0,
        15,
      ),
    ).toBeLessThan(most)
    expect(
      off(
        z.map((x) => x ** 4),
        3,
        96,
      ),
    ).toBeLessThan(most)
    const cell = (x: number): number => Math.min(63, Math.floor(32 * (1 + erf(x / Math.SQRT2))))
    expect(Math.abs(chiSquare([...z].map(cell), 64))).toBeLessThan(most)
  })
  test('truncated normal stays inside and has the right variance', () => {
    const z = run(truncatedNormal([n]), key)
    expect(z.every((x) => Math.abs(x) <= 2)).toBe(true)
    expect(off(z, 0, 0.7737)).toBeLessThan(most)
    expect(Math.abs(mean(z.map((x) => x * x)) - 0.7737)).toBeLessThan(0.02)
  })
  test('bernoulli, exponential', () => {
    expect(off(run(bernoulli(0.3, [n]), key), 0.3, 0.21)).toBeLessThan(most)
    const e = run(exponential([n]), key)
    expect(off(e, 1, 1)).toBeLessThan(most)
    expect(
      off(
        e.map((x) => x * x),
        2,
        20,
      ),
    ).toBeLessThan(most)
  })
  test('categorical follows the softmax of the logits', () => {
    const p = [0.5, 0.2, 0.3]
    const program = programOrThrow({ k: int(3), logits: real(3) }, ({ k, logits }) => categorical(logits)(k))
    const m = 4096
    const many = vmap(m, { over: { k: true, logits: false } })(program)
    const ks = evaluate(programOrThrow(int(3), (k) => splitKey(m)(k)).closed, [
      Float64Array.from(key),
    ])[0] as Float64Array
    const found = evaluate(many.closed, [ks, Float64Array.from(p.map(Math.log))])[0] as Float64Array
    const offs = p.map((q, c) =>
      off(
        found.map((x) => Number(x === c)),
        q,
        q * (1 - q),
      ),
    )
    expect(Math.max(...offs)).toBeLessThan(most)
  })
  test('a permutation has every number once, and every number reaches every position', () => {
    const once = run(permutation(1000), key)
    expect([...once].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    const m = 3000
    const ks = evaluate(programOrThrow(int(3), (k) => splitKey(m)(k)).closed, [
      Float64Array.from(key),
    ])[0] as Float64Array
    const many = evaluate(vmap(m)(programOrThrow(int(3), (k) => permutation(4)(k))).closed, [ks])[0] as Float64Array
    const codes = Array.from({ length: m }, (_, i) => [...many.slice(4 * i, 4 * i + 4)].join(''))
    const kinds = [...new Set(codes)]
    expect(kinds.length).toBe(24)
    expect(
      Math.abs(
        chiSquare(
          codes.map((c) => kinds.indexOf(c)),
          24,
        ),
      ),
    ).toBeLessThan(most)
  })
  test('shapes are known to TypeScript', () => {
    programOrThrow(int(3), (k) => {
      expectTypeOf(uniform([2, 5])(k)).toEqualTypeOf<Expr<readonly [2, 5], 'real'>>()
      expectTypeOf(splitKey(4)(k)).toEqualTypeOf<Expr<readonly [4, 3], 'int'>>()
      expectTypeOf(permutation(6)(k)).toEqualTypeOf<Expr<readonly [6], 'int'>>()
      return k
    })
  })
})
