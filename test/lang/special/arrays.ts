/** Operations on whole arrays: reductions, order, indices, movement, contractions, factorisations, random numbers. */

import { eigh } from '../../../lang/operations/eigen.ts'
import { topK } from '../../../lang/operations/order.ts'
import { broadcast, sum } from '../../../lang/primitives/broadcast.ts'
import { concat } from '../../../lang/primitives/concat.ts'
import { filled, intTensor, iota, tensor } from '../../../lang/primitives/constant.ts'
import { contract } from '../../../lang/primitives/contraction.ts'
import { dynamicSlice, dynamicUpdateSlice, padFrom } from '../../../lang/primitives/dynamic.ts'
import { lt } from '../../../lang/primitives/elementwise.ts'
import { argsort, gatherRows, scatterRows, sortLast } from '../../../lang/primitives/indexing.ts'
import { factorCholesky, factorLU, solveTriangular } from '../../../lang/primitives/linalg.ts'
import { random } from '../../../lang/primitives/random.ts'
import { argmax, argmin, cumProd, cumSum, prod, reduceMax, reduceMin } from '../../../lang/primitives/reduction.ts'
import { permute, reshape, reverse } from '../../../lang/primitives/reindex.ts'
import { fold, pad, slice, unfold } from '../../../lang/primitives/window.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { about, type Case, inf, nan, small, tiny } from './case.ts'

type Build = (...xs: readonly Expr[]) => Expr
type Corner = Expr<readonly [number], 'int'>
const as = (f: unknown): Build => f as Build

export const reductionCases: readonly Case[] = [
  about('sum: from 0, so that -0 alone gives 0', [real(2)], as(sum()), {
    x: [[-0, -0]],
    y: [[0]],
    dy: [[2]],
    dx: [[1, 1]],
    rule: 'sums begin with 0',
  }),
  about('sum of infinities', [real(3, 2)], as(sum(1)), {
    x: [[inf, 1, inf, -inf, -inf, 2]],
    y: [[inf, nan, -inf]],
    dy: [[2, 2, 2]],
    dx: [[1, 1, 1, 1, 1, 1]],
  }),
  about('sum with NaN', [real(2)], as(sum()), { x: [[1, nan]], y: [[nan]], dy: [[2]], dx: [[1, 1]] }),
  about('sum of the smallest', [real(2)], as(sum()), { x: [[tiny, tiny]], y: [[1e-323]], dy: [[2]], dx: [[1, 1]] }),
  about('sum of subnormals', [real(2)], as(sum()), { x: [[small, small]], y: [[1.4349296274686127e-42]] }),
  about('sum of nothing', [real(0)], as(sum()), { x: [[]], y: [[0]], dy: [[0]], dx: [[]] }),

  about('reduceMax', [real(3, 2)], as(reduceMax(1)), {
    x: [[1, 2, inf, 1, -inf, 3]],
    y: [[2, inf, 3]],
    v: [[1, 2, 3, 4, 5, 6]],
    dy: [[2, 3, 6]],
    dx: [[0, 1, 1, 0, 0, 1]],
  }),
  about('reduceMax, ties', [real(4, 2)], as(reduceMax(1)), {
    x: [[5, 5, 0, -0, inf, inf, -inf, -inf]],
    y: [[5, 0, inf, -inf]],
    v: [[1, 2, 1, 2, 1, 2, 1, 2]],
    dy: [[1.5, 1.5, 1.5, 1.5]],
    dx: [[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
    rule: 'ties',
  }),
  about('reduceMax with NaN', [real(3)], as(reduceMax()), {
    x: [[1, nan, 3]],
    y: [[nan]],
    dy: [[nan]],
    dx: [[nan, nan, nan]],
    rule: 'reductions of NaN',
  }),
  about('reduceMax of the smallest', [real(2)], as(reduceMax()), {
    x: [[0, tiny]],
    y: [[tiny]],
    v: [[1, 2]],
    dy: [[2]],
    dx: [[0, 1]],
  }),
  about('reduceMin', [real(3, 2)], as(reduceMin(1)), {
    x: [[1, 2, inf, 1, -inf, 3]],
    y: [[1, 1, -inf]],
    v: [[1, 2, 3, 4, 5, 6]],
    dy: [[1, 4, 5]],
    dx: [[1, 0, 0, 1, 1, 0]],
  }),
  about('reduceMin, ties', [real(4, 2)], as(reduceMin(1)), {
    x: [[5, 5, 0, -0, inf, inf, -inf, -inf]],
    y: [[5, -0, inf, -inf]],
    v: [[1, 2, 1, 2, 1, 2, 1, 2]],
    dy: [[1.5, 1.5, 1.5, 1.5]],
    dx: [[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
    rule: 'ties',
  }),
  about('reduceMin with NaN', [real(3)], as(reduceMin()), {
    x: [[1, nan, 3]],
    y: [[nan]],
    dy: [[nan]],
    dx: [[nan, nan, nan]],
    rule: 'reductions of NaN',
  }),
  about('reduceMin of the smallest', [real(2)], as(reduceMin()), {
    x: [[0, -tiny]],
    y: [[-tiny]],
    v: [[1, 2]],
    dy: [[2]],
    dx: [[0, 1]],
  }),

  about('prod with one 0', [real(3)], as(prod()), {
    x: [[0, 2, 3]],
    y: [[0]],
    v: [[1, 1, 1]],
    dy: [[6]],
    dx: [[6, 0, 0]],
  }),
  about('prod with two', [real(3)], as(prod()), { x: [[0, 2, 0]], y: [[0]], dy: [[0]], dx: [[0, 0, 0]] }),
  about('prod of -0', [real(2)], as(prod()), { x: [[-0, 2]], y: [[-0]], dx: [[2, 0]] }),
  about('prod of 0 and infinity', [real(2)], as(prod()), {
    x: [[0, inf]],
    y: [[nan]],
    v: [[1, 0]],
    dy: [[inf]],
    dx: [[inf, 0]],
  }),
  about('prod with NaN', [real(2)], as(prod()), { x: [[nan, 2]], y: [[nan]], dy: [[nan]], dx: [[2, nan]] }),
  about('prod of the smallest', [real(2)], as(prod()), { x: [[tiny, 0.5]], y: [[0]], dx: [[0.5, tiny]] }),
  about('prod of nothing', [real(0)], as(prod()), { x: [[]], y: [[1]], dx: [[]] }),

  about('argmax', [real(4, 3)], as(argmax(1)), {
    x: [[2, 5, 5, 0, -0, 0, -inf, -inf, -inf, 1, inf, 2]],
    y: [[1, 0, 0, 1]],
  }),
  about('argmax with NaN', [real(2, 3)], as(argmax(1)), {
    x: [[1, nan, nan, inf, 1, nan]],
    y: [[1, 2]],
    rule: 'argmax of NaN',
  }),
  about('argmin', [real(4, 3)], as(argmin(1)), {
    x: [[5, 2, 2, 0, -0, 0, inf, inf, inf, 1, -inf, 2]],
    y: [[1, 0, 0, 1]],
  }),
  about('argmin with NaN', [real(2, 3)], as(argmin(1)), {
    x: [[1, nan, nan, -inf, 1, nan]],
    y: [[1, 2]],
    rule: 'argmax of NaN',
  }),
  about('argmax of the smallest', [real(2)], as(argmax(0)), { x: [[0, tiny]], y: [[1]] }),
  about('argmin of the smallest', [real(2)], as(argmin(0)), { x: [[0, -tiny]], y: [[1]] }),

  about('cumSum of infinities', [real(4)], as(cumSum(0)), {
    x: [[1, inf, -inf, 1]],
    y: [[1, inf, nan, nan]],
    dy: [[1, 2, 3, 4]],
    dx: [[4, 3, 2, 1]],
  }),
  about('cumSum with NaN', [real(3)], as(cumSum(0)), {
    x: [[1, nan, 2]],
    y: [[1, nan, nan]],
    dy: [[1, 2, 3]],
    dx: [[3, 2, 1]],
  }),
  about('cumSum, backwards', [real(3)], as(cumSum(0, true)), {
    x: [[1, nan, 2]],
    y: [[nan, nan, 2]],
    dy: [[3, 2, 1]],
    dx: [[1, 2, 3]],
  }),
  about('cumSum of the smallest', [real(2)], as(cumSum(0)), { x: [[tiny, tiny]], y: [[tiny, 1e-323]] }),
  about('cumProd with 0', [real(3)], as(cumProd(0)), {
    x: [[2, 0, 3]],
    y: [[2, 0, 0]],
    dy: [[1, 2, 6]],
    dx: [[1, 8, 0]],
  }),
  about('cumProd with two', [real(3)], as(cumProd(0)), { x: [[0, 0, 3]], y: [[0, 0, 0]], dx: [[1, 0, 0]] }),
  about('cumProd of 0 and infinity', [real(3)], as(cumProd(0)), { x: [[2, 0, inf]], y: [[2, 0, nan]] }),
  about('cumProd with NaN', [real(3)], as(cumProd(0)), { x: [[1, nan, 2]], y: [[1, nan, nan]] }),
]

const unsorted = [nan, 2, -inf, inf, -0, 0]
export const orderCases: readonly Case[] = [
  about('argsort', [real(6)], as(argsort()), { x: [unsorted], y: [[2, 4, 5, 1, 3, 0]], rule: 'order of NaN' }),
  about('argsort, descending', [real(6)], as(argsort(true)), {
    x: [unsorted],
    y: [[3, 1, 4, 5, 2, 0]],
    rule: 'order of NaN',
  }),
  about('argsort is stable', [real(4)], as(argsort()), { x: [[1, 0, 1, 0]], y: [[1, 3, 0, 2]] }),
  about('argsort is stable, descending', [real(4)], as(argsort(true)), { x: [[1, 0, 1, 0]], y: [[0, 2, 1, 3]] }),
  about('argsort of the smallest', [real(3)], as(argsort()), { x: [[tiny, 0, -tiny]], y: [[2, 1, 0]] }),
  about('argsort of integers', [int(3)], as(argsort()), { x: [[2147483647, -2147483648, 0]], y: [[1, 2, 0]] }),
  about('argsort, and the values: sort', [real(6)], as(sortLast()), {
    x: [unsorted],
    y: [[-inf, -0, 0, 2, inf, nan]],
    v: [[1, 2, 3, 4, 5, 6]],
    dy: [[3, 5, 6, 2, 4, 1]],
    w: [[1, 2, 3, 4, 5, 6]],
    dx: [[6, 4, 1, 5, 2, 3]],
    rule: 'order of NaN',
  }),
  about('argsort, and the values: topK', [real(4)], (x) => topK(0, 2)(x as Expr).values, {
    x: [[nan, 1, 2, 1]],
    y: [[2, 1]],
    v: [[1, 2, 3, 4]],
    dy: [[3, 2]],
    w: [[5, 7]],
    dx: [[0, 7, 5, 0]],
    rule: 'order of NaN',
  }),
]

export const indexCases: readonly Case[] = [
  about('dynamicSlice', [real(5), int(1)], (x, i) => dynamicSlice([2])(x as Expr, i as Corner), {
    x: [[1, nan, -0, inf, small], [9]],
    y: [[inf, small]],
    v: [[1, 2, 3, nan, 5], null],
    dy: [[nan, 5]],
    w: [[7, inf]],
    dx: [[0, 0, 0, 7, inf], null],
    rule: 'indices outside',
  }),
  about('dynamicPad', [real(2), int(1)], (x, i) => padFrom(0, [4])(x as Expr, i as Expr), {
    x: [[-0, nan], [1]],
    y: [[0, -0, nan, 0]],
    v: [[inf, 2], null],
    dy: [[0, inf, 2, 0]],
    w: [[1, nan, -0, 4]],
    dx: [[nan, -0], null],
    rule: 'indices outside',
  }),
  about(
    'dynamicUpdateSlice',
    [real(4), real(2), int(1)],
    (x, b, i) => dynamicUpdateSlice(x as Expr, b as Expr, i as Corner) as Expr,
    {
      of: [],
      x: [[1, nan, -0, inf], [-0, small], [-7]],
      y: [[-0, small, -0, inf]],
      v: [[1, 2, 3, nan], [4, 5], null],
      dy: [[4, 5, 3, nan]],
      w: [[6, 7, inf, -0]],
      dx: [[0, 0, inf, -0], [6, 7], null],
      rule: 'indices outside',
    },
  ),
  about('gather', [real(3), int(5)], as(gatherRows(0)), {
    x: [
      [1, nan, inf],
      [0, 2, 2, -5, 9],
    ],
    y: [[1, inf, inf, 1, inf]],
    v: [[1, nan, 3], null],
    dy: [[1, 3, 3, 1, 3]],
    w: [[1, 2, 3, 4, 5]],
    dx: [[5, 0, 10], null],
    rule: 'indices outside',
  }),
  about('gather, by integers that float32 does not hold', [real(3), int(2)], as(gatherRows(0)), {
    x: [
      [1, -0, 3],
      [2147483647, -2147483648],
    ],
    y: [[3, 1]],
    rule: 'indices outside',
  }),
  about('scatterAdd', [real(4), int(4)], as(scatterRows(0, 3)), {
    x: [
      [nan, 1, inf, 2],
      [0, 2, 2, 9],
    ],
    y: [[nan, 0, inf]],
    v: [[1, 2, 3, 4], null],
    dy: [[1, 0, 9]],
    w: [[5, nan, 7]],
    dx: [[5, 7, 7, 7], null],
    rule: 'indices outside',
  }),
]

/** Numbers that an operation only moves come out as they went in, and so do tangents and cotangents. */
const odd = [0, -0, inf, -inf, nan, 2 ** -140]
const moved = (
  name: string,
  f: Build,
  places: readonly number[],
  x: readonly number[] = odd,
  shape: readonly number[] = [x.length],
): readonly Case[] => {
  const at = (xs: readonly number[]): readonly number[] => places.map((k) => (k < 0 ? 0 : (xs[k] as number)))
  const back = x.map((_, k) => places.reduce((s, p, i) => (p === k ? s + i + 1 : s), 0))
  const turned = [...x].reverse()
  return [
    about(name, [real(...shape)], f, {
      x: [x],
      y: [at(x)],
      v: [turned],
      dy: [at(turned)],
      w: [places.map((_, i) => i + 1)],
      dx: [back],
    }),
  ]
}
const line = (start: number, shape: number, stride: number) => ({ start: [start], shape: [shape], stride: [stride] })
const windows = { size: 2, stride: 1, dilation: 1, low: 1, count: 5, length: 4 }
export const movementCases: readonly Case[] = [
  ...moved('broadcast', as(broadcast([2, 6], [1])), [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]),
  ...moved('reshape', as(reshape([2, 3])), [0, 1, 2, 3, 4, 5]),
  ...moved('permute', as(permute([1, 0])), [0, 3, 1, 4, 2, 5], odd, [2, 3]),
  ...moved('reverse', as(reverse(0)), [5, 4, 3, 2, 1, 0]),
  ...moved('slice', slice(line(1, 3, 2)) as Build, [1, 3, 5]),
  ...moved('pad', pad(line(1, 12, 2)) as Build, [-1, 0, -1, 1, -1, 2, -1, 3, -1, 4, -1, 5]),
  ...moved('unfold', as(unfold(windows)), [-1, 0, 0, 1, 1, 2, 2, 3, 3, -1], [nan, inf, -0, 2]),
  about('concat', [real(3), real(2)], (x, y) => concat(0)([x as Expr, y as Expr]) as Expr, {
    x: [
      [-0, inf, nan],
      [small, -inf],
    ],
    y: [[-0, inf, nan, small, -inf]],
    v: [
      [1, nan, inf],
      [-inf, small],
    ],
    dy: [[1, nan, inf, -inf, small]],
    w: [[1, nan, inf, -inf, small]],
    dx: [
      [1, nan, inf],
      [-inf, small],
    ],
  }),
  about('broadcast of the smallest', [real()], as(broadcast([2], [])), {
    x: [[tiny]],
    y: [[tiny, tiny]],
    v: [[tiny]],
    dy: [[tiny, tiny]],
  }),
  about('fold', [real(5, 2)], as(fold(windows)), {
    x: [[9, nan, 1, inf, -inf, 1, 2, 1, 1, 9]],
    y: [[nan, nan, 3, 2]],
    v: [[9, 1, 1, 1, 1, 1, 1, nan, 1, nan]],
    dy: [[2, 2, 2, nan]],
    w: [[1, inf, nan, 4]],
    dx: [[0, 1, 1, inf, inf, nan, nan, 4, 4, 0]],
  }),
  about(
    'constant',
    [],
    () => [
      filled('real', [2], nan),
      filled('real', [1], -0),
      filled('real', [1], tiny),
      filled('int', [1], -7),
      filled('bool', [1], 1),
    ],
    {
      x: [],
      y: [[nan, nan], [-0], [tiny], [-7], [1]],
    },
  ),
  about('literal', [], () => [tensor([5], [nan, -0, inf, -inf, small]), intTensor([2], [-7, 0])], {
    x: [],
    y: [
      [nan, -0, inf, -inf, small],
      [-7, 0],
    ],
  }),
  about('iota', [], () => iota([3]), { x: [], y: [[0, 1, 2]] }),
]

const dot = { x: 'i', y: 'i', out: '', ties: [] }
const padded = {
  x: 'h',
  y: 'r',
  out: 'p',
  ties: [{ x: 'h', y: 'r', out: 'p', cx: 1, cy: -1, co: -1, offset: 1, size: 2 }],
}
export const contractionCases: readonly Case[] = [
  about('contract: 0 times infinity', [real(2), real(2)], as(contract(dot)), {
    x: [
      [0, 1],
      [inf, 2],
    ],
    y: [[nan]],
    v: [[1, 1], null],
    dy: [[inf]],
    dx: [
      [inf, 2],
      [0, 1],
    ],
  }),
  about('contract with NaN', [real(2), real(2)], as(contract(dot)), {
    x: [
      [nan, 1],
      [0, 2],
    ],
    y: [[nan]],
    v: [null, [1, 1]],
    dy: [[nan]],
    dx: [
      [0, 2],
      [nan, 1],
    ],
  }),
  about('contract of infinities', [real(2), real(2)], as(contract(dot)), {
    x: [
      [inf, 1],
      [1, -inf],
    ],
    y: [[nan]],
    v: [[1, 0], null],
    dy: [[nan]],
    dx: [
      [1, -inf],
      [inf, 1],
    ],
  }),
  about('contract of -0', [real(1), real(1)], as(contract(dot)), {
    x: [[-0], [1]],
    y: [[0]],
    rule: 'sums begin with 0',
  }),
  about('contract of the smallest', [real(2), real(2)], as(contract(dot)), {
    x: [
      [tiny, tiny],
      [1, 0.25],
    ],
    y: [[tiny]],
    dx: [
      [1, 0.25],
      [tiny, tiny],
    ],
  }),
  about('contract over padding', [real(2), real(3)], as(contract(padded)), {
    x: [
      [1, 2],
      [nan, 3, inf],
    ],
    y: [[inf, nan]],
    v: [[1, 1], null],
    dy: [[inf, nan]],
    rule: 'padding is skipped',
  }),
]

const lowerOne = { lower: true, unit: false, transpose: false }
export const factorCases: readonly Case[] = [
  about('cholesky', [real(2, 2)], factorCholesky as Build, {
    x: [[4, nan, 2, 2]],
    y: [[2, 0, 1, 1]],
    v: [[4, nan, 0, 0]],
    dy: [[1, 0, -0.5, 0.5]],
    w: [[1, 5, 0, 0]],
    dx: [[0.25, 0, 0, 0]],
    rule: 'triangles',
  }),
  about('cholesky of a matrix that is not positive', [real(2, 2)], factorCholesky as Build, {
    x: [[-1, 0, 0, 1]],
    y: [[nan, 0, nan, nan]],
    rule: 'not positive definite',
  }),
  about('cholesky with NaN', [real(2, 2)], factorCholesky as Build, { x: [[1, 0, 0, nan]], y: [[1, 0, 0, nan]] }),
  about('triangularSolve', [real(2, 2), real(2, 1)], as(solveTriangular(lowerOne)), {
    x: [
      [2, nan, 1, 4],
      [2, 9],
    ],
    y: [[1, 2]],
    v: [null, [2, 1]],
    dy: [[1, 0]],
    w: [[0, 4]],
    dx: [
      [0.5, 0, -1, -2],
      [-0.5, 1],
    ],
    rule: 'triangles',
  }),
  about('triangularSolve, singular', [real(2, 2), real(2, 1)], as(solveTriangular(lowerOne)), {
    x: [
      [0, 0, 1, 1],
      [1, 1],
    ],
    y: [[inf, -inf]],
  }),
  about('lu', [real(2, 2)], (a) => factorLU(a as Expr), {
    x: [[1, 2, 2, 4]],
    y: [
      [2, 4, 0.5, 0],
      [1, 0],
    ],
    v: [[0, 0, 1, 0]],
    dy: [
      [1, 0, -0.25, 1],
      [0, 0],
    ],
    w: [[0, 0, 0, 1], null],
    dx: [[-2, 1, 1, -0.5]],
  }),
  about('lu of 0', [real(2, 2)], (a) => factorLU(a as Expr), {
    x: [[0, 0, 0, 0]],
    y: [
      [0, 0, 0, 0],
      [0, 1],
    ],
    rule: 'a pivot of 0',
  }),
  about('equal eigenvalues', [real(2, 2)], (a) => Object.values(eigh(a as Expr<readonly [2, 2], 'real'>)), {
    of: ['customJvp'],
    x: [[1, 0, 0, 1]],
    y: [
      [1, 1],
      [1, 0, 0, 1],
    ],
    v: [[2, 3, 3, 4]],
    dy: [
      [2, 4],
      [0, 0, 0, 0],
    ],
    w: [
      [5, 6],
      [1, 2, 3, 4],
    ],
    dx: [[5, 0, 0, 6]],
    rule: 'equal eigenvalues',
  }),
  about('lu with NaN', [real(2, 2)], (a) => factorLU(a as Expr), {
    x: [[nan, 1, 1, 1]],
    y: [
      [nan, 1, nan, nan],
      [0, 1],
    ],
  }),
]

const draw = random(0) as Build
export const randomCases: readonly Case[] = [
  about(
    'random: in [0, 1) for every key and counter',
    [int(3), int(5)],
    (k, n) => {
      const u = draw(k as Expr, n as Expr)
      return [lt(-1e-300, u), lt(u, 1)]
    },
    {
      x: [
        [2147483647, -2147483648, -1],
        [0, -1, 16777216, 2147483647, -2147483648],
      ],
      y: [
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
      ],
    },
  ),
]
