/**
 * What a layer claims, checked at run time: that `apply` gives a pair, of the output that `gives` says and of a state of
 * the same types, and reads no key where there is none; that `init` gives data of the types `params` and `state`.
 * TypeScript checks the rule of a layer where sizes are literal. It cannot where they are not, nor in JavaScript.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Diagnostic, orThrow, type Problem } from '../../lang/syntax/error.ts'
import { type Expr, isExpr, poison } from '../../lang/syntax/expr.ts'
import { showType, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, isTypeOrExpr, leavesWithPath, memberAt, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { described } from '../../lang/syntax/wrongCall.ts'
import type { Key } from '../random/key.ts'

/** The types of a layer's output, or a function to them from those of its input. */
export type Gives = object | ((input: never) => unknown)
/** What is claimed of a layer whose trees are not known. */
export interface Claims {
  readonly name: string
  readonly params: unknown
  readonly state: unknown
  readonly gives: Gives | undefined
}
const blame = (op: string, problem: Problem, types: readonly Type[]): Diagnostic => ({
  problem,
  op,
  types,
  site: callSite(),
})
const malformed = (what: string): Problem => ({ _tag: 'Malformed', what })

const typesOf = (tree: unknown): unknown =>
  refill(
    tree,
    exprLeaves(tree).map((e) => e.type),
  )
/** Each leaf with its path, as text: two trees of types are one if these are. */
const listed = (tree: unknown): string =>
  leavesWithPath(tree, isTypeOrExpr)
    .map(([path, t]) => `${path.join('.')}: ${isTypeOrExpr(t) ? showType(t as Type) : described(t)}`)
    .join(', ')
/** The problem of a tree whose types differ from those that were claimed. */
const unlike = (what: string, expected: unknown, found: unknown): Problem | undefined => {
  if (listed(expected) === listed(found)) return undefined
  const paths = (tree: unknown): readonly string[] => leavesWithPath(tree, isTypeOrExpr).map(([path]) => path.join('.'))
  const names = { expected: paths(expected), found: paths(found) }
  return { _tag: 'BodyMismatch', what, expected: typeLeaves(expected), found: typeLeaves(found), names }
}
const isIll = (tree: unknown): boolean => exprLeaves(tree).some((e) => e.node._tag === 'Poison')

const noKey = malformed(
  "draws from its key in mode 'eval', which has none: draw where mode === 'train', as dropout does",
)
/** In place of a key that is not there: what is drawn from it is ill-typed, under the name of the innermost layer. */
const withoutKey = (name: string, context: unknown): unknown => {
  const { mode, key } = context as { readonly mode: unknown; readonly key: unknown }
  const keys = exprLeaves(key)
  const none = (k: Expr): boolean => !isExpr(k) || k.node._tag === 'Poison'
  if (mode !== 'eval' || !keys.some(none)) return context
  const ill = poison([], [blame(name, noKey, [])])
  return {
    mode,
    key: refill(
      key,
      keys.map((k) => (none(k) ? ill : k)),
    ),
  }
}

type Apply = (params: unknown, state: unknown, context: unknown, a: unknown) => readonly [unknown, unknown]
/** `apply` of a layer: where it breaks a claim, its output is ill-typed, under the name of the layer. */
export const checkedApply =
  ({ name, gives }: Claims, apply: Apply): Apply =>
  (params, state, context, a) => {
    const result: unknown = apply(params, state, withoutKey(name, context), a)
    const inputs = exprLeaves(a)
    const refused = (problem: Problem, like: unknown): readonly [unknown, unknown] => {
      const ill: Expr = poison(inputs, [
        blame(
          name,
          problem,
          inputs.map((e) => e.type),
        ),
      ])
      const leaves = typeLeaves(like)
      return [
        leaves.length === 0
          ? ill
          : refill(
              like,
              leaves.map(() => ill),
            ),
        state,
      ]
    }
    if (!Array.isArray(result) || result.length !== 2)
      return refused(malformed(`its apply gives ${described(result)}, not a pair [output, state]`), null)
    const [b, after]: readonly unknown[] = result
    // what is ill-typed has its own diagnostics
    if (isIll(a) || isIll(b) || isIll(after)) return [b, after]
    const claimed: unknown = typeof gives === 'function' ? gives(typesOf(a) as never) : (gives ?? typesOf(b))
    if (typeof claimed === 'string') return refused(malformed(claimed), null)
    const problem =
      unlike('what the layer gives is not what it says', claimed, typesOf(b)) ??
      unlike('the next state is not like the state', typesOf(state), typesOf(after))
    return problem === undefined ? [b, after] : refused(problem, claimed)
  }

const lengthOf = (x: unknown): number | undefined =>
  typeof x === 'number'
    ? 1
    : Array.isArray(x) || ArrayBuffer.isView(x)
      ? (x as unknown as ArrayLike<number>).length
      : undefined
/** What is wrong with data that a layer starts from. */
const startProblem = (what: string, types: unknown, data: unknown): Problem | undefined => {
  for (const [path, leaf] of leavesWithPath(types, isTypeOrExpr)) {
    const [type, found] = [leaf as Type, lengthOf(memberAt(data, path))]
    const place = [what, ...path].join('.')
    if (found === undefined) return malformed(`its init gives nothing for ${place}, which is ${showType(type)}`)
    if (found !== sizeOf(type.shape))
      return malformed(
        `its init gives ${found} ${found === 1 ? 'number' : 'numbers'} for ${place}, which is ${showType(type)}`,
      )
  }
  return undefined
}
interface Data {
  readonly params: unknown
  readonly state: unknown
}
/** `init` of a layer. Errors: thrown: Malformed where its data do not have the claimed types */
export const checkedInit =
  ({ name, params, state }: Claims, init: (key: Key) => Data) =>
  (key: Key): Data => {
    const start = init(key)
    const problem = startProblem('params', params, start.params) ?? startProblem('state', state, start.state)
    if (problem !== undefined) orThrow(E.left([blame(name, problem, [])]))
    return start
  }
