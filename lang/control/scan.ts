/**
 * Loops of known length, on trees: folds along the first axis. Both modes differentiate them. What a body mentions from
 * around it is captured. Annotate a body's parameters, or hand the operand over with `pipe`, and TypeScript checks its
 * shapes; left bare, they are checked when the program is built.
 */

import { concat } from '../primitives/concat.ts'
import { iota } from '../primitives/constant.ts'
import { reshape } from '../primitives/reindex.ts'
import { scanClosed } from '../primitives/scan.ts'
import { boxAlong, slice } from '../primitives/window.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import type { Type } from '../syntax/shape.ts'
import { refill } from '../syntax/tree.ts'
import { bodyOf, isLeaf, operands, outcome, refused, sameForm } from './body.ts'
import { checkpoint } from './call.ts'
import type { AnyTree, Rows } from './types.ts'

export interface ScanOptions<N extends number = number> {
  /** From the last row to the first. */
  readonly reverse?: boolean
  /** The number of steps, needed where there are no rows. */
  readonly length?: N
}
type Step = (carry: AnyTree, row: AnyTree) => unknown
type Pair = readonly [unknown, unknown]

const isPair = (x: unknown): x is Pair => Array.isArray(x) && x.length === 2
const typesOf = (tree: unknown): readonly Type[] => operands(tree).map((e) => e.type)
const mapLeaves = (f: (e: Expr) => unknown, tree: unknown): unknown => refill(tree, operands(tree).map(f), isLeaf)
const stepsIn = (rows: unknown): number | undefined => operands(rows)[0]?.type.shape[0]

const problemOf = (init: unknown, result: unknown, steps: number | undefined): Problem | undefined => {
  if (!isPair(result)) return { _tag: 'Malformed', what: 'the body must give [carry, row]' }
  if (steps === undefined)
    return { _tag: 'InvalidAttribute', attribute: 'length', rule: 'is needed where there are no rows' }
  const what = 'the body changes the form of the carry'
  return sameForm(init, result[0])
    ? undefined
    : { _tag: 'BodyMismatch', what, expected: typesOf(init), found: typesOf(result[0]) }
}
const scanTrees =
  (f: Step, { reverse = false, length }: ScanOptions = {}) =>
  (init: unknown, rows: unknown): Pair => {
    const carries = operands(init)
    const xs = operands(rows)
    const row = mapLeaves(({ type }): Type => ({ ...type, shape: type.shape.slice(1) }), rows)
    const body = bodyOf(f, { carry: init, row })
    const steps = length ?? stepsIn(rows)
    const problem = problemOf(init, body.tree, steps)
    if (problem !== undefined)
      return refused('scan', isPair(body.tree) ? body.tree : [0, 0], problem, [...carries, ...xs]) as Pair
    return outcome(body.tree, [...carries, ...xs], [body], ({ bodies: [closed], captured }) =>
      scanClosed(steps as number, reverse, closed as Closed)(carries, xs, captured).slice(0, body.outs.length),
    ) as Pair
  }

/**
 * A fold along the first axis of every row leaf: f(carry, row) gives [next carry, output row].
 *
 * Shape:   carry C, rows [n, R..] -> [last carry C, outputs [n, Y..]]
 * Law:     scan(f)(c, rows) is f applied n times, written out
 * Errors:  BodyMismatch, InvalidAttribute, and whatever is wrong in the body
 *
 * @example
 * scan((c: Expr<readonly []>, x: Expr<readonly []>) => [add(c, x), c])(constant([], 0), xs) // the sum, the sums so far
 */
export const scan: <C = AnyTree, R = AnyTree, Y = AnyTree, const L extends number = number>(
  f: (carry: C, row: R) => readonly [NoInfer<C>, Y],
  options?: ScanOptions<L>,
) => <I extends C, N extends number = L>(init: I, rows: Rows<N, R>) => readonly [I, Rows<N, Y>] = scanTrees as never

/** n steps of f(i, carry), i = 0, 1, ..., as an integer. Law: fori(n, f)(c) = f(n - 1, ... f(1, f(0, c))) */
export const fori: <C = AnyTree>(
  n: number,
  f: (i: Expr<readonly [], 'int'>, carry: C) => NoInfer<C>,
) => <I extends C>(init: I) => I = ((n: number, f: (i: Expr, carry: unknown) => unknown) => (init: unknown) =>
  scanTrees((carry: unknown, i: Expr) => [f(i, carry), null])(init, iota([n]))[0]) as never

// -- square-root memory ------------------------------------------------------------------------------------------------

/** Rows from..from + n - 1 of the first axis. */
const rowsAt =
  (from: number, n: number) =>
  (x: Expr): Expr =>
    slice(boxAlong(shapeOf(x), 0, from, n))(x)
const join = (main: unknown, tail: unknown): unknown => {
  const rest = operands(tail)
  return refill(
    main,
    operands(main).map((x, i) => concat(0)([x, rest[i] as Expr])),
    isLeaf,
  )
}
const segmentedTrees =
  (f: Step, options: SegmentedOptions = {}) =>
  (init: unknown, rows: unknown): Pair => {
    const n = options.length ?? stepsIn(rows)
    const size = options.segment ?? Math.ceil(Math.sqrt(n ?? 1))
    if (n === undefined || n === 0 || !(size >= 1)) return scanTrees(f, options)(init, rows)
    const segments = Math.floor(n / size)
    const covered = segments * size
    const { reverse = false } = options
    const inner = scanTrees(f, { reverse, length: size })
    const segment = checkpoint(([carry, part]: Pair) => inner(carry, part))
    const run = (carry: unknown): Pair => {
      const main = mapLeaves((x) => reshape([segments, size, ...shapeOf(x).slice(1)])(rowsAt(0, covered)(x)), rows)
      const outer = scanTrees((c: unknown, part: unknown) => segment([c, part]), { reverse, length: segments })
      const [last, ys] = outer(carry, main)
      return [last, mapLeaves((y) => reshape([covered, ...shapeOf(y).slice(2)])(y), ys)]
    }
    if (covered === n) return run(init)
    const over = scanTrees(f, { reverse, length: n - covered })
    const tail = (carry: unknown): Pair => over(carry, mapLeaves(rowsAt(covered, n - covered), rows))
    const [between, first] = reverse ? tail(init) : run(init)
    const [last, second] = reverse ? run(between) : tail(between)
    return [last, reverse ? join(second, first) : join(first, second)]
  }
export interface SegmentedOptions<N extends number = number> extends ScanOptions<N> {
  /** Steps per segment; the square root of their number by default. */
  readonly segment?: number
}
/**
 * scan in segments that are run again in reverse mode: n / segment + segment carries are kept instead of n.
 *
 * Law:     segmentedScan(f)(c, rows) = scan(f)(c, rows), and so are its derivatives
 */
export const segmentedScan: <C = AnyTree, R = AnyTree, Y = AnyTree, const L extends number = number>(
  f: (carry: C, row: R) => readonly [NoInfer<C>, Y],
  options?: SegmentedOptions<L>,
) => <I extends C, N extends number = L>(init: I, rows: Rows<N, R>) => readonly [I, Rows<N, Y>] =
  segmentedTrees as never
