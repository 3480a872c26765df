/** A constant matrix times numbers in locals, with the products and sums that its rows share. */
import { type Code, f32x4, type Local, type Locals, seq } from '../assembler/index.ts'
import type { Matrix } from './winogradMatrices.ts'

type Vector = Code<'v128'>
type Numbers = Local<'v128'>

/** c0 x0 + c1 x1 + ... of those that are not 0, in order. */
const combined = (c: readonly number[], xs: readonly Vector[]): Vector =>
  c.reduce<Vector | undefined>((sum, by, k) => {
    const x = xs[k] as Vector
    if (by === 0) return sum
    if (sum !== undefined && Math.abs(by) === 1) return by > 0 ? f32x4.add(sum, x) : f32x4.sub(sum, x)
    const term = by === 1 ? x : by === -1 ? f32x4.neg(x) : f32x4.mul(x, f32x4.const(by))
    return sum === undefined ? term : f32x4.add(sum, term)
  }, undefined) ?? f32x4.const(0)
/** Whether one list is the other with every second sign changed. */
const isMirrored = (a: readonly number[], b: readonly number[] | undefined): boolean =>
  b !== undefined && a.every((x, k) => (k % 2 === 0 ? x : -x) === b[k]) && a.some((x, k) => k % 2 === 1 && x !== 0)
const every = (c: readonly number[], rest: 0 | 1): readonly number[] => c.map((x, k) => (k % 2 === rest ? x : 0))

/** Sets results to M xs. */
export const writeProduct = (m: Matrix, xs: readonly Numbers[], results: readonly Numbers[], local: Locals): Code =>
  m.length < xs.length ? byColumns(m, xs, results, local) : byRows(m, xs, results, local)

/** The results of two mirrored rows are the sum and the difference of their even and their odd terms. */
const byRows = (m: Matrix, xs: readonly Numbers[], results: readonly Numbers[], local: Locals): Code => {
  const [even, odd] = [local('v128'), local('v128')]
  const inputs = xs.map((x) => x.get)
  return seq(
    ...m.map((row, r) => {
      const [result, next, before] = [results[r] as Numbers, results[r + 1], m[r - 1]]
      if (before && isMirrored(before, row)) return seq()
      if (next === undefined || !isMirrored(row, m[r + 1])) return result.set(combined(row, inputs))
      return seq(
        even.set(combined(every(row, 0), inputs)),
        odd.set(combined(every(row, 1), inputs)),
        result.set(f32x4.add(even.get, odd.get)),
        next.set(f32x4.sub(even.get, odd.get)),
      )
    }),
  )
}
/** Two inputs with mirrored columns enter even rows by their sum, and odd rows by their difference. */
const byColumns = (m: Matrix, xs: readonly Numbers[], results: readonly Numbers[], local: Locals): Code => {
  const column = (k: number): readonly number[] => m.map((row) => row[k] ?? 0)
  const pairs = new Map(
    xs.flatMap((_, k) =>
      k + 1 < xs.length && isMirrored(column(k), column(k + 1)) ? [[k, [local('v128'), local('v128')] as const]] : [],
    ),
  )
  const butterflies = [...pairs].map(([k, [sum, difference]]) => {
    const [a, b] = [xs[k] as Numbers, xs[k + 1] as Numbers]
    return seq(sum.set(f32x4.add(a.get, b.get)), difference.set(f32x4.sub(a.get, b.get)))
  })
  const rows = m.map((row, r) => {
    const inputs = xs.map((x, k) => pairs.get(k)?.[r % 2]?.get ?? x.get)
    const alone = row.map((c, k) => (pairs.has(k - 1) ? 0 : c))
    return (results[r] as Numbers).set(combined(alone, inputs))
  })
  return seq(...butterflies, ...rows)
}
