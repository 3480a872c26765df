/** A case as a program of the language: a tuple of inputs to a tuple of outputs. */

import { constant } from '../../lang/primitives/constant.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, programOrThrow } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { operations } from './adapter.ts'
import type { Case, Settings, Step, TensorSpec } from './format.ts'

export type Flat = Program<readonly Type[], readonly Type[]>
const dtypes = { int64: 'int', bool: 'bool' } as const
export const typeOf = (t: TensorSpec): Type => ({
  dtype: t.dtype === undefined ? 'real' : dtypes[t.dtype],
  shape: t.shape,
})

const perform = (op: string, args: readonly Expr[], attrs: Settings): readonly Expr[] => {
  const build = operations[op]
  if (build === undefined) throw new Error(`no operation is called ${op}`)
  const result = build(args as never, attrs)
  return Array.isArray(result) ? (result as readonly Expr[]) : [result as Expr]
}
/** Every named value after the steps. */
const runSteps = (steps: readonly Step[], named: Map<string, Expr>): Map<string, Expr> => {
  for (const s of steps) {
    const args = s.in.map((x) => (typeof x === 'number' ? constant([], x) : named.get(x)))
    const missing = s.in.find((_, k) => args[k] === undefined)
    if (missing !== undefined) throw new Error(`${s.op} reads ${missing}, which nothing defines`)
    const outs = perform(s.op, args as readonly Expr[], s.attrs ?? {}),
      names = typeof s.out === 'string' ? [s.out] : s.out
    names.forEach((name, k) => {
      named.set(name, outs[k] as Expr)
    })
  }
  return named
}
/** The values of these names, or the outputs of the one operation. */
export const programOf = (c: Case, outputs: readonly string[] | undefined): Flat => {
  const types = c.inputs.map(typeOf)
  return programOrThrow(types, (handles) => {
    const xs = handles as unknown as readonly Expr[]
    if (c.program === undefined) return perform(c.op, xs, c.attrs)
    const named = runSteps(c.program, new Map(c.inputs.map((t, k) => [t.name, xs[k] as Expr])))
    return (outputs ?? []).map((name) => named.get(name) as Expr)
  }) as unknown as Flat
}
/** What a case says its outputs are called. */
export const outputNames = (c: Case): readonly string[] | undefined =>
  c.program === undefined
    ? undefined
    : ((c.attrs.outputs as readonly string[] | undefined) ?? c.outputs?.map((t) => t.name) ?? ['loss'])
