/** Law: a number beside many others is judged as by itself. */
import { expect, test } from 'vitest'
import { climb, type Ladder, usual } from '../../../src/check/difference.ts'
import { judgeAll } from '../../../src/check/judge.ts'
import type { Rounding } from '../../../src/check/rounding.ts'
import { randomKey } from '../../../src/random/key.ts'

/** Functions of t with their derivatives at 0; the last are kinks. */
const functions = [
  [(t: number, a: number) => Math.sin(a + 2 * t), (a: number) => 2 * Math.cos(a)],
  [(t: number, a: number) => Math.exp(a * t), (a: number) => a],
  [(t: number, a: number) => Math.sin(a + 90 * t), (a: number) => 90 * Math.cos(a)],
  [(t: number, a: number) => a * t * t + a, () => 0],
  [(t: number, a: number) => (t > 1e-3 * a ? 1 : 0) + a * t, (a: number) => a],
  [(t: number, a: number) => Math.abs(t - 1e-5 * a), () => -1],
  [(t: number, a: number) => Math.abs(t) + a, () => 0],
] as const
const cases = Array.from({ length: 700 }, (_, k) => {
  const [f, slope] = functions[k % functions.length] as (typeof functions)[number]
  const a = 1 + Math.sin(k)
  const off = k % 5 === 0 ? 1 + 10 ** -(k % 13) : 1
  return { f, a, claimed: slope(a) * off }
})
const line = (t: number, rounding?: Rounding): Float64Array =>
  Float64Array.from(cases, ({ f, a }) => f(t, a) * (1 + (rounding ? Number.EPSILON * rounding.noise.next() : 0)))
const part = (l: Ladder, k: number): Ladder => {
  const at = (x: Float64Array): Float64Array => x.subarray(k, k + 1)
  return {
    ...l,
    here: at(l.here),
    up: l.up.map(at),
    down: l.down.map(at),
    noise: l.noise.map(at),
    typical: () => l.typical(k),
  }
}

test('many numbers are judged as one', () => {
  const ladder = climb(line, usual, randomKey(1)) as Ladder
  const claimed = Float64Array.from(cases, (c) => c.claimed)
  const slack = claimed.map((v) => 1e-14 * Math.abs(v))
  const size = 200
  const together = judgeAll(claimed, slack, ladder, size)
  const alone = cases.map(
    (_, k) => judgeAll(claimed.subarray(k, k + 1), slack.subarray(k, k + 1), part(ladder, k), size)[0],
  )
  expect(together.map((j) => [j.ruling, j.rough])).toEqual(alone.map((j) => [j?.ruling, j?.rough]))
  expect(new Set(together.map((j) => j.ruling)).size).toBeGreaterThan(2)
})
