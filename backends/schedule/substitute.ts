/** A scalar with other indices. Index arithmetic is built again, so that ranges are known and folding happens. */
import { type Index, idiv, mod, plus, type Scalar, times } from '../../lang/kernel/index.ts'

export const substitute = (root: Scalar, by: ReadonlyMap<Index, Scalar>): Scalar => {
  const done = new Map<Scalar, Scalar>()
  const go = (s: Scalar): Scalar => {
    const known = done.get(s)
    if (known !== undefined) return known
    const found = rebuilt(s)
    done.set(s, found)
    return found
  }
  const rebuilt = (s: Scalar): Scalar => {
    switch (s._tag) {
      case 'Num':
        return s
      case 'Index':
        return by.get(s) ?? s
      case 'Load': {
        const at = s.at.map(go)
        return at.every((a, d) => a === s.at[d]) ? s : { ...s, at }
      }
      case 'Call': {
        const args = s.args.map(go)
        return args.every((a, k) => a === s.args[k]) ? s : called(s, args)
      }
      case 'Reduce': {
        const body = go(s.body)
        return body === s.body ? s : { ...s, body }
      }
    }
  }
  return go(root)
}
const called = (s: Scalar & { readonly _tag: 'Call' }, args: readonly Scalar[]): Scalar => {
  const [a, b] = args as readonly [Scalar, Scalar]
  if (s.dtype !== 'int' || s.range === undefined) return { ...s, args }
  if (s.fn === 'add') return plus(a, b)
  if (b?._tag !== 'Num') return { ...s, args }
  if (s.fn === 'mul') return times(a, b.value)
  if (s.fn === 'idiv') return idiv(a, b.value)
  return s.fn === 'mod' ? mod(a, b.value) : { ...s, args }
}
