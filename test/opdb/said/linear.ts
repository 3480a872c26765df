/** Linear algebra: systems, factors, determinants, norms of matrices. */
import {
  abs,
  add,
  argmax,
  broadcastTo,
  cholesky,
  choleskySolve,
  concat,
  conditionNumber,
  constant,
  det,
  diagEmbed,
  diagonal,
  div,
  type Expr,
  eigh,
  eq,
  expm,
  eye,
  gt,
  householderProduct,
  inverse,
  iota,
  log,
  lstsq,
  lu,
  matmul,
  matrixPower,
  matrixRank,
  max,
  mul,
  norm,
  permute,
  pinv,
  polar,
  qr,
  reduceMax,
  reduceMin,
  reshape,
  select,
  sliceAlong,
  slogdet,
  solve,
  sqrtm,
  stack,
  sum,
  svd,
  swapAxes,
  take,
  tensor,
  toInt,
  toReal,
  triangularSolve,
  tril,
  triu,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, keeping, length, pNorm, range, rank, type Sayings, shape, size } from './common.ts'

const t = (x: Expr): Expr => swapAxes(-2, -1)(x) as Expr
const front = (x: Expr): readonly number[] => shape(x).slice(0, -2)
/** PyTorch reports errors as numbers: 0 for none. */
const noError = (x: Expr): Expr => toInt(constant(front(x), 0))
/** A vector for each matrix, where the side has one axis less. */
const solved = (a: Expr, b: Expr): Expr => {
  const vectors = rank(b) === 1 || (rank(b) === rank(a) - 1 && shape(b).every((n, d) => n === shape(a)[d]))
  if (!vectors) return solve(a, b) as Expr
  return reshape(shape(b).length === 1 ? [...front(a), length(b, -1)] : shape(b))(
    solve(a, reshape([...shape(b), 1])(b)) as Expr,
  )
}
const sided = (c: Call): Expr =>
  c.flag(9, 'left', true) ? solved(c.x, c.tensor(1)) : t(solve(t(c.x), t(c.tensor(1))) as Expr)
const factor = (c: Call): Expr => (c.flag(1, 'upper') ? t(cholesky(c.x) as Expr) : (cholesky(c.x) as Expr))
const triangular = (a: Expr, b: Expr, upper: boolean, transpose: boolean, unit: boolean): Expr =>
  triangularSolve({ upper, transpose, unit })(a, b) as Expr

// -- norms -----------------------------------------------------------------------------------------------------------

/** Of matrices in two axes: the largest column sum, row sum, or the Frobenius norm. */
export const matrixNorm = (x: Expr, ord: unknown, dims: readonly number[], keep: boolean): Expr => {
  const [r, k] = dims.map((d) => axis(x, d)) as [number, number]
  const back = keeping(keep, [r, k], x)
  if (ord === 'fro') return back(norm([r, k])(x) as Expr)
  const p = ord as number
  if (ord === 'nuc' || Math.abs(p) === 2) {
    const sigma = svd(permute([...axesOf(x).filter((d) => d !== r && d !== k), r, k])(x)).s as Expr
    const last = [rank(sigma) - 1]
    return back(ord === 'nuc' ? sum(last)(sigma) : (p > 0 ? reduceMax(last) : reduceMin(last))(sigma))
  }
  const [summed, other] = Math.abs(p) === 1 ? [r, k] : [k, r]
  const sums = sum([summed])(abs(x)) as Expr
  const left = other > summed ? other - 1 : other
  return back((p > 0 ? reduceMax([left]) : reduceMin([left]))(sums) as Expr)
}
const numeric = (v: unknown): unknown =>
  v === 'inf' ? Number.POSITIVE_INFINITY : v === '-inf' ? Number.NEGATIVE_INFINITY : v
const vectorNorm = (c: Call): Expr => {
  const p = numeric(c.any(1, 'ord') ?? 2) as number
  const axes = c.any(2, 'dim') === undefined ? axesOf(c.x) : c.numbers(2, 'dim').map((d) => axis(c.x, d))
  return keeping(c.flag(3, 'keepdim'), axes, c.x)(pNorm(axes, p)(c.x))
}
/** torch.norm: a number is the order of a vector norm, over all axes by default. */
const plainNorm: Saying = (c) => {
  const ord = numeric(c.any(1, 'p') ?? 'fro')
  const axes = c.any(2, 'dim') === undefined ? axesOf(c.x) : c.numbers(2, 'dim').map((d) => axis(c.x, d))
  return keeping(c.flag(3, 'keepdim'), axes, c.x)(pNorm(axes, ord === 'fro' ? 2 : (ord as number))(c.x))
}
const eitherNorm: Saying = (c) => {
  const ord = numeric(c.any(1, 'ord'))
  const dims = c.any(2, 'dim') === undefined ? undefined : c.numbers(2, 'dim')
  const matrices = dims?.length === 2 || (dims === undefined && ord !== undefined && rank(c.x) === 2)
  if (matrices && ord !== undefined) return matrixNorm(c.x, ord, dims ?? [0, 1], c.flag(3, 'keepdim'))
  const axes = dims === undefined ? axesOf(c.x) : dims.map((d) => axis(c.x, d))
  return keeping(c.flag(3, 'keepdim'), axes, c.x)(pNorm(axes, (ord ?? 2) as number)(c.x))
}

/** The product of a and b transposed again, and its largest singular values. */
const lowRank = (c: Call, a: Expr): readonly Expr[] => {
  const q = c.number(9, 'q')
  const { u, s, vh } = svd(a)
  const rows = sliceAlong(-2, 0, q)(vh as Expr) as Expr
  const columns = sliceAlong(-1, 0, q)(u as Expr) as Expr
  const values = sliceAlong(-1, 0, q)(s as Expr) as Expr
  return [matmul(columns, rows) as Expr, values]
}
/** Of the singular values: those above a threshold that is a number or one for each matrix. */
const singular = (a: Expr): Expr => svd(a).s as Expr
/** A tolerance of PyTorch: absolute, and relative to the largest value. */
const threshold = (c: Call, largest: Expr): Expr => {
  const [atol, rtol] = [c.any(9, 'atol'), c.any(9, 'rtol') ?? c.any(1, 'rcond') ?? c.any(9, 'tol')]
  const epsilon = Math.max(length(c.x, -1), length(c.x, -2)) * 2 ** -52
  const relative =
    rtol === undefined ? (atol === undefined ? epsilon : 0) : c.operand(9, 'rtol', typeof rtol === 'number' ? rtol : 0)
  return max(mul(relative, largest), atol === undefined ? 0 : c.operand(9, 'atol')) as Expr
}
const rankOf = (c: Call, values: Expr): Expr => {
  const last = [rank(values) - 1]
  const limit = threshold(c, reduceMax(last)(values) as Expr)
  return toInt(sum(last)(select(gt(values, reshape([...shape(limit), 1])(limit)), 1, 0)))
}

// -- elimination -----------------------------------------------------------------------------------------------------

/** l below the diagonal and u on and above it, as LAPACK packs them. */
const packed = (l: Expr, u: Expr): Expr => {
  const [m, n] = [length(l, -2), length(u, -1)]
  const k = Math.min(m, n)
  const below = tril(-1)(l) as Expr
  const wide = n > k ? (concat(-1)([below, constant([...front(l), m, n - k], 0)]) as Expr) : below
  const high = m > k ? (concat(-2)([u, constant([...front(u), m - k, n], 0)]) as Expr) : u
  return add(wide, high)
}
/** The interchange at each step that leads to this order of rows, counted from 1. */
const interchanges = (perm: Expr, count: number): Expr => {
  const rows = iota([length(perm, -1)]) as Expr
  const found = range(count).reduce<{ readonly order: Expr; readonly steps: readonly Expr[] }>(
    ({ order, steps }, k) => {
      const target = part(perm, k)
      const at = argmax(-1)(toReal(eq(order, column(target)))) as Expr
      const here = column(part(order, k))
      const next = select(eq(rows, k), column(target), select(eq(rows, column(at)), here, order)) as Expr
      return { order: next, steps: [...steps, add(at, 1)] }
    },
    { order: add(mul(0, perm), rows) as Expr, steps: [] },
  )
  return stack(-1)(found.steps) as Expr
}
const part = (x: Expr, k: number): Expr => take(-1, k)(x) as Expr
const column = (x: Expr): Expr => reshape([...shape(x), 1])(x)
const packedFactors = (c: Call): readonly Expr[] => {
  const pivot = c.flag(1, 'pivot', true)
  const { l, u, perm } = lu(c.x, { pivot })
  return [packed(l as Expr, u as Expr), interchanges(perm, Math.min(length(c.x, -2), length(c.x, -1)))]
}
/** The matrices that reorder rows as these interchanges do; a sample's are known. */
const reorder = (c: Call, k: number, m: number): Expr => {
  const pivots = c.tensor(k)
  const count = length(pivots, -1)
  const all = c.elements(k)
  const each = range(all.length / count).map((b) => {
    const order = [...range(m)]
    for (const i of range(count)) {
      const j = (all[b * count + i] as number) - 1
      ;[order[i], order[j]] = [order[j] as number, order[i] as number]
    }
    return order.flatMap((r) => range(m).map((q) => (q === r ? 1 : 0)))
  })
  return tensor([...shape(pivots).slice(0, -1), m, m], each.flat())
}
/** The side b for the factors of a: A X = B, or of the transpose. */
const fromFactors = (f: Expr, p: Expr, b: Expr, transpose: boolean): Expr => {
  const by = (upper: boolean, y: Expr): Expr => triangularSolve({ upper, unit: !upper, transpose })(f, y) as Expr
  return transpose ? (matmul(t(p), by(false, by(true, b))) as Expr) : by(true, by(false, matmul(p, b) as Expr))
}
const halves = (f: Expr): readonly [Expr, Expr] => {
  const k = Math.min(length(f, -2), length(f, -1))
  const l = add(tril(-1)(sliceAlong(-1, 0, k)(f)), wideEye(length(f, -2), k)) as Expr
  return [l, triu(0)(sliceAlong(-2, 0, k)(f)) as Expr]
}
const wideEye = (m: number, n: number): Expr =>
  tensor(
    [m, n],
    range(m * n).map((k) => Number(Math.floor(k / n) === k % n)),
  )
/** Where the largest elements are on the diagonal LAPACK does not interchange rows: then L D L^T are factors without pivots. */
const symmetric = (c: Call): readonly Expr[] => {
  const { l, u } = lu(c.x, { pivot: false })
  const rows = add(mul(0, toInt(diagonal(c.x))), iota([length(c.x, -1)])) as Expr
  return [add(tril(-1)(l), diagEmbed(diagonal(u))), add(rows, 1)]
}

export const linear: Sayings = {
  'lu|': (c) => (c.flag(2, 'get_infos') ? [...packedFactors(c), noError(c.x)] : packedFactors(c)),
  'lu_solve|': (c) => fromFactors(c.tensor(1), reorder(c, 2, length(c.x, -2)), c.x, false),
  'lu_unpack|': (c) => halves(c.x),
  'linalg.ldl_factor|': symmetric,
  'linalg.ldl_factor_ex|': (c) => [...symmetric(c), noError(c.x)],
  'linalg.ldl_solve|': (c) => {
    const [f, b] = [c.x, c.tensor(2)]
    const by = (transpose: boolean, y: Expr): Expr =>
      triangularSolve({ upper: false, unit: true, transpose })(f, y) as Expr
    return by(true, div(by(false, b), column(diagonal(f))) as Expr)
  },
  'linalg.lstsq|': (c) => leastSquares(c),
  'linalg.lstsq|grad_oriented': (c) => lstsq()(c.x, c.tensor(1)) as Expr,
  'linalg.lu|': (c) => {
    const { l, u } = lu(c.x, { pivot: c.flag(1, 'pivot', true) })
    return [l as Expr, u as Expr]
  },
  'linalg.lu_factor|': packedFactors,
  'linalg.lu_factor_ex|': (c) => [...packedFactors(c), noError(c.x)],
  'linalg.lu_solve|': (c) => {
    const p = reorder(c, 1, length(c.x, -1))
    const transpose = c.flag(4, 'adjoint')
    return c.flag(3, 'left', true)
      ? fromFactors(c.x, p, c.tensor(2), transpose)
      : t(fromFactors(c.x, p, t(c.tensor(2)), !transpose))
  },
  'linalg.pinv|': (c) => inverted(c, c.x),
  'linalg.pinv|hermitian': (c) => inverted(c, c.x),
  'linalg.pinv|singular': (c) => inverted(c, matmul(c.x, t(c.tensor(1))) as Expr),
  'matrix_exp|': (c) => expm(c.x) as Expr,
  'ormqr|': (c) => {
    const [a, tau, b] = [c.x, c.tensor(1), c.tensor(2)]
    const [m, n] = [length(a, -2), length(a, -1)]
    const whole = n < m ? (concat(-1)([a, constant([...front(a), m, m - n], 0)]) as Expr) : a
    const q = householderProduct(whole, tau) as Expr
    const own = c.flag(4, 'transpose') ? t(q) : q
    return matmul(...((c.flag(3, 'left', true) ? [own, b] : [b, own]) as [Expr, Expr])) as Expr
  },
  'pinverse|': (c) => inverted(c, c.x),
  'linalg.cond|': (c) => {
    const p = numeric(c.any(1, 'p') ?? 2)
    return conditionNumber({ p: p as 2 })(c.x) as Expr
  },
  'linalg.eigh|': (c) => {
    const { values, vectors } = eigh(c.x)
    return [values as Expr, abs(vectors as Expr)]
  },
  'linalg.eigvalsh|': (c) => eigh(c.x).values as Expr,
  'linalg.householder_product|': (c) => householderProduct(c.x, c.tensor(1)) as Expr,
  'linalg.matrix_norm|': (c) =>
    matrixNorm(c.x, numeric(c.any(1, 'ord') ?? 'fro'), c.numbers(2, 'dim', [-2, -1]), c.flag(3, 'keepdim')),
  'linalg.matrix_rank|': (c) => rankOf(c, singular(c.x)),
  'linalg.matrix_rank|hermitian': (c) => rankOf(c, abs(eigh(c.x).values as Expr)),
  'linalg.matrix_sqrth|': (c) => sqrtm(c.x) as Expr,
  'linalg.polar|': (c) => {
    const { u, p } = polar(c.x)
    return [u as Expr, p as Expr]
  },
  'linalg.qr|': (c) => {
    const { q, r } = qr({ mode: c.text(1, 'mode', 'reduced') as 'reduced' })(c.x)
    return [q as Expr, r as Expr]
  },
  'linalg.svd|': (c) => singular(c.x),
  'linalg.svdvals|': (c) => singular(c.x),
  'norm|nuc': (c) => matrixNorm(c.x, 'nuc', c.numbers(2, 'dim', [0, 1]), c.flag(3, 'keepdim')),
  'svd|': (c) => singular(c.x),
  'svd_lowrank|': (c) => lowRank(c, matmul(c.x, t(c.tensor(1))) as Expr),
  'pca_lowrank|': (c) => lowRank(c, matmul(c.x, t(c.tensor(1))) as Expr),
  'cholesky_inverse|': (c) => {
    const l = c.flag(1, 'upper') ? t(c.x) : c.x
    return choleskySolve(l, broadcastTo(shape(l))(eye(length(l, -1)) as Expr)) as Expr
  },
  'cholesky_solve|': (c) => choleskySolve(c.flag(2, 'upper') ? t(c.tensor(1)) : c.tensor(1), c.x) as Expr,
  'linalg.cholesky|': factor,
  'linalg.cholesky_ex|': (c) => [factor(c), noError(c.x)],
  'linalg.det|': (c) => det(c.x) as Expr,
  'linalg.inv|': (c) => inverse(c.x) as Expr,
  'linalg.inv_ex|': (c) => [inverse(c.x) as Expr, noError(c.x)],
  'linalg.matrix_power|': (c) => matrixPower(c.number(1, 'n'))(c.x) as Expr,
  'linalg.slogdet|': (c) => {
    const { sign, logabsdet } = slogdet(c.x)
    return [sign as Expr, logabsdet as Expr]
  },
  'linalg.solve|': sided,
  'linalg.solve_ex|': (c) => [sided(c), noError(c.x)],
  'linalg.solve_triangular|': (c) => {
    const [upper, unit] = [c.flag(9, 'upper'), c.flag(9, 'unitriangular')]
    if (c.flag(9, 'left', true)) return triangular(c.x, c.tensor(1), upper, false, unit)
    return t(triangular(t(c.x), t(c.tensor(1)), !upper, false, unit))
  },
  'linalg.tensorinv|': (c) => {
    const k = c.number(1, 'ind', 2)
    const [rows, columns] = [shape(c.x).slice(0, k), shape(c.x).slice(k)]
    const n = rows.reduce((a, b) => a * b, 1)
    return reshape([...columns, ...rows])(inverse(reshape([n, n])(c.x)) as Expr)
  },
  'linalg.tensorsolve|': (c) => {
    const dims = c.any(2, 'dims') === undefined ? [] : c.numbers(2, 'dims').map((d) => axis(c.x, d))
    const a = permute([...axesOf(c.x).filter((d) => !dims.includes(d)), ...dims])(c.x)
    const b = c.tensor(1)
    return reshape(shape(a).slice(rank(b)))(
      solve(reshape([size(b), size(a) / size(b)])(a), reshape([size(b)])(b)) as Expr,
    )
  },
  'logdet|': (c) => log(det(c.x) as Expr),
  'norm|': plainNorm,
  'norm|fro': plainNorm,
  'norm|inf': plainNorm,
  'linalg.vector_norm|': vectorNorm,
  'linalg.norm|': eitherNorm,
  'linalg.norm|subgradients_at_zero': eitherNorm,
  'triangular_solve|': (c) => {
    const x = triangular(c.tensor(1), c.x, c.flag(2, 'upper', true), c.flag(3, 'transpose'), c.flag(4, 'unitriangular'))
    return [x, c.tensor(1)]
  },
}
const inverted = (c: Call, a: Expr): Expr => {
  const given = c.any(9, 'rtol') ?? c.any(1, 'rcond')
  const rtol =
    typeof given === 'number' ? given : given === undefined || c.count > 1 ? undefined : c.elements(9, 'rtol')[0]
  return pinv(rtol === undefined ? {} : { rtol })(a) as Expr
}
/** The solution, and the rank where PyTorch's driver finds it. */
const leastSquares = (c: Call): readonly Expr[] => {
  const x = lstsq()(c.x, c.tensor(1)) as Expr
  return c.text(9, 'driver') === 'gels' ? [x] : [x, toInt(matrixRank()(c.x) as Expr)]
}
