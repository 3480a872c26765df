/**
 * Factorisations and triangular systems, over the last two axes. Their meanings are programs: scans over columns or
 * rows, with masks. Their derivatives are linear maps written by hand, with triangular solves:
 *
 *   X = T^-1 B     dX = T^-1 (dB - dT X)
 *   S = L L^T      dL = L phi(L^-1 dS L^-T)                       phi: the lower half, its diagonal halved
 *   P A = L U      H = L^-1 P dA,  dL = L N,  dU = upper(H - N U)      N: the strictly lower part of H U^-1
 *
 * Sources: M. Giles, "Collected matrix derivative results" (2008); I. Murray, "Differentiation of the Cholesky
 * decomposition" (2016). In this form of the last, N does not depend on the last pivot, which may be 0.
 */
import * as E from 'fp-ts/lib/Either.js'
import { ill, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { noAttrs } from '../syntax/plain.ts'
import { axesOf, int, real, type Shape, sameShape, sizeOf, type Type } from '../syntax/shape.ts'
import { programOf } from './bodies.ts'
import { broadcast, sum } from './broadcast.ts'
import { constant, filled, iota } from './constant.ts'
import { contract } from './contraction.ts'
import { abs, add, and, div, eq, le, lt, mul, neg, quotientTerm, select, sqrt, sub } from './elementwise.ts'
import { apply, applyAll, type Entry, type JointMap } from './entry.ts'
import { gatherRows, scatterRows } from './indexing.ts'
import { item } from './item.ts'
import type { NoAttrs } from './pointwise.ts'
import { argmax } from './reduction.ts'
import { permute, reshape } from './reindex.ts'
import { scanClosed } from './scan.ts'

// -- matrices over leading axes --------------------------------------------------------------------------------------

/** The last two axes exchanged. */
export const swap = (x: Expr): Expr => {
  const r = rankOf(x)
  return permute([...axesOf(r - 2), r - 1, r - 2])(x)
}
/** [.., i, j], [.., j, k] -> [.., i, k] */
export const product = (x: Expr, y: Expr): Expr => {
  const lead = axesOf(rankOf(x) - 2)
    .map((d) => String.fromCharCode(0x100 + d))
    .join('')
  return contract({ x: `${lead}ij`, y: `${lead}jk`, out: `${lead}ik`, ties: [] })(x, y)
}
const rowOf = (n: number): Expr => iota([n, n], 0)
const columnOf = (n: number): Expr => iota([n, n], 1)
/** x where a relation between row and column holds, else 0. */
const where =
  (relation: (row: Expr, column: Expr) => Expr) =>
  (x: Expr): Expr => {
    const shape = shapeOf(x)
    const r = shape.length
    const n = item(shape, r - 1)
    return select(broadcast(shape, [r - 2, r - 1])(relation(rowOf(n), columnOf(n))), x, 0)
  }
const lower = where((i, j) => le(j, i))
export const strictlyLower = where((i, j) => lt(j, i))
export const upper = where((i, j) => le(i, j))
const strictlyUpper = where((i, j) => lt(i, j))
export const diagonal = where((i, j) => eq(i, j))
/** Ones on the diagonal of matrices like x. */
export const identityLike = (x: Expr): Expr => diagonal(filled('real', shapeOf(x), 1))

/** The type, if it is that of square matrices; else the problem. */
export const squares = (x: Type): E.Either<Problem, Type> => {
  const [n, m] = x.shape.slice(-2)
  if (x.dtype !== 'real') return ill({ _tag: 'ElementType', expected: ['real'], found: [x.dtype] })
  if (n === undefined || m === undefined) return ill({ _tag: 'RankMismatch', expected: 2, shape: x.shape })
  if (n === m) return E.right(x)
  return ill({ _tag: 'NotSquare', shape: x.shape })
}
/** All leading axes as one. */
const flat = (x: Expr): Expr => reshape([sizeOf(shapeOf(x).slice(0, -2)), ...shapeOf(x).slice(-2)])(x)
/** The shape of an array with one leading axis. */
const flatShape = (x: Expr): readonly [number, number, number] => {
  const [m, n, k] = shapeOf(x)
  return [m ?? 0, n ?? 0, k ?? 0]
}
/** One of the outputs of a primitive, whose number of outputs is known here but not in its type. */
const output = (x: Expr | undefined): Expr => x as Expr

/** At every [b, i, j] or [b, i]: the index along an axis, and the step of the scan. */
const here = (shape: Shape, axis: number): Expr => iota(shape, axis)
const at = (shape: Shape, k: Expr): Expr => broadcast(shape, [])(k)
/** The k-th slice along an axis, as a masked sum: values elsewhere that are not finite have no effect. */
const takeAt =
  (axis: number, k: Expr) =>
  (x: Expr): Expr =>
    sum(axis)(select(eq(here(shapeOf(x), axis), at(shapeOf(x), k)), x, filled(x.type.dtype, shapeOf(x), 0)))

// -- triangular systems ----------------------------------------------------------------------------------------------

/** Which triangle is read, whether its diagonal is taken to be ones, and whether the system is the transposed one. */
type Triangular = { readonly lower: boolean; readonly unit: boolean; readonly transpose: boolean }
const used = ({ lower: low, unit }: Triangular): ((x: Expr) => Expr) => {
  if (low) return unit ? strictlyLower : lower
  return unit ? strictlyUpper : upper
}

/** x_i = (b_i - sum_j t_ij x_j) / t_ii, down the rows of a lower triangle, up those of an upper one. */
const substitution = (a: Triangular, t: Expr, b: Expr): Expr => {
  const triangle = used(a)(flat(t))
  const rows = a.transpose ? swap(triangle) : triangle
  const right = flat(b)
  const [m, n, k] = flatShape(right)
  const body = programOf([real(m, n, k), real(m, n), real(m, k), int()], (x, ti, bi, i) => {
    const rest = sub(bi, contract({ x: 'mj', y: 'mjk', out: 'mk', ties: [] })(ti, x))
    const xi = a.unit ? rest : div(rest, broadcast([m, k], [0])(takeAt(1, i)(ti)))
    return [select(eq(here([m, n, k], 1), at([m, n, k], i)), broadcast([m, n, k], [0, 2])(xi), x), xi]
  })
  const front = (x: Expr): Expr => permute([1, 0, 2])(x)
  const solve = scanClosed(n, a.lower === a.transpose, body)
  const [, xs] = solve([constant([m, n, k], 0)], [front(rows), front(right), iota([n])], [])
  return reshape(shapeOf(b))(front(output(xs)))
}
const systems: readonly Triangular[] = [true, false].flatMap((low) =>
  [false, true].map((unit) => ({ lower: low, unit, transpose: low === unit })),
)
export const triangularSolveEntry: Entry<Triangular, [0, 0], 'triangularSolve'> = {
  name: 'triangularSolve',
  sentence: 'solves triangular systems of equations',
  latex: '$0^{-1} $1',
  algebra: {},
  examples: [
    ...systems.map((attrs) => ({ attrs, args: [real(3, 3), real(3, 2)], range: [0.5, 1.5] as const })),
    {
      attrs: { lower: true, unit: false, transpose: false },
      args: [real(2, 2, 2), real(2, 2, 1)],
      range: [0.5, 1.5],
    },
  ],
  batch: { lift: (a) => a },
  type: (_, [t, b]) =>
    E.chain((square: Type): E.Either<Problem, readonly Type[]> => {
      if (b.dtype !== 'real') return ill({ _tag: 'ElementType', expected: ['real', 'real'], found: [t.dtype, b.dtype] })
      return sameShape(square.shape.slice(0, -1), b.shape.slice(0, -1))
        ? E.right([b])
        : ill({ _tag: 'NotASide', system: t.shape, side: b.shape })
    })(squares(t)),
  derivative: (a, [t], [solved]) => {
    const x = output(solved)
    const solve = solveTriangular(a)
    const solveBack = solveTriangular({ ...a, transpose: !a.transpose })
    const oriented = a.transpose ? swap : (y: Expr): Expr => y
    const mask = used(a)
    return [
      {
        push: (dt) => neg(solve(t, product(oriented(mask(dt)), x))),
        pull: (ct) => mask(oriented(neg(product(solveBack(t, ct), swap(x))))),
      },
      { push: (db) => solve(t, db), pull: (ct) => solveBack(t, ct) },
    ]
  },
  meaning: (a, [t, b]) => ({
    _tag: 'Inline',
    body: programOf([t.type, b.type], (x, y) => [substitution(a, x, y)]),
  }),
  taylor: (a, [t, b], x, k) => {
    const times = (m: Expr, y: Expr): Expr => product(a.transpose ? swap(used(a)(m)) : used(a)(m), y)
    const [t0, term] = [t(0), quotientTerm(times, b(k), t, x, k)]
    return t0 && term && solveTriangular(a)(t0, term)
  },
}
/** Solves triangular systems of equations. The low-level form of triangularSolve. */
export const solveTriangular =
  (a: Triangular) =>
  (t: Expr, b: Expr): Expr =>
    apply(triangularSolveEntry, a, t, b)
const lowerSystem: Triangular = { lower: true, unit: false, transpose: false }

// -- Cholesky --------------------------------------------------------------------------------------------------------

/** Column j of L: v = S_j - L l_j, where l_j is row j so far; v_i / sqrt(v_j) from the diagonal on. */
const columns = (s: Expr): Expr => {
  const x = flat(s)
  const [m, n] = flatShape(x)
  const body = programOf([real(m, n, n), real(m, n), int()], (l, sj, j) => {
    const v = sub(sj, contract({ x: 'mij', y: 'mj', out: 'mi', ties: [] })(l, takeAt(1, j)(l)))
    const pivot = broadcast([m, n], [0])(sqrt(takeAt(1, j)(v)))
    const column = select(le(at([m, n], j), here([m, n], 1)), div(v, pivot), 0)
    return [select(eq(here([m, n, n], 2), at([m, n, n], j)), broadcast([m, n, n], [0, 1])(column), l)]
  })
  const [l] = scanClosed(n, false, body)([constant([m, n, n], 0)], [permute([2, 0, 1])(x), iota([n])], [])
  return reshape(shapeOf(s))(output(l))
}
/** The lower half, its diagonal halved. */
const phi = (x: Expr): Expr => add(strictlyLower(x), mul(diagonal(x), 0.5))
const choleskyEntry: Entry<NoAttrs, [0], 'cholesky'> = {
  name: 'cholesky',
  sentence: 'the lower triangle L with L L^T = S, where S is symmetric and given by its lower triangle',
  latex: '\\operatorname{chol} $0',
  algebra: {},
  examples: [
    { attrs: noAttrs, args: [real(1, 1)], range: [0.5, 2] },
    { attrs: noAttrs, args: [real(3, 1, 1)], range: [0.5, 2] },
  ],
  batch: { lift: (a) => a },
  type: (_, [s]) => E.map((t: Type) => [t])(squares(s)),
  derivative: (_, __, [factor]) => {
    const L = output(factor)
    const solve = solveTriangular(lowerSystem)
    const solveBack = solveTriangular({ ...lowerSystem, transpose: true })
    return [
      {
        push: (t) => product(L, phi(solve(L, swap(solve(L, add(lower(t), swap(strictlyLower(t)))))))),
        pull: (ct) => {
          const both = swap(solveBack(L, swap(solveBack(L, phi(product(swap(L), ct))))))
          return add(lower(both), strictlyLower(swap(both)))
        },
      },
    ]
  },
  meaning: (_, [s]) => ({ _tag: 'Inline', body: programOf([s.type], (x) => [columns(x)]) }),
}
/** The lower triangle L with L L^T = S, where S is symmetric and given by its lower triangle. The low-level form. */
export const factorCholesky = (s: Expr): Expr => apply(choleskyEntry, noAttrs, s)

// -- LU with partial pivoting ----------------------------------------------------------------------------------------

/** 0, 1, ... with k and p exchanged, for every p of a list. */
const exchange = (m: number, n: number, k: Expr, p: Expr): Expr => {
  const i = here([m, n], 1)
  const to = broadcast([m, n], [0])(p)
  const from = at([m, n], k)
  return select(eq(i, from), to, select(eq(i, to), from, i))
}
/**
 * Step k exchanges row k with the row whose element in column k is largest. Then it subtracts multiples of row k to
 * clear the column below, and stores the factors in the cleared elements.
 */
const eliminate = (a: Expr): readonly Expr[] => {
  if (sizeOf(shapeOf(a)) === 0) return [a, filled('int', shapeOf(a).slice(0, -1), 0)]
  const x = flat(a)
  const [m, n] = flatShape(x)
  const all = [m, n, n]
  const body = programOf([real(m, n, n), int(m, n), int()], (before, perm, k) => {
    const below = le(at([m, n], k), here([m, n], 1))
    const size = abs(takeAt(2, k)(before))
    const order = exchange(m, n, k, argmax(1)(select(below, size, -1)))
    const rows = gatherRows(1)(before, order)
    const row = takeAt(1, k)(rows)
    const column = takeAt(2, k)(rows)
    const pivot = broadcast([m, n], [0])(takeAt(1, k)(row))
    const factor = broadcast(all, [0, 1])(select(eq(pivot, 0), 0, div(column, pivot)))
    const [i, j, now] = [here(all, 1), here(all, 2), at(all, k)]
    const under = lt(now, i)
    const rest = sub(rows, mul(factor, broadcast(all, [0, 2])(row)))
    const next = select(and(under, eq(j, now)), factor, select(and(under, lt(now, j)), rest, rows))
    return [next, gatherRows(1)(perm, order)]
  })
  const [packed, perm] = scanClosed(n, false, body)([x, iota([m, n], 1)], [iota([n])], [])
  return [reshape(shapeOf(a))(output(packed)), reshape(shapeOf(a).slice(0, -1))(output(perm))]
}
const unitLower: Triangular = { lower: true, unit: true, transpose: false }
/** The map of the packed factors, linear in dA: nothing in it divides by the last pivot. */
const luMap = (packed: Expr, perm: Expr): JointMap => {
  const shape = shapeOf(packed)
  const lead = shape.length - 2
  const n = item(shape, lead)
  const L = add(strictlyLower(packed), identityLike(packed))
  const U = upper(packed)
  const corner = broadcast(shape, [lead, lead + 1])(and(eq(rowOf(n), n - 1), eq(columnOf(n), n - 1)))
  const solvable = select(corner, 1, packed)
  const right: Triangular = { lower: false, unit: false, transpose: true }
  const timesInverse = (x: Expr): Expr => swap(solveTriangular(right)(solvable, swap(x)))
  const timesInverseTransposed = (x: Expr): Expr =>
    swap(solveTriangular({ ...right, transpose: false })(solvable, swap(x)))
  return {
    push: ([t]) => {
      if (t === undefined) return []
      const h = solveTriangular(unitLower)(packed, gatherRows(lead)(t, perm))
      const below = strictlyLower(timesInverse(h))
      return [add(product(L, below), upper(sub(h, product(below, U)))), undefined]
    },
    pull: ([ct]) => {
      if (ct === undefined) return []
      const top = upper(ct)
      const below = strictlyLower(sub(product(swap(L), ct), product(top, swap(U))))
      const h = add(top, timesInverseTransposed(below))
      return [scatterRows(lead, n)(solveTriangular({ ...unitLower, transpose: true })(packed, h), perm)]
    },
  }
}
const luEntry: Entry<NoAttrs, [0], 'lu'> = {
  name: 'lu',
  sentence:
    'factors a matrix with reordered rows into a unit lower and an upper triangle, in one matrix; gives the order too',
  latex: '\\operatorname{lu} $0',
  algebra: {},
  examples: [
    { attrs: noAttrs, args: [real(2, 2)], range: [0.3, 2], regular: true },
    { attrs: noAttrs, args: [real(2, 2, 2)], range: [0.3, 2], regular: true },
  ],
  batch: { lift: (a) => a },
  type: (_, [a]) => E.map((t: Type): readonly Type[] => [t, { dtype: 'int', shape: t.shape.slice(0, -1) }])(squares(a)),
  derivative: (_, __, [packed, perm]) => luMap(output(packed), output(perm)),
  meaning: (_, [a]) => ({ _tag: 'Inline', body: programOf([a.type], (x) => eliminate(x)) }),
}
/**
 * Factors a matrix with reordered rows into a unit lower and an upper triangle, in one matrix; gives the order too.
 * The low-level form of lu.
 */
export const factorLU = (a: Expr): readonly [Expr, Expr] => {
  const [packed, order] = applyAll(luEntry, noAttrs, [a], 2)
  return [output(packed), output(order)]
}

export const linearAlgebra = [triangularSolveEntry, choleskyEntry, luEntry] as const
