/**
 * Points inside a program's domain. Each input is first drawn from the range that the examples of its readers state.
 * Where a value is not finite, the inputs that reach it are drawn again from other ranges; the other inputs stay.
 */

import { type Tensor, trace } from '../../lang/evaluate.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, type Equation, inTypes, outsOf } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { foldIn, type Key, uniform } from '../random/key.ts'
import { allFinite, type EvaluationMeter } from './budget.ts'
import type { Point } from './point.ts'

/** Both ends included. */
export type Interval = readonly [low: number, high: number]

const widest: Interval = [-2, 2]
const others: readonly Interval[] = [
  [0.2, 2],
  [-0.9, 0.9],
  [1.1, 3],
  [0.05, 0.95],
  [-2, -0.2],
  [3, 10],
  [-0.1, 0.1],
  [0.01, 0.1],
  [10, 100],
  [-1e-3, 1e-3],
]
const attempts = 48
const meet = ([a, b]: Interval, [c, d]: Interval): Interval => [Math.max(a, c), Math.min(b, d)]

/** The intersection of the ranges of each input's readers; `widest` where it is empty. */
const named = (p: Closed): readonly Interval[] => {
  const ranges: Interval[] = p.inputs.map(() => widest)
  for (const q of p.equations)
    for (const a of q.args) {
      const known = ranges[a]
      const range = entryOf(q.op).examples.find((e) => e.range !== undefined)?.range
      if (known !== undefined && range !== undefined) ranges[a] = meet(known, range)
    }
  return ranges.map((r) => (r[0] < r[1] ? r : widest))
}
/** `whole`: the interval from which integers are drawn; by default 0, 1, 2, 3. */
const drawLeaf = (key: Key, t: Type, [low, high]: Interval, whole: Interval | undefined): Tensor => {
  const u = uniform(sizeOf(t.shape))(key)
  switch (t.dtype) {
    case 'real':
      return u.map((x) => low + (high - low) * x)
    case 'int':
      return u.map((x) => integerIn(whole ?? [0, 3], x))
    case 'bool':
      return u.map((x) => (x < 0.5 ? 0 : 1))
  }
}
const integerIn = ([low, high]: Interval, u: number): number => {
  const [first, last] = [Math.ceil(low), Math.floor(high)]
  return first + Math.floor(u * Math.max(1, last - first + 1))
}
/**
 * The inputs on which the first non-finite value with finite arguments depends; undefined if all outputs are finite.
 */
const blamed = (p: Closed, x: Point, run: EvaluationMeter['traceNonFinite']): ReadonlySet<number> | undefined => {
  const v = run(p, x)
  if (v === undefined) return undefined
  const reach: ReadonlySet<number>[] = p.inputs.map((_, i) => new Set([i]))
  for (const q of p.equations) {
    const from = new Set(at(reach, q.args).flatMap((s) => [...s]))
    if (isOrigin(q, v)) return from
    for (const _ of q.outs) reach.push(from)
  }
  return new Set(p.inputs.map((_, i) => i))
}
const isOrigin = (q: Equation, v: readonly Tensor[]): boolean =>
  !outsOf(q, v).every(allFinite) && at(v, q.args).every(allFinite)

const ofReference: EvaluationMeter['traceNonFinite'] = (p, x) => {
  const v = trace(p, x)
  return at(v, p.outputs).every(allFinite) ? undefined : v
}
/**
 * A point where every output is finite; undefined when none was found.
 *
 * `given`: the user's ranges, by input; `usual`: whether the other inputs start in the ranges of their readers; `whole`:
 * the user's ranges for integers
 */
export const drawPoint = (
  p: Closed,
  key: Key,
  given: readonly (Interval | undefined)[],
  usual: boolean,
  run: EvaluationMeter['traceNonFinite'] = ofReference,
  whole: readonly (Interval | undefined)[] = [],
): Point | undefined => {
  const types = inTypes(p)
  const first = named(p)
  const start = (i: number): Interval => given[i] ?? (usual ? nth(first, i) : widest)
  const x = types.map((t, i) => drawLeaf(foldIn(0)(foldIn(i)(key)), t, start(i), whole[i]))
  for (let n = 1; n <= attempts; n++) {
    const blame = blamed(p, x, run)
    if (blame === undefined) return x
    for (const i of blame) {
      const [u = 0] = uniform(1)(foldIn(2 * n)(foldIn(i)(key)))
      const list = [nth(first, i), ...others]
      x[i] = drawLeaf(
        foldIn(2 * n + 1)(foldIn(i)(key)),
        nth(types, i),
        given[i] ?? nth(list, Math.floor(u * list.length)),
        whole[i],
      )
    }
  }
  return undefined
}
