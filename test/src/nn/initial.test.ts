/** Initialisers draw the same bits for ever: trained networks and published runs start from them. */
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunUniform,
  normal,
  orthogonal,
} from '../../../src/nn/initial.ts'
import { foldIn, normal as normalDraws, randomKey } from '../../../src/random/key.ts'

const key = foldIn(5)(randomKey(11))
const digest = (x: Float32Array): string =>
  createHash('sha256').update(new Uint8Array(x.buffer)).digest('hex').slice(0, 16)

/** The digests of arrays of shapes [37, 19, 5, 3] and [70, 300], from the first version of the initialisers. */
const digests: readonly (readonly [name: string, start: Initializer, filter: string, matrix: string])[] = [
  ['glorotUniform', glorotUniform, '3711cd29f54bca90', 'd2c6d2429e400401'],
  ['glorotNormal', glorotNormal, '906c89259f20de04', '5f80c1b75ff3af65'],
  ['heUniform', heUniform, '36a437adef33a23c', '27acf1676d3e9d6c'],
  ['heNormal', heNormal, 'b3e711d525777256', 'c34297ca445fd686'],
  ['lecunUniform', lecunUniform, '2f484f34f56e514c', '0c6b425395df0c8a'],
  ['normal(0.02)', normal(0.02), 'e97742ff44140e9b', '3e9472c2a9f184d2'],
]
test.each(digests)('%s draws the bits that it always drew', (_, start, filter, matrix) => {
  expect(digest(start(key, [37, 19, 5, 3]))).toBe(filter)
  expect(digest(start(key, [70, 300]))).toBe(matrix)
})
test('an array of no numbers is empty', () => {
  for (const [, start] of digests) expect(start(key, [0, 3])).toHaveLength(0)
  expect(orthogonal()(key, [0, 3])).toHaveLength(0)
})

describe('orthogonal', () => {
  type Vectors = readonly (readonly number[])[]
  const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, x, i) => sum + x * (v[i] ?? 0), 0)
  /** Gram and Schmidt's formula, twice, vector by vector. */
  const plain = (vectors: Vectors): Vectors => {
    const found: (readonly number[])[] = []
    for (const v of vectors) {
      let rest = v
      for (const u of [...found, ...found]) {
        const along = dot(u, rest)
        rest = rest.map((x, i) => x - along * (u[i] ?? 0))
      }
      const size = Math.sqrt(dot(rest, rest))
      found.push(rest.map((x) => x / size))
    }
    return found
  }
  const expected = (out: number, inner: number): readonly number[] => {
    const [count, length] = [Math.min(out, inner), Math.max(out, inner)]
    const drawn = normalDraws(count * length)(key)
    const vectors = plain(Array.from({ length: count }, (_, k) => [...drawn.subarray(k * length, (k + 1) * length)]))
    const at = (row: number, column: number): number | undefined =>
      out <= inner ? vectors[row]?.[column] : vectors[column]?.[row]
    return Array.from({ length: out * inner }, (_, i) => at(Math.floor(i / inner), i % inner) ?? Number.NaN)
  }
  const distance = (x: Float32Array, y: readonly number[]): number =>
    y.reduce((most, v, i) => Math.max(most, Math.abs(v - (x[i] ?? Number.NaN))), 0)

  // 16 vectors are treated together, and 512 numbers of each: one less, as many, one more
  const sizes = fc.constantFrom(1, 2, 3, 15, 16, 17, 31, 33, 50)
  test('is the matrix that Gram and Schmidt find vector by vector', () => {
    fc.assert(
      fc.property(sizes, sizes, (out, inner) => distance(orthogonal()(key, [out, inner]), expected(out, inner)) < 1e-6),
      { numRuns: 60, seed: 4 },
    )
    expect(distance(orthogonal()(key, [19, 1025]), expected(19, 1025))).toBeLessThan(1e-6)
    expect(distance(orthogonal()(key, [200, 200]), expected(200, 200))).toBeLessThan(1e-6)
  })
  test.each([
    [64, 64, 1],
    [3, 700, 2],
    [90, 7, 0.5],
  ])('of shape [%i, %i] with gain %d has orthogonal rows, or columns', (out, inner, gain) => {
    const w = orthogonal(gain)(key, [out, inner])
    const vector = (k: number): readonly number[] =>
      out <= inner
        ? [...w.subarray(k * inner, (k + 1) * inner)]
        : Array.from({ length: out }, (_, i) => w[i * inner + k] ?? 0)
    const n = Math.min(out, inner)
    for (let a = 0; a < n; a++)
      for (let b = 0; b <= a; b++)
        expect(Math.abs(dot(vector(a), vector(b)) - (a === b ? gain * gain : 0))).toBeLessThan(1e-6 * gain * gain)
  })
})
