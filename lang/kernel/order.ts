/** The meaning of the Sort form: the sorting permutation along the last axis. Stable; NaN last in either direction. */
export const sortedOrder = (x: ArrayLike<number>, n: number, descending: boolean): Int32Array => {
  const result = new Int32Array(x.length)
  const sign = descending ? -1 : 1
  for (let from = 0; from < x.length; from += n) {
    const before = (i: number, j: number): number => {
      const a = x[from + i] as number
      const b = x[from + j] as number
      if (a < b) return -sign
      if (a > b) return sign
      return a === b ? i - j : Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || i - j
    }
    result.set(Array.from({ length: n }, (_, i) => i).sort(before), from)
  }
  return result
}
