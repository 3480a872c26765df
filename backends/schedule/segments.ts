/**
 * The Scatter form where kernels cannot write to places that are data. The places are sorted, so that the rows of one
 * place follow one another: a segment. In step k every row is joined with the row 2^k after it, if that is of the same
 * segment; then the first row of a segment has joined all of it. Every output element reads the first row of its place.
 * The work is that of the rows, times a logarithm. Terms are joined in pairs, so that rounding errors stay small.
 */

import { unitOf } from '../../lang/kernel/functions.ts'
import {
  clampTo,
  fn,
  guard,
  type Kernel,
  type Meaning,
  num,
  offset,
  type Scalar,
  type Scatter,
  type Source,
  unflatten,
  whole,
} from '../../lang/kernel/index.ts'
import { nth } from '../../lang/syntax/list.ts'
import { type Shape, sizeOf, type Type } from '../../lang/syntax/shape.ts'

type Meant = Exclude<Meaning, { readonly _tag: 'Inline' }>
interface Values {
  /** Adds an equation, and returns the number of its output. */
  readonly store: (meaning: Meant, args: readonly number[], type: Type) => number
  readonly source: (value: number) => Source
}
const kernel = (at: Kernel['at']): Kernel => ({ _tag: 'Kernel', at })
const int = (shape: Shape): Type => ({ dtype: 'int', shape })

/** Whether one kernel, in which every element reads all places, is faster. `limit`: see `Limits`; 0 is never. */
export const isShort = (m: Scatter, places: number, elements: number, limit = 0): boolean =>
  limit > 0 && (places * elements <= limit || m.size <= 4 * Math.log2(places))
/** The places of each batch in ascending order: their positions before, and their numbers. */
const sortPlaces = (m: Scatter, places: number, { store, source }: Values) => {
  const at = source(places)
  const [lead, each] = [at.type.shape.slice(0, m.batch), at.type.shape.slice(m.batch)]
  const type = int([...lead, sizeOf(each)])
  const b = m.batch
  const keys = store(
    kernel((i) => clampTo(m.size, at.at([...i.slice(0, b), ...unflatten(each, nth(i, b))]))),
    [places],
    type,
  )
  const order = store({ _tag: 'Sort', descending: false }, [keys], type)
  const [key, position] = [source(keys), source(order)]
  const sorted = store(
    kernel((i) => key.at([...i.slice(0, b), position.at(i)])),
    [keys, order],
    type,
  )
  return { lead, each, order, sorted }
}
type Sorted = ReturnType<typeof sortPlaces>
/** For every output place the first of its rows, in the order of the places; -1 where there is none. */
const firstRows = (m: Scatter, { lead, each, sorted }: Sorted, { store, source }: Values): number => {
  const [place, n, b] = [source(sorted), sizeOf(each), m.batch]
  const first = kernel((i) => {
    const lower = lowerBound(n, (k) => place.at([...i.slice(0, b), k]), nth(i, b))
    const inside = fn('lt', lower, whole(n))
    const found = guard([inside], place.at([...i.slice(0, b), lower]), whole(-1))
    return guard([fn('eq', found, nth(i, b))], lower, whole(-1))
  })
  return store(first, [sorted], int([...lead, m.size]))
}
/** The rows in the order of their places, each joined with those of its place that follow. */
const joinRows = (
  m: Scatter,
  rows: number,
  { lead, each, order, sorted }: Sorted,
  { store, source }: Values,
): number => {
  const [x, position, place] = [source(rows), source(order), source(sorted)]
  const [n, b, unit] = [sizeOf(each), m.batch, num(unitOf[m.by], x.type.dtype)]
  const type: Type = { dtype: x.type.dtype, shape: [...lead, n, ...x.type.shape.slice(b + each.length)] }
  const inOrder = kernel((i) =>
    x.at([
      ...i.slice(0, b),
      ...unflatten(each, { ...position.at(i.slice(0, b + 1)), range: [0, n - 1] }),
      ...i.slice(b + 1),
    ]),
  )
  let joined = store(inOrder, [rows, order], type)
  for (let d = 1; d < n; d *= 2) {
    const before = source(joined)
    const step = kernel((i) => {
      const next = offset(nth(i, b), d)
      const isInside = fn('lt', next, whole(n))
      const there = guard([isInside], place.at([...i.slice(0, b), next]), whole(-1))
      const hit = fn('eq', there, place.at(i.slice(0, b + 1)))
      return fn(m.by, before.at(i), guard([hit], before.at([...i.slice(0, b), next, ...i.slice(b + 1)]), unit))
    })
    joined = store(step, [joined, sorted], type)
  }
  return joined
}
/** The number of the value that equals the Scatter of these arguments. */
export const segmentsOf = (m: Scatter, args: readonly number[], out: Type, values: Values): number => {
  const { store, source } = values
  const sorted = sortPlaces(m, nth(args, 1), values)
  const first = firstRows(m, sorted, values)
  const joined = joinRows(m, nth(args, 0), sorted, values)
  const [start, total, b] = [source(first), source(joined), m.batch]
  const unit = num(unitOf[m.by], total.type.dtype)
  const whichRow = kernel((i) => {
    const k = start.at(i.slice(0, b + 1))
    return guard([fn('le', whole(0), k)], total.at([...i.slice(0, b), k, ...i.slice(b + 1)]), unit)
  })
  return store(whichRow, [first, joined], out)
}
/** How many of n ascending keys are below `x`. */
const lowerBound = (n: number, key: (k: Scalar) => Scalar, x: Scalar): Scalar => {
  let below: Scalar = whole(0)
  for (let step = 2 ** Math.floor(Math.log2(n)); step >= 1; step /= 2) {
    const next = offset(below, step)
    const fits = fn('le', next, whole(n))
    const isBelow = fn('lt', guard([fits], key(offset(next, -1)), x), x)
    below = guard([isBelow], next, below)
  }
  return below
}
