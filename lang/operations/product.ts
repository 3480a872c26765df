/**
 * Products of arrays, all through the one primitive `contract`: axes get letters, and shared letters are summed. An
 * axis of size 1 that broadcasts has no letter, so that no number is repeated and the pull sums by itself.
 */

import { contract } from '../primitives/contraction.ts'
import { add, mul, sub } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, broadcastShapes, type Shape, sameShape, sizeOf } from '../syntax/shape.ts'
import type { Appended, Fits, FitsMatmul, Gradual, Joined, Matmul, Mul, Permuted, Reduced } from '../types/index.ts'
import { axesProblem, axisProblem, derived, notReal, sizeAt, wrong } from './derived.ts'
import { roll } from './slicing.ts'

/** An array with a letter for every axis. */
export type Lettered = readonly [letters: string, x: Expr]
/**
 * `count` letters, from `first` on, also beyond z. A matrix has rows i, columns j and summed letters k here; the axes in
 * front of it begin at l, so that they meet none of these at any rank.
 */
export const lettersFrom = (first: string, count: number): string =>
  Array.from({ length: count }, (_, k) => String.fromCharCode(first.charCodeAt(0) + k)).join('')
/** The product, summed over the letters that are not in `out`. */
export const product = ([a, x]: Lettered, [b, y]: Lettered, out: string): Expr =>
  contract({ x: a, y: b, out, ties: [] })(x, y)

/** x without the axes of size 1 that broadcast. The last axes, those of `inner`, stay. */
const fronted = (x: Expr, inner: string, front: Shape, letters: string): Lettered => {
  const shape = shapeOf(x)
  const own = shape.slice(0, shape.length - inner.length)
  const lead = front.length - own.length
  const kept = own.flatMap((n, d) => (n === front[d + lead] ? [d] : []))
  const rest = shape.slice(own.length)
  return [kept.map((d) => letters[d + lead]).join('') + inner, reshape([...kept.map((d) => nth(own, d)), ...rest])(x)]
}
const sizesDiffer = (axis: string, x: Expr, y: Expr, i: number, j: number): Problem => ({
  _tag: 'AxisSizes',
  axis,
  sizes: [sizeAt(x, i), sizeAt(y, j)],
  shapes: [shapeOf(x), shapeOf(y)],
})

const multiply = (x: Expr, y: Expr): Expr => {
  const [m, n] = [rankOf(x), rankOf(y)]
  const [before, behind] = [shapeOf(x).slice(0, -2), shapeOf(y).slice(0, -2)]
  const front = broadcastShapes(before, behind)
  const inner = n === 1 ? -1 : -2
  const problem: Problem | undefined =
    m === 0 || n === 0
      ? { _tag: 'RankMismatch', expected: 1, shape: [] }
      : shapeOf(x).at(-1) !== shapeOf(y).at(inner)
        ? sizesDiffer('k', x, y, -1, inner)
        : front === undefined
          ? { _tag: 'ShapeMismatch', shapes: [before, behind] }
          : undefined
  return derived('matmul', [x, y], problem, () => {
    const leading = front ?? [] // where it is undefined there is a problem
    const letters = lettersFrom('l', leading.length)
    const [rows, columns] = [m === 1 ? '' : 'i', n === 1 ? '' : 'j']
    const a = fronted(x, `${rows}k`, leading, letters)
    const b = fronted(y, `k${columns}`, leading, letters)
    return product(a, b, letters + rows + columns)
  })
}
/**
 * The matrix product, as numpy's matmul: a vector is a row on the left and a column on the right, and axes in front of
 * the matrices broadcast.
 *
 * Shape:   [..., m, k], [..., k, n] -> [..., m, n]      [k], [k] -> []
 * Law:     matmul(matmul(x, y), z) = matmul(x, matmul(y, z))
 * Errors:  AxisSizes, ShapeMismatch, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow([real(2, 2), real(2)], ([w, x]) => matmul(w, x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 1)]) // => [[3, 7]]
 */
export const matmul = operation(
  'matmul(x, y)',
  <A extends Shape, B extends Shape>(
    x: Expr<A, 'real'>,
    y: Expr<B, 'real'> & FitsMatmul<A, B>,
  ): Expr<Matmul<A, B>, 'real'> => multiply(x, y),
)

/** Every product of an element of x and one of y. Shape: [...A], [...B] -> [...A, ...B]. Errors: ElementType */
export const outer = operation(
  'outer(x, y)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Appended<A, B>, 'real'> => {
    const all = lettersFrom('a', rankOf(x) + rankOf(y))
    return product([all.slice(0, rankOf(x)), x], [all.slice(rankOf(x)), y], all)
  },
)

/**
 * The inner product of two arrays of one shape.
 *
 * Shape:   [...], [...] -> []
 * Law:     dot(x, y) = sum()(mul(x, y))
 * Errors:  ShapeMismatch, ElementType
 */
export const dot = operation(
  'dot(x, y)',
  <S extends Shape>(x: Expr<S, 'real'>, y: Expr<NoInfer<S>, 'real'>): Expr<readonly [], 'real'> => {
    const a: Expr = x
    const b: Expr = y
    const problem: Problem | undefined = sameShape(shapeOf(a), shapeOf(b))
      ? undefined
      : { _tag: 'ShapeMismatch', shapes: [shapeOf(a), shapeOf(b)] }
    const letters = lettersFrom('a', rankOf(a))
    return derived('dot', [a, b], problem, () => product([letters, a], [letters, b], ''))
  },
)

type Swapped<W extends Shape> = Permuted<W, readonly [1, 0]>
type Row<W extends Shape> = W extends readonly [infer O extends number, number] ? readonly [O] : readonly [number]
/**
 * An affine map of the last axis, x W^T + b, with the weights as [out, in] and an optional bias.
 *
 * Shape:   [..., in], [out, in], [out]? -> [..., out]
 * Errors:  AxisSizes, RankMismatch
 */
export const linear = operation(
  'linear(x, w, b?)',
  <X extends Shape, W extends Shape>(
    x: Expr<X, 'real'>,
    w: Expr<W, 'real'> & FitsMatmul<X, Swapped<W>>,
    b?: Expr<Row<NoInfer<W>>, 'real'>,
  ): Expr<Matmul<X, Swapped<W>>, 'real'> => {
    const e: Expr = x
    const u: Expr = w
    const problem: Problem | undefined =
      rankOf(u) !== 2
        ? { _tag: 'RankMismatch', expected: 2, shape: shapeOf(u) }
        : rankOf(e) === 0
          ? { _tag: 'RankMismatch', expected: 1, shape: [] }
          : shapeOf(e).at(-1) !== shapeOf(u)[1]
            ? sizesDiffer('in', e, u, -1, 1)
            : undefined
    return derived('linear', [e, u], problem, () => {
      const front = lettersFrom('l', rankOf(e) - 1)
      const y = product([`${front}k`, e], ['jk', u], `${front}j`)
      return b === undefined ? y : add(y, b)
    })
  },
)

type Kron<A extends Shape, B extends Shape> = [number] extends [A['length'] | B['length']]
  ? Gradual
  : A extends readonly [...infer F extends Shape, infer N extends number]
    ? B extends readonly [...infer G extends Shape, infer M extends number]
      ? readonly [...Kron<F, G>, number extends N | M ? number : Mul<N, M>]
      : A
    : B
/**
 * The Kronecker product: every element of x times the whole of y, as blocks. The shape with fewer axes gets axes of size 1
 * in front.
 *
 * Shape:   [m, n], [p, q] -> [m p, n q]
 * Law:     matmul(kron(a, b), kron(c, d)) = kron(matmul(a, c), matmul(b, d))
 * Errors:  ElementType
 *
 * @example
 * const f = programOrThrow([real(2), real(2)], ([x, y]) => kron(x, y))
 * evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]) // => [[3, 4, 6, 8]]
 */
export const kron = operation(
  'kron(x, y)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Kron<A, B>, 'real'> => {
    const args: readonly [Expr, Expr] = [x, y]
    return derived('kron', args, notReal(...args), () => {
      const rank = Math.max(rankOf(x), rankOf(y))
      const [a, b] = args.map((e) => reshape([...Array.from({ length: rank - rankOf(e) }, () => 1), ...shapeOf(e)])(e))
      const [left, right] = [lettersFrom('a', rank), lettersFrom(String.fromCharCode(97 + rank), rank)]
      const pairs = [...left].map((l, d) => l + right[d]).join('')
      const [m, n] = [shapeOf(a as Expr), shapeOf(b as Expr)]
      return reshape(m.map((k, d) => k * nth(n, d)))(product([left, a as Expr], [right, b as Expr], pairs))
    })
  },
)
/**
 * The cross product of vectors of three numbers along an axis, the last by default. The other axes broadcast.
 *
 * Shape:   [..., 3], [..., 3] -> [..., 3]
 * Law:     cross()(x, y) is orthogonal to x and y
 * Errors:  AxisSizes, ShapeMismatch, AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow([real(3), real(3)], ([x, y]) => cross()(x, y))
 * evaluate(f.closed, [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)]) // => [[0, 0, 1]]
 */
export const cross = operation(
  'cross(axis?)(x, y)',
  (axis = -1) =>
    <A extends Shape, B extends Shape>(
      x: Expr<A, 'real'>,
      y: Expr<B, 'real'> & Fits<A, B>,
    ): Expr<Joined<A, B>, 'real'> => {
      const args: readonly [Expr, Expr] = [x, y]
      const problem =
        notReal(...args) ??
        args.flatMap((e) => axisProblem(axis, rankOf(e)) ?? [])[0] ??
        (args.every((e) => sizeAt(e, axisOf(axis, rankOf(e))) === 3)
          ? undefined
          : wrong('axis', `needs 3 numbers; the shapes are [${shapeOf(x)}] and [${shapeOf(y)}]`)) ??
        (broadcastShapes(shapeOf(x), shapeOf(y)) === undefined
          ? ({ _tag: 'ShapeMismatch', shapes: [shapeOf(x), shapeOf(y)] } as const)
          : undefined)
      return derived('cross', args, problem, () => {
        const [a, b] = [1, 2].map((k) => args.map((e) => roll(-k, axis)(e) as Expr)) as [Expr[], Expr[]]
        return sub(mul(nth(a, 0), nth(b, 1)), mul(nth(b, 0), nth(a, 1)))
      })
    },
)

type Chain<X extends readonly Expr[]> = X extends readonly [Expr<infer A, 'real'>, ...infer R extends readonly Expr[]]
  ? R extends readonly []
    ? A
    : R extends readonly [Expr<infer B, 'real'>, ...infer Q extends readonly Expr[]]
      ? Chain<readonly [Expr<Matmul<A, B>, 'real'>, ...Q]>
      : Gradual
  : Gradual
/** The numbers of rows and columns of a chain: n_0, n_1, ..., where factor k is n_k x n_(k+1). */
const cheapest = (sizes: readonly number[]): ((from: number, to: number) => number) => {
  const costs = new Map<string, { readonly cost: number; readonly at: number }>()
  const best = (i: number, j: number): { readonly cost: number; readonly at: number } => {
    const known = costs.get(`${i} ${j}`)
    if (known !== undefined) return known
    const all = Array.from({ length: j - i }, (_, d) => {
      const k = i + d
      const product = nth(sizes, i) * nth(sizes, k + 1) * nth(sizes, j + 1)
      return { cost: best(i, k).cost + best(k + 1, j).cost + product, at: k }
    })
    const found = all.reduce((a, b) => (b.cost < a.cost ? b : a), i === j ? { cost: 0, at: i } : nth(all, 0))
    costs.set(`${i} ${j}`, found)
    return found
  }
  return (i, j) => best(i, j).at
}
/**
 * The product of a list of matrices, in the order that costs the fewest multiplications. The first may be a row and the
 * last a column, as vectors.
 *
 * Shape:   [a, b], [b, c], ..., [y, z] -> [a, z]
 * Law:     multiDot([x, y, z]) = matmul(x, matmul(y, z))
 * Errors:  as matmul; RankMismatch for more axes
 */
export const multiDot = operation(
  'multiDot(arrays)',
  <const X extends readonly [Expr, ...Expr[]]>(xs: X): Expr<Chain<X>, 'real'> => {
    const all: readonly Expr[] = xs
    const last = all.length - 1
    const other = all.find((e, k) => rankOf(e) !== 2 && !(rankOf(e) === 1 && (k === 0 || k === last)))
    const problem: Problem | undefined = other && { _tag: 'RankMismatch', expected: 2, shape: shapeOf(other) }
    return derived('multiDot', all, problem, () => {
      const first = nth(all, 0)
      const rows = all.map((e, k) => (k === 0 && rankOf(e) === 1 ? 1 : sizeAt(e, 0)))
      const split = cheapest([...rows, rankOf(nth(all, last)) === 1 ? 1 : sizeAt(nth(all, last), -1)])
      const join = (i: number, j: number): Expr => {
        const k = split(i, j)
        return i === j ? nth(all, i) : multiply(join(i, k), join(k + 1, j))
      }
      return last === 0 ? first : join(0, last)
    })
  },
)

/** How many axes, or which of each. */
type AxisPairs = number | readonly [x: Shape, y: Shape]
/** N axes of any size. */
type Anonymous<N extends number, T extends Shape = readonly []> = `${N}` extends `${'-' | ''}${bigint}`
  ? `${N}` extends `-${string}`
    ? Shape
    : T['length'] extends N
      ? T
      : Anonymous<N, readonly [...T, number]>
  : Shape
type Tensordot<A extends Shape, B extends Shape, P extends AxisPairs> = number extends A['length'] | B['length'] | P
  ? Gradual
  : P extends number
    ? A extends readonly [...infer Front extends Shape, ...Anonymous<P>]
      ? B extends readonly [...Anonymous<P>, ...infer Behind extends Shape]
        ? readonly [...Front, ...Behind]
        : Gradual
      : Gradual
    : P extends readonly [infer I extends Shape, infer J extends Shape]
      ? Appended<Reduced<A, I>, Reduced<B, J>>
      : Gradual
const pairsOf = (axes: AxisPairs, x: Expr, y: Expr): readonly [Shape, Shape] => {
  if (typeof axes !== 'number')
    return [axes[0].map((d) => axisOf(d, rankOf(x))), axes[1].map((d) => axisOf(d, rankOf(y)))]
  const summed = axesOf(axes)
  return [summed.map((k) => rankOf(x) - axes + k), summed]
}
const pairsProblem = ([i, j]: readonly [Shape, Shape], x: Expr, y: Expr): Problem | undefined => {
  if (i.length !== j.length) return wrong('axes', `name ${i.length} of x and ${j.length} of y`)
  const k = i.findIndex((d, n) => shapeOf(x)[d] !== shapeOf(y)[nth(j, n)])
  return (
    axesProblem(i, rankOf(x)) ??
    axesProblem(j, rankOf(y)) ??
    (k < 0 ? undefined : sizesDiffer(`${nth(i, k)}`, x, y, nth(i, k), nth(j, k)))
  )
}
/**
 * Sums products over pairs of axes: the last n of x with the first n of y, or the axes of two lists. Default: 2
 *
 * Shape:   [...A, ...K], [...K, ...B] -> [...A, ...B]
 * Errors:  AxisSizes, AxisOutOfRange, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(2, 3, 4), real(4, 3)], ([x, y]) => tensordot([[1, 2], [1, 0]])(x, y))
 * f.out.shape // => [2]
 */
export const tensordot = operation(
  'tensordot(axes?)(x: real, y: real)',
  <const P extends AxisPairs = 2>(axes?: P) =>
    <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Tensordot<A, B, P>, 'real'> => {
      const [a, b]: readonly [Expr, Expr] = [x, y]
      const asked: AxisPairs = axes ?? 2
      const isCount = typeof asked !== 'number' || (Number.isInteger(asked) && asked >= 0)
      const pairs = isCount ? pairsOf(asked, a, b) : ([[], []] as const)
      const problem = isCount ? pairsProblem(pairs, a, b) : wrong('axes', 'must be a number of axes, or two lists')
      return derived('tensordot', [a, b], problem, () => {
        const [i, j] = pairs
        const own = lettersFrom('a', rankOf(a) + rankOf(b))
        const right = [...own.slice(rankOf(a))].map((l, d) => (j.includes(d) ? own[nth(i, j.indexOf(d))] : l)).join('')
        const left = own.slice(0, rankOf(a))
        const out =
          [...left].filter((_, d) => !i.includes(d)).join('') + [...right].filter((_, d) => !j.includes(d)).join('')
        return product([left, a], [right, b], out)
      })
    },
)
type ButLast<S extends Shape> = S extends readonly [...infer F extends Shape, number] ? F : readonly []
type Inner<A extends Shape, B extends Shape> = number extends A['length'] | B['length']
  ? Gradual
  : A extends readonly []
    ? B
    : B extends readonly []
      ? A
      : Appended<ButLast<A>, ButLast<B>>
/**
 * Sums products over the last axes of x and y; a number multiplies (numpy.inner).
 *
 * Shape:   [...A, k], [...B, k] -> [...A, ...B]
 * Errors:  AxisSizes, ElementType
 */
export const inner = operation(
  'inner(x: real, y: real)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<Inner<A, B>, 'real'> => {
    const [a, b]: readonly [Expr, Expr] = [x, y]
    if (rankOf(a) === 0 || rankOf(b) === 0) return mul(a, b)
    const pairs = [[rankOf(a) - 1], [rankOf(b) - 1]] as const
    return derived('inner', [a, b], pairsProblem(pairs, a, b), () => tensordot(pairs)(a, b) as Expr)
  },
)
/**
 * The inner product of all numbers of x and y, which may have different shapes (numpy.vdot). Shape: [...], [...] -> []
 *
 * Errors:  SizeMismatch, ElementType
 */
export const vdot = operation(
  'vdot(x: real, y: real)',
  <A extends Shape, B extends Shape>(x: Expr<A, 'real'>, y: Expr<B, 'real'>): Expr<readonly [], 'real'> => {
    const [a, b]: readonly [Expr, Expr] = [x, y]
    const problem: Problem | undefined =
      sizeOf(shapeOf(a)) === sizeOf(shapeOf(b)) ? undefined : { _tag: 'SizeMismatch', from: shapeOf(a), to: shapeOf(b) }
    return derived('vdot', [a, b], problem, () => {
      const flat = reshape([sizeOf(shapeOf(a))])
      return product(['k', flat(a)], ['k', flat(b)], '')
    })
  },
)
