/** A scalar with other indices. Index arithmetic is built again, so that ranges are known and folding happens. */
import { type Fn, type Index, idiv, mod, num, plus, type Scalar, times } from '../../lang/kernel/index.ts'
import { rewriter } from './scalars.ts'

export const substitute = (root: Scalar, by: ReadonlyMap<Index, Scalar>): Scalar => substitution(by)(root)

/**
 * The same for several scalars, which share what they shared. `canonical` chooses among equal scalars; what `stays` is not
 * entered.
 */
export const substitution = (
  by: ReadonlyMap<Index, Scalar>,
  canonical: (s: Scalar) => Scalar = (s) => s,
  stays: (s: Scalar) => boolean = () => false,
): ((s: Scalar) => Scalar) =>
  rewriter((s, go) => {
    if (s._tag === 'Index') return by.get(s)
    if (stays(s)) return s
    if (s._tag === 'Load') {
      const at = s.at.map(go)
      return at.every((a, d) => a === s.at[d]) ? s : canonical({ ...s, at })
    }
    if (s._tag !== 'Call') return undefined
    const args = s.args.map(go)
    return args.every((a, k) => a === s.args[k]) ? s : canonical(decided(s.fn, args) ?? called(s, args))
  })
const called = (s: Scalar & { readonly _tag: 'Call' }, args: readonly Scalar[]): Scalar => {
  const [a, b] = args as readonly [Scalar, Scalar]
  if (s.dtype !== 'int' || s.range === undefined) return { ...s, args }
  if (s.fn === 'add') return plus(a, b)
  if (b?._tag !== 'Num') return { ...s, args }
  if (s.fn === 'mul') return times(a, b.value)
  if (s.fn === 'idiv') return idiv(a, b.value)
  return s.fn === 'mod' ? mod(a, b.value) : { ...s, args }
}

const truth = (b: boolean): Scalar => num(b ? 1 : 0, 'bool')
/** A test of integers that their ranges decide, and what is left of a choice after it. */
export const decided = (f: Fn, args: readonly Scalar[]): Scalar | undefined => {
  const [a, b, c] = args as readonly [Scalar, Scalar, Scalar]
  if ((f === 'lt' || f === 'le') && a.dtype === 'int' && b.dtype === 'int' && a.range && b.range) {
    const [[low, high], [from, to]] = [a.range, b.range]
    if (f === 'lt' ? high < from : high <= from) return truth(true)
    if (f === 'lt' ? low >= to : low > to) return truth(false)
  }
  if (f === 'and' && (a.dtype !== 'bool' || b.dtype !== 'bool')) return undefined
  if (f === 'and' && a._tag === 'Num') return a.value === 0 ? a : b
  if (f === 'and' && b._tag === 'Num') return b.value === 0 ? b : a
  return f === 'select' && a._tag === 'Num' ? (a.value === 0 ? c : b) : undefined
}
