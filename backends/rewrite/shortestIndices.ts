/** A scalar with its index arithmetic in shortest form, and with flat addresses. */
import { flatten, type Scalar, whole } from '../../lang/kernel/index.ts'
import type { Shape } from '../../lang/syntax/shape.ts'
import { conjuncts, whereTrue } from './bounds.ts'
import { makeInterner } from './intern.ts'
import { type Linear, toScalar, zero } from './linear.ts'
import { makeForms } from './linearForms.ts'
import { argsOf, hasLoop, rewriter } from './scalars.ts'
import { decided } from './substitute.ts'

/** Loads have one index, a position in memory; `addresses` has its linear form. */
export interface Flat {
  readonly body: Scalar
  readonly addresses: ReadonlyMap<Scalar, Linear>
  readonly to: Linear
}

/** The same scalar with index arithmetic in shortest form: a reshape and its inverse cancel, under a guard too. */
export const simplified = (root: Scalar): Scalar => shortest(guarded(shortest(root)))
const shortest = (root: Scalar): Scalar => flattened(root, undefined, zero).body
/** Shortens a guarded scalar as if the guard held. */
const guarded = (root: Scalar): Scalar =>
  rewriter((s, go) => {
    if (s._tag !== 'Call' || s.fn !== 'select') return undefined
    const [test, yes, no] = argsOf(s)
    if (hasLoop(yes)) return undefined
    return { ...s, args: [go(test), go(whereTrue(yes, conjuncts(test), shortest)), go(no)] }
  })(root)

/** The addresses of the loads of a scalar. */
export const addressesIn = (root: Scalar, shapes: readonly Shape[]): readonly Linear[] => [
  ...flattened(root, shapes, zero).addresses.values(),
]
/** Without shapes, loads keep their index lists. */
export const flattened = (root: Scalar, shapes: readonly Shape[] | undefined, target: Linear): Flat => {
  const interner = makeInterner()
  const { linear } = makeForms(interner)
  const addresses = new Map<Scalar, Linear>()
  const rewrite = rewriter((s, go) => {
    switch (s._tag) {
      case 'Num':
        return interner.canonical(s)
      case 'Index':
        return s.size === 1 ? whole(0) : s
      case 'Load': {
        if (shapes === undefined) return interner.canonical({ ...s, at: s.at.map((i) => toScalar(linear(go(i)))) })
        const form = linear(flatten(shapes[s.source] as Shape, s.at.map(go)))
        const flat = interner.canonical({ ...s, at: [toScalar(form)] })
        if (!addresses.has(flat)) addresses.set(flat, form)
        return flat
      }
      case 'Call': {
        const call = { ...s, args: s.args.map(go) }
        const known = decided(call)
        if (known !== undefined) return known
        const isIndexArithmetic = s.dtype === 'int' && ['add', 'mul', 'idiv', 'mod'].includes(s.fn)
        return interner.canonical(isIndexArithmetic ? toScalar(linear(call)) : call)
      }
      case 'Reduce': {
        const inner = go(s.body)
        if (inner._tag !== 'Reduce' || inner.by !== s.by) return { ...s, body: inner }
        // a loop of one iteration around or inside another of its kind adds nothing
        return s.index.size === 1 ? inner : { ...s, body: inner.index.size === 1 ? inner.body : inner }
      }
    }
  })
  const body = rewrite(root)
  return { body, addresses, to: linear(toScalar(target)) }
}
