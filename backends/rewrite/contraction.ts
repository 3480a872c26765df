/**
 * Contractions, recognised by their form: a sum of products of two scalars of any form,
 *
 *   out[i] = f(sum_k [tests] P[i, k] Q[i, k])
 *
 * An output index is a row if only P depends on it, a column if only Q does, a batch index if both do. So a matrix product
 * in any layout, a convolution and both its gradients are one case. A test belongs to the side whose indices it reads.
 */
import { type Call, fn, type Index, num, type Reduce, type Scalar } from '../../lang/kernel/index.ts'
import { conjuncts } from './bounds.ts'
import { argsOf, mentions, reducesIn } from './scalars.ts'

export interface Contraction {
  readonly rows: readonly Index[]
  readonly columns: readonly Index[]
  readonly batch: readonly Index[]
  readonly summed: readonly Index[]
  /** Depends on rows, batch and sum. */
  readonly left: Scalar
  /** Depends on columns, batch and sum; the last axis of the output is a column. */
  readonly right: Scalar
  /** Factors that are multiplied by 0 where a test of the other side fails. The result is 0 only if they are finite. */
  readonly finite: readonly Scalar[]
  /** The sum itself; the rest of the body is applied to the finished sums. */
  readonly sum: Reduce
}

/** Can all `finite` factors be tested before the product runs? Only stored ones can. */
export const canTestFinite = (c: Contraction): boolean => c.finite.every((x) => x._tag === 'Load')

/** The loops of a sum of sums, and its terms. */
const nest = (r: Reduce): readonly [readonly Index[], Scalar] => {
  if (r.body._tag !== 'Reduce' || r.body.by !== 'add') return [[r.index], r.body]
  const [inner, body] = nest(r.body)
  return [[r.index, ...inner], body]
}
const isCall = (s: Scalar, f: string): s is Call => s._tag === 'Call' && s.fn === f
const isPositiveZero = (s: Scalar | undefined): boolean => s?._tag === 'Num' && Object.is(s.value, 0)

/** The one sum of products in a body, and the tests that a product must pass to count. */
export interface ProductSum {
  readonly sum: Reduce
  readonly summed: readonly Index[]
  readonly tests: readonly Scalar[]
  readonly factors: readonly [Scalar, Scalar]
}
export const productSumIn = (body: Scalar): ProductSum | undefined => {
  const [sum, ...others] = reducesIn(body)
  if (sum === undefined || others.length > 0 || sum.by !== 'add' || sum.dtype !== 'real') return undefined
  const [summed, term] = nest(sum)
  const guarded = isCall(term, 'select') && isPositiveZero(term.args[2])
  const product = guarded ? argsOf(term)[1] : term
  if (!isCall(product, 'mul') || product.dtype !== 'real') return undefined
  const [p, q] = argsOf(product)
  if (reducesIn(p).length + reducesIn(q).length > 0) return undefined
  return { sum, summed, tests: guarded ? conjuncts(argsOf(term)[0]) : [], factors: [p, q] }
}

export const contractionIn = (axes: readonly Index[], body: Scalar): Contraction | undefined => {
  const found = productSumIn(body)
  if (found === undefined) return undefined
  const {
    sum,
    summed,
    tests,
    factors: [p, q],
  } = found
  const live = axes.filter((i) => i.size > 1)
  const last = live.at(-1)
  const touches = (side: Scalar, i: Index): boolean => mentions(side, i)
  const all = [...live, ...summed]
  const of = (side: Scalar): ReadonlySet<Index> => new Set(all.filter((i) => touches(side, i)))
  if (last === undefined) return undefined
  const [fp, fq] = [of(p), of(q)]
  const placed = tests.map((t) => {
    const free = all.filter((i) => touches(t, i))
    return free.every((i) => fq.has(i)) ? q : free.every((i) => fp.has(i)) ? p : undefined
  })
  if (placed.includes(undefined)) return undefined
  const guardedSide = (side: Scalar): Scalar =>
    tests.filter((_, k) => placed[k] === side).reduce((s, t) => fn('select', t, s, num(0)), side)
  const finite = [p, q].filter((_, k) => placed.includes(k === 0 ? q : p))
  const both = live.filter((i) => fp.has(i) && fq.has(i))
  const neither = live.filter((i) => !fp.has(i) && !fq.has(i))
  if (neither.length > 0 || both.includes(last)) return undefined
  const flipped = fp.has(last)
  const [left, right, fl, fr] = flipped ? [q, p, fq, fp] : [p, q, fp, fq]
  return {
    rows: live.filter((i) => fl.has(i) && !fr.has(i)),
    columns: live.filter((i) => fr.has(i) && !fl.has(i)),
    batch: both,
    summed,
    left: guardedSide(left),
    right: guardedSide(right),
    finite,
    sum,
  }
}
