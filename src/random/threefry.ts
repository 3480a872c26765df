/**
 * Threefry-2x32 with 20 rounds: the cipher of a counter of two words under a key of two words.
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), and their Random123
 * library, whose known answers the tests repeat. JAX draws from the same function.
 */

/** 64 bits, as two unsigned 32-bit words. */
export interface Key {
  readonly high: number
  readonly low: number
}

/**
 * `out[at], out[at + 1]` = the cipher of the counter (c0, c1) under the key. The rounds are written out, because a loop
 * over a table of rotations takes six times as long.
 */
export const threefry = ({ high, low }: Key, c0: number, c1: number, out: Uint32Array, at: number): void => {
  const k0 = high | 0
  const k1 = low | 0
  const k2 = k0 ^ k1 ^ 0x1bd11bda
  let x = (c0 + k0) | 0
  let y = (c1 + k1) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 1) | 0

  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + k2) | 0
  y = (y + k0 + 2) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + k0) | 0
  y = (y + k1 + 3) | 0

  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + k1) | 0
  y = (y + k2 + 4) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  out[at] = x + k2
  out[at + 1] = y + k0 + 5
}

/**
 * out[i] = the (from + i)-th uniform number of a key: 53 of the 64 bits of its cipher, over 2^53.
 *
 * 27 bits stand above 26 bits: (high / 2^5) 2^26 + low / 2^6
 */
export const fillUniform = (key: Key, from: number, out: Float64Array): void => {
  const words = new Uint32Array(2)
  for (let i = 0; i < out.length; i++) {
    threefry(key, from + i, 0, words, 0)
    out[i] = (((words[0] as number) >>> 5) * 2 ** 26 + ((words[1] as number) >>> 6)) * 2 ** -53
  }
}
