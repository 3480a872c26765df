/**
 * Functions on trees with a derivative that their author declares. Nothing is captured, because the rule has no
 * derivative for a captured value: an expression from around f or its rule is reported as an unbound input.
 */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../primitives/constant.ts'
import { customJvpClosed, customVjpClosed } from '../primitives/custom.ts'
import { type Closed, close } from '../syntax/closed.ts'
import type { Diagnostics, Problem } from '../syntax/error.ts'
import { type Expr, poison } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import type { DType, Shape } from '../syntax/shape.ts'
import { leavesWithPath, refill, tangentOf, typeLeaves } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import { bodyOf, isLeaf, type OpenBody, operands, outcome, refused } from './body.ts'
import type { AnyTree } from './types.ts'

/** A tree of tangents or cotangents: null in place of integers and truth values. */
export type Tangents<X> = 0 extends 1 & X
  ? X
  : X extends Expr<infer S extends Shape, infer D extends DType>
    ? DType extends D
      ? Expr<S, 'real'>
      : D extends 'real'
        ? Expr<S, 'real'>
        : null
    : X extends null
      ? null
      : { readonly [K in keyof X]: Tangents<X[K]> }
/** The same, where null may also mean zero. */
type TangentsOrZero<X> = 0 extends 1 & X
  ? X
  : X extends Expr
    ? Tangents<X> | null
    : X extends null
      ? null
      : { readonly [K in keyof X]: TangentsOrZero<X[K]> } | null

/** Why a rule is not linear in its inputs from number `from` on, or not reversible; empty for a good rule. */
export type RuleCheck = (rule: Closed, from: number) => Diagnostics

const typeTree = (tree: unknown): unknown =>
  refill(
    tree,
    operands(tree).map((e) => e.type),
    isLeaf,
  )
const paths = (tree: unknown): readonly string[] => leavesWithPath(tree, isLeaf).map(([path]) => path.join('.'))
/** One expression per leaf of the expected tree, zero where the result has none; undefined where it has others. */
const aligned = (expected: unknown, { tree, outs }: OpenBody): readonly Expr[] | undefined => {
  const found = new Map(paths(tree).map((path, i) => [path, nth(outs, i)]))
  const wanted = paths(expected)
  const types = typeLeaves(expected)
  return [...found.keys()].every((path) => wanted.includes(path))
    ? wanted.map((path, i) => found.get(path) ?? constant(nth(types, i).shape, 0))
    : undefined
}

type Rule = (x: AnyTree, tangents: AnyTree, y: AnyTree) => unknown
const build =
  (mode: 'jvp' | 'vjp', check: RuleCheck) =>
  (f: (x: AnyTree) => unknown, rule: Rule) =>
  (x: unknown): unknown => {
    const [op, run] =
      mode === 'jvp' ? (['customJvp', customJvpClosed] as const) : (['customVjp', customVjpClosed] as const)
    const args = operands(x)
    const body = bodyOf(f, { x })
    const [from, to] = [x, body.tree].map((tree) => tangentOf(typeTree(tree)))
    const point = { x, y: body.tree }
    const linear = bodyOf(
      (a: AnyTree, b: AnyTree, d: AnyTree) => rule(a, d, b),
      mode === 'jvp' ? { ...point, dx: from } : { ...point, ct: to },
    )
    const expected = mode === 'jvp' ? to : from
    const outs = aligned(expected, linear)
    if (outs === undefined) {
      const problem: Problem = {
        _tag: 'BodyMismatch',
        what: 'what the rule gives',
        expected: typeLeaves(expected),
        found: linear.outs.map((e) => e.type),
        names: { expected: paths(expected), found: paths(linear.tree) },
      }
      return refused(op, body.tree, problem, args)
    }
    return outcome(body.tree, args, [], () => {
      const closed = close(body.inputs, body.outs)
      const declared = close(linear.inputs, outs)
      const wrong = [closed, declared].flatMap((c) => (E.isLeft(c) ? c.left : []))
      const all =
        E.isRight(declared) && wrong.length === 0 ? check(declared.right, body.inputs.length + body.outs.length) : wrong
      return E.isRight(closed) && E.isRight(declared) && all.length === 0
        ? run(closed.right, declared.right)(...args)
        : body.outs.map(() => poison(args, all))
    })
  }

/** A function with a declared forward derivative: rule(x, dx, y) is the tangent of y = f(x), linear in dx. */
export type CustomJvp = <A = AnyTree, B = AnyTree>(
  f: (x: A) => B,
  rule: (x: NoInfer<A>, dx: Tangents<NoInfer<A>>, y: NoInfer<B>) => TangentsOrZero<NoInfer<B>>,
) => (x: A) => B
/**
 * A function with a declared reverse derivative: rule(x, ct, y) is the cotangent of x for one of y = f(x), linear in
 * ct.
 */
export type CustomVjp = <A = AnyTree, B = AnyTree>(
  f: (x: A) => B,
  rule: (x: NoInfer<A>, ct: Tangents<NoInfer<B>>, y: NoInfer<B>) => TangentsOrZero<NoInfer<A>>,
) => (x: A) => B

/** customJvp with a check of the rule when the function is applied; src/transform/custom.ts supplies that check. */
export const customJvpWith = (check: RuleCheck): CustomJvp => typed(build('jvp', check))
/** customVjp, likewise. */
export const customVjpWith = (check: RuleCheck): CustomVjp => typed(build('vjp', check))
/**
 * customJvp for a rule that is known to be linear: applying f does not check it. A rule that is not linear is reported
 * when a program is differentiated in reverse.
 *
 * Errors:  BodyMismatch where the rule gives another tree than f; UnboundInput; those inside f and its rule
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const square = declareJvp((x: Real) => mul(x, x), (x, dx) => mul(mul(2, x), dx))
 * const slope = gradOrThrow(programOrThrow({ x: real() }, ({ x }) => square(x)))
 * evaluate(slope.closed, [Float64Array.of(3)])[0]?.[0] // => 6
 */
export const declareJvp: CustomJvp = customJvpWith(() => [])
/**
 * customVjp for a rule that is known to be linear: applying f does not check it. A rule that is not linear is reported
 * when a program is differentiated in forward mode.
 *
 * Errors:  as declareJvp
 */
export const declareVjp: CustomVjp = customVjpWith(() => [])
