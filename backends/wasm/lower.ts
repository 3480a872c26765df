/**
 * A kernel made ready for loops: loads have flat addresses, neighbouring axes that every address treats as one are one,
 * and an index is chosen along which four elements are computed at once.
 */
import { childrenOf, type Index, index, plus, type Reduce, type Scalar, times } from '../../lang/kernel/index.ts'
import { type Shape, sizeOf, strides, type Type } from '../../lang/shape.ts'
import { type Flat, flattened } from '../kernel/flat.ts'
import { makeInterner } from '../kernel/intern.ts'
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
} from '../kernel/linear.ts'
import { mentions, partsOf, rewriter } from '../kernel/scalars.ts'
import { substitute } from '../kernel/substitute.ts'

export type Load = Scalar & { readonly _tag: 'Load' }
/** out[to] = body, for every value of the axes. Loads have one index: a position in memory, of which `addresses` knows the form. */
export interface Lowered {
  readonly axes: readonly Index[]
  readonly to: Linear
  readonly body: Scalar
  readonly addresses: ReadonlyMap<Scalar, Linear>
  /** Indices that are run over four at a time. */
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
  /** An axis that callers run over one by one: it is left as it is. */
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
  const made = collapse(start, counter)
  return { ...made, lanes: lanesOf(made, counter) }
}
type Unlaned = Omit<Lowered, 'lanes'>

/**
 * An axis that is read by quotient and remainder is two axes: then every address is linear in both. The smallest divisor
 * first; windows next to one another, and reshapes, are of this kind.
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
  const moved = new Map<Index, Scalar>([[i, by]])
  return [...a.terms].reduce(
    (sumOf, [t, c]) => sum(sumOf, scale(termOf(substitute(t, moved)), c)),
    constantOf(a.constant),
  )
}

/** Indices that are read as values, not only as terms of addresses. */
const opaqueIndices = ({ body, addresses, to }: Unlaned): ReadonlySet<Index> => {
  const found = new Set<Index>()
  const seen = new Set<Scalar>()
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (s._tag === 'Index') found.add(s)
    else if (s._tag === 'Load') {
      for (const t of (addresses.get(s) as Linear).terms.keys()) if (!isIndex(t)) go(t)
    } else for (const c of childrenOf(s)) go(c)
  }
  go(body)
  for (const t of opaqueTerms(to)) go(t)
  return found
}
/** What an address is made of beside indices. */
export const opaqueTerms = (a: Linear): readonly Scalar[] => [...a.terms.keys()].filter((t) => !isIndex(t))
/** Reductions directly inside a reduction of their kind, which nothing else reads. */
const chains = (root: Scalar): readonly (readonly [outer: Reduce, inner: Reduce])[] => {
  const uses = new Map<Scalar, number>()
  const found: (readonly [Reduce, Reduce])[] = []
  const go = (s: Scalar): void => {
    uses.set(s, (uses.get(s) ?? 0) + 1)
    if (uses.get(s) !== 1) return
    if (s._tag === 'Reduce' && s.body._tag === 'Reduce' && s.body.by === s.by) found.push([s, s.body])
    for (const c of childrenOf(s)) go(c)
  }
  go(root)
  const indices = new Map<Index, number>()
  for (const s of uses.keys()) if (s._tag === 'Reduce') indices.set(s.index, (indices.get(s.index) ?? 0) + 1)
  return found.filter(([o, i]) => uses.get(i) === 1 && indices.get(o.index) === 1 && indices.get(i.index) === 1)
}

/** Two neighbouring loops as one, wherever all addresses allow it. */
const collapse = (k: Unlaned, counter: Index | undefined): Unlaned => {
  const opaque = opaqueIndices(k)
  const joins = (outer: Index, inner: Index): boolean =>
    outer !== counter &&
    !opaque.has(outer) &&
    !opaque.has(inner) &&
    [k.to, ...k.addresses.values()].every((a) => coefficient(a, outer) === coefficient(a, inner) * inner.size)
  for (let d = 0; d + 1 < k.axes.length; d++) {
    const [a, b] = [k.axes[d] as Index, k.axes[d + 1] as Index]
    if (!joins(a, b)) continue
    const both = index(a.size * b.size)
    const axes = [...k.axes.slice(0, d), both, ...k.axes.slice(d + 2)]
    return collapse({ ...renamed(k, a, b, both), axes }, counter)
  }
  for (const [outer, inner] of chains(k.body))
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
/** Everything again, with one index in place of two. */
const renamed = (
  k: Unlaned,
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
    const moved: Linear = { ...rest, terms: new Map([...rest.terms].map(([t, by]) => [go(t), by])) }
    return c === 0 ? moved : sum(moved, scale(termOf(both), c))
  }
  const go = rewriter((part, next) => {
    const s = replaced.get(part) ?? part
    if (s._tag === 'Load') {
      const form = address(k.addresses.get(s) as Linear)
      const made = canonical({ ...s, at: [toScalar(form)] })
      if (!addresses.has(made)) addresses.set(made, form)
      return made
    }
    if (s._tag === 'Call') return canonical({ ...s, args: s.args.map(next) })
    return s._tag === 'Reduce' ? { ...s, body: next(s.body) } : s
  })
  const body = go(k.body)
  return { body, addresses, to: address(k.to) }
}

// -- lanes -----------------------------------------------------------------------------------------------------------

const innermost = (root: Scalar): readonly Reduce[] => {
  const found: Reduce[] = []
  const holds = new Map<Scalar, boolean>()
  const hasLoop = (s: Scalar): boolean => {
    const known = holds.get(s)
    if (known !== undefined) return known
    const inner = childrenOf(s).map(hasLoop).some(Boolean)
    if (s._tag === 'Reduce' && !inner) found.push(s)
    holds.set(s, inner || s._tag === 'Reduce')
    return inner || s._tag === 'Reduce'
  }
  hasLoop(root)
  return found
}
const loadsIn = (root: Scalar): readonly Scalar[] => [...partsOf(root)].filter((s) => s._tag === 'Load')
/** What it takes to compute the loads four at a time along an index: 1 for a vector or one number, 4 for four numbers. */
const effort = (k: Unlaned, loads: readonly Scalar[], i: Index): number => {
  const reads = loads.map((l) => {
    const a = k.addresses.get(l) as Linear
    const moves = [...a.terms.keys()].some((t) => !isIndex(t) && mentions(t, i))
    const by = coefficient(a, i)
    return moves ? 6 : by === 0 || by === 1 || by === -1 ? 1 : 3
  })
  return (1 + reads.reduce((n, r) => n + r, 0)) / Math.min(4, i.size)
}
/** The axis, or the innermost loops of the reductions, along which most operands stand in rows. */
const lanesOf = (k: Unlaned, counter: Index | undefined): ReadonlySet<Index> => {
  const loops = innermost(k.body)
  const last = k.axes.at(-1)
  if (last === undefined) return new Set(loops.map((r) => r.index))
  const best = bestAxis(k, counter)
  if (loops.length === 0 || last === counter) return new Set(best ? [best] : loops.map((r) => r.index))
  const across = loops.reduce((n, r) => n + effort(k, loadsIn(r.body), last) * r.index.size, 0)
  // the lanes are added up once per element
  const along = loops.reduce((n, r) => n + effort(k, loadsIn(r.body), r.index) * r.index.size + 6, 0)
  return along < across ? new Set(loops.map((r) => r.index)) : new Set([last])
}
/** Stores count as loads do; of equals the innermost. */
const bestAxis = (k: Unlaned, counter: Index | undefined): Index | undefined => {
  const loads = loadsIn(k.body)
  const of = (i: Index): number => {
    const by = coefficient(k.to, i)
    const moves = [...k.to.terms.keys()].some((t) => !isIndex(t) && mentions(t, i))
    return moves ? Number.POSITIVE_INFINITY : effort(k, loads, i) + (by === 1 ? 1 : 3) / Math.min(4, i.size)
  }
  // an axis outside others pays only where those are few: their turns stand between its rows
  const inner = (d: number): number => k.axes.slice(d + 1).reduce((n, i) => n * i.size, 1)
  const open = k.axes.filter((i, d) => i !== counter && inner(d) <= 8)
  return [...open].reverse().reduce<Index | undefined>((a, i) => (a && of(a) <= of(i) ? a : i), undefined)
}
export const shapesOf = (reads: readonly number[], types: readonly Type[]): readonly Shape[] =>
  reads.map((v) => (types[v] as Type).shape)
export const isEmpty = (shape: Shape): boolean => sizeOf(shape) === 0
