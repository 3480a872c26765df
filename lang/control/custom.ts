/**
 * Functions on trees with a derivative that their author declares. Nothing is captured: a rule says nothing about what
 * stands around it, so what f or its rule mentions of another program is reported as an unbound input.
 */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../primitives/constant.ts'
import { customJvpClosed, customVjpClosed } from '../primitives/custom.ts'
import { type Closed, close } from '../syntax/closed.ts'
import type { Diagnostics, Problem } from '../syntax/error.ts'
import { type Expr, poison } from '../syntax/expr.ts'
import type { DType, Shape, Type } from '../syntax/shape.ts'
import { leavesWithPath, refill, tangentOf, typeLeaves } from '../syntax/tree.ts'
import { bodyOf, isLeaf, type OpenBody, operands, outcome, refused } from './body.ts'
import type { AnyTree } from './types.ts'

/** A tree of tangents or cotangents: null at integers and truth values. */
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
/** The same, where null may stand for a zero. */
export type TangentsOrZero<X> = 0 extends 1 & X
  ? X
  : X extends Expr
    ? Tangents<X> | null
    : X extends null
      ? null
      : { readonly [K in keyof X]: TangentsOrZero<X[K]> } | null

/** Whether a rule is linear in its inputs from number `from` on, and can be used in both modes; else why not. */
export type RuleCheck = (rule: Closed, from: number) => Diagnostics

const typeTree = (tree: unknown): unknown =>
  refill(
    tree,
    operands(tree).map((e) => e.type),
    isLeaf,
  )
const pathed = (tree: unknown): readonly (readonly [string, unknown])[] =>
  leavesWithPath(tree, isLeaf).map(([path, leaf]) => [path.join('.'), leaf])
/** One expression per leaf of the expected tree, a zero where there is none; undefined where another stands. */
const aligned = (expected: unknown, { tree, outs }: OpenBody): readonly Expr[] | undefined => {
  const found = new Map(pathed(tree).map(([path], i) => [path, outs[i] as Expr]))
  const wanted = pathed(expected)
  const stays = [...found.keys()].every((path) => wanted.some(([p]) => p === path))
  return stays ? wanted.map(([path, type]) => found.get(path) ?? constant((type as Type).shape, 0)) : undefined
}

type Rule = (x: AnyTree, moved: AnyTree, y: AnyTree) => unknown
const build =
  (way: 'jvp' | 'vjp', check: RuleCheck) =>
  (f: (x: AnyTree) => unknown, rule: Rule) =>
  (x: unknown): unknown => {
    const [op, run] =
      way === 'jvp' ? (['customJvp', customJvpClosed] as const) : (['customVjp', customVjpClosed] as const)
    const args = operands(x)
    const body = bodyOf(f, { x })
    const [from, to] = [x, body.tree].map((tree) => tangentOf(typeTree(tree)))
    const point = { x, y: body.tree }
    const linear = bodyOf(
      (a: AnyTree, b: AnyTree, d: AnyTree) => rule(a, d, b),
      way === 'jvp' ? { ...point, dx: from } : { ...point, ct: to },
    )
    const expected = way === 'jvp' ? to : from
    const outs = aligned(expected, linear)
    if (outs === undefined) {
      const problem: Problem = {
        _tag: 'BodyMismatch',
        what: 'what the rule gives',
        expected: typeLeaves(expected),
        found: linear.outs.map((e) => e.type),
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
/** A function with a declared reverse derivative: rule(x, ct, y) is the cotangent of x for one of y = f(x), linear in ct. */
export type CustomVjp = <A = AnyTree, B = AnyTree>(
  f: (x: A) => B,
  rule: (x: NoInfer<A>, ct: Tangents<NoInfer<B>>, y: NoInfer<B>) => TangentsOrZero<NoInfer<A>>,
) => (x: A) => B

/** With a check of the rule, made when the function is applied. src/transform/custom.ts has the one there is. */
export const customJvpWith = (check: RuleCheck): CustomJvp => build('jvp', check) as never
export const customVjpWith = (check: RuleCheck): CustomVjp => build('vjp', check) as never
/** For rules that are known to be linear: one that is not is reported where it is differentiated. */
export const declareJvp: CustomJvp = customJvpWith(() => [])
export const declareVjp: CustomVjp = customVjpWith(() => [])
