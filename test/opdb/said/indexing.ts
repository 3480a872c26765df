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
  take,
  toInt,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
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

/** Several index arrays, or masks, at once: the flat places that they name, and the shape of a part. */
const several = (
  x: Expr,
  c: Call,
  given: readonly unknown[],
): { readonly at: readonly number[]; readonly sizes: readonly number[] } => {
  const lists = given.flatMap((g, k) => staticIndex(x, k, g, c))
  const counts = lists.map((l) => l.sizes)
  const joint = counts.reduce((a, b) => joined(a, b))
  const rest = shape(x).slice(lists.length)
  const strides = rowMajor(shape(x))
  const total = joint.reduce((a, b) => a * b, 1)
  const at = range(total).map((p) =>
    lists.reduce((s, l, d) => s + (l.values[placeIn(joint, l.sizes, p)] as number) * (strides[d] as number), 0),
  )
  const inner = places(rest, rowMajor(rest), 0)
  return { at: at.flatMap((p) => inner.map((q) => p + q)), sizes: [...joint, ...rest] }
}
const joined = (a: readonly number[], b: readonly number[]): readonly number[] => {
  const n = Math.max(a.length, b.length)
  return range(n).map((d) => Math.max(a[a.length - n + d] ?? 1, b[b.length - n + d] ?? 1))
}
/** The place p of an array of these sizes, in one that broadcasts to them. */
const placeIn = (sizes: readonly number[], own: readonly number[], p: number): number =>
  own.reduce((s, n, e) => {
    const d = sizes.length - own.length + e
    const k = Math.floor(p / (rowMajor(sizes)[d] as number)) % (sizes[d] as number)
    return s + (n === 1 ? 0 : k) * (rowMajor(own)[e] as number)
  }, 0)
interface Static {
  readonly values: readonly number[]
  readonly sizes: readonly number[]
}
const staticIndex = (x: Expr, k: number, given: unknown, c: Call): readonly Static[] => {
  const e = given as Expr
  const values = c.valuesOf(e)
  if (e.type.dtype !== 'bool') return [{ values: values.map((v) => (v < 0 ? v + length(x, k) : v)), sizes: shape(e) }]
  const hits = range(size(e)).filter((p) => values[p] !== 0)
  return shape(e).map((n, d) => ({
    values: hits.map((p) => Math.floor(p / (rowMajor(shape(e))[d] as number)) % n),
    sizes: [hits.length],
  }))
}
/** A NumPy index: numbers, slices, ellipses and index arrays. */
const indexed: Saying = (c) => {
  const given = c.any(1)
  const list = Array.isArray(given) ? given : [given]
  const arrays = list.filter((g) => typeof g === 'object' && g !== null && 'node' in g)
  if (arrays.length > 0 && arrays.length === list.length) {
    const { at, sizes } = several(c.x, c, list)
    return gather(flat(c.x), intTensor(sizes, [...at]))
  }
  return list.reduce<readonly [Expr, number]>(
    ([x, d], g) => {
      if (typeof g === 'number') return [take(d, g < 0 ? g + length(x, d) : g)(x) as Expr, d]
      if (g === '...') return [x, rank(x) - (list.length - list.indexOf(g) - 1)]
      if (g === null || g === undefined) return [reshape([...shape(x).slice(0, d), 1, ...shape(x).slice(d)])(x), d + 1]
      const [start, stop, step] = (g as { readonly slice: readonly (number | null)[] }).slice ?? [null, null, null]
      const n = length(x, d)
      return [sliceAlong(d, clipped(start ?? 0, n), clipped(stop ?? n, n), step ?? 1)(x) as Expr, d + 1]
    },
    [c.x, 0],
  )[0]
}
const putAt: Saying = (c) => {
  const { at, sizes } = several(c.x, c, c.any(1) as readonly unknown[])
  const y = broadcastTo(sizes)(c.tensor(2, 'values'))
  if (!c.flag(3, 'accumulate')) return written(c.x, at, y)
  return restored(c.x, indexAdd(0)(flat(c.x), intTensor([at.length], [...at]), flat(y)) as Expr)
}
/** x read at index arrays where the mask is true. */
const maskedIndex: Saying = (c) => {
  const mask = c.tensor(1)
  const { at, sizes } = several(c.x, c, c.any(2) as readonly unknown[])
  const inside = at.map((p) => Math.max(0, Math.min(size(c.x) - 1, p)))
  return select(broadcastTo(sizes)(mask), gather(flat(c.x), intTensor(sizes, inside)), c.number(3, 'fill'))
}
const maskedPut: Saying = (c) => {
  const mask = c.tensor(1)
  const { at, sizes } = several(c.x, c, c.any(2) as readonly unknown[])
  const inside = at.map((p) => Math.max(0, Math.min(size(c.x) - 1, p)))
  const y = select(broadcastTo(sizes)(mask), broadcastTo(sizes)(c.tensor(3)), 0) as Expr
  return restored(c.x, indexAdd(0)(flat(c.x), intTensor([at.length], inside), flat(y)) as Expr)
}

export const indexing: Sayings = {
  '__getitem__|': indexed,
  '_unsafe_masked_index|': maskedIndex,
  '_unsafe_masked_index_put_accumulate|': maskedPut,
  'index_put|': putAt,
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
