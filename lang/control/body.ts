/**
 * Bodies: functions on expressions made into closed programs (closure conversion). A function may mention expressions
 * of the program around it. The outermost of them that do not depend on its own inputs are captured: they become
 * further inputs of the closed body, and arguments of the operation that runs it. Constants are copied into the body
 * instead.
 *
 * A number that a body returns is a constant: of the element type that a loop's carry has there, else real. A body that
 * returns nothing is a diagnostic.
 *
 * Cost: linear in the expressions that the body mentions, including those behind its captures.
 */
import * as E from 'fp-ts/lib/Either.js'
import { filled } from '../primitives/constant.ts'
import { refuse } from '../primitives/entry.ts'
import { type Closed, close, topological } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { argsOf, type Expr, input, isExpr, poison } from '../syntax/expr.ts'
import { stray } from '../syntax/program.ts'
import { isType, real, type Type } from '../syntax/shape.ts'
import { inOrderOf, isObject, isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from '../syntax/tree.ts'
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
/** A value as an expression: a diagnostic about `what` where it is none. */
const expressed = (op: string, what: string, path: readonly string[], leaf: unknown): Expr =>
  isObject(leaf) && isExpr(leaf) ? leaf : stray(path, leaf, what, op)
/** The leaves of a tree of expressions. A leaf that is not an expression becomes a diagnostic. */
export const operands = (tree: unknown, op = 'program'): readonly Expr[] =>
  leavesWithPath(tree, isLeaf).map(([path, leaf]) => expressed(op, 'the operand', path, leaf))
/** The paths of all leaves. */
export const pathsOf = (tree: unknown): readonly string[] =>
  leavesWithPath(tree, isLeaf).map(([path]) => path.join('.'))
/** Whether two trees have their leaves at the same paths. */
export const sameForm = (a: unknown, b: unknown): boolean => pathsOf(a).join(' ') === pathsOf(b).join(' ')

const isPoison = (e: Expr): boolean => e.node._tag === 'Poison'
/** What f returns on one fresh input per leaf of named trees (of expressions or types), in the order of the names. */
const applied = (f: (...trees: readonly never[]) => unknown, trees: { readonly [name: string]: unknown }) => {
  const inputs = leavesWithPath(trees, isLeaf).map(([path, leaf]) => input(nameOf(path), typeOf(leaf)))
  const handles = Object.values(over(trees, inputs))
  return { inputs, result: typed<(...trees: readonly unknown[]) => unknown>(f)(...handles) }
}
/** The body with a constant for every number in its result: an integer where `like` has one, else real. */
const opened = (op: string, { inputs, result }: ReturnType<typeof applied>, like: unknown): OpenBody => {
  const isResult = (x: unknown): boolean => isLeaf(x) || x === undefined
  const outs = leavesWithPath(result, isResult).map(([path, leaf]) =>
    typeof leaf === 'number'
      ? filled(numberType(memberAt(like, path)), [], leaf)
      : expressed(op, 'what the body gives', path, leaf),
  )
  return { inputs, tree: refill(result, outs, isResult), outs }
}
const numberType = (like: unknown): 'real' | 'int' => (isObject(like) && typeOf(like).dtype === 'int' ? 'int' : 'real')
/** The body of f on named trees. Numbers in its result have the element types of `like`. */
export const bodyOf = (
  op: string,
  f: (...trees: readonly never[]) => unknown,
  trees: { readonly [name: string]: unknown },
  like?: unknown,
): OpenBody => {
  const { inputs, result } = applied(f, trees)
  return opened(op, { inputs, result: inOrderOf(like, result) }, like)
}
/** Two bodies of one form: the numbers in the result of each have the element types of the other. */
export const branchesOf = (
  op: string,
  f: (x: unknown) => unknown,
  g: (x: unknown) => unknown,
  x: unknown,
): readonly [OpenBody, OpenBody] => {
  const [yes, no] = [applied(f, { x }), applied(g, { x })]
  return [opened(op, yes, no.result), opened(op, { ...no, result: inOrderOf(yes.result, no.result) }, yes.result)]
}
/** The problem of a body that returns no expression at all. */
export const nothing: Problem = { _tag: 'Malformed', what: 'the body returns nothing' }
export const isEmpty = ({ outs }: OpenBody): boolean => outs.length === 0
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
/** All bodies, each closed over what any of them captures; or the ill-typed expression that has every diagnostic. */
const enclose = <const B extends readonly OpenBody[]>(
  bodies: B,
  args: readonly Expr[],
): E.Either<Expr, Enclosed<B>> => {
  const captured = [...new Set(bodies.flatMap((b) => captures(b.inputs, b.outs)))]
  const closed = bodies.map((b) => close([...b.inputs, ...captured], b.outs))
  const wrong = closed.flatMap((c) => (E.isLeft(c) ? c.left : []))
  // an ill-typed expression is no capture: it may be the result of a body
  const spoilt = captured.filter(isPoison)
  if (wrong.length > 0 || spoilt.length > 0) return E.left(poison([...args, ...spoilt], wrong))
  const right = closed.flatMap((c) => (E.isRight(c) ? [c.right] : []))
  return E.right({ bodies: right as Enclosed<B>['bodies'], captured }) // as many as `bodies`, since none is wrong
}

/** The tree `like` over other leaves: its form is the same. */
const over = <T>(like: T, leaves: readonly Expr[]): T => refill(like, leaves, isLeaf) as T
/** An ill-typed expression at every leaf; where there is none, in place of the tree, so that it is reported. */
const spoil = <T>(like: T, spoilt: Expr): T => {
  const leaves = operands(like)
  return leaves.length === 0
    ? typed(spoilt)
    : over(
        like,
        leaves.map(() => spoilt),
      )
}
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
  const enclosed = enclose(bodies, args)
  return E.isLeft(enclosed) ? spoil(like, enclosed.left) : over(like, run(enclosed.right))
}
/** The refusal of a whole operation: one diagnostic, and an ill-typed expression at every leaf. */
export const refused = <T>(op: string, like: T, problem: Problem, args: readonly Expr[]): T =>
  spoil(like, refuse(op, problem, args))
