/**
 * Sums in which one side slides over the other along two axes, as in convolutions and their gradients:
 *
 *   out[y, x] = sum_{i, j} data[y + i, x + j] filter[i, j]
 *
 * A filter that is read backwards, as in the gradient by the image, is turned around. Everything else may be of any form.
 */
import { type Index, index, plus, type Reduce, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import { productSumIn } from './contraction.ts'
import { mentions } from './scalars.ts'
import { simplified } from './shortestIndices.ts'
import { substitute } from './substitute.ts'

/** An axis of the output and a summed one: the data depends on their sum, the position. */
interface Slide {
  readonly out: Index
  readonly tap: Index
  readonly position: Index
}
export interface Sliding {
  readonly sum: Reduce
  /** The vertical and the horizontal one. */
  readonly slides: readonly [Slide, Slide]
  /** In terms of positions, 0 where a test fails. */
  readonly data: Scalar
  readonly tests: readonly Scalar[]
  readonly filter: Scalar
  /** The other axes of the output: those that both sides have, and those of one side. */
  readonly outer: readonly Index[]
  readonly ofData: readonly Index[]
  readonly ofFilter: readonly Index[]
  /** The other summed ones. */
  readonly summed: readonly Index[]
}
interface Sides {
  readonly data: Scalar
  readonly tests: readonly Scalar[]
  readonly filter: Scalar
}
type Slid = Sides & { readonly slide: Slide }

const changed = ({ data, tests, filter }: Sides, by: ReadonlyMap<Index, Scalar>): Sides => ({
  data: simplified(substitute(data, by)),
  tests: tests.map((t) => simplified(substitute(t, by))),
  filter: simplified(substitute(filter, by)),
})
/** The sides in terms of the position, if the data depends on the sum of these two alone. */
const slid = (sides: Sides, out: Index, tap: Index): Slid | undefined => {
  const back = new Map([[tap, plus(whole(tap.size - 1), times(tap, -1))]])
  for (const turned of [sides, changed(sides, back)]) {
    const position = index(out.size + tap.size - 1)
    const found = changed(turned, new Map([[out, plus(position, times(tap, -1))]]))
    if (![found.data, ...found.tests].some((s) => mentions(s, tap))) return { ...found, slide: { out, tap, position } }
  }
  return undefined
}
/** The last pair of an axis and a summed index, one of this size, along which data slides. */
const slideIn = (sides: Sides, outs: readonly Index[], taps: readonly Index[], size: number): Slid | undefined => {
  for (const out of [...outs].reverse())
    for (const tap of taps) {
      const short = Math.min(out.size, tap.size) === size && Math.max(out.size, tap.size) > size
      const tied = mentions(sides.data, out) && mentions(sides.data, tap) && mentions(sides.filter, tap)
      const found = short && tied && !mentions(sides.filter, out) ? slid(sides, out, tap) : undefined
      if (found) return found
    }
  return undefined
}
/** Only one side of the sum has tests, and that is the one that slides. */
export const slidingIn = (axes: readonly Index[], body: Scalar, size: number): Sliding | undefined => {
  const found = productSumIn(body)
  if (found === undefined) return undefined
  const live = axes.filter((i) => i.size > 1)
  const { sum, tests, factors } = found
  const all = found.summed.filter((i) => i.size > 1)
  for (const [data, filter] of [factors, [factors[1], factors[0]]] as const) {
    const x = slideIn({ data, tests, filter }, live, all, size)
    const y =
      x &&
      slideIn(
        x,
        live.filter((i) => i !== x.slide.out),
        all.filter((i) => i !== x.slide.tap),
        size,
      )
    if (x === undefined || y === undefined) continue
    const slides = [y.slide, x.slide] as const
    const rest = live.filter((i) => !slides.some((s) => s.out === i))
    const inData = (i: Index): boolean => mentions(y.data, i) || y.tests.some((t) => mentions(t, i))
    const inFilter = (i: Index): boolean => mentions(y.filter, i)
    const summed = all.filter((i) => !slides.some((s) => s.tap === i))
    if (!rest.every((i) => inData(i) || inFilter(i)) || !summed.every((i) => inData(i) && inFilter(i))) return undefined
    return {
      sum,
      slides,
      data: y.data,
      tests: y.tests.filter((t) => t._tag !== 'Num' || t.value === 0),
      filter: y.filter,
      outer: rest.filter((i) => inData(i) && inFilter(i)),
      ofData: rest.filter((i) => inData(i) && !inFilter(i)),
      ofFilter: rest.filter((i) => !inData(i)),
      summed,
    }
  }
  return undefined
}
