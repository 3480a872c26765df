/** Walks over scalars: each part once, however often it is shared. */
import { type Call, childrenOf, type Index, type Reduce, type Scalar } from '../../lang/kernel/index.ts'

/** The same scalar over other children; the same object where no child changes. */
export const mapChildren = (s: Scalar, f: (child: Scalar) => Scalar): Scalar => {
  switch (s._tag) {
    case 'Num':
    case 'Index':
      return s
    case 'Load': {
      const at = s.at.map(f)
      return at.every((a, d) => a === s.at[d]) ? s : { ...s, at }
    }
    case 'Call': {
      const args = s.args.map(f)
      return args.every((a, k) => a === s.args[k]) ? s : { ...s, args }
    }
    case 'Reduce': {
      const body = f(s.body)
      return body === s.body ? s : { ...s, body }
    }
  }
}
/**
 * Rewrites a scalar. `change` returns the replacement of a part, whose own parts it rewrites with `go`; or undefined, if
 * only the parts inside change.
 */
export const rewriter = (
  change: (s: Scalar, go: (part: Scalar) => Scalar) => Scalar | undefined,
): ((root: Scalar) => Scalar) => {
  const done = new Map<Scalar, Scalar>()
  const go = (s: Scalar): Scalar => {
    const known = done.get(s)
    if (known !== undefined) return known
    const found = change(s, go) ?? mapChildren(s, go)
    done.set(s, found)
    return found
  }
  return go
}
/** Replaces some parts by others. */
export const replaced = (root: Scalar, by: ReadonlyMap<Scalar, Scalar>): Scalar => rewriter((s) => by.get(s))(root)

/** All parts of a scalar, itself included. Does not enter parts that `into` refuses. */
export const partsOf = (root: Scalar, into: (s: Scalar) => boolean = () => true): ReadonlySet<Scalar> => {
  const seen = new Set<Scalar>()
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (into(s)) for (const c of childrenOf(s)) go(c)
  }
  go(root)
  return seen
}
/** The arguments of a call, of which there are as many as its function takes. */
export const argsOf = (s: Call): readonly [Scalar, Scalar, Scalar] => s.args as readonly [Scalar, Scalar, Scalar]
const isReduce = (s: Scalar): s is Reduce => s._tag === 'Reduce'
/** The outermost reductions. */
export const reducesIn = (root: Scalar): readonly Reduce[] => [...partsOf(root, (s) => !isReduce(s))].filter(isReduce)
export const hasLoop = (root: Scalar): boolean => reducesIn(root).length > 0
export const mentions = (root: Scalar, i: Index): boolean => partsOf(root).has(i)
/** How many scalars, and results, read a part of them. */
export const readersIn = (results: readonly Scalar[]): ((s: Scalar) => number) => {
  const readers = new Map<Scalar, number>()
  const go = (s: Scalar): void => {
    const n = readers.get(s) ?? 0
    readers.set(s, n + 1)
    if (n === 0) for (const c of childrenOf(s)) go(c)
  }
  for (const r of results) go(r)
  return (s) => readers.get(s) ?? 0
}
