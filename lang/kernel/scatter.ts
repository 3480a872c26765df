/** The Scatter form: as a kernel, and element by element. */
import { type Shape, sizeOf, type Type } from '../syntax/shape.ts'
import { unitOf } from './functions.ts'
import { clampTo, guard } from './indexing.ts'
import type { Kernel, Meaning, Scatter, Source } from './meaning.ts'
import { type At, fn, num, reduce, type Scalar } from './scalar.ts'

/** The same values as a kernel, in which every element reads all places. Sums over several axes are nested. */
export const scatterKernel = ({ by, batch: b, size }: Scatter, [rows, places]: readonly Source[]): Kernel => {
  const [x, at] = [rows as Source, places as Source] // a Scatter has two arguments
  const element = (i: At): Scalar =>
    reduce(by, at.type.shape.slice(b), (j) => {
      const place = [...i.slice(0, b), ...j]
      const hit = fn('eq', clampTo(size, at.at(place)), i[b] as Scalar)
      return guard([hit], x.at([...place, ...i.slice(b + 1)]), num(unitOf[by], x.type.dtype))
    })
  return { _tag: 'Kernel', at: element }
}
/** The kernel that a form equals, if there is one. */
export const kernelOf = (m: Meaning, args: readonly Source[]): Kernel | undefined =>
  m._tag === 'Scatter' ? scatterKernel(m, args) : m._tag === 'Kernel' ? m : undefined

/** The sizes of a Scatter: B, the places of one batch, and the elements of a row. */
interface ScatterSizes {
  readonly batches: number
  readonly places: number
  readonly row: number
}
export const scatterSizes = ({ batch }: Pick<Scatter, 'batch'>, rows: Shape, places: Shape): ScatterSizes => ({
  batches: sizeOf(places.slice(0, batch)),
  places: sizeOf(places.slice(batch)),
  row: sizeOf(rows.slice(places.length)),
})
/**
 * Joins rows into `result`, which holds the starting values: calls `join` with the number of an element of the result and
 * that of an element of the rows, in order.
 */
export const forEachRow = (
  m: Scatter,
  [rows, places]: readonly Type[],
  at: (place: number) => number,
  join: (to: number, from: number) => void,
): void => {
  const { batches, places: n, row } = scatterSizes(m, (rows as Type).shape, (places as Type).shape)
  for (let p = 0; p < batches * n; p++) {
    const place = Math.max(0, Math.min(m.size - 1, at(p)))
    const to = (Math.floor(p / n) * m.size + place) * row
    for (let r = 0; r < row; r++) join(to + r, p * row + r)
  }
}
