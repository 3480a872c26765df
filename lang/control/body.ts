/**
 * Bodies: functions on expressions made into closed programs (closure conversion). A lambda may mention expressions from
 * around it; the outermost of them that do not depend on its own inputs are captured: they become further inputs of the
 * closed body, and arguments of the operation that runs it. Constants without arguments stay inside.
 *
 * Cost: linear in what the body mentions, the expressions behind its captures included.
 */
import * as E from 'fp-ts/lib/Either.js'
import { refuse } from '../primitives/entry.ts'
import { type Closed, close, topological } from '../syntax/closed.ts'
import type { Diagnostics, Problem } from '../syntax/error.ts'
import { argsOf, type Expr, input, isExpr, poison } from '../syntax/expr.ts'
import { stray } from '../syntax/program.ts'
import { real, type Type } from '../syntax/shape.ts'
import { isObject, isTypeOrExpr, leavesWithPath, nameOf, refill } from '../syntax/tree.ts'

/** A function applied to fresh inputs. `tree`: what it gave. */
export interface OpenBody {
  readonly inputs: readonly Expr[]
  readonly tree: unknown
  readonly outs: readonly Expr[]
}

/** A number or a function where an expression should stand is a leaf too: it has its diagnostic. */
export const isLeaf = (x: unknown): boolean => isTypeOrExpr(x) || !(isObject(x) || x === null || x === undefined)
/** The leaves of a tree of expressions; anything else in it becomes a diagnostic. */
export const operands = (tree: unknown): readonly Expr[] =>
  leavesWithPath(tree, isLeaf).map(([path, leaf]) => (isObject(leaf) && isExpr(leaf) ? leaf : stray(path, leaf)))
/** Where the leaves stand: two trees with equal paths have one form. */
const pathsOf = (tree: unknown): string =>
  leavesWithPath(tree, isLeaf)
    .map(([path]) => path.join('.'))
    .join(' ')
export const sameForm = (a: unknown, b: unknown): boolean => pathsOf(a) === pathsOf(b)

const isPoison = (e: Expr): boolean => e.node._tag === 'Poison'
/** f on one fresh input per leaf of named trees (of expressions or types), in the order of the names. */
export const bodyOf = (
  f: (...trees: readonly never[]) => unknown,
  trees: { readonly [name: string]: unknown },
): OpenBody => {
  const inputs = leavesWithPath(trees, isLeaf).map(([path, leaf]) => input(nameOf(path), typeOf(leaf)))
  const handles = Object.values(refill(trees, inputs, isLeaf) as { readonly [name: string]: never })
  const tree = f(...handles)
  return { inputs, tree, outs: operands(tree) }
}
const typeOf = (leaf: unknown): Type => (isObject(leaf) ? (isExpr(leaf) ? leaf.type : (leaf as Type)) : real())

/** What the outputs mention from around the body: the outermost expressions that do not depend on its inputs. */
export const captures = (inputs: readonly Expr[], outs: readonly Expr[]): readonly Expr[] => {
  const moving = new Set(inputs),
    found = new Set<Expr>()
  const meet = (e: Expr): void => {
    const { node } = e
    if (!moving.has(e) && !(node._tag === 'Apply' && node.args.length === 0)) found.add(e)
  }
  for (const e of topological(outs, inputs))
    if (argsOf(e).some((a) => moving.has(a))) {
      moving.add(e)
      argsOf(e).forEach(meet)
    }
  outs.forEach(meet)
  return [...found]
}

export interface Enclosed {
  readonly bodies: readonly Closed[]
  /** What any body captures: the last inputs of each. */
  readonly captured: readonly Expr[]
}
/** Bodies closed over what any of them captures, or everything wrong inside them. */
export const enclose = (bodies: readonly OpenBody[]): E.Either<Diagnostics, Enclosed> => {
  const captured = [...new Set(bodies.flatMap((b) => captures(b.inputs, b.outs)))]
  const closed = bodies.map((b) => close([...b.inputs, ...captured], b.outs))
  const wrong = closed.flatMap((c) => (E.isLeft(c) ? c.left : []))
  return wrong.length > 0
    ? E.left(wrong)
    : E.right({ bodies: closed.flatMap((c) => (E.isRight(c) ? [c.right] : [])), captured })
}

/** The same tree over and over an ill-typed expression. */
const spoil = (like: unknown, spoilt: Expr): unknown =>
  refill(
    like,
    operands(like).map(() => spoilt),
    isLeaf,
  )
/**
 * What an operation over bodies gives: its outputs as a tree. An operand that is already ill-typed has been reported, and
 * what its wrong type makes of the bodies is not; else all that is wrong inside the bodies is.
 */
export const outcome = (
  like: unknown,
  args: readonly Expr[],
  bodies: readonly OpenBody[],
  run: (e: Enclosed) => readonly Expr[],
): unknown => {
  if (args.some(isPoison)) return spoil(like, poison(args, []))
  const enclosed = enclose(bodies)
  return E.isLeft(enclosed) ? spoil(like, poison(args, enclosed.left)) : refill(like, run(enclosed.right))
}
/** The refusal of a whole operation, at every leaf. */
export const refused = (op: string, like: unknown, problem: Problem, args: readonly Expr[]): unknown =>
  spoil(like, refuse(op, problem, args))
