/**
 * The sum of a value over all steps of a loop, from what is stored for every step, in the order of the steps:
 *
 *   sum of a_t b_t^T = one contraction of a and b      sum of (sum of g_t) = one sum of g      sum of v = sum of its rows
 *
 * Each is bit for bit what a carry adds up from 0: a sum over several axes is a sum of sums, outermost axis first.
 */
import { broadcastEntry, sum, sumEntry } from '../../../../lang/primitives/broadcast.ts'
import { concat } from '../../../../lang/primitives/concat.ts'
import { contract, contractEntry, letterNotIn } from '../../../../lang/primitives/contraction.ts'
import { add } from '../../../../lang/primitives/elementwise.ts'
import { permuteEntry, reshape, reshapeEntry, reverse, reverseEntry } from '../../../../lang/primitives/reindex.ts'
import { padEntry, sliceEntry } from '../../../../lang/primitives/window.ts'
import type { Equation } from '../../../../lang/syntax/closed.ts'
import { type Expr, node, shapeOf } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { sameAttrs } from '../../../../lang/syntax/plain.ts'
import type { Shape } from '../../../../lang/syntax/shape.ts'
import type { Body } from './body.ts'

type Labels = Parameters<typeof contract>[0]
export type Sum =
  /** Of the value itself. */
  | { readonly _tag: 'Rows'; readonly of: number }
  /** Of contractions with the same labels, added up in this order in each step. */
  | { readonly _tag: 'Contraction'; readonly labels: Labels; readonly pairs: readonly Pair[] }
  | { readonly _tag: 'Axes'; readonly axes: Shape; readonly of: number }
  /** Of numbers that only move: the sum moves. */
  | { readonly _tag: 'Moved'; readonly by: Equation; readonly of: Sum }
type Pair = readonly [x: number, y: number]

/** A value as the sum of the values e1, e2, ..., added as ((e1 + e2) + e3). */
const addends = (b: Body, v: number, once: (v: number) => boolean): readonly number[] => {
  const q = once(v) ? b.equationOf(v) : undefined
  if (q?.op !== add.entry.name) return [v]
  const [x, y] = q.args.map((a) => addends(b, a, once)) as [readonly number[], readonly number[]]
  return y.length === 1 ? [...x, ...y] : x.length === 1 ? [...y, ...x] : [v]
}
/** A sum of contractions with the same labels, of operands of the same shapes. */
const contractionsOf = (b: Body, v: number, once: (v: number) => boolean): Sum | undefined => {
  const terms = addends(b, v, once).map((e) => (once(e) ? b.equationOf(e) : undefined))
  const [first] = terms
  const shapes = (q: Equation): string => q.args.map((a) => shapeKey(nth(b.types, a).shape)).join()
  const alike = (q: Equation | undefined): q is Equation =>
    q !== undefined &&
    q.op === contractEntry.name &&
    q.args.every((a) => varies(b, a)) &&
    first !== undefined &&
    sameAttrs(q.attrs, first.attrs) &&
    shapes(q) === shapes(first)
  if (first === undefined || !terms.every(alike)) return undefined
  const pairs = terms.map((q): Pair => [nth(q.args, 0), nth(q.args, 1)])
  // the attributes of an equation are those of its entry
  return { _tag: 'Contraction', labels: first.attrs as Labels, pairs }
}
const shapeKey = (shape: Shape): string => `[${shape.join()}]`
const varies = (b: Body, v: number): boolean => b.kinds[v] === 'row' || b.kinds[v] === 'carried'

/** `once`: whether nothing else reads a value. */
export const sumOf = (b: Body, v: number, once: (v: number) => boolean): Sum => {
  const q = once(v) ? b.equationOf(v) : undefined
  const [x] = q?.args ?? []
  if (q === undefined || x === undefined || !q.args.every((a) => varies(b, a))) return { _tag: 'Rows', of: v }
  const contractions = contractionsOf(b, v, once)
  if (contractions !== undefined) return contractions
  if (q.op === sumEntry.name) return { _tag: 'Axes', axes: (q.attrs as { readonly axes: Shape }).axes, of: x }
  if (q.args.length === 1 && moves.has(q.op)) return { _tag: 'Moved', by: q, of: sumOf(b, x, once) }
  return { _tag: 'Rows', of: v }
}
/** Operations that put each number in its place, or in several, and 0 elsewhere. */
const movements = [broadcastEntry, reshapeEntry, permuteEntry, reverseEntry, sliceEntry, padEntry]
const moves: ReadonlySet<string> = new Set(movements.map((e) => e.name))

/** The values that must be stored for every step. */
export const operandsOf = (s: Sum): readonly number[] => {
  switch (s._tag) {
    case 'Rows':
    case 'Axes':
      return [s.of]
    case 'Contraction':
      return s.pairs.flat()
    case 'Moved':
      return operandsOf(s.of)
  }
}
/** The sum, in the order of the steps. `stored`: the values of every step. */
export const summed = (s: Sum, stored: (v: number) => Expr, backwards: boolean): Expr => {
  const steps = (v: number): Expr => (backwards ? reverse([0])(stored(v)) : stored(v))
  switch (s._tag) {
    case 'Rows':
      return sum([0])(steps(s.of))
    case 'Axes':
      return sum([0, ...s.axes.map((d) => d + 1)])(steps(s.of))
    case 'Contraction': {
      const { x, y, out, ties } = s.labels
      const step = letterNotIn(s.labels)
      const term = s.pairs.length > 1 ? letterNotIn({ ...s.labels, out: out + step }) : ''
      const all = (side: 0 | 1): Expr => stackedTerms(s.pairs.map((pair) => steps(pair[side])))
      // the steps are the first letter, so the outermost sum; the terms of a step are the next
      return contract({ x: step + term + x, y: step + term + y, out, ties })(all(0), all(1))
    }
    case 'Moved':
      return nth(node(s.by.op, s.by.attrs, [summed(s.of, stored, backwards)], s.by.outs), 0)
  }
}
/** One array for each term, [steps, ...], as [steps, terms, ...]; the array itself where there is one. */
const stackedTerms = (arrays: readonly Expr[]): Expr => {
  const apart = (x: Expr): Expr => {
    const [steps = 0, ...rest] = shapeOf(x)
    return reshape([steps, 1, ...rest])(x)
  }
  return arrays.length === 1 ? nth(arrays, 0) : concat(1)(arrays.map(apart))
}
