/**
 * Which loops a scalar moves with. A loop that does not move with the loop around it runs before it, so a scalar is
 * evaluated once per turn of the innermost loop that it depends on, wherever it is written.
 */
import { childrenOf, type Index, type Scalar } from '../../lang/kernel/index.ts'

export interface Nest {
  readonly depth: number
  /** How often the body runs per element of the output. */
  readonly trips: number
}
const outside: Nest = { depth: 0, trips: 1 }
type Free = readonly Index[]
const none: Free = []

/** Indices of outputs are not loops; loops must be entered from the outside in. */
export interface Loops {
  readonly bind: (indices: readonly Index[]) => void
  /** The loops a scalar depends on. */
  readonly free: (s: Scalar) => Free
  /** What a loop runs over; its depth. */
  readonly enter: (i: Index, bodies: readonly Scalar[]) => number
  /** The innermost loop that these depend on. */
  readonly nestOf: (s: readonly Scalar[]) => Nest
}

const union = (a: Free, b: Free): Free => {
  if (a === b || b.length === 0) return a
  if (a.length === 0) return b
  const more = b.filter((i) => !a.includes(i))
  return more.length === 0 ? a : [...a, ...more]
}

export const makeLoops = (): Loops => {
  const bound = new Set<Index>()
  const known = new Map<Scalar, Free>()
  const nests = new Map<Index, Nest>()
  const free = (s: Scalar): Free => {
    if (s._tag === 'Num') return none
    const hit = known.get(s)
    if (hit !== undefined) return hit
    let found: Free = s._tag !== 'Index' || bound.has(s) ? none : [s]
    for (const c of childrenOf(s)) found = union(found, free(c))
    if (s._tag === 'Reduce') found = found.filter((i) => i !== s.index)
    known.set(s, found)
    return found
  }
  const innermost = (indices: Free): Nest => {
    let nest = outside
    for (const i of indices) {
      const n = nests.get(i) ?? outside
      if (n.depth > nest.depth) nest = n
    }
    return nest
  }
  return {
    bind: (indices) => {
      for (const i of indices) bound.add(i)
    },
    free,
    enter: (i, bodies) => {
      const around = innermost(bodies.reduce((all, s) => union(all, free(s)), none).filter((j) => j !== i))
      nests.set(i, { depth: around.depth + 1, trips: around.trips * i.size })
      return around.depth + 1
    },
    nestOf: (scalars) => {
      let nest = outside
      for (const s of scalars) {
        const n = innermost(free(s))
        if (n.depth > nest.depth) nest = n
      }
      return nest
    },
  }
}
