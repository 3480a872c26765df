/**
 * Long reductions to few numbers in two rounds: parts, then the parts. So that threads can share them, and always, so that
 * the bits do not depend on who does.
 *
 *   reduce_k f(k) = reduce_p reduce_j f(p n + j)
 */

import { type Index, index, load, plus, type Reduce, type Scalar, times } from '../../lang/kernel/index.ts'
import type { Contraction } from './contraction.ts'
import { reducesIn, replaced } from './scalars.ts'
import { substitute } from './substitute.ts'

export interface Split {
  /** The axes and the elements of the parts: the number of the part first. */
  readonly axes: readonly Index[]
  readonly part: Scalar
  /** The body over the parts, which are its last source. */
  readonly body: Scalar
}
/** Sums of products longer than this are summed in parts of at most half as much. */
const longProduct = 4096

/** A product of matrices over a long sum as many products: its right side stays in the cache, and threads can share it. */
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
  const term = c.summed.reduce<Scalar>((s) => (s as Reduce).body, c.sum)
  const loops = c.summed.reduceRight<Scalar>(
    (b, i): Reduce => ({ _tag: 'Reduce', dtype: 'real', by: 'add', index: i === first ? inner : i, body: b }),
    substitute(term, value),
  )
  const whole: Reduce = { ...c.sum, index: again, body: load(sources, [again, ...axes], 'real') }
  return { axes: [part, ...axes], part: loops, body: replaced(body, new Map([[c.sum, whole]])) }
}
const turns = (r: Reduce): number => r.index.size * Math.max(1, ...reducesIn(r.body).map(turns))

export interface Sums {
  /** Turns from which a reduction is made in parts. */
  readonly long: number
  /** How many at most. */
  readonly parts: (turns: number) => number
}
export const splitReduction = (
  axes: readonly Index[],
  body: Scalar,
  sources: number,
  { long, parts }: Sums,
): Split | undefined => {
  const [r, ...others] = reducesIn(body)
  const few = axes.reduce((n, i) => n * i.size, 1) <= 16
  if (r === undefined || others.length > 0 || !few || turns(r) < long || r.dtype === 'bool') return undefined
  const n = r.index.size
  const most = parts(turns(r))
  const count = Array.from({ length: most }, (_, k) => most - k).find((k) => n % k === 0) ?? 1
  if (count < 4) return undefined
  const [part, inner, again] = [index(count), index(n / count), index(count)]
  const at = new Map([[r.index, plus(times(part, n / count), inner)]])
  const whole: Reduce = { ...r, index: again, body: load(sources, [again, ...axes], r.dtype) }
  return {
    axes: [part, ...axes],
    part: { ...r, index: inner, body: substitute(r.body, at) },
    body: replaced(body, new Map([[r, whole]])),
  }
}
