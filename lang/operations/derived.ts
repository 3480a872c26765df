/**
 * What all derived operations share. A derived operation is an ordinary function over primitives, so its derivative
 * follows from theirs. It checks its own arguments, so that a diagnostic names it and not a primitive inside it.
 */
import { concat } from '../primitives/concat.ts'
import { refuse } from '../primitives/entry.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, poison, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { areAxes, axisOf, type Shape, sameShape } from '../syntax/shape.ts'

/** A real array of this shape. */
export type Real<S extends Shape> = Expr<S, 'real'>
/** The result of `build`; or a diagnostic of the problem, unless an argument is ill-typed and thus reported already. */
export const derived = (op: string, args: readonly Expr[], problem: Problem | undefined, build: () => Expr): Expr =>
  args.some((a) => a.node?._tag === 'Poison') // JavaScript may pass a number for a scalar
    ? poison(args, [])
    : problem === undefined
      ? build()
      : refuse(op, problem, args)
/** `derived` of several results by name: where there is a problem, each is one and the same ill-typed expression. */
export const derivedAll = <K extends string>(
  names: readonly K[],
  op: string,
  args: readonly Expr[],
  problem: Problem | undefined,
  build: () => { readonly [N in K]: Expr },
): { readonly [N in K]: Expr } => {
  const ill = args.some((a) => a.node?._tag === 'Poison') || problem !== undefined
  if (!ill) return build()
  const spoilt = derived(op, args, problem, () => poison(args, []))
  // an entry for each name, which fromEntries does not say
  return Object.fromEntries(names.map((name) => [name, spoilt])) as { readonly [N in K]: Expr }
}

/** The problem of axes that do not exist, or occur twice. */
export const axesProblem = (axes: Shape, rank: number): Problem | undefined =>
  areAxes(axes, rank) ? undefined : { _tag: 'AxisOutOfRange', axes, rank }
/** The problem of an axis that does not exist; -1 is the last. */
export const axisProblem = (axis: number, rank: number): Problem | undefined => axesProblem([axisOf(axis, rank)], rank)
/** The problem of an argument or option that breaks a rule. */
export const wrong = (attribute: string, rule: string): Problem => ({ _tag: 'InvalidAttribute', attribute, rule })
/** The problem of a rule that does not hold. */
export const unless = (holds: boolean, attribute: string, rule: string): Problem | undefined =>
  holds ? undefined : wrong(attribute, rule)
/** The problem of an option that is no finite number; JavaScript may pass anything. */
export const notFinite = (attribute: string, x: unknown): Problem | undefined =>
  unless(Number.isFinite(x), attribute, 'must be a finite number')
/** The problem of a word that is not in an option's list; JavaScript may pass anything. */
export const notAmong = (attribute: string, word: unknown, words: readonly unknown[]): Problem | undefined =>
  unless(words.includes(word), attribute, `is ${String(word)}; expected one of ${words.join(', ')}`)
/** The problem of arguments that are not all real. */
export const notReal = (...xs: readonly Expr[]): Problem | undefined =>
  xs.every((x) => x.type.dtype === 'real')
    ? undefined
    : { _tag: 'ElementType', expected: xs.map(() => 'real' as const), found: xs.map((x) => x.type.dtype) }
/** The problem of an array that has no last two axes. */
export const matrixProblem = (x: Expr): Problem | undefined =>
  shapeOf(x).length < 2 ? { _tag: 'RankMismatch', expected: 2, shape: shapeOf(x) } : undefined
/** The problem of a shape that is not the expected one. */
export const differ = (expected: Shape, found: Shape): Problem | undefined =>
  sameShape(expected, found) ? undefined : { _tag: 'ShapeMismatch', shapes: [expected, found] }

/** The size of an axis of x that is known to exist; -1 is the last. */
export const sizeAt = (x: Expr, axis: number): number => nth(shapeOf(x), axis)
/** `concat` of a list that is known to have an element, and whose shapes only run time knows. */
export const concatAll = (axis: number, xs: readonly Expr[]): Expr => concat(axis)(xs as readonly [Expr, ...Expr[]])
/** The shape with size n on one axis. */
export const withSize = (shape: Shape, axis: number, n: number): Shape => shape.map((m, d) => (d === axis ? n : m))
