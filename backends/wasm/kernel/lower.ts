/**
 * Lowers a kernel to loops: loads get flat addresses, neighbouring axes that all addresses treat as one axis are merged,
 * and an index is chosen along which a vector of elements is computed at once.
 */
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { childrenOf, type Index, index, plus, type Reduce, type Scalar, times } from '../../../lang/kernel/index.ts'
import { type Shape, strides } from '../../../lang/syntax/shape.ts'
import { makeInterner } from '../../rewrite/intern.ts'
import {
  coefficient,
  constantOf,
  isIndex,
  type Linear,
  scale,
  sum,
  termOf,
  toScalar,
  without,
  zero,
} from '../../rewrite/linear.ts'
import { partsOf, readersIn, rewriter } from '../../rewrite/scalars.ts'
import { type Flat, flattened } from '../../rewrite/shortestIndices.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { addressOf, lanesOf, type Nest } from './lanes.ts'

export interface Lowered extends Nest {
  /** Indices along which a vector is computed at a time. */
  readonly lanes: ReadonlySet<Index>
}
/** The row-major position of an element, in an array of at least their sizes. */
export const rowMajor = (axes: readonly Index[], sizes: Shape = axes.map((i) => i.size)): Linear => {
  const by = strides(sizes)
  return axes.reduce((a, i, d) => sum(a, scale(termOf(i), by[d] as number)), zero)
}

export const lower = (
  axes: readonly Index[],
  body: Scalar,
  shapes: readonly Shape[],
  to: Linear = rowMajor(axes),
  /** An axis that callers count: it is neither split nor merged. */
  counter?: Index,
): Lowered => {
  const flat = flattened(body, shapes, to)
  const divided = dividedAxis(
    axes.filter((i) => i !== counter),
    flat,
  )
  if (divided) {
    const [i, n] = divided
    const [whole, rest] = [index(i.size / n), index(n)]
    const value = plus(times(whole, n), rest)
    return lower(
      axes.flatMap((a) => (a === i ? [whole, rest] : [a])),
      substitute(body, new Map([[i, value]])),
      shapes,
      substituted(to, i, value),
      counter,
    )
  }
  const kept = axes.filter((i) => i.size !== 1)
  const start = { ...flat, axes: kept, to: axes.filter((i) => i.size === 1).reduce(without, flat.to) }
  const collapsed = collapse(start, counter)
  return { ...collapsed, lanes: lanesOf(collapsed, counter) }
}

/**
 * An axis that is read by quotient and remainder, as adjacent windows and reshapes do, becomes two axes, so that all
 * addresses are linear in both. The smallest divisor is taken first.
 */
const dividedAxis = (axes: readonly Index[], k: Flat): readonly [axis: Index, by: number] | undefined => {
  const found = new Map<Index, number>()
  const terms = [k.to, ...k.addresses.values()].flatMap((a) => [...a.terms.keys()])
  for (const s of [k.body, ...terms].flatMap((root) => [...partsOf(root)]))
    if (s._tag === 'Call' && (s.fn === 'idiv' || s.fn === 'mod')) {
      const [i, n] = s.args
      if (i?._tag === 'Index' && n?._tag === 'Num' && axes.includes(i) && i.size % n.value === 0)
        found.set(i, Math.min(n.value, found.get(i) ?? n.value))
    }
  const [first] = found
  return first
}
const substituted = (a: Linear, i: Index, by: Scalar): Linear => {
  const values = new Map<Index, Scalar>([[i, by]])
  return [...a.terms].reduce(
    (sumOf, [t, c]) => sum(sumOf, scale(termOf(substitute(t, values)), c)),
    constantOf(a.constant),
  )
}

/** Indices that are used as values, not only as terms of addresses. */
const opaqueIndices = ({ body, addresses, to }: Nest): ReadonlySet<Index> => {
  const found = new Set<Index>()
  const seen = new Set<Scalar>()
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (s._tag === 'Index') found.add(s)
    else if (s._tag === 'Load') {
      for (const t of addressOf({ addresses }, s).terms.keys()) if (!isIndex(t)) go(t)
    } else for (const c of childrenOf(s)) go(c)
  }
  go(body)
  for (const t of opaqueTerms(to)) go(t)
  return found
}
/** The terms of an address that are not indices. */
export const opaqueTerms = (a: Linear): readonly Scalar[] => [...a.terms.keys()].filter((t) => !isIndex(t))
/** From each outer reduction to an inner one of the same kind that is its whole body. No others run over their indices. */
export const chainsIn = (root: Scalar): ReadonlyMap<Reduce, Reduce> => {
  const readers = readersIn([root])
  const reduces = [...partsOf(root)].filter((s) => s._tag === 'Reduce')
  const alone = (r: Reduce): boolean => reduces.every((o) => o === r || o.index !== r.index)
  const joined = reduces.flatMap((outer) => {
    const inner = outer.body
    const only =
      inner._tag === 'Reduce' && inner.by === outer.by && readers(inner) === 1 && alone(outer) && alone(inner)
    return only ? [[outer, inner] as const] : []
  })
  return new Map(joined)
}

/** Merges two neighbouring loops wherever all addresses allow it. */
const collapse = (k: Nest, counter: Index | undefined): Nest => {
  const opaque = opaqueIndices(k)
  const joins = (outer: Index, inner: Index): boolean =>
    outer !== counter &&
    !opaque.has(outer) &&
    !opaque.has(inner) &&
    [k.to, ...k.addresses.values()].every((a) => coefficient(a, outer) === coefficient(a, inner) * inner.size)
  for (const [d, [a, b]] of RA.zip(k.axes, k.axes.slice(1)).entries()) {
    if (!joins(a, b)) continue
    const both = index(a.size * b.size)
    const axes = [...k.axes.slice(0, d), both, ...k.axes.slice(d + 2)]
    return collapse({ ...renamed(k, a, b, both), axes }, counter)
  }
  for (const [outer, inner] of chainsIn(k.body))
    if (joins(outer.index, inner.index)) {
      const both = index(outer.index.size * inner.index.size)
      const joined: Reduce = { ...inner, index: both }
      return collapse(
        { ...renamed(k, outer.index, inner.index, both, new Map([[outer, joined]])), axes: k.axes },
        counter,
      )
    }
  return k
}
/** The same kernel with one index in place of two. */
const renamed = (
  k: Nest,
  outer: Index,
  inner: Index,
  both: Index,
  replaced: ReadonlyMap<Scalar, Scalar> = new Map(),
) => {
  const { canonical } = makeInterner()
  const addresses = new Map<Scalar, Linear>()
  const address = (a: Linear): Linear => {
    const c = coefficient(a, inner)
    const rest = without(without(a, outer), inner)
    const rebuilt: Linear = { ...rest, terms: new Map([...rest.terms].map(([t, by]) => [go(t), by])) }
    return c === 0 ? rebuilt : sum(rebuilt, scale(termOf(both), c))
  }
  const go = rewriter((part, next) => {
    const s = replaced.get(part) ?? part
    if (s._tag === 'Load') {
      const form = address(addressOf(k, s))
      const load = canonical({ ...s, at: [toScalar(form)] })
      if (!addresses.has(load)) addresses.set(load, form)
      return load
    }
    if (s._tag === 'Call') return canonical({ ...s, args: s.args.map(next) })
    return s._tag === 'Reduce' ? { ...s, body: next(s.body) } : s
  })
  const body = go(k.body)
  return { body, addresses, to: address(k.to) }
}
