/** Elements read, written, added or masked by index. A write is a new array; a mask keeps the shape. */
import {
  add,
  broadcastTo,
  concat,
  constant,
  cumSum,
  div,
  type Expr,
  embedding,
  gather,
  gatherAlong,
  indexAdd,
  indexSelect,
  intTensor,
  lt,
  max,
  moveAxis,
  mul,
  ne,
  oneHot,
  rem,
  repeatInterleave,
  reshape,
  scatterAddAlong,
  select,
  sliceAlong,
  sub,
  sum,
  toInt,
} from '../../../src/index.ts'
import type { Saying } from '../call.ts'
import { axesOf, axis, flat, length, range, rank, type Sayings, shape, size } from './common.ts'

const column = (x: Expr): Expr => (rank(x) === 0 ? reshape([1])(x) : x)
const restored = (x: Expr, y: Expr): Expr => reshape(shape(x))(y)
/** Negative indices count from the end. */
const fromFront = (i: Expr, n: number): Expr => select(lt(i, 0), add(i, n), i)
const rowMajor = (sizes: readonly number[]): readonly number[] =>
  sizes.map((_, d) => sizes.slice(d + 1).reduce((a, b) => a * b, 1))
/** The flat places of a part: an offset, and sizes with their strides. */
const places = (sizes: readonly number[], strides: readonly number[], offset: number): readonly number[] =>
  sizes.reduce<readonly number[]>(
    (at, n, d) => at.flatMap((p) => range(n).map((k) => p + k * (strides[d] as number))),
    [offset],
  )
/** x with y in these flat places, the last of equal ones. */
const written = (x: Expr, at: readonly number[], y: Expr): Expr => {
  const from = range(size(x)).map((k) => (at.includes(k) ? size(x) + at.lastIndexOf(k) : k))
  return gather(concat(0)([flat(x), flat(y)]), intTensor(shape(x), from))
}
/** Flat places of one axis's part. */
const partOf = (x: Expr, d: number, start: number, count: number, step: number): readonly number[] => {
  const strides = rowMajor(shape(x))
  const stride = strides[d] as number
  return places(
    shape(x).map((n, e) => (e === d ? count : n)),
    strides.map((s, e) => (e === d ? s * step : s)),
    start * stride,
  )
}
const clipped = (k: number, n: number): number => Math.max(0, Math.min(n, k < 0 ? k + n : k))

const gathered: Saying = (c) => {
  const i = c.tensor(2, 'index')
  if (rank(c.x) === 0) return restored(i, gather(column(c.x), flat(i)))
  return gatherAlong(axis(c.x, c.number(1, 'dim')))(c.x, i) as Expr
}
const chosen: Saying = (c) => {
  const i = column(c.tensor(2, 'index'))
  if (rank(c.x) === 0) return restored(c.x, gather(column(c.x), i))
  return indexSelect(axis(c.x, c.number(1, 'dim')))(c.x, i) as Expr
}
const addedRows: Saying = (c) => {
  const source = mul(c.number(9, 'alpha', 1), c.tensor(3, 'source'))
  const i = column(c.tensor(2, 'index'))
  const [x, y] = [column(c.x), rank(c.x) === 0 ? column(source) : source]
  return restored(c.x, indexAdd(axis(x, c.number(1, 'dim')))(x, i, y) as Expr)
}
/** The rows that an index names, marked: shape of x along d, 1 elsewhere. */
const marked = (x: Expr, d: number, index: Expr): Expr => {
  const n = length(x, d)
  const hits = sum([0])(oneHot(n)(fromFront(flat(index), n)) as Expr)
  return reshape(shape(x).map((m, e) => (e === d ? m : 1)))(ne(hits, 0))
}
const addedElements: Saying = (c) => {
  const [x, i] = [column(c.x), column(c.tensor(2, 'index'))]
  const given = c.operand(3, 'src')
  const source = typeof given === 'number' ? constant(shape(i), given) : cornerOf(column(given), i)
  return restored(c.x, scatterAddAlong(axis(x, c.number(1, 'dim')))(x, i, source) as Expr)
}
const cornerOf = (x: Expr, i: Expr): Expr => shape(i).reduce((y, n, d) => sliceAlong(d, 0, n)(y) as Expr, x)
/** Elements written by index: the static index of a sample says which. */
const writtenPlaces = (x: Expr, d: number, i: Expr, values: readonly number[]): readonly number[] => {
  const strides = rowMajor(shape(x))
  const own = rowMajor(shape(i))
  return values.map((v, k) =>
    shape(i).reduce(
      (at, n, e) => at + (e === d ? v : Math.floor(k / (own[e] as number)) % n) * (strides[e] as number),
      0,
    ),
  )
}
const scattered: Saying = (c) => {
  const reduce = c.any(4, 'reduce')
  const [x, i] = [column(c.x), column(c.tensor(2, 'index'))]
  const given = c.operand(3, 'src')
  const source = typeof given === 'number' ? constant(shape(i), given) : cornerOf(column(given), i)
  if (reduce === 'add') return addedElements(c)
  const at = writtenPlaces(x, axis(x, c.number(1, 'dim')), i, c.elements(2, 'index'))
  if (reduce === undefined) return restored(c.x, written(x, at, source))
  throw new Error(`scatter with ${reduce}`)
}
const maskedFill: Saying = (c) => {
  const value = c.operand(2, 'value')
  return select(c.tensor(1, 'mask'), value, c.x)
}
const maskedScatter: Saying = (c) => {
  const sizes = shape(add(select(c.tensor(1), 1, 0), mul(0, c.x)) as Expr)
  const mask = broadcastTo(sizes)(c.tensor(1))
  const rankOf = sub(cumSum(0)(flat(select(mask, 1, 0))), 1) as Expr
  const picked = reshape(sizes)(gather(flat(c.tensor(2)), toInt(max(rankOf, 0))))
  return select(mask, picked, c.x)
}
const taken: Saying = (c) => gather(flat(c.x), fromFront(c.tensor(1), size(c.x)))
const put: Saying = (c) => {
  const [i, y] = [flat(c.tensor(1)), flat(c.tensor(2))]
  if (c.flag(3, 'accumulate')) return restored(c.x, indexAdd(0)(flat(c.x), fromFront(i, size(c.x)), y) as Expr)
  const at = c.elements(1).map((k) => (k < 0 ? k + size(c.x) : k))
  return written(c.x, at, y)
}
const copied: Saying = (c) => {
  const x = column(c.x)
  const d = axis(x, c.number(1, 'dim'))
  const at = c.elements(2, 'index').map((k) => partOf(x, d, k, 1, 1))
  const source = moveAxis(d, 0)(rank(c.x) === 0 ? column(c.tensor(3)) : c.tensor(3))
  return restored(c.x, written(x, at.flat(), source))
}

export const indexing: Sayings = {
  'as_strided_scatter|': (c) =>
    written(c.x, places(c.numbers(2, 'size'), c.numbers(3, 'stride'), c.number(4, 'storage_offset', 0)), c.tensor(1)),
  'diagonal_scatter|': (c) => {
    const [k, d, e] = [c.number(2, 'offset', 0), axis(c.x, c.number(3, 'dim1', 0)), axis(c.x, c.number(4, 'dim2', 1))]
    const strides = rowMajor(shape(c.x))
    const rest = axesOf(c.x).filter((f) => f !== d && f !== e)
    const count = Math.min(length(c.x, d) - Math.max(-k, 0), length(c.x, e) - Math.max(k, 0))
    const [a, b] = [strides[d] as number, strides[e] as number]
    const sizes = [...rest.map((f) => length(c.x, f)), count]
    return written(
      c.x,
      places(sizes, [...rest.map((f) => strides[f] as number), a + b], Math.max(-k, 0) * a + Math.max(k, 0) * b),
      c.tensor(1),
    )
  },
  'gather|': gathered,
  'index_add|': addedRows,
  'index_copy|': copied,
  'index_fill|': (c) => {
    const x = column(c.x)
    return restored(
      c.x,
      select(broadcastTo(shape(x))(marked(x, axis(x, c.number(1, 'dim')), c.tensor(2))), c.operand(3), x),
    )
  },
  'index_select|': chosen,
  'masked_fill|': maskedFill,
  'masked_scatter|': maskedScatter,
  'nn.functional.embedding|': (c) => embedding(c.x, c.tensor(1)),
  'nn.functional.one_hot|': (c) =>
    toInt(
      oneHot(
        c.number(1, 'num_classes', Math.max(...c.elements(0)) + 1) === -1
          ? Math.max(...c.elements(0)) + 1
          : c.number(1, 'num_classes', Math.max(...c.elements(0)) + 1),
      )(c.x) as Expr,
    ),
  'put|': put,
  'repeat_interleave|': (c) => {
    const d = c.any(2, 'dim')
    const x = d === undefined ? flat(c.x) : c.x
    const reps = c.any(1, 'repeats')
    if (typeof reps === 'number') return repeatInterleave(reps, axis(x, (d as number) ?? 0))(x)
    const counts = c.elements(1, 'repeats')
    const n = length(x, (d as number) ?? 0)
    const rows = range(n).flatMap((k) => range(counts[counts.length === 1 ? 0 : k] as number).map(() => k))
    return indexSelect(axis(x, (d as number) ?? 0))(x, intTensor([rows.length], rows)) as Expr
  },
  'scatter|': scattered,
  'scatter_add|': addedElements,
  'select_scatter|': (c) => {
    const d = axis(c.x, c.number(2, 'dim'))
    const k = c.number(3, 'index')
    return written(c.x, partOf(c.x, d, k < 0 ? k + length(c.x, d) : k, 1, 1), c.tensor(1))
  },
  'slice_scatter|': (c) => {
    const d = axis(c.x, c.number(2, 'dim', 0))
    const n = length(c.x, d)
    const [start, end, step] = [
      clipped(c.number(3, 'start', 0), n),
      clipped(c.number(4, 'end', n), n),
      c.number(5, 'step', 1),
    ]
    return written(c.x, partOf(c.x, d, start, Math.ceil((end - start) / step), step), c.tensor(1))
  },
  'take|': taken,
  'take_along_dim|': (c) => {
    const d = c.any(2, 'dim')
    if (d === undefined) return gather(flat(c.x), flat(c.tensor(1)))
    const at = axis(c.x, d as number)
    const sizes = axesOf(c.x).map((e) => (e === at ? -1 : Math.max(length(c.x, e), length(c.tensor(1), e))))
    const x = broadcastTo(sizes.map((n, e) => (n === -1 ? length(c.x, e) : n)))(c.x)
    const i = broadcastTo(sizes.map((n, e) => (n === -1 ? length(c.tensor(1), e) : n)))(c.tensor(1))
    return gatherAlong(at)(x, i) as Expr
  },
  'unravel_index|': (c) => {
    const sizes = c.numbers(1, 'shape')
    return rowMajor(sizes).map((s, d) => rem(div(c.x, s), sizes[d] as number) as Expr)
  },
  'where|': (c) => select(c.tensor(1, 'condition'), c.operand(0, 'input'), c.operand(2, 'other')),
}
