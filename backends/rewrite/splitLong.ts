/**
 * Long reductions to few numbers in two kernels: the first reduces parts, the second reduces their results. Threads can
 * share the parts. The split does not depend on the number of threads, so neither do the bits.
 *
 *   reduce_k f(k) = reduce_p reduce_j f(p n + j)
 */
import { unitOf } from '../../lang/kernel/functions.ts'
import {
  fn,
  type Index,
  index,
  type Load,
  load,
  num,
  plus,
  type Reduce,
  type Scalar,
  times,
  whole,
} from '../../lang/kernel/index.ts'
import type { Contraction } from './contraction.ts'
import { asLinear, coefficient } from './linear.ts'
import { hasLoop, mentions, partsOf, reducesIn, replaced } from './scalars.ts'
import { substitute } from './substitute.ts'

/** A kernel in two: `part`, an array over `axes`, is computed first. */
export interface Split {
  readonly axes: readonly Index[]
  readonly part: Scalar
  /** The rest of the kernel, which reads the part as its last source. */
  readonly body: Scalar
}
/** Sums of products from this length on are summed in parts of at most half of it. */
const longProduct = 4096

/** A matrix product over a long sum, as a batch of products. Each right side fits the cache; threads share the batch. */
export const splitProduct = (
  axes: readonly Index[],
  c: Contraction,
  body: Scalar,
  sources: number,
): Split | undefined => {
  const [first] = c.summed
  const length = c.summed.reduce((n, i) => n * i.size, 1)
  if (first === undefined || length < longProduct) return undefined
  const fits = (n: number): boolean => first.size % n === 0 && ((length / first.size) * n <= longProduct / 2 || n === 1)
  const chunk = Array.from({ length: first.size }, (_, k) => first.size - k).find(fits) ?? first.size
  if (chunk === first.size) return undefined
  const [part, inner, again] = [index(first.size / chunk), index(chunk), index(first.size / chunk)]
  const value = new Map([[first, plus(times(part, chunk), inner)]])
  const term = c.summed.reduce<Scalar>((s) => (s._tag === 'Reduce' ? s.body : s), c.sum)
  const loops = c.summed.reduceRight<Scalar>(
    (b, i): Reduce => ({ _tag: 'Reduce', dtype: 'real', by: 'add', index: i === first ? inner : i, body: b }),
    substitute(term, value),
  )
  const whole: Reduce = { ...c.sum, index: again, body: load(sources, [again, ...axes], 'real') }
  return { axes: [part, ...axes], part: loops, body: replaced(body, new Map([[c.sum, whole]])) }
}
/** How often the body of a nest of reductions runs. */
const iterations = (r: Reduce): number => r.index.size * Math.max(1, ...reducesIn(r.body).map(iterations))

/** Which reductions are split, counted in iterations. */
export interface LongReductions {
  /** A reduction to few numbers is split from this length on. */
  readonly long: number
  /** A loop of this length is always split, however many results the kernel has. */
  readonly tooLong: number
  /** The largest number of parts for a length. */
  readonly parts: (iterations: number) => number
  /** A long reduction along columns is split into parts of this many rows; absent where that gains nothing. */
  readonly rows?: number
}
export const splitReduction = (
  axes: readonly Index[],
  body: Scalar,
  sources: number,
  { long, tooLong, parts, rows }: LongReductions,
): Split | undefined => {
  const found = reducesIn(body).filter((r) => r.dtype !== 'bool')
  const column = rows === undefined ? undefined : found.find((r) => reducesIn(body).length === 1 && isColumn(axes, r))
  if (rows !== undefined && column) return splitInto(Math.ceil(column.index.size / rows), column, axes, body, sources)
  const few = axes.reduce((n, i) => n * i.size, 1) <= 16
  const r = found.find((x) => iterations(x) >= tooLong) ?? (few && reducesIn(body).length === 1 ? found[0] : undefined)
  if (r === undefined || iterations(r) < long) return undefined
  const all = iterations(r)
  const n = r.index.size
  const most = parts(all)
  const even = Array.from({ length: most }, (_, k) => most - k).find((k) => n % k === 0) ?? 1
  if (even < 4 && all < tooLong) return undefined
  return splitInto(even < 4 ? Math.min(n, most) : even, r, axes, body, sources)
}
/** Numbers that together are larger than a cache that is near. */
const large = 1 << 17
/**
 * Whether a reduction walks along columns of a large array, whose rows run along an axis. By itself each result reads a
 * number of every row; a part reads its few rows from the first to the last number.
 */
const isColumn = (axes: readonly Index[], r: Reduce): boolean => {
  const along = ({ at }: Load): boolean => {
    const row = asLinear(at.at(-1) ?? whole(0))
    const i = axes.find((x) => coefficient(row, x) === 1)
    const crosses = at.slice(0, -1).some((s) => mentions(s, r.index)) && !mentions(at.at(-1) ?? whole(0), r.index)
    return i !== undefined && crosses && r.index.size >= shortColumn && r.index.size * i.size >= large
  }
  return !hasLoop(r.body) && [...partsOf(r.body)].some((s) => s._tag === 'Load' && along(s))
}
/** Shorter columns are not split. */
const shortColumn = 128
/** A reduction in parts: the last one may be shorter. */
const splitInto = (count: number, r: Reduce, axes: readonly Index[], body: Scalar, sources: number): Split => {
  const n = r.index.size
  const [part, inner, again] = [index(count), index(Math.ceil(n / count)), index(count)]
  const at = plus(times(part, inner.size), inner)
  const term = substitute(r.body, new Map([[r.index, at]]))
  const inside =
    count * inner.size === n ? term : fn('select', fn('lt', at, whole(n)), term, num(unitOf[r.by], r.dtype))
  const total: Reduce = { ...r, index: again, body: load(sources, [again, ...axes], r.dtype) }
  return {
    axes: [part, ...axes],
    part: { ...r, index: inner, body: inside },
    body: replaced(body, new Map([[r, total]])),
  }
}
