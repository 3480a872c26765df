/**
 * Code motion with loops unrolled, for languages whose loops are expensive. A nest of sums becomes one accumulator,
 *
 *   sum_k sum_r f(k, r):   a = 0;  for k { a = a + f(k, 0); a = a + f(k, 1); ... }
 *
 * and the neighbouring elements that a thread computes run through each iteration together, so that the loads that they
 * share run once.
 */
import { type Index, index, offset, plus, type Reduce, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import type { Loops } from '../../lang/kernel/loops.ts'
import { bug } from '../../lang/syntax/error.ts'
import { type LetStatement, type Motion, moveCode, type ReduceGroup } from './codeMotion.ts'
import { makeInterner } from './intern.ts'
import { partsOf, readersIn, reducesIn } from './scalars.ts'
import { substitution } from './substitute.ts'

export type Statement = LetStatement | UnrolledStatement
export type Block = readonly Statement[]
type UnrolledStatement =
  /** Initialises the accumulator, with the first term or the unit. */
  | { readonly _tag: 'Start'; readonly reduce: Reduce; readonly from: Scalar | undefined }
  /** Adds a term to the accumulator, which holds the reduction's value after the last term. */
  | { readonly _tag: 'Into'; readonly reduce: Reduce; readonly term: Scalar }
  | { readonly _tag: 'For'; readonly index: Index; readonly body: Block }

export interface UnrollLimits {
  /** Copies of the body of a long loop. */
  readonly long: number
  /** Copies of the body of nested short loops, which are unrolled whole. */
  readonly short: number
  /** Scalars in all copies. */
  readonly nodes: number
}

/** Reductions that run together, as one nest of loops: some counted, those inside them unrolled. */
interface Nest {
  readonly reduces: ReduceGroup
  readonly counted: readonly Index[]
  readonly unrolled: readonly Index[]
  readonly terms: readonly Scalar[]
  /** The iterations left over after the innermost counted loop. */
  readonly rest?: Nest
}

/** The loops of these reductions, with the loops directly inside that nothing else reads. */
const nestOf = (reduces: ReduceGroup, readers: (s: Scalar) => number, m: Motion<UnrolledStatement>): Nest => {
  const [{ by, dtype, index: outermost }] = reduces
  const counted = [outermost]
  let around = outermost
  let terms = reduces.map((r) => r.body)
  for (;;) {
    const inner = terms.filter((t) => t._tag === 'Reduce')
    const i = inner[0]?.index
    const joins = (r: Reduce): boolean =>
      r.index === i && r.by === by && r.dtype === dtype && readers(r) === 1 && m.loops.free(r).includes(around)
    const all = inner.length === terms.length && i !== undefined && m.groups.get(i)?.length === terms.length
    if (!all || !inner.every(joins)) return { reduces, counted, unrolled: [], terms }
    counted.push(i)
    around = i
    terms = inner.map((r) => r.body)
  }
}

/** Short loops unrolled whole, from the inside out; else some iterations of the innermost loop. */
const unrolledNest = (nest: Nest, limits: UnrollLimits, loops: Loops): Nest => {
  const { counted, terms } = nest
  const varies = (s: Scalar): boolean => loops.free(s).some((i) => counted.includes(i))
  if (terms.some((t) => reducesIn(t).some(varies))) return nest
  const size = new Set(terms.flatMap((t) => [...partsOf(t, varies)])).size
  const fits = (copies: number, most: number): boolean => copies <= most && copies * size <= limits.nodes
  const kept = countedDepth(counted, (copies) => fits(copies, limits.short))
  if (kept < counted.length) return { ...nest, counted: counted.slice(0, kept), unrolled: counted.slice(kept) }
  const last = counted.at(-1)
  const copies = last && [8, 4, 2].find((n) => n <= last.size && fits(n, limits.long))
  return last === undefined || copies === undefined ? nest : unrolledBy(nest, last, copies)
}
/** How many of the loops stay loops if those inside are unrolled whole. */
const countedDepth = (loops: readonly Index[], fits: (copies: number) => boolean): number => {
  let [depth, copies] = [loops.length, 1]
  for (const i of [...loops].reverse()) {
    copies *= i.size
    if (!fits(copies)) break
    depth--
  }
  return depth
}
/** k = copies outer + inner, then the rest. */
const unrolledBy = (nest: Nest, last: Index, copies: number): Nest => {
  const around = nest.counted.slice(0, -1)
  const [outer, inner, rest] = [index(Math.floor(last.size / copies)), index(copies), index(last.size % copies)]
  const termsAt = (at: Scalar): readonly Scalar[] => nest.terms.map(substitution(new Map([[last, at]])))
  return {
    ...nest,
    counted: [...around, outer],
    unrolled: [inner],
    terms: termsAt(plus(times(outer, copies), inner)),
    rest: { ...nest, counted: around, unrolled: [rest], terms: termsAt(offset(rest, last.size - rest.size)) },
  }
}
/** All positions, the last index fastest. */
const positions = (indices: readonly Index[]): readonly ReadonlyMap<Index, Scalar>[] =>
  indices.some((i) => i.size === 0)
    ? []
    : indices.reduce<readonly ReadonlyMap<Index, Scalar>[]>(
        (all, i) => all.flatMap((at) => Array.from({ length: i.size }, (_, k) => new Map([...at, [i, whole(k)]]))),
        [new Map()],
      )

/** Writes a nest: its accumulators, its loops, and the copies of its terms. */
const writeNest = (nest: Nest, canonical: (s: Scalar) => Scalar, m: Motion<UnrolledStatement>): void => {
  const { loops, emit, visit, inLoop } = m
  let started = false
  const start = (depth: number): void => {
    for (const reduce of nest.reduces) emit(depth, { _tag: 'Start', reduce, from: undefined })
    started = true
  }
  /** The unrolled iterations, all neighbours in each. */
  const writeCopies = ({ reduces, unrolled, terms }: Nest, depth: number): void => {
    for (const at of positions(unrolled)) {
      const copy = substitution(at, canonical, (s) => !loops.free(s).some((i) => at.has(i)))
      const copies = terms.map(copy)
      reduces.forEach((reduce, k) => {
        const term = copies[k] ?? bug('a reduction without a term')
        visit(term)
        emit(depth, started ? { _tag: 'Into', reduce, term } : { _tag: 'Start', reduce, from: term })
      })
      started = true
    }
  }
  const writeLoop = ([i, ...inner]: readonly Index[]): void => {
    if (i === undefined) return
    const isInnermost = inner.length === 0
    const { depth, body } = inLoop(i, nest.terms, (inside) => {
      if (!started) start(inside - 1)
      if (isInnermost) writeCopies(nest, inside)
      else writeLoop(inner)
    })
    emit(depth - 1, { _tag: 'For', index: i, body })
    if (isInnermost && nest.rest) writeCopies(nest.rest, depth - 1)
  }
  if (nest.counted.length > 0) {
    writeLoop(nest.counted)
    return
  }
  const { depth } = loops.nestOf(nest.terms)
  const [{ by, dtype }] = nest.reduces
  // a sum of reals begins with 0, for 0 + x is not x where x is -0
  if ((by === 'add' && dtype === 'real') || nest.unrolled.some((i) => i.size === 0)) start(depth)
  writeCopies(nest, depth)
}

/**
 * The statements that compute the results, given the output's indices. Law: they mean the same as the results, except for
 * the order of sums in a nest of loops. Reductions over one index, of several results, must depend on the same loops.
 */
export const unrolledBlock = (indices: readonly Index[], results: readonly Scalar[], limits: UnrollLimits): Block => {
  const readers = readersIn(results)
  const { canonical } = makeInterner()
  return moveCode<UnrolledStatement>(indices, results, (m, reduces) =>
    writeNest(unrolledNest(nestOf(reduces, readers, m), limits, m.loops), canonical, m),
  )
}
