/** The derivative of one equation, as the transformation reads it from the entry, shown for one argument at a time. */

import * as E from 'fp-ts/lib/Either.js'
import { childrenOf, index, type Scalar } from '../../lang/kernel/index.ts'
import { buffers } from '../../lang/kernel/meaning.ts'
import { filled } from '../../lang/primitives/constant.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, close, type Equation, inline, isClosed, outsOf } from '../../lang/syntax/closed.ts'
import { type Expr, input } from '../../lang/syntax/expr.ts'
import { isReal, sameShape, type Type } from '../../lang/syntax/shape.ts'
import { mapAt } from '../transform/linear.ts'
import { simplifyClosed } from '../transform/simplify/index.ts'
import { differentiation } from '../transform/vmap.ts'
import type { LocalDerivative } from './derivation.ts'
import { bar, called, dot, mapped, type Names, partial, transposed, written } from './symbols.ts'
import type { Formula } from './words.ts'

/** Whether an operation works index by index, by its meaning: it reads every argument at the output's own index. */
const isPointwise = (q: Equation, args: readonly Type[]): boolean => {
  const [out] = q.outs
  if (out === undefined || q.outs.length > 1 || args.length === 0 || args.some((a) => !sameShape(a.shape, out.shape)))
    return false
  const meaning = entryOf(q.op).meaning(q.attrs, buffers(args), q.outs)
  if (meaning._tag !== 'Kernel') return false
  const here = out.shape.map(index)
  const seen = new Set<Scalar>()
  const own = (s: Scalar): boolean => {
    if (seen.has(s)) return true
    seen.add(s)
    if (s._tag === 'Load') return s.at.every((i, d) => i === here[d])
    return s._tag !== 'Reduce' && childrenOf(s).every(own)
  }
  return own(meaning.at(here))
}
/** The expression simplified, as a function of these values. */
const simplest = (e: Expr, over: readonly Expr[]): Expr => {
  const frontier = [...new Set(over)]
  const closed = close(frontier, [e])
  return E.isLeft(closed) ? e : (inline(simplifyClosed(closed.right), frontier)[0] ?? e)
}
/** Whether an expression of `values` and `others` reads one of `values`. */
const mentions = (e: Expr, values: readonly Expr[], others: readonly Expr[]): boolean => {
  const all = [...new Set([...values, ...others])]
  const n = new Set(values).size
  const closed = close(all, [e])
  return (
    E.isLeft(closed) ||
    closed.right.outputs.some((o) => o < n) ||
    closed.right.equations.some((q) => q.args.some((a) => a < n))
  )
}

export interface Local {
  readonly derivatives: readonly LocalDerivative[]
  /** No derivative depends on the point. */
  readonly linear: boolean
}
interface Known {
  /** The source's values, as the transformation sees them. */
  readonly values: readonly Expr[]
  readonly symbolOf: (value: number) => Formula
  readonly names: Names
  /** The number of the value of the result that equals an expression, if there is one. */
  readonly numberOf: (e: Expr) => number | undefined
}
/**
 * `moving`: the arguments whose derivative is requested. `action`: a map is shown on a tangent, or transposed on a
 * cotangent. There is one derivative per value, even if the value is two arguments, as in x * x.
 */
export const localDerivatives = (
  { values, symbolOf, names, numberOf }: Known,
  q: Equation,
  moving: readonly boolean[],
  action: 'push' | 'pull',
): Local => {
  const args = at(values, q.args)
  const outs = outsOf(q, values)
  const map = mapAt(q, values, differentiation())
  const y = symbolOf(q.first)
  const pointwise = isPointwise(
    q,
    args.map((a) => a.type),
  )
  // operations that hold programs are explained inside these; several outputs have one joint map
  const single = q.outs.length === 1 && !Object.values(q.attrs).some(isClosed)
  const asked = single ? [...new Set(q.args.filter((_, i) => moving[i]))] : []
  let linear = true
  const derivatives = asked.flatMap((a): readonly LocalDerivative[] => {
    const x = symbolOf(a)
    const argument = q.args.indexOf(a)
    const type = (args[argument] as Expr).type
    const own = q.args.map((b, i) => b === a && moving[i] === true)
    if (pointwise) {
      const one = filled(type.dtype, type.shape, 1)
      const [slope] = map.push(own.map((o) => (o ? one : undefined)))
      if (slope === undefined) return []
      const simple = simplest(slope, [...args, ...outs])
      linear &&= !mentions(simple, [...args, ...outs], [])
      const value = numberOf(simple)
      const line = { left: partial(y, x), right: called(simple, names) }
      return [{ argument, form: 'partial', line, ...(value === undefined ? {} : { value }) }]
    }
    if (action === 'push') {
      const v1 = dot(x)
      const direction = input(v1.text, type)
      const moved = map.push(own.map((o) => (o ? direction : undefined)))[0]
      if (moved === undefined) return []
      linear &&= !mentions(moved, [...args.filter((_, i) => own[i]), ...outs], [...args, direction])
      const calls: Names = (e) => (e === direction ? v1 : names(e))
      return [{ argument, form: 'map', line: { left: mapped(y, x, v1), right: written(moved, calls) } }]
    }
    const v1 = bar(y)
    const direction = input(v1.text, (outs[0] as Expr).type)
    if (!isReal(direction.type)) return []
    const back = map.pull([direction], own)[argument]
    if (back === undefined) return []
    linear &&= !mentions(back, [...args.filter((_, i) => own[i]), ...outs], [...args, direction])
    const calls: Names = (e) => (e === direction ? v1 : names(e))
    return [{ argument, form: 'map', line: { left: transposed(y, x, v1), right: written(back, calls) } }]
  })
  return { derivatives, linear: linear && single }
}
