/**
 * Bodies: functions on expressions made into closed programs (closure conversion). A function may mention expressions
 * of the program around it. The outermost of them that do not depend on its own inputs are captured: they become
 * further inputs of the closed body, and arguments of the operation that runs it. Constants are copied into the body
 * instead.
 *
 * Cost: linear in the expressions that the body mentions, including those behind its captures.
 */
import * as E from 'fp-ts/lib/Either.js'
import { refuse } from '../primitives/entry.ts'
import { type Closed, close, topological } from '../syntax/closed.ts'
import type { Diagnostics, Problem } from '../syntax/error.ts'
import { argsOf, type Expr, input, isExpr, poison } from '../syntax/expr.ts'
import { stray } from '../syntax/program.ts'
import { isType, real, type Type } from '../syntax/shape.ts'
import { isObject, isTypeOrExpr, leavesWithPath, nameOf, refill } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'

/** A function applied to fresh inputs. It may still mention expressions from around it. */
export interface OpenBody {
  readonly inputs: readonly Expr[]
  /** The result of the function. */
  readonly tree: unknown
  /** The leaves of the result. */
  readonly outs: readonly Expr[]
}

/** A number or a function in place of an expression is a leaf too, so that it gets a diagnostic. */
export const isLeaf = (x: unknown): boolean => isTypeOrExpr(x) || !(isObject(x) || x === null || x === undefined)
/** The leaves of a tree of expressions. A leaf that is not an expression becomes a diagnostic. */
export const operands = (tree: unknown): readonly Expr[] =>
  leavesWithPath(tree, isLeaf).map(([path, leaf]) => (isObject(leaf) && isExpr(leaf) ? leaf : stray(path, leaf)))
/** The paths of all leaves. */
export const pathsOf = (tree: unknown): readonly string[] =>
  leavesWithPath(tree, isLeaf).map(([path]) => path.join('.'))
/** Whether two trees have their leaves at the same paths. */
export const sameForm = (a: unknown, b: unknown): boolean => pathsOf(a).join(' ') === pathsOf(b).join(' ')

const isPoison = (e: Expr): boolean => e.node._tag === 'Poison'
/** f on one fresh input per leaf of named trees (of expressions or types), in the order of the names. */
export const bodyOf = (
  f: (...trees: readonly never[]) => unknown,
  trees: { readonly [name: string]: unknown },
): OpenBody => {
  const inputs = leavesWithPath(trees, isLeaf).map(([path, leaf]) => input(nameOf(path), typeOf(leaf)))
  const handles = Object.values(over(trees, inputs))
  const tree = typed<(...trees: readonly unknown[]) => unknown>(f)(...handles)
  return { inputs, tree, outs: operands(tree) }
}
const typeOf = (leaf: unknown): Type =>
  !isObject(leaf) ? real() : isExpr(leaf) ? leaf.type : isType(leaf) ? leaf : real()

/** What the outputs mention from around the body: the outermost expressions that do not depend on its inputs. */
const captures = (inputs: readonly Expr[], outs: readonly Expr[]): readonly Expr[] => {
  const dependent = new Set(inputs),
    found = new Set<Expr>()
  const meet = (e: Expr): void => {
    const { node } = e
    if (!dependent.has(e) && !(node._tag === 'Apply' && node.args.length === 0)) found.add(e)
  }
  for (const e of topological(outs, inputs))
    if (argsOf(e).some((a) => dependent.has(a))) {
      dependent.add(e)
      argsOf(e).forEach(meet)
    }
  outs.forEach(meet)
  return [...found]
}

interface Enclosed<B extends readonly OpenBody[]> {
  readonly bodies: { readonly [K in keyof B]: Closed }
  /** Everything that a body captures: the last inputs of each. */
  readonly captured: readonly Expr[]
}
/** All bodies, each closed over what any of them captures; or every diagnostic inside them. */
const enclose = <const B extends readonly OpenBody[]>(bodies: B): E.Either<Diagnostics, Enclosed<B>> => {
  const captured = [...new Set(bodies.flatMap((b) => captures(b.inputs, b.outs)))]
  const closed = bodies.map((b) => close([...b.inputs, ...captured], b.outs))
  const wrong = closed.flatMap((c) => (E.isLeft(c) ? c.left : []))
  if (wrong.length > 0) return E.left(wrong)
  const right = closed.flatMap((c) => (E.isRight(c) ? [c.right] : []))
  return E.right({ bodies: right as Enclosed<B>['bodies'], captured }) // as many as `bodies`, since none is wrong
}

/** The tree `like` over other leaves: its form is the same. */
const over = <T>(like: T, leaves: readonly Expr[]): T => refill(like, leaves, isLeaf) as T
const spoil = <T>(like: T, spoilt: Expr): T =>
  over(
    like,
    operands(like).map(() => spoilt),
  )
/**
 * The outputs of an operation over bodies, as a tree in the form of `like`. Where an argument is ill-typed already,
 * only that is reported, since it also causes the errors inside the bodies; otherwise all errors inside the bodies
 * are.
 */
export const outcome = <T, const B extends readonly OpenBody[]>(
  like: T,
  args: readonly Expr[],
  bodies: B,
  run: (e: Enclosed<B>) => readonly Expr[],
): T => {
  if (args.some(isPoison)) return spoil(like, poison(args, []))
  const enclosed = enclose(bodies)
  return E.isLeft(enclosed) ? spoil(like, poison(args, enclosed.left)) : over(like, run(enclosed.right))
}
/** The refusal of a whole operation: one diagnostic, and an ill-typed expression at every leaf. */
export const refused = <T>(op: string, like: T, problem: Problem, args: readonly Expr[]): T =>
  spoil(like, refuse(op, problem, args))
