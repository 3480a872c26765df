/**
 * Index arithmetic, divided out. Quotients round down, so for an index i = n x + r
 *
 *   idiv(i, n) = x + idiv(r, n)     mod(i, n) = mod(r, n)
 *
 * and where 0 <= r < n both are known. Reshapes write positions that way and take them apart again: nothing is left.
 */
import { idiv, mod, plus, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import { linear } from './linear.ts'
import { rewriter } from './scalars.ts'

const sumOf = (constant: number, terms: readonly (readonly [Scalar, number])[]): Scalar =>
  terms.reduce((sum, [t, by]) => plus(sum, times(t, by)), whole(constant))

/** The same scalar, without quotients and remainders that its ranges decide. */
export const tidy = (root: Scalar): Scalar =>
  rewriter((s, go) => {
    if (s._tag !== 'Call') return undefined
    const args = s.args.map(go)
    return divided(args.every((a, k) => a === s.args[k]) ? s : { ...s, args })
  })(root)
const divided = (s: Scalar & { readonly _tag: 'Call' }): Scalar => {
  const [a, n] = s.args
  if ((s.fn !== 'idiv' && s.fn !== 'mod') || a?.range === undefined || n?._tag !== 'Num' || n.value <= 0) return s
  const by = n.value
  const { constant, terms } = linear(a)
  const isWhole = (k: number): boolean => k % by === 0
  const multiple = [...terms].filter(([, k]) => isWhole(k))
  const least = Math.floor(constant / by)
  const rest = sumOf(
    constant - least * by,
    [...terms].filter(([, k]) => !isWhole(k)),
  )
  if (s.fn === 'mod') return mod(rest, by)
  const x = sumOf(
    least,
    multiple.map(([t, k]) => [t, k / by] as const),
  )
  return plus(x, idiv(rest, by))
}
