/** Running totals under any associative function, in logarithmic depth. */

import { concat } from '../primitives/concat.ts'
import { moveAxis, reshape, reverse as reversed } from '../primitives/reindex.ts'
import { boxAlong, slice } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, sameShape, type Type } from '../syntax/shape.ts'
import { refill } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import { isLeaf, operands, refused, sameForm } from './body.ts'
import type { AnyTree } from './types.ts'

export interface AssociativeOptions {
  /** Whether totals begin at the end. Default: false. */
  readonly reverse?: boolean
  /** The axis of the elements. Default: 0. */
  readonly axis?: number
}
/** The leaves of a tree of elements side by side, along one axis each. */
type Elements = readonly Expr[]
type Combine = (a: Elements, b: Elements) => Elements

const lengthOf = (axis: number, xs: Elements): number => nth(shapeOf(nth(xs, 0)), axis)
/** Elements from, from + step, ... */
const every = (axis: number, from: number, count: number, step: number, xs: Elements): Elements =>
  xs.map((x) => slice(boxAlong(shapeOf(x), axis, from, count, step))(x))
const join = (axis: number, ...parts: readonly Elements[]): Elements =>
  nth(parts, 0).map((_, i) => {
    const some = parts.map((p) => nth(p, i)).filter((x) => nth(shapeOf(x), axis) > 0)
    return some.length === 1 ? nth(some, 0) : concat(axis)(some as unknown as readonly [Expr, ...Expr[]])
  })
/** a[0], b[0], a[1], b[1], ...; a has as many elements as b, or one more. */
const interleave = (axis: number, a: Elements, b: Elements): Elements => {
  const n = lengthOf(axis, b)
  const pairs = a.map((x, i) => {
    const shape = shapeOf(nth(b, i))
    const apart = (y: Expr): Expr => reshape([...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)])(y)
    const both = concat(axis + 1)([apart(slice(boxAlong(shapeOf(x), axis, 0, n))(x)), apart(nth(b, i))])
    return reshape([...shape.slice(0, axis), 2 * n, ...shape.slice(axis + 1)])(both)
  })
  return lengthOf(axis, a) === n ? pairs : join(axis, pairs, every(axis, n, 1, 1, a))
}
/** Totals of pairs give the totals at odd places; one more step gives those at even places. */
const totals = (f: Combine, axis: number, xs: Elements): Elements => {
  const n = lengthOf(axis, xs)
  if (n < 2) return xs
  const half = Math.floor(n / 2)
  const pairs = f(every(axis, 0, half, 2, xs), every(axis, 1, half, 2, xs))
  const odd = totals(f, axis, pairs)
  const rest = Math.ceil(n / 2) - 1
  const even = rest === 0 ? [] : f(every(axis, 0, rest, 1, odd), every(axis, 2, rest, 2, xs))
  const first = every(axis, 0, 1, 1, xs)
  return interleave(axis, rest === 0 ? first : join(axis, first, even), odd)
}

/** The running totals of leaves, under a function on their trees that was checked. */
export const scanElements = (f: Combine, axis: number, reverse: boolean, xs: Elements): Elements => {
  const turn = (ys: Elements): Elements => (reverse ? ys.map((y) => reversed(axis)(y)) : ys)
  // from the end, the later element stands on the left of the reversed list
  return turn(totals(reverse ? (a, b) => f(b, a) : f, axis, turn(xs)))
}
const sameType = (a: Type, b: Type | undefined): boolean =>
  b !== undefined && a.dtype === b.dtype && sameShape(a.shape, b.shape)
const problemOf = (f: (a: unknown, b: unknown) => unknown, axis: number, tree: unknown): Problem | undefined => {
  const xs = operands(tree, 'associativeScan')
  const outside = xs.find((x) => axisOf(axis, rankOf(x)) < 0 || axisOf(axis, rankOf(x)) >= rankOf(x))
  if (outside !== undefined) return { _tag: 'AxisOutOfRange', axes: [axis], rank: rankOf(outside) }
  const ns = xs.map((x) => nth(shapeOf(x), axisOf(axis, rankOf(x))))
  if (new Set(ns).size > 1) return { _tag: 'ShapeMismatch', shapes: xs.map((x) => shapeOf(x)) }
  const out = f(tree, tree)
  const types = operands(out, 'associativeScan').map((e) => e.type)
  if (sameForm(tree, out) && xs.every((x, i) => sameType(x.type, types[i]))) return undefined
  const what = 'the function changes the form or the types of its arguments'
  return { _tag: 'BodyMismatch', what, expected: xs.map((x) => x.type), found: types }
}

type AssociativeScan = <E = AnyTree>(
  f: (a: E, b: E) => E,
  options?: AssociativeOptions,
) => <I extends E>(elements: I) => I
/**
 * Running totals of elements along an axis under an associative function: out[0] = x[0], out[i] = f(out[i-1], x[i]). f gets
 * many elements at once: every leaf has k of them along the axis, and so has what f returns. f need not be commutative.
 *
 * Shape:   every leaf has n elements along the axis; the result has the same types
 * Options: reverse (false): out[n-1] = x[n-1], out[i] = f(x[i], out[i+1]); axis (0)
 * Law:     associativeScan(f)(xs) = scan((c, x) => [f(c, x), f(c, x)])(x[0], x[1:]), with x[0] in front, if f is associative
 * Cost:    at most 2 n applications of f, in 2 log2 n steps, where a scan takes n
 * Derivative: that of the program it writes, in both modes and every order
 * Errors:  BodyMismatch where f changes types; AxisOutOfRange, ShapeMismatch; those inside f
 * Source:  Blelloch, "Prefix sums and their applications" (1990); jax.lax.associative_scan
 *
 * @example
 * const f = programOrThrow(real(4), (x) => associativeScan((a: Expr, b: Expr) => mul(a, b))(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[1, 2, 6, 24]]
 */
export const associativeScan: AssociativeScan = operation(
  'associativeScan(body*, options?{reverse axis})(elements)',
  typed(
    (f: (a: unknown, b: unknown) => unknown, { reverse = false, axis = 0 }: AssociativeOptions = {}) =>
      (tree: unknown): unknown => {
        const leaves = operands(tree, 'associativeScan')
        if (leaves.some((e) => e.node._tag === 'Poison') || leaves.length === 0)
          return refused('associativeScan', tree, { _tag: 'Malformed', what: 'there are no elements' }, leaves)
        const problem = problemOf(f, axis, tree)
        if (problem !== undefined) return refused('associativeScan', tree, problem, leaves)
        const at = (xs: Elements): unknown => refill(tree, xs, isLeaf)
        // an axis from the end means the same axis of each leaf only if all have one rank
        const own = leaves.map((x) => axisOf(axis, rankOf(x)))
        const front = (xs: Elements): Elements => xs.map((x, i) => moveAxis(nth(own, i), 0)(x))
        const back = (xs: Elements): Elements => xs.map((x, i) => moveAxis(0, nth(own, i))(x))
        const combine: Combine = (a, b) => front(operands(f(at(back(a)), at(back(b)))))
        return at(back(scanElements(combine, 0, reverse, front(leaves))))
      },
  ),
)
