/** A scalar with other indices. Index arithmetic is built again, so that ranges are known and folding happens. */
import { type Index, idiv, mod, plus, type Scalar, times } from '../../lang/kernel/index.ts'
import { rewriter } from './scalars.ts'

export const substitute = (root: Scalar, by: ReadonlyMap<Index, Scalar>): Scalar =>
  rewriter((s, go) => {
    if (s._tag === 'Index') return by.get(s)
    if (s._tag !== 'Call') return undefined
    const args = s.args.map(go)
    return args.every((a, k) => a === s.args[k]) ? s : called(s, args)
  })(root)
const called = (s: Scalar & { readonly _tag: 'Call' }, args: readonly Scalar[]): Scalar => {
  const [a, b] = args as readonly [Scalar, Scalar]
  if (s.dtype !== 'int' || s.range === undefined) return { ...s, args }
  if (s.fn === 'add') return plus(a, b)
  if (b?._tag !== 'Num') return { ...s, args }
  if (s.fn === 'mul') return times(a, b.value)
  if (s.fn === 'idiv') return idiv(a, b.value)
  return s.fn === 'mod' ? mod(a, b.value) : { ...s, args }
}
