/** The columns of a product in blocks. */
import { type Index, idiv, index, mod, plus, type Scalar, times } from '../../../lang/kernel/index.ts'
import { type Shape, sizeOf, strides } from '../../../lang/syntax/shape.ts'
import { coefficient, type Linear } from '../../rewrite/linear.ts'
import type { Element } from '../assembler/index.ts'

/** Elements of a packed block, which stays in a second-level cache. */
export const blockSize = ({ lanes }: Element): number => (1 << 14) * lanes
export const product = (is: readonly Index[]): number => sizeOf(is.map((i) => i.size))

/** The first index of a list cut in blocks: its value is size * block + rest. */
export interface Cut {
  readonly block: Index
  readonly rest: readonly Index[]
  /** The old first index in terms of the new ones. */
  readonly values: ReadonlyMap<Index, Scalar>
}
/** The largest blocks that `fits` accepts, given the elements in a block and the number of blocks. */
export const cut = (
  indices: readonly Index[],
  fits: (elements: number, blocks: number) => boolean,
): Cut | undefined => {
  const [first, ...others] = indices
  if (first === undefined) return { block: index(1), rest: [], values: new Map() }
  const each = product(others)
  const chunks = Array.from({ length: first.size }, (_, k) => first.size - k).filter((n) => first.size % n === 0)
  const chunk = chunks.find((n) => fits(n * each, first.size / n))
  if (chunk === undefined) return undefined
  const [block, rest] = [index(first.size / chunk), index(chunk)]
  return { block, rest: [rest, ...others], values: new Map([[first, plus(times(block, chunk), rest)]]) }
}
/** The indices whose row-major position is `flat`; the first may exceed its size. */
export const unflattened = (
  indices: readonly Index[],
  flat: Scalar,
  sizes: Shape = indices.map((i) => i.size),
): ReadonlyMap<Index, Scalar> => {
  const by = strides(sizes)
  return new Map(
    indices.map((i, d) => {
      const q = idiv(flat, by[d] as number)
      return [i, d === 0 ? q : mod(q, sizes[d] as number)]
    }),
  )
}
/** The sizes of the columns' axes in a packed block: the last is rounded up where a vector would cross its end. */
export const roomFor = ({ lanes }: Element, indices: readonly Index[]): Shape => {
  const sizes = indices.map((i) => i.size)
  const last = sizes.at(-1) ?? 1
  const padded = Math.ceil(last / lanes) * lanes
  return sizes.length > 1 && padded <= 1.35 * last ? [...sizes.slice(0, -1), padded] : sizes
}
/** The distance of neighbours in the row-major order of the indices, if it is constant; 0 without indices. */
export const strideOf = (a: Linear, indices: readonly Index[]): number | undefined => {
  const live = indices.filter((i) => i.size > 1)
  const by = strides(live.map((i) => i.size))
  const last = live.at(-1)
  const unit = last ? coefficient(a, last) : 0
  return live.every((i, d) => coefficient(a, i) === unit * (by[d] as number)) ? unit : undefined
}
