/**
 * The keys of the seeds 0 .. 10^6, inside programs and outside: their first numbers, their children and the children of
 * those look like chance. Seeds are fixed, so nothing here is itself left to chance.
 */
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../../../lang/operations/random.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int } from '../../../lang/syntax/shape.ts'
import { vmap } from '../../../src/index.ts'
import * as outside from '../../../src/random/index.ts'
import { type AnyProgram, compiled } from '../../backends/execution.ts'

const n = 1_000_001
const word = 2 ** 24
/** The three words of each key, or two outside programs, one key after the other. */
type Keys = ArrayLike<number>
interface Carrier {
  readonly width: number
  /** What a word is divided by so that it has 24 bits. */
  readonly shrink: number
  readonly keys: Keys
  readonly children: Keys
  readonly grandchildren: Keys
  /** The first two numbers of each key, times 2^24, rounded down. */
  readonly draws: (keys: Keys) => readonly [Uint32Array, Uint32Array]
}

/** The integers of the literal that a key is. */
const wordsOf = (key: Key): readonly number[] =>
  (key.node as unknown as { attrs: { data: readonly number[] } }).attrs.data
const onWasm = async (f: (k: Key) => unknown, keys: Keys): Promise<readonly ArrayLike<number>[]> => {
  const r = await compiled(wasm(), vmap(n)(programOrThrow(int(3), (k: Key) => f(k) as never)) as AnyProgram)
  const results = await r.run([Float64Array.from(keys)])
  r.release()
  return results
}
const insidePrograms = async (): Promise<Carrier> => {
  const keys = new Int32Array(3 * n)
  for (let s = 0; s < n; s++) keys.set(wordsOf(randomKey(s)), 3 * s)
  const [children = [], grandchildren = []] = await onWasm((k) => [foldIn(0)(k), foldIn(0)(foldIn(0)(k))], keys)
  const family = [keys, children, grandchildren] as const
  const drawn = await Promise.all(family.map((ks) => onWasm((k) => [uniform([2])(k)], ks)))
  return {
    width: 3,
    shrink: 1,
    keys,
    children,
    grandchildren,
    draws: (ks) => {
      const [pairs = []] = drawn[family.indexOf(ks as never)] ?? []
      return [0, 1].map((j) => Uint32Array.from({ length: n }, (_, i) => (pairs[2 * i + j] as number) * word)) as never
    },
  }
}
const outsidePrograms = (): Carrier => {
  const flat = (f: (s: number) => outside.Key): Uint32Array => {
    const out = new Uint32Array(2 * n)
    for (let s = 0; s < n; s++) {
      const { high, low } = f(s)
      out[2 * s] = high
      out[2 * s + 1] = low
    }
    return out
  }
  const at =
    (ks: Keys) =>
    (s: number): outside.Key => ({ high: ks[2 * s] as number, low: ks[2 * s + 1] as number })
  const keys = flat(outside.randomKey)
  const children = flat((s) => outside.foldIn(0)(at(keys)(s)))
  return {
    width: 2,
    shrink: 2 ** 8,
    keys,
    children,
    grandchildren: flat((s) => outside.foldIn(0)(at(children)(s))),
    draws: (ks) => {
      const [first, second] = [new Uint32Array(n), new Uint32Array(n)]
      for (let s = 0; s < n; s++) {
        const [u = 0, v = 0] = outside.uniform(2)(at(ks)(s))
        first[s] = u * word
        second[s] = v * word
      }
      return [first, second]
    },
  }
}

// -- what chance looks like ------------------------------------------------------------------------------------------

/** The numbers of a list that another has before it, once sorted. */
const repeats = (words: ArrayLike<number>): number => {
  const sorted = Float64Array.from(words).sort()
  return sorted.reduce((sum, w, i) => sum + (i > 0 && w === sorted[i - 1] ? 1 : 0), 0)
}
/** How many standard deviations each statistic of these words is off, where all 2^24 are equally likely. */
const deviations = (words: Uint32Array): Readonly<Record<string, number>> => {
  const ones = new Float64Array(24)
  const [high, middle, low, neighbours] = [4096, 4096, 4096, 4096].map((bins) => new Float64Array(bins))
  const tally = (bins: Float64Array | undefined, cell: number): void => {
    if (bins !== undefined) bins[cell] = (bins[cell] as number) + 1
  }
  let before = words[n - 1] as number
  for (const w of words) {
    for (let b = 0; b < 24; b++) ones[b] = (ones[b] as number) + ((w >>> b) & 1)
    tally(high, w >>> 12)
    tally(middle, (w >>> 6) & 4095)
    tally(low, w & 4095)
    tally(neighbours, ((before >>> 18) << 6) | (w >>> 18))
    before = w
  }
  const chi = (counts = new Float64Array()): number => {
    const each = n / counts.length
    const square = counts.reduce((sum, c) => sum + (c - each) ** 2 / each, 0)
    return Math.abs(square - counts.length + 1) / Math.sqrt(2 * (counts.length - 1))
  }
  const expected = n + word * Math.expm1(n * Math.log1p(-1 / word))
  return {
    bits: Math.max(...ones.map((k) => Math.abs(k - n / 2) / Math.sqrt(n / 4))),
    high: chi(high),
    middle: chi(middle),
    low: chi(low),
    neighbours: chi(neighbours),
    repeated: Math.abs(repeats(words) - expected) / Math.sqrt(expected),
  }
}
const most = 4.5
const looksLikeChance = (words: Uint32Array, what: string): void => {
  for (const [name, off] of Object.entries(deviations(words))) expect(off, `${what}: ${name}`).toBeLessThan(most)
}
const apart = (a: Uint32Array, b: Uint32Array): Uint32Array => a.map((x, i) => x ^ (b[i] as number))

describe.each([
  ['inside programs', insidePrograms],
  ['outside programs', outsidePrograms],
] as const)('%s', (_, carrier) => {
  test('the seeds 0 .. 10^6', async () => {
    const { width, shrink, keys, children, grandchildren, draws } = await carrier()
    const part = (ks: Keys, j: number): Uint32Array =>
      Uint32Array.from({ length: n }, (_, s) => (ks[width * s + j] as number) / shrink)
    // 48 bits of a key, or 53: two of 3 * 10^6 are equal with a probability of 0.02
    const some = (ks: Keys): Float64Array =>
      Float64Array.from({ length: n }, (_, s) => {
        const [a = 0, b = 0] = [ks[width * s], ks[width * s + 1]]
        return ((a * word * shrink) % 2 ** 53) + b
      })
    const all = [keys, children, grandchildren].flatMap((ks) => [...some(ks)])
    expect(repeats(Float64Array.from(all)), 'keys that occur twice').toBe(0)

    const [own, next] = draws(keys)
    const [childs] = draws(children)
    const [grandchilds] = draws(grandchildren)
    looksLikeChance(own, 'first numbers')
    looksLikeChance(next, 'second numbers')
    looksLikeChance(childs, 'first numbers of children')
    looksLikeChance(grandchilds, 'first numbers of grandchildren')
    looksLikeChance(apart(own, next), 'the first and the second')
    looksLikeChance(apart(own, childs), 'parent and child')
    looksLikeChance(apart(childs, grandchilds), 'child and grandchild')
    looksLikeChance(apart(own, grandchilds), 'parent and grandchild')
    const words = Array.from({ length: width }, (_, j) => part(children, j))
    words.forEach((w, j) => {
      looksLikeChance(w, `word ${j} of children`)
      looksLikeChance(apart(w, words[(j + 1) % width] as Uint32Array), `words ${j} and ${j + 1} of children`)
    })
  }, 120_000)
})
