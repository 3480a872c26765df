/**
 * Code motion: a kernel's scalars as statements, each in the outermost loop where its operands are known. A loop that does
 * not depend on the loop around it runs before that loop. Printers translate a block statement by statement.
 *
 * A statement has no name: later statements mention the scalar itself. Numbers and indices are never statements.
 */
import { childrenOf, type Index, type Reduce, type Scalar } from '../../lang/kernel/index.ts'
import { type Loops, makeLoops } from '../../lang/kernel/loops.ts'
import { partsOf } from './scalars.ts'

/** A scalar that a statement computes. */
export type Computed = Exclude<Scalar, { readonly _tag: 'Num' | 'Index' | 'Reduce' }>
export interface LetStatement {
  readonly _tag: 'Let'
  readonly scalar: Computed
}
/** All reductions over one index run in one loop; their values are complete after it. */
export interface LoopStatement {
  readonly _tag: 'For'
  readonly index: Index
  readonly reduces: readonly Reduce[]
  readonly body: LoopBlock
}
export type LoopBlock = readonly (LetStatement | LoopStatement)[]

/** Reductions over the same index object share a loop. Copies of a body, for several outputs, have such reductions. */
export type ReduceGroup = readonly [Reduce, ...Reduce[]]
export const groupsOf = (results: readonly Scalar[]): ReadonlyMap<Index, ReduceGroup> => {
  const groups = new Map<Index, ReduceGroup>()
  for (const s of new Set(results.flatMap((r) => [...partsOf(r)])))
    if (s._tag === 'Reduce') {
      const known = groups.get(s.index)
      groups.set(s.index, known === undefined ? [s] : [...known, s])
    }
  return groups
}

/** What the writer of reductions gets: the blocks under construction. S: the statements that it adds. */
export interface Motion<S> {
  readonly loops: Loops
  readonly groups: ReadonlyMap<Index, ReduceGroup>
  /** Adds a statement to the open block of a depth. */
  readonly emit: (depth: number, statement: S) => void
  /** Adds the statements that compute a scalar. */
  readonly visit: (s: Scalar) => void
  /** Opens the block of a loop over an index, lets `write` fill it, and closes it. */
  readonly inLoop: (
    i: Index,
    bodies: readonly Scalar[],
    write: (depth: number) => void,
  ) => { readonly depth: number; readonly body: readonly (LetStatement | S)[] }
}
/**
 * The statements that compute the results, given the output's indices. `writeReductions` writes all reductions over one
 * index when the first of them is needed.
 */
export const moveCode = <S>(
  indices: readonly Index[],
  results: readonly Scalar[],
  writeReductions: (m: Motion<S>, reduces: ReduceGroup) => void,
): readonly (LetStatement | S)[] => {
  const loops = makeLoops()
  loops.bind(indices)
  const groups = groupsOf(results)
  const blocks: (LetStatement | S)[][] = [[]]
  const done = new Set<Scalar>()
  const visit = (s: Scalar): void => {
    if (done.has(s) || s._tag === 'Num' || s._tag === 'Index') return
    done.add(s)
    if (s._tag === 'Reduce') {
      const reduces = groups.get(s.index) ?? [s]
      for (const r of reduces) done.add(r)
      writeReductions(motion, reduces)
    } else {
      for (const c of childrenOf(s)) visit(c)
      blocks[loops.nestOf([s]).depth]?.push({ _tag: 'Let', scalar: s })
    }
  }
  const motion: Motion<S> = {
    loops,
    groups,
    visit,
    emit: (depth, statement) => blocks[depth]?.push(statement),
    inLoop: (i, bodies, write) => {
      const { depth } = loops.enter(i, bodies)
      const body: (LetStatement | S)[] = []
      // another block of this depth may be open, of a loop that does not contain this one
      const other = blocks[depth]
      blocks[depth] = body
      write(depth)
      if (other === undefined) blocks.length = depth
      else blocks[depth] = other
      return { depth, body }
    },
  }
  for (const r of results) visit(r)
  return blocks[0] ?? []
}

/** The statements without unrolling: one loop for the reductions over one index. */
export const blockOf = (indices: readonly Index[], results: readonly Scalar[]): LoopBlock =>
  moveCode<LoopStatement>(indices, results, ({ visit, emit, inLoop }, reduces) => {
    const [{ index }] = reduces
    const bodies = reduces.map((r) => r.body)
    const { depth, body } = inLoop(index, bodies, () => bodies.forEach(visit))
    emit(depth - 1, { _tag: 'For', index, reduces, body })
  })
