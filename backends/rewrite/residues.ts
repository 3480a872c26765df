/**
 * Sums that read an axis through a remainder, as transposed convolutions and gradients of strided ones do: the position in
 * the filter depends on h modulo s, so the axis is in both factors, in neither of them linearly. The axis becomes two,
 *
 *   h = s q + r(m)      m = (c h + d) mod s      r(m) = (m - d) / c mod s
 *
 * of which the filter depends on m alone. Where s does not divide the size of h, the last elements are of no h: they may
 * have any value, and nothing reads them.
 */
import { type Index, idiv, index, mod, offset, plus, type Reduce, type Scalar, times } from '../../lang/kernel/index.ts'
import { makeInterner } from './intern.ts'
import { isIndex } from './linear.ts'
import { makeForms } from './linearForms.ts'
import { argsOf, partsOf } from './scalars.ts'
import { simplified } from './shortestIndices.ts'
import { substitute } from './substitute.ts'

/** A sum over quotients and remainders of its axes. */
interface Residues {
  /** Remainders in front; a quotient is in the place of its axis. */
  readonly axes: readonly Index[]
  readonly sum: Reduce
  /** The new indices in terms of the old ones. */
  readonly back: ReadonlyMap<Index, Scalar>
}
/** The remainder (c axis + d) mod s. */
interface Remainder {
  readonly axis: Index
  readonly c: number
  readonly d: number
  readonly s: number
}
const floorMod = (a: number, n: number): number => a - n * Math.floor(a / n)
/** The i of least size with c i = 1 modulo n, if it exists. */
const inverse = (c: number, n: number): number | undefined =>
  Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -i / 2 : (i + 1) / 2)).find((i) => floorMod(c * i - 1, n) === 0)

/** The remainder by the least number; a quotient, which has none beside it, if there is no remainder. */
const remainderIn = (axes: readonly Index[], root: Scalar): Remainder | undefined => {
  const { linear } = makeForms(makeInterner())
  const calls = [...partsOf(root)].filter((s) => s._tag === 'Call')
  const found = (f: 'mod' | 'idiv'): readonly Remainder[] =>
    calls.flatMap((call) => {
      const [x, by] = argsOf(call)
      if (call.fn !== f || by?._tag !== 'Num') return []
      const { terms, constant } = linear(x)
      const [[axis, c] = []] = terms
      if (axis === undefined || c === undefined || terms.size > 1 || !isIndex(axis) || !axes.includes(axis)) return []
      if (f === 'mod' ? inverse(c, by.value) === undefined : Math.abs(c) !== 1) return []
      return [{ axis, c, d: constant, s: by.value }]
    })
  const least = (all: readonly Remainder[]): Remainder | undefined =>
    all.reduce<Remainder | undefined>((a, r) => (a && a.s <= r.s ? a : r), undefined)
  return least(found('mod')) ?? least(found('idiv'))
}
/** Divides axes until none is read through a remainder; undefined where none is. Remainders are not divided again. */
export const residuesIn = (axes: readonly Index[], sum: Reduce): Residues | undefined => divided([], axes, sum)
const divided = (remainders: readonly Index[], axes: readonly Index[], sum: Reduce): Residues | undefined => {
  const found = remainderIn(axes, sum)
  if (found === undefined) return undefined
  const { axis, c, d, s } = found
  const [q, m] = [index(Math.ceil(axis.size / s)), index(s)]
  const by = inverse(c, s) ?? 1
  const value = plus(times(q, s), mod(offset(times(m, by), -by * d), s))
  const body = simplified(substitute(sum, new Map([[axis, value]])))
  if (body._tag !== 'Reduce') return undefined
  const [rest, inner] = [[...remainders, m], axes.map((i) => (i === axis ? q : i))]
  const further = divided(rest, inner, body)
  const here = new Map<Index, Scalar>([
    [m, mod(offset(times(axis, c), d), s)],
    [q, idiv(axis, s)],
  ])
  if (further === undefined) return { axes: [...rest, ...inner], sum: body, back: here }
  const back = [...further.back].map(([i, x]) => [i, substitute(x, here)] as const)
  return { ...further, back: new Map([...here, ...back]) }
}

/**
 * Divides axes in their places, where every value is a quotient and a remainder: the elements stay in order, so the kernel
 * is the same. Channels in groups are an example.
 */
export const dividedInPlace = (
  axes: readonly Index[],
  body: Scalar,
): { readonly axes: readonly Index[]; readonly body: Scalar } => {
  const found = remainderIn(axes, body)
  if (found === undefined || found.c !== 1 || found.d !== 0 || found.axis.size % found.s !== 0) return { axes, body }
  const { axis, s } = found
  if (axis.size === s) return { axes, body }
  const [q, m] = [index(axis.size / s), index(s)]
  const value = new Map([[axis, plus(times(q, s), m)]])
  return dividedInPlace(
    axes.flatMap((i) => (i === axis ? [q, m] : [i])),
    simplified(substitute(body, value)),
  )
}
