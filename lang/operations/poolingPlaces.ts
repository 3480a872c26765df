/** Max pooling that also gives the places of the maxima, and its inverse up to what was not the maximum. */

import { broadcastTo } from '../primitives/broadcast.ts'
import { constant, filled, intTensor, iota } from '../primitives/constant.ts'
import { add, div, lt, max, mul, rem, select, sub } from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { argmax } from '../primitives/reduction.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import type { Windows } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsPool, Gradual, PoolOptions, PoolShape } from '../types/index.ts'
import { listed } from './columns.ts'
import { derived, differ, notReal } from './derived.ts'
import { joinAxes, setRows } from './placing.ts'
import { adapted, poolingOf, type Resized } from './pooling.ts'
import { each, optionsProblem, type PerAxis, spatialAxes } from './spatial.ts'

/** The largest numbers, and where each stands: its row-major index among the elements of the pooled axes. */
export interface Pooled<S extends Shape> {
  readonly values: Expr<S, 'real'>
  readonly indices: Expr<S, 'int'>
}
/** Where element k of each window stands, from its row-major number in the window. */
const placesOf = (windows: readonly Windows[], counts: Shape, chosen: Expr): Expr => {
  const own = windows.map((w) => w.size)
  const front = rankOf(chosen) - counts.length
  return windows.reduce<Expr>(
    (flat, w, d) => {
      const inner = sizeOf(own.slice(d + 1))
      const k = rem(div(chosen, inner), w.size)
      const from = sub(mul(iota(shapeOf(chosen), front + d), w.stride), w.low)
      // where all numbers are -Infinity, the first element inside the array, not one in the padding
      const first = div(add(max(sub(0, from), 0), w.dilation - 1), w.dilation)
      return add(mul(flat, w.length), add(from, mul(max(k, first), w.dilation)))
    },
    filled('int', shapeOf(chosen), 0),
  )
}
const pooledPlaces = (windows: readonly Windows[], x: Expr): Expr => {
  const n = windows.length
  const front = shapeOf(x).slice(0, rankOf(x) - n)
  const counts = windows.map((w) => w.count)
  const element = reshape([...front, ...counts, sizeOf(windows.map((w) => w.size))])
  const own = windows.map((w) => w.length)
  const inArray = lt(0, listed(windows, constant(own, 1)))
  const numbers = select(inArray, listed(windows, x), Number.NEGATIVE_INFINITY)
  return placesOf(windows, counts, argmax(-1)(element(numbers)))
}
/**
 * maxPool with the places of the maxima, for maxUnpool. A place is the row-major index of an element among those of the
 * pooled axes, as in PyTorch.
 *
 * Shape:   [C, ...H] -> values, indices [C, ...H']
 * Options: those of maxPool
 * Errors:  as maxPool
 *
 * @example
 * const f = programOrThrow(real(1, 2, 4), (x) => maxPoolWithIndices({ kernel: 2 })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)]) // => [[6, 8], [5, 7]]
 */
export const maxPoolWithIndices = operation(
  'maxPoolWithIndices(options{kernel stride pad dilation ceilMode})(x)',
  <const O extends PoolOptions>(options: O) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsPool<S, O>): Pooled<PoolShape<S, O>> => {
      const e: Expr = x
      const { windows, problem } = poolingOf(options, e)
      const front = rankOf(e) - windows.length
      const indices = derived('maxPoolWithIndices', [e], problem, () => pooledPlaces(windows, e))
      const values = derived('maxPoolWithIndices', [e, indices], undefined, () =>
        gatherRows(front)(joinAxes(front, windows.length, e), indices),
      )
      return { values, indices } as Pooled<PoolShape<S, O>>
    },
)
/**
 * Numbers put back at the places that maxPoolWithIndices gave, and 0 elsewhere. If a place occurs twice, the last number is
 * there.
 *
 * Shape:   values, indices [..., ...H'] -> [..., ...size], for as many axes as `size` has
 * Law:     maxUnpool(H)(values, indices) is x where x is a maximum, and 0 elsewhere
 * Errors:  RankMismatch, ShapeMismatch, InvalidAttribute, ElementType
 */
export const maxUnpool = operation(
  'maxUnpool(size)(values, indices)',
  (size: Shape) =>
    <S extends Shape>(values: Expr<S, 'real'>, indices: Expr<NoInfer<S>, 'int'>): Expr<Gradual, 'real'> => {
      const [v, i]: readonly [Expr, Expr] = [values, indices]
      const n = size.length
      const front = rankOf(v) - n
      const problem: Problem | undefined =
        notReal(v) ??
        (i.type.dtype === 'int' ? undefined : { _tag: 'ElementType', expected: ['int'], found: [i.type.dtype] }) ??
        optionsProblem(n, { size: { least: 1, values: size } }) ??
        (front < 0 ? { _tag: 'RankMismatch', expected: n, shape: shapeOf(v) } : differ(shapeOf(v), shapeOf(i)))
      return derived('maxUnpool', [v, i], problem, () => {
        const lead = shapeOf(v).slice(0, front)
        const zeros = constant([...lead, sizeOf(size)], 0)
        return reshape([...lead, ...size])(setRows(front, zeros, joinAxes(front, n, i), joinAxes(front, n, v)))
      })
    },
)
/**
 * adaptiveMaxPool with the places of the maxima, as maxPoolWithIndices has them.
 *
 * Shape:   [C, ...H] -> values, indices [C, ...size]; if `size` is a number, it is the size of every spatial axis
 * Errors:  as adaptiveMaxPool
 */
export const adaptiveMaxPoolWithIndices = operation(
  'adaptiveMaxPoolWithIndices(size)(x)',
  <const N extends PerAxis>(size: N) =>
    <S extends Shape>(x: Expr<S, 'real'>): Pooled<Resized<S, N>> => {
      const e: Expr = x
      const axes = spatialAxes(e, size)
      const counts = each(size, axes.length, 1)
      const front = rankOf(e) - axes.length
      const sizes = shapeOf(e).slice(front)
      const problem = notReal(e) ?? optionsProblem(axes.length, { size: { least: 1, values: counts } })
      const indices = derived('adaptiveMaxPoolWithIndices', [e], problem, () => {
        // every window as long as the longest: a shorter one repeats its last element, which is then not the first maximum
        const starts = counts.map((count, d) => adapted(nth(sizes, d), count))
        const widths = starts.map((windows) => Math.max(...windows.map(([from, to]) => to - from)))
        const places = product(counts).flatMap((at) =>
          product(widths).map((k) =>
            k.reduce((flat, i, d) => {
              const [from, to] = nth(nth(starts, d), nth(at, d))
              return flat * nth(sizes, d) + Math.min(from + i, to - 1)
            }, 0),
          ),
        )
        const table = intTensor<Shape>([sizeOf(counts), sizeOf(widths)], places)
        const found = gather(moveAxis(-1, 0)(joinAxes(front, axes.length, e)), table)
        const rows = moveAxis(0, -1)(moveAxis(0, -1)(found))
        const first = argmax(-1)(rows)
        const lead = shapeOf(e).slice(0, front)
        const all = broadcastTo([...lead, ...shapeOf(table)])(table)
        return reshape([...lead, ...counts])(gatherRows(front + 1)(all, first))
      })
      const values = derived('adaptiveMaxPoolWithIndices', [e, indices], undefined, () =>
        gatherRows(front)(joinAxes(front, axes.length, e), indices),
      )
      return { values, indices } as Pooled<Resized<S, N>>
    },
)
/** All indices of a shape, in row-major order. */
const product = (shape: Shape): readonly Shape[] =>
  shape.reduce<readonly Shape[]>((all, n) => all.flatMap((at) => axesOf(n).map((i) => [...at, i])), [[]])
