/**
 * A law is an equation between two expressions, and the equation IS the rule: its left side, built with holes, is the
 * pattern; its right side is built again from what the holes met. Every law holds for every float, bit for bit.
 */
import { apply, type Each, type Entry } from '../../../lang/primitives/entry.ts'
import { type Apply, type Expr, input } from '../../../lang/syntax/expr.ts'
import { type Attrs, sameAttrs } from '../../../lang/syntax/plain.ts'

export interface Rule {
  /** The equation, as one would write it. */
  readonly law: string
  /** The outermost operation, so that a node meets only the laws that could apply. */
  readonly head: string
  /** The better form, where the law applies. */
  readonly rewrite: (e: Expr) => Expr | undefined
  /** An instance of the left side, on two arrays of one shape: where the law is tested. */
  readonly sample: (x: Expr, y: Expr) => Expr
}

const hole = (name: string): Expr => input(name, { dtype: 'real', shape: [] })
const X = hole('x'),
  Y = hole('y')

const meets = (pattern: Expr, e: Expr, met: Map<Expr, Expr>): boolean => {
  const p = pattern.node,
    n = e.node
  if (p._tag === 'Input') {
    const before = met.get(pattern)
    met.set(pattern, e)
    return before === undefined || before === e
  }
  return (
    p._tag === 'Apply' &&
    n._tag === 'Apply' &&
    p.op === n.op &&
    sameAttrs(p.attrs, n.attrs) &&
    p.args.every((a, i) => meets(a, n.args[i] as Expr, met))
  )
}

/** left = right, for expressions of equal shape. */
export const equation = (law: string, sides: (x: Expr, y: Expr) => readonly [Expr, Expr]): Rule => {
  const pattern = sides(X, Y)[0]
  return {
    law,
    head: pattern.node._tag === 'Apply' ? pattern.node.op : '',
    sample: (x, y) => sides(x, y)[0],
    rewrite: (e) => {
      const met = new Map<Expr, Expr>()
      return meets(pattern, e, met) ? sides(met.get(X) as Expr, met.get(Y) ?? X)[1] : undefined
    },
  }
}

type Applied<A, N extends readonly unknown[]> = Omit<Apply, 'attrs' | 'args'> & {
  readonly attrs: A
  readonly args: Each<N, Expr>
}
/** The application of this primitive that an expression is, if it is one. */
export const applied = <A extends Attrs, N extends readonly unknown[]>(
  entry: Entry<A, N>,
  e: Expr,
): Applied<A, N> | undefined =>
  e.node._tag === 'Apply' && e.node.op === entry.name ? (e.node as unknown as Applied<A, N>) : undefined

/** A law whose left side has attributes: what becomes of an application of `entry`. */
export const about = <A extends Attrs, N extends readonly unknown[]>(
  law: string,
  entry: Entry<A, N>,
  sample: Rule['sample'],
  rewrite: (attrs: A, args: Each<N, Expr>, e: Expr) => Expr | undefined,
): Rule => ({
  law,
  head: entry.name,
  sample,
  rewrite: (e) => {
    const a = applied(entry, e)
    return a && rewrite(a.attrs, a.args, e)
  },
})

/** f(x, ...) without attributes, from an entry found in the dictionary. */
export const call = (entry: Entry, ...args: readonly Expr[]): Expr => apply(entry, {}, ...args)
