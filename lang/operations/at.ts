/** An array at computed indices: read there, and with other numbers there. */

import { broadcastTo } from '../primitives/broadcast.ts'
import { filled, intTensor } from '../primitives/constant.ts'
import { add, and, le, lt, max, min, mul, rem, select } from '../primitives/elementwise.ts'
import { gather } from '../primitives/indexing.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, broadcastShapes, type DType, type Shape, sameShape, sizeOf } from '../syntax/shape.ts'
import type { Gradual } from '../types/index.ts'
import { derived, notAmong, sizeAt, unless } from './derived.ts'
import { type Joining, joinAxes, joinRows, perRow, setRows } from './placing.ts'

const modes = ['clip', 'fill', 'wrap'] as const
export interface AtOptions {
  /** The first axis that is indexed; the others follow it. Default: 0. */
  readonly axis?: number
  /**
   * An index outside the array: 'clip' means the nearest end, 'wrap' counts on from the other end, so that -1 is the last, and
   * 'fill' reads `fill` and writes nothing. Default: 'clip'.
   */
  readonly mode?: (typeof modes)[number]
  /** What mode 'fill' reads. Default: 0. */
  readonly fill?: number
}
type Single = Expr<Gradual, 'int'> | number
/** One index, or one for each of several axes, which broadcast. A number below 0 counts from the end. */
export type Indexing = Single | readonly Single[]
type Value<D extends DType> = Expr<Gradual, D> | number
/** An array at indices. Every function returns another array. */
export interface Indexed<S extends Shape, D extends DType> {
  /** x[index]. Its derivative adds up where an index occurs twice. */
  readonly get: () => Expr<Gradual, D>
  /** x with these numbers there; if a place occurs twice, the last ones count. */
  readonly set: (value: Value<D>) => Expr<S, D>
  /** x with these numbers added, as often as a place occurs. */
  readonly add: (value: Value<D>) => Expr<S, D>
  readonly multiply: (value: Value<D>) => Expr<S, D>
  /** The larger numbers; those that tie share the derivative. */
  readonly max: (value: Value<D>) => Expr<S, D>
  readonly min: (value: Value<D>) => Expr<S, D>
}

/** x with the indexed axes as one in front, and the places in it. */
interface Plan {
  readonly rows: Expr
  /** [J..] */
  readonly place: Expr
  /** Whether each place is in the array; undefined if all are. */
  readonly inside: Expr | undefined
  /** The axis and the number of the indexed axes. */
  readonly at: number
  readonly count: number
}
const listOf = (index: Indexing): readonly (Expr | number)[] =>
  Array.isArray(index) ? index : [index as Expr | number]
const asExpr = (i: Expr | number, n: number): Expr => (typeof i === 'number' ? intTensor([], [i < 0 ? i + n : i]) : i)
const moved = (i: Expr, n: number, mode: AtOptions['mode']): Expr =>
  mode === 'wrap' ? rem(add(rem(i, n), n), n) : max(0, min(i, n - 1))

const planOf = (x: Expr, index: Indexing, { axis = 0, mode = 'clip' }: AtOptions): Plan => {
  const list = listOf(index)
  const at = axisOf(axis, rankOf(x))
  const sizes = shapeOf(x).slice(at, at + list.length)
  const each = list.map((i, d) => asExpr(i, nth(sizes, d)))
  const order = [...sizes.map((_, d) => at + d), ...axesOf(at), ...axesOf(rankOf(x)).slice(at + sizes.length)]
  const shape = each.reduce<Shape>((s, i) => broadcastShapes(s, shapeOf(i)) ?? s, [])
  const place = each.reduce<Expr>(
    (flat, i, d) => add(mul(flat, nth(sizes, d)), moved(i, nth(sizes, d), mode)),
    filled('int', shape, 0),
  )
  const tests = each.map((i, d) => and(le(0, i), lt(i, nth(sizes, d))))
  const inside = mode === 'fill' ? tests.reduce((a, b) => and(a, b), filled('bool', shape, 1)) : undefined
  return { rows: joinAxes(0, sizes.length, permute(order)(x)), place, inside, at, count: sizes.length }
}
/** [J.., R..] -> R with J in the place of the indexed axes, and back. */
const outward = (p: Plan, x: Expr): Expr => {
  const j = rankOf(p.place)
  const rest = axesOf(rankOf(x) - j).map((d) => j + d)
  return permute([...rest.slice(0, p.at), ...axesOf(j), ...rest.slice(p.at)])(x)
}
const inward = (p: Plan, x: Expr): Expr => {
  const j = rankOf(p.place)
  const front = axesOf(p.at)
  return permute([...axesOf(j).map((d) => p.at + d), ...front, ...axesOf(rankOf(x)).slice(p.at + j)])(x)
}
/** The shape of x at the indices. */
const shapeAt = (p: Plan, x: Expr): Shape => {
  const outer = shapeOf(x)
  return [...outer.slice(0, p.at), ...shapeOf(p.place), ...outer.slice(p.at + p.count)]
}
const stretchProblem = (value: Expr, to: Shape): Problem | undefined =>
  sameShape(broadcastShapes(shapeOf(value), to) ?? [-1], to)
    ? undefined
    : { _tag: 'CannotBroadcast', from: shapeOf(value), to }
/** The rows of what is written, one per place: [J, R..]. */
const rowsOf = (p: Plan, x: Expr, value: Expr | number): Expr => {
  const shape = shapeAt(p, x)
  const whole = typeof value === 'number' ? filled(x.type.dtype, shape, value) : broadcastTo(shape)(value)
  return joinAxes(0, rankOf(p.place), inward(p, whole))
}
/** The rows back in the shape of x. */
const restored = (p: Plan, x: Expr, rows: Expr): Expr => {
  const outer = shapeOf(x)
  const sizes = outer.slice(p.at, p.at + p.count)
  const apart = reshape([...sizes, ...outer.slice(0, p.at), ...outer.slice(p.at + p.count)])(rows)
  const front = axesOf(p.at).map((d) => p.count + d)
  return permute([...front, ...axesOf(p.count), ...axesOf(rankOf(x)).slice(p.at + p.count)])(apart)
}
const flat = (x: Expr): Expr => reshape([sizeOf(shapeOf(x))])(x)
/** What a row that is not written joins with: its place is not changed. */
const unitOf: { readonly [J in Exclude<Joining, 'mean'>]: number } = {
  add: 0,
  multiply: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
}

const problemOf = (x: Expr, index: Indexing, { axis = 0, mode = 'clip' }: AtOptions): Problem | undefined => {
  const list = listOf(index)
  const at = axisOf(axis, rankOf(x))
  if (at < 0 || at + list.length > rankOf(x) || list.length === 0)
    return { _tag: 'AxisOutOfRange', axes: list.length === 0 ? [] : list.map((_, d) => at + d), rank: rankOf(x) }
  const others = list.filter((i): i is Expr => typeof i !== 'number')
  const wrongType = others.filter((i) => i.type.dtype !== 'int')
  if (wrongType.length > 0) return { _tag: 'ElementType', expected: ['int'], found: wrongType.map((i) => i.type.dtype) }
  const fits = others.reduce<Shape | undefined>((s, i) => s && broadcastShapes(s, shapeOf(i)), []) !== undefined
  if (!fits) return { _tag: 'ShapeMismatch', shapes: others.map((i) => shapeOf(i)) }
  const empty = list.findIndex((_, d) => sizeAt(x, at + d) === 0)
  if (empty >= 0) return { _tag: 'EmptyAxis', shape: shapeOf(x), axes: [at + empty] }
  const outside = list.find(
    (i, d) => typeof i === 'number' && mode === 'clip' && (i < -sizeAt(x, at + d) || i >= sizeAt(x, at + d)),
  )
  return notAmong('mode', mode, modes) ?? unless(outside === undefined, 'index', `${outside} is outside its axis`)
}
/**
 * An array at computed indices: `at(i)(x).get()` is x[i], and `at(i)(x).set(v)`, `add`, `multiply`, `max`, `min` give x with other
 * numbers there. Several indices stand for consecutive axes and broadcast, as x[i, j] in NumPy.
 *
 * Shape:   x [n.., R..], indices int [J..] (or numbers) -> get [J.., R..]; v broadcasts to that, the results are as x
 * Options: axis (0), mode ('clip'), fill (0)
 * Law:     at(i)(at(i)(x).set(v)).get() = v where no place occurs twice
 * Cost:    one pass for get and add; the others sort the places
 * Errors:  AxisOutOfRange, ElementType, ShapeMismatch, CannotBroadcast, EmptyAxis; InvalidAttribute for a number outside
 *
 * @example
 * const f = programOrThrow([real(2, 2), int(3)], ([x, i]) => [at([i, 1])(x).get(), at(i)(x).add(10)])
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 1, 1)]) // => [[2, 4, 4], [11, 12, 23, 24]]
 */
export const at = operation(
  'at(index!, options?{axis mode fill})(x)',
  (index: Indexing, options: AtOptions = {}) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Indexed<S, D> => {
      const e: Expr = x
      const indices = listOf(index).filter((i): i is Expr => typeof i !== 'number')
      const problem = problemOf(e, index, options)
      const written = (how: string, f: (p: Plan, rows: Expr) => Expr) => (value: Value<D>) => {
        const args = [e, ...indices, ...(typeof value === 'number' ? [] : [value as Expr])]
        const type: Problem | undefined =
          typeof value === 'number' || value.type.dtype === e.type.dtype
            ? undefined
            : { _tag: 'ElementType', expected: [e.type.dtype], found: [value.type.dtype] }
        const ill = args.some((a) => a.node?._tag === 'Poison')
        const p = ill || (problem ?? type) !== undefined ? undefined : planOf(e, index, options)
        const stretch = p && typeof value !== 'number' ? stretchProblem(value, shapeAt(p, e)) : undefined
        return derived(`at.${how}`, args, problem ?? type ?? stretch, () => {
          const own = p ?? planOf(e, index, options)
          return restored(own, e, f(own, rowsOf(own, e, value as Expr | number)))
        }) as Expr<S, D>
      }
      const joined = (by: Exclude<Joining, 'mean'>) =>
        written(by, (p, rows) => {
          const kept = p.inside === undefined ? rows : select(perRow(flat(p.inside), rows), rows, unitOf[by])
          return joinRows(by, 0, true, p.rows, flat(p.place), kept)
        })
      return {
        get: () =>
          derived('at.get', [e, ...indices], problem, () => {
            const p = planOf(e, index, options)
            const found = gather(p.rows, p.place)
            const fill = options.fill ?? 0
            return outward(p, p.inside === undefined ? found : select(perRow(p.inside, found), found, fill))
          }) as Expr<Gradual, D>,
        set: written('set', (p, rows) => setRows(0, p.rows, flat(p.place), rows, p.inside && flat(p.inside))),
        add: joined('add'),
        multiply: joined('multiply'),
        max: joined('max'),
        min: joined('min'),
      }
    },
)
