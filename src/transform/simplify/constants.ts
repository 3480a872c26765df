/**
 * Constant folding. No operation is named: if every source of a kernel is one number everywhere, and the kernel uses no
 * index, its result is one number everywhere.
 */

import { functionOf, unitOf } from '../../../lang/kernel/functions.ts'
import { index, num, type Scalar } from '../../../lang/kernel/index.ts'
import type { Source } from '../../../lang/kernel/meaning.ts'
import { kernelOf } from '../../../lang/kernel/scatter.ts'
import { filled } from '../../../lang/primitives/constant.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import { constantOf } from './rule.ts'

/** A loop longer than this is left to run time. */
const longestLoop = 4096

/** The value of a scalar, if it is the same at every index. Shared scalars are visited once. */
const uniform = (root: Scalar): number | undefined => {
  const known = new Map<Scalar, number | undefined>()
  const of = (s: Scalar): number | undefined => {
    if (!known.has(s)) known.set(s, found(s))
    return known.get(s)
  }
  const found = (s: Scalar): number | undefined => {
    switch (s._tag) {
      case 'Num':
        return s.value
      case 'Index':
      case 'Load':
        return undefined
      case 'Call': {
        const [x, y, z] = s.args.map(of)
        if (s.fn === 'select' && x === undefined) return Object.is(y, z) ? y : undefined
        if (s.args.some((a) => of(a) === undefined)) return undefined
        return functionOf(s.fn, s.args[0]?.dtype ?? 'real')(x ?? 0, y ?? 0, z ?? 0)
      }
      case 'Reduce': {
        const body = s.index.size > longestLoop ? undefined : of(s.body)
        if (body === undefined) return undefined
        const join = functionOf(s.by, s.dtype)
        let total = unitOf[s.by]
        for (let k = 0; k < s.index.size; k++) total = join(total, body, 0)
        return total
      }
    }
  }
  return of(root)
}
/**
 * The result of an operation on constants, if it is a constant too. Law: evaluate(fold(e)) = evaluate(e), bit for bit.
 */
export const foldConstants = (e: Expr): Expr | undefined => {
  const n = e.node
  if (n._tag !== 'Apply' || n.args.length === 0 || n.outs.length !== 1) return undefined
  const values = n.args.map(constantOf)
  if (values.some((v) => v === undefined)) return undefined
  const sources = n.args.map((a, i): Source => ({ type: a.type, at: () => num(values[i] as number, a.type.dtype) }))
  const kernel = kernelOf(entryOf(n.op).meaning(n.attrs, sources, n.outs), sources)
  if (kernel === undefined) return undefined
  const type = e.type as Type,
    value = uniform(kernel.at(type.shape.map(index)))
  return value === undefined ? undefined : filled(type.dtype, type.shape, value)
}
