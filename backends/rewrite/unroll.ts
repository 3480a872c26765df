/**
 * Code motion with several turns of a loop written out, for languages whose loops are dear. A nest of sums is one sum with
 * one accumulator,
 *
 *   sum_k sum_r f(k, r):   a = 0;  for k { a = a + f(k, 0); a = a + f(k, 1); ... }
 *
 * and the neighbours that a thread computes take each turn together, so that what they share is read once and soon used.
 */

import {
  childrenOf,
  type Index,
  index,
  offset,
  plus,
  type Reduce,
  type Scalar,
  times,
  whole,
} from '../../lang/kernel/index.ts'
import { bug } from '../../lang/syntax/error.ts'
import { type Bound, groupsOf } from './codeMotion.ts'
import { type Loops, makeLoops } from './freeIndices.ts'
import { makeInterner } from './intern.ts'
import { partsOf, readersIn, reducesIn } from './scalars.ts'
import { substitution } from './substitute.ts'

export type Statement =
  | { readonly _tag: 'Let'; readonly scalar: Bound }
  /** The accumulator begins: with the first term, or the unit. */
  | { readonly _tag: 'Start'; readonly reduce: Reduce; readonly from: Scalar | undefined }
  /** A term joins the accumulator, which is the reduction's value after the last. */
  | { readonly _tag: 'Into'; readonly reduce: Reduce; readonly term: Scalar }
  | { readonly _tag: 'For'; readonly index: Index; readonly body: Block }
export type Block = readonly Statement[]

export interface Turns {
  /** Of a long loop, together. */
  readonly long: number
  /** Of short loops, one in another, altogether. */
  readonly short: number
  /** Scalars in what is written out. */
  readonly nodes: number
}

/** Reductions that run together, as one nest of loops: some counted, those inside them written out. */
interface Nest {
  readonly reduces: readonly Reduce[]
  readonly counted: readonly Index[]
  readonly written: readonly Index[]
  readonly terms: readonly Scalar[]
  /** Turns that are left over after the innermost loop. */
  readonly rest?: Nest
}
/** Short loops from the inside out; else several turns of the innermost. */
const writtenOut = (nest: Nest, { long, short, nodes }: Turns, loops: Loops): Nest => {
  const { counted: all, terms } = nest
  const moves = (s: Scalar): boolean => loops.free(s).some((i) => all.includes(i))
  if (terms.some((t) => reducesIn(t).some(moves))) return nest
  const size = new Set(terms.flatMap((t) => [...partsOf(t, moves)])).size
  const fits = (copies: number, most: number): boolean => copies <= most && copies * size <= nodes
  let [from, copies] = [all.length, 1]
  for (; from > 0; from--) {
    const n = (all[from - 1] as Index).size
    if (!fits(copies * n, short)) break
    copies *= n
  }
  if (from < all.length || all.length === 0) return { ...nest, counted: all.slice(0, from), written: all.slice(from) }
  const last = all[from - 1] as Index
  const by = [8, 4, 2].find((n) => n <= last.size && fits(n, long))
  if (by === undefined) return nest
  const around = all.slice(0, -1)
  const [outer, inner, rest] = [index(Math.floor(last.size / by)), index(by), index(last.size % by)]
  const moved = (at: Scalar): readonly Scalar[] => terms.map(substitution(new Map([[last, at]])))
  return {
    ...nest,
    counted: [...around, outer],
    written: [inner],
    terms: moved(plus(times(outer, by), inner)),
    rest: { ...nest, counted: around, written: [rest], terms: moved(offset(rest, last.size - rest.size)) },
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

/**
 * The statements that make the results known, given the output's indices. Law: they mean what the results mean, but for the
 * order of sums in a nest of loops. Reductions over one index, of several results, must move with the same loops.
 */
export const turnsOf = (indices: readonly Index[], results: readonly Scalar[], limits: Turns): Block => {
  const loops = makeLoops()
  loops.bind(indices)
  const groups = groupsOf(results)
  const readers = readersIn(results)
  const { canonical } = makeInterner()
  const blocks: Statement[][] = [[]]
  const done = new Set<Scalar>()

  /** These loops, with those directly inside that nothing else reads. */
  const nestOf = (reduces: readonly Reduce[]): Nest => {
    const [{ by, dtype, index: outermost }] = reduces as readonly [Reduce]
    const counted = [outermost]
    let terms = reduces.map((r) => r.body)
    for (;;) {
      const around = counted.at(-1) as Index
      const inner = terms.filter((t) => t._tag === 'Reduce')
      const i = inner[0]?.index
      const isOne = (r: Reduce): boolean =>
        r.index === i && r.by === by && r.dtype === dtype && readers(r) === 1 && loops.free(r).includes(around)
      if (
        i === undefined ||
        inner.length < terms.length ||
        groups.get(i)?.length !== terms.length ||
        !inner.every(isOne)
      )
        return { reduces, counted, written: [], terms }
      counted.push(i)
      terms = inner.map((r) => r.body)
    }
  }
  const visitNest = (nest: Nest): void => {
    // a sum of reals begins with 0, for 0 + x is not x where x is -0
    let started = false
    /** The turns that are written out, all neighbours in each. */
    const turns = ({ reduces, written, terms }: Nest, depth: number): void => {
      for (const at of positions(written)) {
        const moved = substitution(at, canonical, (s) => !loops.free(s).some((i) => at.has(i)))
        terms.map(moved).forEach((term, k) => {
          const reduce = reduces[k] as Reduce
          visit(term)
          blocks[depth]?.push(started ? { _tag: 'Into', reduce, term } : { _tag: 'Start', reduce, from: term })
        })
        started = true
      }
    }
    const start = (depth: number): void => {
      for (const reduce of nest.reduces) blocks[depth]?.push({ _tag: 'Start', reduce, from: undefined })
      started = true
    }
    const enter = (n: Nest, level: number): void => {
      const i = n.counted[level] as Index
      const depth = loops.enter(i, n.terms)
      if (!started) start(depth - 1)
      const body: Statement[] = []
      const before = blocks[depth]
      // whatever is at this depth now belongs to a loop already finished, or to one that this loop leaves
      blocks[depth] = body
      if (level + 1 < n.counted.length) enter(n, level + 1)
      else turns(n, depth)
      if (before === undefined) blocks.length = depth
      else blocks[depth] = before
      blocks[depth - 1]?.push({ _tag: 'For', index: i, body })
      if (level + 1 === n.counted.length && n.rest) turns(n.rest, depth - 1)
    }
    if (nest.counted.length > 0) enter(nest, 0)
    else {
      const { depth } = loops.nestOf(nest.terms)
      const [{ by, dtype }] = nest.reduces as readonly [Reduce]
      if ((by === 'add' && dtype === 'real') || nest.written.some((i) => i.size === 0)) start(depth)
      turns(nest, depth)
    }
  }
  const visit = (s: Scalar): void => {
    if (done.has(s) || s._tag === 'Num' || s._tag === 'Index') return
    done.add(s)
    if (s._tag === 'Reduce') {
      const reduces = groups.get(s.index) ?? bug('a loop that was not met')
      for (const r of reduces) done.add(r)
      visitNest(writtenOut(nestOf(reduces), limits, loops))
    } else {
      for (const c of childrenOf(s)) visit(c)
      blocks[loops.nestOf([s]).depth]?.push({ _tag: 'Let', scalar: s })
    }
  }
  for (const r of results) visit(r)
  return blocks[0] as Block
}
