/**
 * Functions on trees with a derivative that their author declares. f and its rule may use expressions from around them.
 * The rule says nothing about these captured values, so their derivative is that of f itself.
 */
import { constant } from '../primitives/constant.ts'
import { customJvpClosed, customVjpClosed } from '../primitives/custom.ts'
import { type Closed, closeOver, inline } from '../syntax/closed.ts'
import type { Diagnostics, Problem } from '../syntax/error.ts'
import { type Expr, poison } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import type { DType, Shape } from '../syntax/shape.ts'
import { leavesWithPath, memberAt, refill, tangentOf, typeLeaves } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import { bodyOf, isEmpty, isLeaf, nothing, type OpenBody, operands, outcome, pathsOf, refused } from './body.ts'
import type { AnyTree, FitsResult, Lifted } from './types.ts'

/** A tree of tangents or cotangents: null in place of integers and truth values. */
export type Tangents<X> = 0 extends 1 & X
  ? X
  : X extends Expr<infer S extends Shape, infer D extends DType>
    ? DType extends D
      ? Expr<S, 'real'>
      : D extends 'real'
        ? Expr<S, 'real'>
        : null
    : X extends number
      ? Expr<readonly [], 'real'>
      : X extends null
        ? null
        : { readonly [K in keyof X]: Tangents<X[K]> }
/** The same, where null may also mean zero. */
type TangentsOrZero<X> = 0 extends 1 & X
  ? X
  : X extends Expr | number
    ? Tangents<X> | null
    : X extends null
      ? null
      : { readonly [K in keyof X]: TangentsOrZero<X[K]> } | null

/** A rule that was applied, as closed programs. */
export interface AppliedRule {
  readonly body: Closed
  readonly rule: Closed
  /** The number of the first tangent or cotangent among the rule's inputs. */
  readonly from: number
  /** Whether the rule returned an expression for each of its outputs; null stands for a derivative that is 0. */
  readonly given: readonly boolean[]
}
/** What is wrong with a rule; empty for a good one. */
export type RuleCheck = (applied: AppliedRule) => Diagnostics

interface RuleOptions {
  /**
   * False for a rule that is not linear on purpose, such as one that clips a gradient: it runs as it is. This forbids
   * the other mode, which would need its transpose: forward mode after customVjp, and so Hessians by hvp or jacfwd;
   * reverse mode after customJvp. Reverse over reverse differentiates the rule itself. Default: true.
   */
  readonly linear?: boolean
}

const typeTree = (tree: unknown): unknown =>
  refill(
    tree,
    operands(tree).map((e) => e.type),
    isLeaf,
  )
/** Whether a tree has null at a path, or on the way to it. */
const isNullAt = (tree: unknown, path: readonly string[]): boolean =>
  [...path.keys(), path.length].some((n) => memberAt(tree, path.slice(0, n)) === null)
interface Aligned {
  readonly outs: readonly Expr[]
  readonly given: readonly boolean[]
}
/** One expression per leaf of the expected tree, zero where the result has null; undefined where the forms differ. */
const aligned = (expected: unknown, { tree, outs }: OpenBody): Aligned | undefined => {
  const leaves = leavesWithPath(tree, isLeaf)
  const found = new Map(leaves.map(([path], i) => [path.join('.'), nth(outs, i)]))
  const wanted = leavesWithPath(expected, isLeaf).map(([path]) => path)
  const types = typeLeaves(expected)
  const known = new Set(wanted.map((path) => path.join('.')))
  const fits =
    [...found.keys()].every((path) => known.has(path)) &&
    wanted.every((path) => found.has(path.join('.')) || isNullAt(tree, path))
  const at = wanted.map((path) => found.get(path.join('.')))
  return fits
    ? { outs: at.map((e, i) => e ?? constant(nth(types, i).shape, 0)), given: at.map((e) => e !== undefined) }
    : undefined
}
/** The rule with what it captures after the first n inputs, where the body has it: not at the end. */
const capturedAfter = (n: number, count: number, rule: Closed): Closed => {
  const own = rule.inputs.length - count
  const order = [...rule.inputs.slice(0, n), ...rule.inputs.slice(own), ...rule.inputs.slice(n, own)]
  return closeOver(order, (xs) => inline(rule, [...xs.slice(0, n), ...xs.slice(n + count), ...xs.slice(n, n + count)]))
}

type Rule = (x: AnyTree, tangents: AnyTree, y: AnyTree) => unknown
const build =
  (mode: 'jvp' | 'vjp', check: RuleCheck) =>
  (f: (x: AnyTree) => unknown, rule: Rule, { linear = true }: RuleOptions = {}) =>
  (x: unknown): unknown => {
    const [op, run] =
      mode === 'jvp' ? (['customJvp', customJvpClosed] as const) : (['customVjp', customVjpClosed] as const)
    const args = operands(x, op)
    const body = bodyOf(op, f, { x })
    if (isEmpty(body)) return refused(op, body.tree, nothing, args)
    const [from, to] = [x, body.tree].map((tree) => tangentOf(typeTree(tree)))
    const point = { x, y: body.tree }
    const declared = bodyOf(
      op,
      (a: AnyTree, b: AnyTree, d: AnyTree) => rule(a, d, b),
      mode === 'jvp' ? { ...point, dx: from } : { ...point, ct: to },
    )
    const expected = mode === 'jvp' ? to : from
    const result = aligned(expected, declared)
    if (result === undefined) {
      const problem: Problem = {
        _tag: 'BodyMismatch',
        what: 'what the rule gives',
        expected: typeLeaves(expected),
        found: declared.outs.map((e) => e.type),
        names: { expected: pathsOf(expected), found: pathsOf(declared.tree) },
      }
      return refused(op, body.tree, problem, args)
    }
    const { outs, given } = result
    return outcome(body.tree, args, [body, { ...declared, outs }], ({ bodies: [b, open], captured }) => {
      const closed = capturedAfter(args.length, captured.length, open)
      const all = [...args, ...captured]
      const wrong = linear ? check({ body: b, rule: closed, from: all.length + body.outs.length, given }) : []
      const options = { ...(captured.length > 0 && { captured: captured.length }), ...(!linear && { linear }) }
      if (wrong.length === 0) return run(b, closed, options)(...all)
      const spoilt = poison(all, wrong) // one for all outputs, or the error would be reported for each
      return body.outs.map(() => spoilt)
    })
  }

/** A function with a declared forward derivative: rule(x, dx, y) is the tangent of y = f(x), linear in dx. */
export type CustomJvp = <A = AnyTree, B = AnyTree>(
  f: (x: A) => B & FitsResult<B>,
  rule: (x: NoInfer<A>, dx: Tangents<NoInfer<A>>, y: Lifted<NoInfer<B>>) => TangentsOrZero<NoInfer<B>>,
  options?: RuleOptions,
) => (x: A) => Lifted<B>
/**
 * A function with a declared reverse derivative: rule(x, ct, y) is the cotangent of x for one of y = f(x), linear in
 * ct.
 */
export type CustomVjp = <A = AnyTree, B = AnyTree>(
  f: (x: A) => B & FitsResult<B>,
  rule: (x: NoInfer<A>, ct: Tangents<NoInfer<B>>, y: Lifted<NoInfer<B>>) => TangentsOrZero<NoInfer<A>>,
  options?: RuleOptions,
) => (x: A) => Lifted<B>

/** customJvp with a check of the rule when the function is applied; src/transform/custom.ts supplies that check. */
export const customJvpWith = (check: RuleCheck): CustomJvp =>
  operation('customJvp(f*, rule*, options?{linear})(x)', typed(build('jvp', check)))
/** customVjp, likewise. */
export const customVjpWith = (check: RuleCheck): CustomVjp =>
  operation('customVjp(f*, rule*, options?{linear})(x)', typed(build('vjp', check)))
/**
 * customJvp for a rule that is known to be linear: applying f does not check it. A rule that is not linear is reported
 * when a program is differentiated in reverse.
 *
 * Errors:  BodyMismatch where the rule gives another tree than f; those inside f and its rule
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
