/** Linear algebra: systems, factors, determinants, norms of matrices. */
import {
  abs,
  add,
  broadcastTo,
  cholesky,
  choleskySolve,
  constant,
  det,
  type Expr,
  eye,
  inverse,
  log,
  logabsdet,
  matmul,
  mul,
  norm,
  permute,
  reduceMax,
  reduceMin,
  reshape,
  sign,
  solve,
  sum,
  swapAxes,
  toInt,
  triangularSolve,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, keeping, length, pNorm, rank, type Sayings, shape, size } from './common.ts'

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
/** The sign of a determinant without its size: that of det A / e^(ln |det A|). */
const signOf = (a: Expr): Expr => sign(det(a) as Expr)
const triangular = (a: Expr, b: Expr, upper: boolean, transpose: boolean, unit: boolean): Expr =>
  triangularSolve({ upper, transpose, unit })(a, b) as Expr
const power = (a: Expr, n: number): Expr => {
  if (n < 0) return power(inverse(a) as Expr, -n)
  if (n === 0) return add(mul(0, a), eye(length(a, -1)))
  return n % 2 === 0 ? squared(power(a, n / 2)) : n === 1 ? a : (matmul(a, power(a, n - 1)) as Expr)
}
const squared = (a: Expr): Expr => matmul(a, a) as Expr

// -- norms -----------------------------------------------------------------------------------------------------------

/** Of matrices in two axes: the largest column sum, row sum, or the Frobenius norm. */
export const matrixNorm = (x: Expr, ord: unknown, dims: readonly number[], keep: boolean): Expr => {
  const [r, k] = dims.map((d) => axis(x, d)) as [number, number]
  const back = keeping(keep, [r, k], x)
  if (ord === 'fro') return back(norm([r, k])(x) as Expr)
  const p = ord as number
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

export const linear: Sayings = {
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
  'linalg.matrix_power|': (c) => power(c.x, c.number(1, 'n')),
  'linalg.slogdet|': (c) => [signOf(c.x), logabsdet(c.x) as Expr],
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
