/**
 * Code motion: a kernel's scalars as statements, each in the outermost loop where all that it needs is known. A loop that
 * does not move with the loop around it runs before it. Printers translate a block statement by statement.
 *
 * A statement has no name: the scalar itself is what later statements mention. Numbers and indices are never statements.
 */
import { childrenOf, type Index, type Reduce, type Scalar } from '../../lang/kernel/index.ts'
import { makeLoops } from './freeIndices.ts'

export type Bound = Exclude<Scalar, { readonly _tag: 'Num' | 'Index' | 'Reduce' }>
export type Statement =
  | { readonly _tag: 'Let'; readonly scalar: Bound }
  /** The accumulators of one index run in one loop, and are complete after it. */
  | { readonly _tag: 'For'; readonly index: Index; readonly reduces: readonly Reduce[]; readonly body: Block }
export type Block = readonly Statement[]

/** Reductions over one index object belong to one loop: copies of a body for several outputs share their loops. */
export const groupsOf = (results: readonly Scalar[]): ReadonlyMap<Index, readonly Reduce[]> => {
  const groups = new Map<Index, Reduce[]>()
  const seen = new Set<Scalar>()
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (s._tag === 'Reduce') groups.set(s.index, [...(groups.get(s.index) ?? []), s])
    for (const c of childrenOf(s)) go(c)
  }
  for (const r of results) go(r)
  return groups
}

/** The statements that make the results known, given the output's indices. */
export const blockOf = (indices: readonly Index[], results: readonly Scalar[]): Block => {
  const loops = makeLoops()
  loops.bind(indices)
  const groups = groupsOf(results)
  const blocks: Statement[][] = [[]]
  const done = new Set<Scalar>()
  const visit = (s: Scalar): void => {
    if (done.has(s) || s._tag === 'Num' || s._tag === 'Index') return
    if (s._tag === 'Reduce') {
      const reduces = groups.get(s.index) ?? [s]
      for (const r of reduces) done.add(r)
      const depth = loops.enter(
        s.index,
        reduces.map((r) => r.body),
      )
      const body: Statement[] = []
      // whatever is at this depth now belongs to a loop already finished, or to one that this loop leaves
      const before = blocks[depth]
      blocks[depth] = body
      for (const r of reduces) visit(r.body)
      if (before === undefined) blocks.length = depth
      else blocks[depth] = before
      blocks[depth - 1]?.push({ _tag: 'For', index: s.index, reduces, body })
    } else {
      done.add(s)
      for (const c of childrenOf(s)) visit(c)
      blocks[loops.nestOf([s]).depth]?.push({ _tag: 'Let', scalar: s })
    }
  }
  for (const r of results) visit(r)
  return blocks[0] as Block
}
