/**
 * Random numbers as a pure function of a key and a counter.
 *
 * A 24-bit block cipher of the counter. The counter is added again at the end: a cipher alone is a permutation, which
 * never repeats a number, but random numbers do repeat. Eight Feistel rounds on two halves of 12 bits (six rounds
 * already pass every test):
 *
 *   left' = left + mid(u v)      u = right + k_i + c_i      v = 2741 right + k_(i+3) + d_i + 509 stream
 *
 * all modulo 4096, where mid takes the middle 12 of the 24 bits of the product. The key's three words of 24 bits are
 * the six k_i. The constants c_i and d_i of the round are in both factors: without c_i, a key and a counter of zeros
 * would give zeros. Every intermediate is a whole number below 2^24: exact in float32, so the bits are the same on
 * every back end.
 */
import * as E from 'fp-ts/lib/Either.js'
import { fn, kernel, mod, num, type Scalar, whole } from '../kernel/index.ts'
import { ill, invalid } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { int, isSize, sameShape, sizeOf } from '../syntax/shape.ts'
import { apply, type Entry } from './entry.ts'
import { item } from './item.ts'

/** `stream`: independent numbers of one key and counter. `batch`: how many leading axes keys and counters share. */
type Stream = { readonly stream: number; readonly batch: number }
const half = 4096
const word = half * half
const rounds = 8
const streams = 64

const plus = (x: Scalar, y: Scalar): Scalar => fn('add', x, y)
const times = (x: Scalar, y: Scalar): Scalar => fn('mul', x, y)
const down = (x: Scalar, by: number): Scalar => fn('floor', times(x, num(1 / by)))
/** x modulo a power of 2, for whole x from 0 to 2^24. */
const modulo = (x: Scalar, by: number): Scalar => fn('sub', x, times(down(x, by), num(by)))
/** The upper and the lower half of an integer modulo 2^24; the remainder is one of integers, which float32 cannot hold. */
const halves = (x: Scalar): readonly [Scalar, Scalar] => {
  const w = fn('toReal', mod(x, word))
  return [down(w, half), modulo(w, half)]
}
/** A multiple of 2^-24 in [0, 1) from the words of the key and a counter, all integers. */
const draw = (key: readonly Scalar[], counter: Scalar, stream: number): Scalar => {
  const k = key.flatMap(halves)
  const start = halves(counter)
  const round = (a: Scalar, i: number): Scalar => {
    const u = modulo(plus(a, plus(item(k, i % 6), num((2531 * (i + 1)) % half))), half)
    const v = modulo(plus(times(a, num(2741)), plus(item(k, (i + 3) % 6), num(509 * stream + 1013 * i + 397))), half)
    return modulo(down(times(u, v), 64), half)
  }
  let [left, right] = start
  for (let i = 0; i < rounds; i += 2) {
    left = modulo(plus(left, round(right, i)), half)
    right = modulo(plus(right, round(left, i + 1)), half)
  }
  const high = modulo(plus(left, start[0]), half)
  const low = modulo(plus(right, start[1]), half)
  return times(plus(times(high, num(half)), low), num(1 / word))
}

/** key int [B.., 3], counter int [B.., S..] -> real [B.., S..] */
export const randomEntry: Entry<Stream, [0, 0], 'random'> = {
  name: 'random',
  sentence: 'a pseudorandom number in [0, 1), from a key and a counter',
  latex: '\\mathrm{random}_{$stream}($0, $1)',
  algebra: {},
  examples: [
    { attrs: { stream: 0, batch: 0 }, args: [int(3), int(2, 2)] },
    { attrs: { stream: 4, batch: 1 }, args: [int(2, 3), int(2, 2)] },
  ],
  batch: { lift: ({ stream, batch }) => ({ stream, batch: batch + 1 }) },
  type: ({ stream, batch: b }, [key, counter]) => {
    if (!isSize(b)) return invalid('batch', 'must be a number of axes')
    const keyShape = [...counter.shape.slice(0, b), 3]
    if (key.dtype !== 'int' || counter.dtype !== 'int')
      return ill({ _tag: 'ElementType', expected: ['int', 'int'], found: [key.dtype, counter.dtype] })
    if (!sameShape(key.shape, keyShape)) return ill({ _tag: 'ShapeMismatch', shapes: [key.shape, keyShape] })
    if (!(Number.isInteger(stream) && stream >= 0 && stream < streams))
      return invalid('stream', `must be an integer from 0 to ${streams - 1}`)
    if (sizeOf(counter.shape.slice(b)) > word)
      return invalid('shape', 'asks one key for more than 2^24 numbers: split the key')
    return E.right([{ dtype: 'real', shape: counter.shape }])
  },
  derivative: () => [null, null],
  meaning: ({ stream, batch: b }, [key, counter]) =>
    kernel((i) =>
      draw(
        [0, 1, 2].map((j) => key.at([...i.slice(0, b), whole(j)])),
        counter.at(i),
        stream,
      ),
    ),
}
/**
 * A pseudorandom number in [0, 1), from a key and a counter. The low-level form: uniform and normal read better.
 *
 * Shape:   int [3], int [...] -> real [...]      counters that are equal modulo 2^24 give equal numbers
 */
export const random =
  (stream: number) =>
  (key: Expr, counter: Expr): Expr =>
    apply(randomEntry, { stream, batch: 0 }, key, counter)

export const randoms = [randomEntry] as const
