/**
 * Loops of known length over trees: folds along the first axis. Forward and reverse mode both differentiate them. A
 * body may use expressions from outside of it; they become operands of the loop. TypeScript checks the shapes in a body
 * if its parameters are annotated, or if its operand comes through `pipe`; otherwise they are checked when the program
 * is built.
 */

import { concat } from '../primitives/concat.ts'
import { iota } from '../primitives/constant.ts'
import { reshape } from '../primitives/reindex.ts'
import { scanClosed } from '../primitives/scan.ts'
import { boxAlong, slice } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { isSize, largestInt, type Type } from '../syntax/shape.ts'
import { refill } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import type { FitsSize } from '../types/index.ts'
import { bodyOf, isLeaf, operands, outcome, refused, sameForm } from './body.ts'
import { checkpoint } from './call.ts'
import type { AnyTree, FitsResult, Lifted, OrNumber, Rows } from './types.ts'

export interface ScanOptions<N extends number = number> {
  /** Whether to go from the last row to the first. Default: false. */
  readonly reverse?: boolean
  /** The number of steps. Default: the size of the rows' first axis; required if there are no rows. */
  readonly length?: N
  /** How many steps the body of the loop has: fewer turns, of a longer body. Default: 1. */
  readonly unroll?: number
}
type Step = (carry: AnyTree, row: AnyTree) => unknown
type Pair = readonly [unknown, unknown]

const isPair = (x: unknown): x is Pair => Array.isArray(x) && x.length === 2
const typesOf = (tree: unknown): readonly Type[] => operands(tree).map((e) => e.type)
export const mapLeaves = (f: (e: Expr) => unknown, tree: unknown): unknown =>
  refill(tree, operands(tree).map(f), isLeaf)
export const stepsIn = (rows: unknown): number | undefined => operands(rows)[0]?.type.shape[0]

const notAPair: Problem = { _tag: 'Malformed', what: 'the body must return [carry, row]' }
const noLength: Problem = { _tag: 'InvalidAttribute', attribute: 'length', rule: 'is needed where there are no rows' }
const notACount = (attribute: string, n: number, least = 0): Problem => ({
  _tag: 'InvalidAttribute',
  attribute,
  rule: `is ${n}; it must be a whole number, ${least} or more${n > largestInt ? `, and at most ${largestInt}` : ''}`,
})
const isCount = (n: number, least = 0): boolean => isSize(n) && n >= least
/** What the user called, and what he called the number of steps. */
interface Called {
  readonly op: string
  readonly steps: string
}
const otherCarry = (init: unknown, carry: unknown): Problem => ({
  _tag: 'BodyMismatch',
  what: 'the body changes the form of the carry',
  expected: typesOf(init),
  found: typesOf(carry),
})
export const scanTrees =
  (
    f: Step,
    { reverse = false, length, unroll = 1 }: ScanOptions = {},
    called: Called = { op: 'scan', steps: 'length' },
  ) =>
  (init: unknown, rows: unknown): Pair => {
    const n = length ?? stepsIn(rows)
    if (unroll !== 1 && n !== undefined && isCount(n))
      return unrolled(f, { reverse, length: n, unroll }, called)(init, rows)
    const carries = operands(init, called.op)
    const xs = operands(rows, called.op)
    const row = mapLeaves(({ type }): Type => ({ ...type, shape: type.shape.slice(1) }), rows)
    const body = bodyOf(called.op, f, { carry: init, row }, [init])
    const result = body.tree
    const refusal = (like: Pair, problem: Problem): Pair => refused(called.op, like, problem, [...carries, ...xs])
    if (!isPair(result)) return refusal([0, 0], notAPair)
    const steps = length ?? stepsIn(rows)
    if (steps === undefined) return refusal(result, noLength)
    if (!isCount(steps)) return refusal(result, notACount(called.steps, steps))
    if (!sameForm(init, result[0])) return refusal(result, otherCarry(init, result[0]))
    return outcome(result, [...carries, ...xs], [body], ({ bodies: [closed], captured }) =>
      scanClosed(steps, reverse, closed)(carries, xs, captured).slice(0, body.outs.length),
    )
  }

/** k steps per turn, then those that are left. In reverse these come first. */
const unrolled =
  (f: Step, { reverse, length, unroll }: Required<ScanOptions>, called: Called) =>
  (init: unknown, rows: unknown): Pair => {
    if (!isCount(unroll, 1)) return refused(called.op, [0, 0], notACount('unroll', unroll, 1), operands([init, rows]))
    const turns = Math.floor(length / unroll)
    const covered = turns * unroll
    const single = (carry: unknown, from: number, n: number): Pair =>
      scanTrees(f, { reverse, length: n }, called)(carry, mapLeaves(rowsAt(from, n), rows))
    if (turns === 0) return single(init, 0, length)
    const main = (carry: unknown): Pair => {
      const blocks = mapLeaves((x) => reshape([turns, unroll, ...shapeOf(x).slice(1)])(rowsAt(0, covered)(x)), rows)
      const [last, ys] = scanTrees(written(f, reverse, unroll), { reverse, length: turns }, called)(carry, blocks)
      return [last, mapLeaves((y) => reshape([covered, ...shapeOf(y).slice(2)])(y), ys)]
    }
    if (covered === length) return main(init)
    const [between, first] = reverse ? single(init, covered, length - covered) : main(init)
    const [last, second] = reverse ? main(between) : single(between, covered, length - covered)
    return [last, reverse ? join(second, first) : join(first, second)]
  }
/** k steps, written out: what the step gives for each row of a block, as a block. */
const written =
  (f: Step, reverse: boolean, k: number): Step =>
  (carry: unknown, block: unknown) => {
    const order = Array.from({ length: k }, (_, i) => (reverse ? k - 1 - i : i))
    const rowAt = (i: number): unknown => mapLeaves((x) => reshape(shapeOf(x).slice(1))(rowsAt(i, 1)(x)), block)
    const end = order.reduce<{ readonly carry: unknown; readonly ys: readonly unknown[] }>(
      (state, i) => {
        const out = f(state.carry as AnyTree, rowAt(i) as AnyTree)
        return isPair(out)
          ? { carry: out[0], ys: reverse ? [out[1], ...state.ys] : [...state.ys, out[1]] }
          : { carry: out, ys: [] }
      },
      { carry, ys: [] },
    )
    if (end.ys.length < k) return end.carry
    const first = end.ys[0]
    const lists = end.ys.map((y) => operands(y))
    const stacked = operands(first).map((y, j) => {
      const parts = lists.map((list) => reshape([1, ...shapeOf(y)])(nth(list, j)))
      return k === 1 ? nth(parts, 0) : concat(0)(parts as unknown as readonly [Expr, ...Expr[]])
    })
    return [end.carry, refill(first, stacked, isLeaf)]
  }

type Fold<C, R, Y, L extends number> = <I extends C, N extends number = L>(
  init: I,
  rows: Rows<N, R>,
) => readonly [I, Rows<N, Lifted<Y>>]
type Scan = <C = AnyTree, R = AnyTree, Y = AnyTree, const L extends number = number>(
  f: (carry: C, row: R) => readonly [OrNumber<NoInfer<C>>, Y],
  options?: ScanOptions<L>,
) => Fold<C, R, Y, L>
/**
 * A fold along the first axis of every leaf of `rows`: f(carry, row) returns [next carry, output row].
 *
 * Shape:   carry C, rows [n, R..] -> [last carry C, outputs [n, Y..]]
 * Options: reverse (false); length: the number of steps, if there are no rows; unroll (1): steps written out per turn, which
 *          saves overhead where a step is small, and makes the program longer
 * Law:     scan(f)(c, rows) equals n applications of f, written out; the same for every `unroll`
 * Errors:  BodyMismatch; InvalidAttribute where the length is not a whole number, 0 or more; those inside f
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const sums = scan((carry: Real, x: Real) => [add(carry, x), carry])   // the sum, and the sums before each row
 * const f = programOrThrow({ xs: real(4) }, ({ xs }) => sums(constant([], 0), xs))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]).map((x) => [...x]) // => [[10], [0, 1, 3, 6]]
 */
export const scan: Scan = operation(
  'scan(body*, options?{reverse length unroll})(init, rows?)',
  typed((f: Step, options?: ScanOptions) => scanTrees(f, options)),
)

type Fori = <const N extends number, C = AnyTree, B extends OrNumber<NoInfer<C>> = OrNumber<C>>(
  n: N & FitsSize<N>,
  f: (i: Expr<readonly [], 'int'>, carry: C) => B & FitsResult<B>,
) => <I extends C>(init: I) => I
/**
 * n steps of f(i, carry), for the integers i = 0 .. n - 1.
 *
 * Law:     fori(n, f)(c) = f(n - 1, ... f(1, f(0, c)))
 * Errors:  BodyMismatch; InvalidAttribute where n is not a whole number, 0 or more; those inside f
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const f = programOrThrow({ x: real() }, ({ x }) => fori(10, (i, c: Real) => add(c, toReal(i)))(x))
 * evaluate(f.closed, [Float64Array.of(0)])[0]?.[0] // => 45
 */
export const fori: Fori = operation(
  'fori(n, body*)(init)',
  typed(
    (n: number, f: (i: Expr, carry: unknown) => unknown) => (init: unknown) =>
      scanTrees(
        (carry: unknown, i: Expr) => [f(i, carry), null],
        { length: n },
        { op: 'fori', steps: 'n' },
      )(init, iota([isCount(n) ? n : 0]))[0],
  ),
)

// -- square-root memory -----------------------------------------------------------------------------------------------

/** The n rows from row `from` on. */
export const rowsAt =
  (from: number, n: number) =>
  (x: Expr): Expr =>
    slice(boxAlong(shapeOf(x), 0, from, n))(x)
export const join = (main: unknown, tail: unknown): unknown => {
  const rest = operands(tail)
  return refill(
    main,
    operands(main).map((x, i) => concat(0)([x, nth(rest, i)])),
    isLeaf,
  )
}
export interface SegmentedOptions<N extends number = number> extends Omit<ScanOptions<N>, 'unroll'> {
  /** Steps per segment. Default: the square root of the number of steps, rounded up. */
  readonly segment?: number
}
const segmented: Called = { op: 'segmentedScan', steps: 'length' }
const segmentedTrees =
  (f: Step, options: SegmentedOptions = {}) =>
  (init: unknown, rows: unknown): Pair => {
    const n = options.length ?? stepsIn(rows)
    const size = options.segment ?? Math.ceil(Math.sqrt(n ?? 1))
    if (n === undefined || n === 0 || !isCount(n)) return scanTrees(f, options, segmented)(init, rows)
    if (!isCount(size, 1)) return refused(segmented.op, [0, 0], notACount('segment', size, 1), operands([init, rows]))
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
type SegmentedScan = <C = AnyTree, R = AnyTree, Y = AnyTree, const L extends number = number>(
  f: (carry: C, row: R) => readonly [OrNumber<NoInfer<C>>, Y],
  options?: SegmentedOptions<L>,
) => Fold<C, R, Y, L>
/**
 * scan in segments. Reverse mode recomputes each segment, so it stores n / segment + segment carries instead of n.
 *
 * Shape, errors: as scan
 * Law:     segmentedScan(f)(c, rows) = scan(f)(c, rows), and their derivatives are equal
 */
export const segmentedScan: SegmentedScan = operation(
  'segmentedScan(body*, options?{reverse length segment})(init, rows?)',
  typed(segmentedTrees),
)
