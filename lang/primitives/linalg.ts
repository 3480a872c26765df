/**
 * Factorisations and triangular systems, over the last two axes. Their meanings are programs: scans over columns or rows
 * with masks. Their derivatives are written by hand as linear maps, in terms of triangular solves:
 *
 *   X = T^-1 B     dX = T^-1 (dB - dT X)
 *   S = L L^T      dL = L phi(L^-1 dS L^-T)                       phi: the lower half, its diagonal halved
 *   P A = L U      H = L^-1 P dA,  dL = L N,  dU = upper(H - N U)      N: the strictly lower part of H U^-1
 *
 * Sources: M. Giles, "Collected matrix derivative results" (2008); I. Murray, "Differentiation of the Cholesky
 * decomposition" (2016). The form of the last keeps N free of the last pivot, which may be 0.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, numbered } from '../syntax/closed.ts'
import { ill, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { noAttrs } from '../syntax/plain.ts'
import { axesOf, int, real, type Shape, sameShape, sizeOf, type Type } from '../syntax/shape.ts'
import { broadcast, sum } from './broadcast.ts'
import { constant, filled, iota } from './constant.ts'
import { contract } from './contraction.ts'
import { abs, add, and, div, eq, le, lt, mul, neg, select, sqrt, sub } from './elementwise.ts'
import { apply, applyAll, type Entry, type JointMap } from './entry.ts'
import { gatherRows, scatterRows } from './indexing.ts'
import { argmax } from './reduction.ts'
import { permute, reshape } from './reindex.ts'
import { scanClosed } from './scan.ts'

type Empty = Record<never, never>

// -- matrices over leading axes ----------------------------------------------------------------------------------------

/** The last two axes exchanged. */
export const swap = (x: Expr): Expr => {
  const r = rankOf(x)
  return permute([...axesOf(r - 2), r - 1, r - 2])(x)
}
/** [.., i, j], [.., j, k] -> [.., i, k] */
export const product = (x: Expr, y: Expr): Expr => {
  const lead = axesOf(rankOf(x) - 2).map((d) => String.fromCharCode(0x100 + d)).join('')
  return contract({ x: `${lead}ij`, y: `${lead}jk`, out: `${lead}ik`, ties: [] })(x, y)
}
const rowOf = (n: number): Expr => iota([n, n], 0), columnOf = (n: number): Expr => iota([n, n], 1)
/** x where a relation between row and column holds, else 0. */
const where = (relation: (row: Expr, column: Expr) => Expr) => (x: Expr): Expr => {
  const shape = shapeOf(x), r = shape.length, n = shape[r - 1] as number
  return select(broadcast(shape, [r - 2, r - 1])(relation(rowOf(n), columnOf(n))), x, 0)
}
export const lower = where((i, j) => le(j, i)), strictlyLower = where((i, j) => lt(j, i))
export const upper = where((i, j) => le(i, j)), strictlyUpper = where((i, j) => lt(i, j)), diagonal = where((i, j) => eq(i, j))
/** Ones on the diagonal of matrices like x. */
export const identityLike = (x: Expr): Expr => diagonal(filled('real', shapeOf(x), 1))

/** The type of square matrices, or what else it is. */
export const squares = (x: Type): E.Either<Problem, Type> => {
  const [n, m] = x.shape.slice(-2)
  return x.dtype !== 'real' ? ill({ _tag: 'ElementType', expected: ['real'], found: [x.dtype] })
    : x.shape.length < 2 ? ill({ _tag: 'RankMismatch', expected: 2, shape: x.shape })
    : n !== m ? ill({ _tag: 'AxisSizes', axis: 'of a square matrix', sizes: [n as number, m as number], shapes: [x.shape, x.shape] })
    : E.right(x)
}
/** One leading axis in place of all. */
const flat = (x: Expr): Expr => reshape([sizeOf(shapeOf(x).slice(0, -2)), ...shapeOf(x).slice(-2)])(x)
const program = (types: readonly Type[], f: (xs: readonly Expr[]) => readonly Expr[]): Closed => closeOver(numbered(types), f)
const e = (x: Expr | undefined): Expr => x as Expr

/** At every [b, i, j] or [b, i]: the index along an axis, and the step of the scan. */
const here = (shape: Shape, axis: number): Expr => iota(shape, axis)
const at = (shape: Shape, k: Expr): Expr => broadcast(shape, [])(k)
/** The k-th slice along an axis, by a masked sum: what is not finite elsewhere stays out. */
const takeAt = (axis: number, k: Expr) => (x: Expr): Expr =>
  sum(axis)(select(eq(here(shapeOf(x), axis), at(shapeOf(x), k)), x, filled(x.type.dtype, shapeOf(x), 0)))

// -- triangular systems ------------------------------------------------------------------------------------------------

/** Which triangle is read, whether its diagonal counts as ones, and whether the system is the transposed one. */
export type Triangular = { readonly lower: boolean; readonly unit: boolean; readonly transpose: boolean }
const used = ({ lower: low, unit }: Triangular): ((x: Expr) => Expr) =>
  low ? (unit ? strictlyLower : lower) : unit ? strictlyUpper : upper

/** x_i = (b_i - sum_j t_ij x_j) / t_ii, down the rows of a lower triangle, up those of an upper one. */
const substitution = (a: Triangular, t: Expr, b: Expr): Expr => {
  const triangle = used(a)(flat(t)), rows = a.transpose ? swap(triangle) : triangle, right = flat(b)
  const [m, n, k] = shapeOf(right) as readonly [number, number, number]
  const body = program([real(m, n, k), real(m, n), real(m, k), int()], ([x, ti, bi, i]) => {
    const rest = sub(e(bi), contract({ x: 'mj', y: 'mjk', out: 'mk', ties: [] })(e(ti), e(x)))
    const xi = a.unit ? rest : div(rest, broadcast([m, k], [0])(takeAt(1, e(i))(e(ti))))
    return [select(eq(here([m, n, k], 1), at([m, n, k], e(i))), broadcast([m, n, k], [0, 2])(xi), e(x)), xi]
  })
  const front = (x: Expr): Expr => permute([1, 0, 2])(x)
  const [, xs] = scanClosed(n, a.lower === a.transpose, body)([constant([m, n, k], 0)], [front(rows), front(right), iota([n])], [])
  return reshape(shapeOf(b))(front(e(xs)))
}
const systems: readonly Triangular[] = [true, false].flatMap((low) => [false, true].map((unit) => ({ lower: low, unit, transpose: low === unit })))
export const triangularSolveEntry: Entry<Triangular, [0, 0]> = {
  name: 'triangularSolve', latex: '$0^{-1} $1', sentence: { en: 'solves triangular systems of equations', fr: 'résout des systèmes triangulaires d’équations' }, algebra: {},
  examples: [
    ...systems.map((attrs) => ({ attrs, args: [real(3, 3), real(3, 2)], range: [0.5, 1.5] as const })),
    { attrs: { lower: true, unit: false, transpose: false }, args: [real(2, 2, 2), real(2, 2, 1)], range: [0.5, 1.5] },
  ],
  batch: { lift: (a) => a },
  type: (_, [t, b]) => E.chain((square: Type): E.Either<Problem, readonly Type[]> =>
    b.dtype !== 'real' ? ill({ _tag: 'ElementType', expected: ['real', 'real'], found: [t.dtype, b.dtype] })
    : !sameShape(square.shape.slice(0, -1), b.shape.slice(0, -1)) ? ill({ _tag: 'ShapeMismatch', shapes: [t.shape, b.shape] })
    : E.right([b]))(squares(t)),
  derivative: (a, [t], [x]) => {
    const back = { ...a, transpose: !a.transpose }, turn = a.transpose ? swap : (y: Expr): Expr => y, mask = used(a)
    return [
      { push: (dt) => neg(solveTriangular(a)(t, product(turn(mask(dt)), e(x)))), pull: (ct) => mask(turn(neg(product(solveTriangular(back)(t, ct), swap(e(x)))))) },
      { push: (db) => solveTriangular(a)(t, db), pull: (ct) => solveTriangular(back)(t, ct) },
    ]
  },
  meaning: (a, [t, b]) => ({ _tag: 'Inline', body: program([t.type, b.type], ([x, y]) => [substitution(a, e(x), e(y))]) }),
}
export const solveTriangular = (a: Triangular) => (t: Expr, b: Expr): Expr => apply(triangularSolveEntry, a, t, b)
const lowerSystem: Triangular = { lower: true, unit: false, transpose: false }

// -- Cholesky ----------------------------------------------------------------------------------------------------------

/** Column j of L: v = S_j - L l_j, where l_j is row j so far; v_i / sqrt(v_j) from the diagonal on. */
const columns = (s: Expr): Expr => {
  const x = flat(s), [m, n] = shapeOf(x) as readonly [number, number]
  const body = program([real(m, n, n), real(m, n), int()], ([l, sj, j]) => {
    const v = sub(e(sj), contract({ x: 'mij', y: 'mj', out: 'mi', ties: [] })(e(l), takeAt(1, e(j))(e(l))))
    const pivot = broadcast([m, n], [0])(sqrt(takeAt(1, e(j))(v)))
    const column = select(le(at([m, n], e(j)), here([m, n], 1)), div(v, pivot), 0)
    return [select(eq(here([m, n, n], 2), at([m, n, n], e(j))), broadcast([m, n, n], [0, 1])(column), e(l))]
  })
  const [l] = scanClosed(n, false, body)([constant([m, n, n], 0)], [permute([2, 0, 1])(x), iota([n])], [])
  return reshape(shapeOf(s))(e(l))
}
/** The lower half, its diagonal halved. */
const phi = (x: Expr): Expr => add(strictlyLower(x), mul(diagonal(x), 0.5))
export const choleskyEntry: Entry<Empty, [0]> = {
  name: 'cholesky', latex: '\\operatorname{chol} $0', sentence: { en: 'the lower triangle L with L L^T = S, of the symmetric matrix whose lower triangle is given', fr: 'le triangle inférieur L tel que L L^T = S, pour la matrice symétrique dont le triangle inférieur est donné' }, algebra: {},
  examples: [{ attrs: noAttrs, args: [real(1, 1)], range: [0.5, 2] }, { attrs: noAttrs, args: [real(3, 1, 1)], range: [0.5, 2] }],
  batch: { lift: (a) => a },
  type: (_, [s]) => E.map((t: Type) => [t])(squares(s)),
  derivative: (_, __, [l]) => {
    const solve = solveTriangular(lowerSystem), solveBack = solveTriangular({ ...lowerSystem, transpose: true })
    const L = e(l)
    return [{
      push: (t) => product(L, phi(solve(L, swap(solve(L, add(lower(t), swap(strictlyLower(t)))))))),
      pull: (ct) => {
        const both = swap(solveBack(L, swap(solveBack(L, phi(product(swap(L), ct))))))
        return add(lower(both), strictlyLower(swap(both)))
      },
    }]
  },
  meaning: (_, [s]) => ({ _tag: 'Inline', body: program([s.type], ([x]) => [columns(e(x))]) }),
}
/** Reads the lower triangle only. */
export const factorCholesky = (s: Expr): Expr => apply(choleskyEntry, noAttrs, s)

// -- LU with partial pivoting ------------------------------------------------------------------------------------------

/** 0, 1, ... with k and p exchanged, for every p of a list. */
const exchange = (m: number, n: number, k: Expr, p: Expr): Expr => {
  const i = here([m, n], 1), to = broadcast([m, n], [0])(p), from = at([m, n], k)
  return select(eq(i, from), to, select(eq(i, to), from, i))
}
/** Step k: the largest of column k comes up, and multiples of its row clear the column below, where they are kept. */
const eliminate = (a: Expr): readonly Expr[] => {
  const x = flat(a), [m, n] = shapeOf(x) as readonly [number, number], all = [m, n, n]
  const body = program([real(m, n, n), int(m, n), int()], ([before, perm, k]) => {
    const below = le(at([m, n], e(k)), here([m, n], 1)), size = abs(takeAt(2, e(k))(e(before)))
    const order = exchange(m, n, e(k), argmax(1)(select(below, size, -1)))
    const rows = gatherRows(1)(e(before), order), row = takeAt(1, e(k))(rows), column = takeAt(2, e(k))(rows), pivot = broadcast([m, n], [0])(takeAt(1, e(k))(row))
    const factor = broadcast(all, [0, 1])(select(eq(pivot, 0), 0, div(column, pivot)))
    const i = here(all, 1), j = here(all, 2), now = at(all, e(k)), under = lt(now, i)
    const rest = sub(rows, mul(factor, broadcast(all, [0, 2])(row)))
    return [select(and(under, eq(j, now)), factor, select(and(under, lt(now, j)), rest, rows)), gatherRows(1)(e(perm), order)]
  })
  const [packed, perm] = scanClosed(n, false, body)([x, iota([m, n], 1)], [iota([n])], [])
  return [reshape(shapeOf(a))(e(packed)), reshape(shapeOf(a).slice(0, -1))(e(perm))]
}
const unitLower: Triangular = { lower: true, unit: true, transpose: false }
/** The map of the packed factors, linear in dA: nothing in it divides by the last pivot. */
const luMap = (packed: Expr, perm: Expr): JointMap => {
  const lead = rankOf(packed) - 2, n = shapeOf(packed)[lead] as number
  const L = add(strictlyLower(packed), identityLike(packed)), U = upper(packed)
  const shape = shapeOf(packed), corner = broadcast(shape, [lead, lead + 1])(and(eq(rowOf(n), n - 1), eq(columnOf(n), n - 1)))
  const solvable = select(corner, 1, packed), right: Triangular = { lower: false, unit: false, transpose: true }
  const timesInverse = (x: Expr): Expr => swap(solveTriangular(right)(solvable, swap(x)))
  const timesInverseTransposed = (x: Expr): Expr => swap(solveTriangular({ ...right, transpose: false })(solvable, swap(x)))
  return {
    push: ([t]) => {
      if (t === undefined) return []
      const h = solveTriangular(unitLower)(packed, gatherRows(lead)(t, perm)), below = strictlyLower(timesInverse(h))
      return [add(product(L, below), upper(sub(h, product(below, U)))), undefined]
    },
    pull: ([ct]) => {
      if (ct === undefined) return []
      const top = upper(ct), below = strictlyLower(sub(product(swap(L), ct), product(top, swap(U))))
      const h = add(top, timesInverseTransposed(below))
      return [scatterRows(lead, n)(solveTriangular({ ...unitLower, transpose: true })(packed, h), perm)]
    },
  }
}
export const luEntry: Entry<Empty, [0]> = {
  name: 'lu', latex: '\\operatorname{lu} $0', sentence: { en: 'factors rows in another order into a unit lower and an upper triangle, packed in one matrix, and says which order', fr: 'factorise les lignes, dans un autre ordre, en un triangle inférieur unité et un triangle supérieur, rangés dans une matrice, et dit cet ordre' }, algebra: {},
  examples: [{ attrs: noAttrs, args: [real(2, 2)], range: [0.3, 2], regular: true }, { attrs: noAttrs, args: [real(2, 2, 2)], range: [0.3, 2], regular: true }],
  batch: { lift: (a) => a },
  type: (_, [a]) => E.map((t: Type): readonly Type[] => [t, { dtype: 'int', shape: t.shape.slice(0, -1) }])(squares(a)),
  derivative: (_, __, [packed, perm]) => luMap(e(packed), e(perm)),
  meaning: (_, [a]) => ({ _tag: 'Inline', body: program([a.type], ([x]) => eliminate(e(x))) }),
}
/** [packed factors, order of the rows] */
export const factorLU = (a: Expr): readonly [Expr, Expr] => applyAll(luEntry, noAttrs, [a], 2) as readonly [Expr, Expr]

export const linearAlgebra: readonly Entry[] = [triangularSolveEntry, choleskyEntry, luEntry]
