/** Arrays rearranged: shapes, axes, parts, joins. Views are values here, and a write is a new array. */
import {
  add,
  broadcastTo,
  concat,
  constant,
  diag,
  diagEmbed,
  diagonal,
  type Expr,
  flip,
  gather,
  intTensor,
  permute,
  reshape,
  roll,
  sliceAlong,
  stack,
  sum,
  swapAxes,
  take,
  tile,
  tril,
  triu,
  unsqueeze,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, flat, length, range, rank, type Sayings, shape, size, unary } from './common.ts'

const same = unary((x) => x)

// -- shapes ----------------------------------------------------------------------------------------------------------

/** The sizes with -1 replaced by what is left. */
const inferred = (x: Expr, sizes: readonly number[]): readonly number[] => {
  const known = sizes.reduce((n, m) => (m === -1 ? n : n * m), 1)
  return sizes.map((n) => (n === -1 ? size(x) / known : n))
}
const sizesOf = (c: Call, k = 1): readonly number[] =>
  Array.isArray(c.any(k)) ? (c.any(k) as readonly number[]) : range(c.count - k).map((i) => c.any(k + i) as number)
const reshaped: Saying = (c) => reshape(inferred(c.x, c.numbers(1, 'shape')))(c.x)
const expanded: Saying = (c) => {
  const sizes = c.numbers(1, 'size')
  const missing = sizes.length - rank(c.x)
  return broadcastTo(sizes.map((n, d) => (n === -1 ? (shape(c.x)[d - missing] ?? 1) : n)))(c.x)
}
const squeezed: Saying = (c) => {
  const given = c.any(1, 'dim') === undefined ? axesOf(c.x) : c.numbers(1, 'dim').map((d) => axis(c.x, d))
  return reshape(shape(c.x).filter((n, d) => n !== 1 || !given.includes(d)))(c.x)
}
const unsqueezed: Saying = (c) => {
  const d = c.number(1, 'dim')
  return unsqueeze(d < 0 ? d + rank(c.x) + 1 : d)(c.x)
}
const permuted: Saying = (c) => permute(c.numbers(1, 'dims').map((d) => axis(c.x, d)))(c.x)
const swapped: Saying = (c) =>
  rank(c.x) === 0 ? c.x : swapAxes(axis(c.x, c.number(1, 'dim0')), axis(c.x, c.number(2, 'dim1')))(c.x)
const transposed: Saying = (c) => (rank(c.x) < 2 ? c.x : swapAxes(0, 1)(c.x))
const lastTwo: Saying = (c) => (rank(c.x) < 2 ? c.x : swapAxes(-2, -1)(c.x))
const reversedAxes: Saying = (c) => permute([...axesOf(c.x)].reverse())(c.x)
/** At least this rank, with axes of length 1 in front. */
const atLeast =
  (n: number): Saying =>
  (c) =>
    (Array.isArray(c.any(0)) ? c.tensors(0) : [c.x]).map((x) => padded(n, x))
const padded = (n: number, x: Expr): Expr => {
  if (rank(x) >= n) return x
  if (n === 3) return reshape(rank(x) === 2 ? [...shape(x), 1] : [1, size(x), 1])(x)
  return reshape([...range(n - rank(x)).map(() => 1), ...shape(x)])(x)
}
const merged: Saying = (c) => {
  if (rank(c.x) === 0) return reshape([1])(c.x)
  const [from, to] = [axis(c.x, c.number(1, 'start_dim', 0)), axis(c.x, c.number(2, 'end_dim', -1))]
  const dims = shape(c.x)
  const middle = dims.slice(from, to + 1).reduce((n, m) => n * m, 1)
  return reshape([...dims.slice(0, from), middle, ...dims.slice(to + 1)])(c.x)
}
const moved: Saying = (c) => {
  const from = c.numbers(1, 'source').map((d) => axis(c.x, d))
  const to = c.numbers(2, 'destination').map((d) => axis(c.x, d))
  const rest = axesOf(c.x).filter((d) => !from.includes(d))
  const order = axesOf(c.x).map((d) => (to.includes(d) ? (from[to.indexOf(d)] as number) : -1))
  const next = rest[Symbol.iterator]()
  return permute(order.map((d) => (d === -1 ? (next.next().value as number) : d)))(c.x)
}

// -- parts -----------------------------------------------------------------------------------------------------------

const part = (x: Expr, d: number, start: number, stop: number, step = 1): Expr =>
  sliceAlong(axis(x, d), start, stop, step)(x)
/** Parts of these lengths. */
const cut = (x: Expr, d: number, lengths: readonly number[]): readonly Expr[] =>
  lengths.map((n, k) => {
    const start = lengths.slice(0, k).reduce((s, m) => s + m, 0)
    return part(x, d, start, start + n)
  })
const pieces = (n: number, each: number): readonly number[] =>
  range(Math.ceil(n / each)).map((k) => Math.min(each, n - k * each))
const chunked: Saying = (c) => {
  const d = c.number(2, 'dim', 0)
  const n = length(c.x, d)
  return cut(c.x, d, pieces(n, Math.ceil(n / c.number(1, 'chunks'))))
}
const splitUp: Saying = (c) => {
  const d = c.number(2, 'dim', 0)
  const given = c.any(1, 'split_size')
  return cut(c.x, d, Array.isArray(given) ? given : pieces(length(c.x, d), given as number))
}
/** Sections of nearly equal length, or cut at these places. */
const sectioned = (c: Call, d: number): readonly Expr[] => {
  const n = length(c.x, d)
  const counted = typeof c.any(1) !== 'number' && !Array.isArray(c.any(1)) && rank(c.tensor(1)) === 0
  const given = counted ? c.elements(1)[0] : c.any(1)
  if (typeof given === 'number')
    return cut(
      c.x,
      d,
      range(given).map((k) => Math.floor(n / given) + (k < n % given ? 1 : 0)),
    )
  const places = [0, ...(Array.isArray(given) ? given : c.elements(1)), n].map((p: number) =>
    Math.min(n, p < 0 ? p + n : p),
  )
  return cut(
    c.x,
    d,
    places.slice(1).map((p, k) => p - (places[k] as number)),
  )
}
const selected: Saying = (c) => {
  const d = axis(c.x, c.number(1, 'dim'))
  const k = c.number(2, 'index')
  return take(d, k < 0 ? k + length(c.x, d) : k)(c.x)
}
const narrowed: Saying = (c) => {
  const d = c.number(1, 'dim')
  const given = c.any(2, 'start')
  const start = typeof given === 'number' ? given : (c.elements(2)[0] as number)
  const from = start < 0 ? start + length(c.x, d) : start
  return part(c.x, d, from, from + c.number(3, 'length'))
}
const clipped = (k: number, n: number): number => Math.max(0, Math.min(n, k < 0 ? k + n : k))
const sliced: Saying = (c) => {
  const d = c.number(1, 'dim', 0)
  const n = length(c.x, d)
  return part(c.x, d, clipped(c.number(2, 'start', 0), n), clipped(c.number(3, 'end', n), n), c.number(4, 'step', 1))
}
/** The places of a part in the flat array: what a view's strides say. */
export const places = (sizes: readonly number[], strides: readonly number[], offset: number): readonly number[] =>
  sizes.reduce<readonly number[]>(
    (at, n, d) => at.flatMap((p) => range(n).map((k) => p + k * (strides[d] as number))),
    [offset],
  )
const strided: Saying = (c) => {
  const sizes = c.numbers(1, 'size')
  const at = places(sizes, c.numbers(2, 'stride'), c.number(3, 'storage_offset', 0))
  return gather(flat(c.x), intTensor(sizes, [...at]))
}
// -- joins -----------------------------------------------------------------------------------------------------------

const all = (c: Call): readonly Expr[] => c.tensors(0, 'tensors')
const blocks: Saying = (c) => {
  const xs = all(c).map((x) => padded(2, x))
  const width = xs.reduce((n, x) => n + length(x, 1), 0)
  const rows = xs.map((x, k) => {
    const before = xs.slice(0, k).reduce((n, y) => n + length(y, 1), 0)
    const zeros = (n: number): readonly Expr[] => (n === 0 ? [] : [constant([length(x, 0), n], 0)])
    return concat(1)([...zeros(before), x, ...zeros(width - before - length(x, 1))])
  })
  return concat(0)(rows)
}
const meshed: Saying = (c) => {
  const xs = all(c)
  const sizes = xs.map(size)
  const made = xs.map((x, d) => broadcastTo(sizes)(reshape(sizes.map((n, e) => (e === d ? n : 1)))(x)))
  return c.text(9, 'indexing', 'ij') === 'xy' && xs.length > 1 ? made.map((x) => swapAxes(0, 1)(x)) : made
}
const cartesian: Saying = (c) => {
  const xs = all(c)
  const sizes = xs.map(size)
  if (xs.length === 1) return xs[0] as Expr
  const made = xs.map((x, d) => flat(broadcastTo(sizes)(reshape(sizes.map((n, e) => (e === d ? n : 1)))(x))))
  return stack(1)(made)
}
const combined: Saying = (c) => {
  const [r, again] = [c.number(1, 'r', 2), c.flag(2, 'with_replacement')]
  const n = size(c.x)
  const from = (least: number, count: number): readonly (readonly number[])[] =>
    count === 0
      ? [[]]
      : range(n - least).flatMap((k) =>
          from(least + k + (again ? 0 : 1), count - 1).map((rest) => [least + k, ...rest]),
        )
  const rows = from(0, r)
  return gather(c.x, intTensor([rows.length, r], rows.flat()))
}

export const arranging: Sayings = {
  'alias_copy|': same,
  'as_strided|': strided,
  'as_strided|partial_views': strided,
  'as_strided_copy|': strided,
  'atleast_1d|': atLeast(1),
  'atleast_2d|': atLeast(2),
  'atleast_3d|': atLeast(3),
  'block_diag|': blocks,
  'broadcast_tensors|': (c) => {
    const xs = c.tensors(0)
    const total = add(
      xs[0] as Expr,
      xs.slice(1).reduce((y, x) => add(y, x) as Expr, constant([], 0) as Expr),
    ) as Expr
    return xs.map((x) => broadcastTo(shape(total))(x))
  },
  'broadcast_to|': expanded,
  'cartesian_prod|': cartesian,
  'cat|': (c) => concat(axis(all(c)[0] as Expr, c.number(1, 'dim', 0)))(all(c)),
  'chunk|': chunked,
  'unsafe_chunk|': chunked,
  '_chunk_cat|': (c) => {
    const n = c.number(2, 'num_chunks')
    const d = axis(all(c)[0] as Expr, c.number(1, 'dim'))
    const parts = all(c).map((x) => {
      const missing = Math.ceil(length(x, d) / n) * n - length(x, d)
      const zeros = constant(
        shape(x).map((m, e) => (e === d ? missing : m)),
        0,
      )
      const whole = missing === 0 ? x : concat(d)([x, zeros])
      return reshape([
        ...shape(x).slice(0, d),
        n,
        size(whole) /
          (n *
            shape(x)
              .slice(0, d)
              .reduce((a, b) => a * b, 1)),
      ])(whole)
    })
    return concat(d + 1)(parts)
  },
  'clone|': same,
  'column_stack|': (c) => concat(1)(all(c).map((x) => (rank(x) < 2 ? reshape([size(x), 1])(x) : x))),
  'combinations|': combined,
  'contiguous|': same,
  'diag|': (c) => {
    const k = c.number(1, 'diagonal', 0)
    return diag(c.x, k)
  },
  'diag_embed|': (c) =>
    placed(diagEmbed(c.x, c.number(1, 'offset', 0)), c.number(2, 'dim1', -2), c.number(3, 'dim2', -1)),
  'diagflat|': (c) => diagEmbed(flat(c.x), c.number(1, 'offset', 0)),
  'diagonal|': (c) => diagonalAlong(c),
  'diagonal_copy|': (c) => diagonalAlong(c),
  'linalg.diagonal|': (c) =>
    diagonal(fronted(c.x, c.number(2, 'dim1', -2), c.number(3, 'dim2', -1)), c.number(1, 'offset', 0)),
  'dsplit|': (c) => sectioned(c, 2),
  'dstack|': (c) => concat(2)(all(c).map((x) => padded(3, x))),
  'expand|': expanded,
  'expand_as|': (c) => broadcastTo(shape(c.tensor(1)))(c.x),
  'expand_copy|': expanded,
  'flatten|': merged,
  'flip|': (c) => flip(c.numbers(1, 'dims').map((d) => axis(c.x, d)))(c.x),
  'fliplr|': (c) => flip([1])(c.x),
  'flipud|': (c) => flip([0])(c.x),
  'H|': transposed,
  'hsplit|': (c) => sectioned(c, rank(c.x) === 1 ? 0 : 1),
  'hstack|': (c) => {
    const xs = all(c).map((x) => padded(1, x))
    return concat(rank(xs[0] as Expr) === 1 ? 0 : 1)(xs)
  },
  'mH|': lastTwo,
  'mT|': lastTwo,
  'meshgrid|variadic_tensors': meshed,
  'meshgrid|list_of_tensors': meshed,
  'movedim|': moved,
  'narrow|': narrowed,
  'narrow_copy|': narrowed,
  'permute|': permuted,
  'permute_copy|': permuted,
  'ravel|': (c) => flat(c.x),
  'repeat|': (c) => {
    const reps = sizesOf(c)
    const x = reshape([...range(reps.length - rank(c.x)).map(() => 1), ...shape(c.x)])(c.x)
    return tile(reps)(x)
  },
  'reshape|': reshaped,
  'reshape_as|': (c) => reshape(shape(c.tensor(1)))(c.x),
  'resolve_conj|': same,
  'roll|': (c) => {
    const shifts = c.numbers(1, 'shifts')
    if (c.any(2, 'dims') === undefined) return reshape(shape(c.x))(roll(shifts[0] as number, 0)(flat(c.x)))
    return c.numbers(2, 'dims').reduce((x, d, k) => roll(shifts[k] as number, axis(c.x, d))(x), c.x)
  },
  'rot90|': (c) => {
    const turns = ((c.number(1, 'k', 1) % 4) + 4) % 4
    const [a, b] = c.numbers(2, 'dims', [0, 1]).map((d) => axis(c.x, d)) as [number, number]
    return range(turns).reduce((x) => flip([a])(swapAxes(a, b)(x)), c.x)
  },
  'select|': selected,
  'slice|': sliced,
  'split|': splitUp,
  'split|list_args': splitUp,
  'split_with_sizes|': splitUp,
  'split_with_sizes_copy|': splitUp,
  'unsafe_split|': splitUp,
  'squeeze|': squeezed,
  'squeeze|multiple': squeezed,
  'squeeze_copy|': squeezed,
  'stack|': (c) => {
    const d = c.number(1, 'dim', 0)
    return stack(d < 0 ? d + rank(all(c)[0] as Expr) + 1 : d)(all(c))
  },
  'sum_to_size|': (c) => {
    const sizes = sizesOf(c)
    const missing = rank(c.x) - sizes.length
    const gone = axesOf(c.x).filter((d) => d < missing || (sizes[d - missing] === 1 && length(c.x, d) !== 1))
    return reshape(sizes)(sum(gone)(c.x))
  },
  'T|': reversedAxes,
  't|': transposed,
  't_copy|': transposed,
  'tensor_split|': (c) => sectioned(c, c.number(2, 'dim', 0)),
  'tile|': (c) => {
    const given = c.numbers(1, 'dims')
    const reps = [...range(Math.max(0, rank(c.x) - given.length)).map(() => 1), ...given]
    return tile(reps)(reshape([...range(reps.length - rank(c.x)).map(() => 1), ...shape(c.x)])(c.x))
  },
  'transpose|': swapped,
  'transpose_copy|': swapped,
  'tril|': (c) => tril(c.number(1, 'diagonal', 0))(c.x),
  'triu|': (c) => triu(c.number(1, 'diagonal', 0))(c.x),
  'unbind|': (c) =>
    range(length(c.x, c.number(1, 'dim', 0))).map((k) => take(axis(c.x, c.number(1, 'dim', 0)), k)(c.x)),
  'unbind_copy|': (c) =>
    range(length(c.x, c.number(1, 'dim', 0))).map((k) => take(axis(c.x, c.number(1, 'dim', 0)), k)(c.x)),
  'unflatten|': (c) => {
    const d = axis(c.x, c.number(1, 'dim'))
    const n = length(c.x, d)
    const sizes = c.numbers(2, 'sizes')
    const known = sizes.reduce((a, b) => (b === -1 ? a : a * b), 1)
    return reshape([
      ...shape(c.x).slice(0, d),
      ...sizes.map((m) => (m === -1 ? n / known : m)),
      ...shape(c.x).slice(d + 1),
    ])(c.x)
  },
  'unfold|': (c) => windowed(c),
  'unfold_copy|': (c) => windowed(c),
  'unsqueeze|': unsqueezed,
  'unsqueeze_copy|': unsqueezed,
  'view|': reshaped,
  'view_as|': (c) => reshape(shape(c.tensor(1)))(c.x),
  'view_copy|': reshaped,
  'vsplit|': (c) => sectioned(c, 0),
  'vstack|': (c) => concat(0)(all(c).map((x) => padded(2, x))),
  'fft.fftshift|': (c) => shifted(c, 1),
  'fft.ifftshift|': (c) => shifted(c, -1),
}
const shifted = (c: Call, way: 1 | -1): Expr => {
  const dims = c.any(1, 'dim') === undefined ? axesOf(c.x) : c.numbers(1, 'dim').map((d) => axis(c.x, d))
  const half = (n: number): number => (way === 1 ? Math.floor(n / 2) : Math.ceil(n / 2))
  return dims.reduce((x, d) => roll(half(length(x, d)), d)(x), c.x)
}
const windowed = (c: Call): Expr => {
  if (rank(c.x) === 0) return reshape([c.number(2, 'size')])(c.x)
  const d = axis(c.x, c.number(1, 'dimension'))
  const [n, step] = [c.number(2, 'size'), c.number(3, 'step')]
  const starts = range(Math.floor((length(c.x, d) - n) / step) + 1).map((k) => k * step)
  return stack(d)(starts.map((s) => moveLast(part(c.x, d, s, s + n), d)))
}
const moveLast = (x: Expr, d: number): Expr => permute([...axesOf(x).filter((e) => e !== d), d])(x)

// -- diagonals -------------------------------------------------------------------------------------------------------

/** The two axes moved to the end. */
const fronted = (x: Expr, d: number, e: number): Expr => {
  const [a, b] = [axis(x, d), axis(x, e)]
  return permute([...axesOf(x).filter((f) => f !== a && f !== b), a, b])(x)
}
const diagonalAlong = (c: Call): Expr =>
  diagonal(fronted(c.x, c.number(2, 'dim1', 0), c.number(3, 'dim2', 1)), c.number(1, 'offset', 0))
const placed = (x: Expr, d: number, e: number): Expr => {
  const [a, b] = [axis(x, d), axis(x, e)]
  const rest = axesOf(x).slice(0, -2)
  const next = rest[Symbol.iterator]()
  const order = axesOf(x).map((f) => (f === a ? rank(x) - 2 : f === b ? rank(x) - 1 : (next.next().value as number)))
  return permute(order)(x)
}
