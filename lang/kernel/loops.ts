/**
 * Which loops a scalar depends on. A loop that does not depend on the loop around it runs before that loop, so a scalar
 * is computed once per iteration of the innermost loop that it depends on, wherever it is written.
 */
import { childrenOf, type Index, type Scalar } from './scalar.ts'

const none: readonly Index[] = []
const union = (a: readonly Index[], b: readonly Index[]): readonly Index[] => {
  if (a === b || b.length === 0) return a
  if (a.length === 0) return b
  const more = b.filter((i) => !a.includes(i))
  return more.length === 0 ? a : [...a, ...more]
}
/** The indices that a scalar depends on, without those of its own loops and without the bound ones. */
export const freeIndices = (bound: ReadonlySet<Index> = new Set()): ((s: Scalar) => readonly Index[]) => {
  const known = new Map<Scalar, readonly Index[]>()
  const free = (s: Scalar): readonly Index[] => {
    if (s._tag === 'Num') return none
    const hit = known.get(s)
    if (hit !== undefined) return hit
    const inside = childrenOf(s).reduce((all, c) => union(all, free(c)), none)
    const found =
      s._tag === 'Index' ? (bound.has(s) ? none : [s])
      : s._tag === 'Reduce' ? inside.filter((i) => i !== s.index)
      : inside
    known.set(s, found)
    return found
  }
  return free
}

interface LoopNest {
  /** How many loops are around a statement. */
  readonly depth: number
  /** How often it runs for an element of the output. */
  readonly iterations: number
}
export interface Loops {
  /** Indices of the output, which are not loops. */
  readonly bind: (indices: readonly Index[]) => void
  readonly free: (s: Scalar) => readonly Index[]
  /** The nest inside a loop over these bodies. Outer loops must be entered before inner ones. */
  readonly enter: (i: Index, bodies: readonly Scalar[]) => LoopNest
  /** The nest of the innermost loop that these scalars depend on. */
  readonly nestOf: (scalars: readonly Scalar[]) => LoopNest
}
export const makeLoops = (): Loops => {
  const bound = new Set<Index>(), free = freeIndices(bound), nests = new Map<Index, LoopNest>()
  const innermost = (scalars: readonly Scalar[], except?: Index): LoopNest => {
    let nest: LoopNest = { depth: 0, iterations: 1 }
    for (const s of scalars)
      for (const i of free(s)) {
        const n = i === except ? undefined : nests.get(i)
        if (n !== undefined && n.depth > nest.depth) nest = n
      }
    return nest
  }
  return {
    bind: (indices) => {
      for (const i of indices) bound.add(i)
    },
    free,
    enter: (i, bodies) => {
      const around = innermost(bodies, i)
      const nest = { depth: around.depth + 1, iterations: around.iterations * i.size }
      nests.set(i, nest)
      return nest
    },
    nestOf: innermost,
  }
}
