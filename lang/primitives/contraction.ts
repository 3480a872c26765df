/**
 * One contraction: products of two arrays, summed over shared axes. Axes have letters, as in einsum. A tie is a linear
 * equation between three index letters:
 *
 *   cx x + cy y + co out + offset = 0          a convolution: h - dilation r - stride p + padding = 0
 *
 * The sum is trilinear in (x, y, out), so both pulls are the same primitive with the three roles exchanged. One entry
 * has matrix products, batched products, convolutions of any rank, stride, padding, dilation and grouping, and all
 * their derivatives of every order.
 */
import * as E from 'fp-ts/lib/Either.js'
import {
  type At,
  divides,
  fn,
  guard,
  idiv,
  inside,
  kernel,
  mod,
  offset,
  plus,
  reduce,
  type Scalar,
  times,
} from '../kernel/index.ts'
import { ill, invalid, type Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { isSize, real, type Shape, type Type } from '../syntax/shape.ts'
import { apply, type Entry } from './entry.ts'
import {
  coefficient,
  inverse,
  type Labels,
  pick,
  type Reach,
  type Role,
  reach,
  roles,
  sizesOf,
  type Tie,
  thinned,
} from './indexTies.ts'
import { item, valueAt } from './item.ts'
import { boxAlong, pad, slice } from './window.ts'

export type { Tie } from './indexTies.ts'

/** Every letter, as often as it is named. */
const lettersOf = (a: Labels): readonly string[] => [
  ...a.x,
  ...a.y,
  ...a.out,
  ...a.ties.flatMap((t) => [t.x, t.y, t.out]),
]

const typed = (a: Labels, x: Type, y: Type): E.Either<Problem, readonly Type[]> => {
  const found = [x.dtype, y.dtype]
  if (found.some((d) => d !== 'real')) return ill({ _tag: 'ElementType', expected: ['real', 'real'], found })
  if (a.x.length !== x.shape.length) return ill({ _tag: 'RankMismatch', expected: a.x.length, shape: x.shape })
  if (a.y.length !== y.shape.length) return ill({ _tag: 'RankMismatch', expected: a.y.length, shape: y.shape })
  const clash = [...a.y].find((l, d) => a.x.includes(l) && x.shape[a.x.indexOf(l)] !== y.shape[d])
  if (clash !== undefined) {
    const sizes = [item(x.shape, a.x.indexOf(clash)), item(y.shape, a.y.indexOf(clash))] as const
    return ill({ _tag: 'AxisSizes', axis: clash, sizes, shapes: [x.shape, y.shape] })
  }
  const everywhere = lettersOf(a)
  const lonely = everywhere.find((l) => everywhere.filter((m) => m === l).length < 2)
  const twice = [a.x, a.y, a.out].find((letters) => new Set(letters).size < letters.length)
  if (lonely !== undefined) return invalid('labels', `name the axis ${lonely} once only: sum it first`)
  if (twice !== undefined) return invalid('labels', `name an axis twice in '${twice}': take the diagonal first`)
  const sizes = sizesOf(a, x.shape, y.shape)
  if (!a.ties.every((t) => isTie(t, sizes)))
    return invalid('ties', 'need whole numbers within int32, and coefficients other than 0')
  return E.right([{ dtype: 'real', shape: pick(a.out, sizes) }])
}
/** Whether a tie is an equation between indices that an int32 holds. */
const isTie = (t: Tie, sizes: ReadonlyMap<string, number>): boolean => {
  const terms = [
    [t.cx, t.x],
    [t.cy, t.y],
    [t.co, t.out],
  ] as const
  const reach = terms.reduce((n, [c, letter]) => n + Math.abs(c) * valueAt(sizes, letter), Math.abs(t.offset))
  return (
    isSize(t.size) &&
    isSize(reach) &&
    terms.every(([c]) => Number.isInteger(c) && c !== 0) &&
    Number.isInteger(t.offset)
  )
}
/** The contraction that pulls a cotangent back to x: x and out exchanged. */
const towardsX = (a: Labels, x: Shape): Labels => ({
  x: a.out,
  y: a.y,
  out: a.x,
  ties: a.ties.map((t) => ({ ...t, x: t.out, out: t.x, cx: t.co, co: t.cx, size: item(x, a.x.indexOf(t.x)) })),
})
/** The one that pulls it back to y: y and out exchanged. */
const towardsY = (a: Labels, y: Shape): Labels => ({
  x: a.x,
  y: a.out,
  out: a.y,
  ties: a.ties.map((t) => ({ ...t, y: t.out, out: t.y, cy: t.co, co: t.cy, size: item(y, a.y.indexOf(t.y)) })),
})

/**
 * How the sum obeys a tie: a loop over one of its two summed letters; the other, `free`, is computed from the
 * equation.
 */
interface TieLoop {
  readonly loop: string
  readonly free: string
  readonly cl: number
  readonly cf: number
  /** Only loop values in one residue class modulo `step` can satisfy the equation: the loop takes only those. */
  readonly step: number
  readonly tie: Tie
}
const trips = ({ loop, step }: TieLoop, sizes: ReadonlyMap<string, number>): number =>
  Math.ceil(valueAt(sizes, loop) / step)
/**
 * The loop runs over the letter with fewer values. If the other's coefficient is m > 1 in size, prime to the loop
 * letter's, one loop value in m satisfies the equation.
 */
const loopOf = (t: Tie, sizes: ReadonlyMap<string, number>): TieLoop => {
  const over = (loop: string, free: string, cl: number, cf: number): TieLoop => {
    const by = Math.abs(cf)
    return { loop, free, cl, cf, step: inverse(cl, by) === undefined ? 1 : by, tie: t }
  }
  const x = over(t.x, t.y, t.cx, t.cy)
  const y = over(t.y, t.x, t.cy, t.cx)
  return trips(x, sizes) < trips(y, sizes) ? x : y
}
/** The values of both letters, and the tests that they are whole and inside their axes. */
interface Solved {
  readonly loop: Scalar
  readonly free: Scalar
  readonly tests: readonly Scalar[]
}
/** cl loop + cf free + co out + offset = 0, solved for `free`, where `loop` comes from the loop's counter. */
const solve = (m: TieLoop, out: Scalar, counter: Scalar, sizes: ReadonlyMap<string, number>): Solved => {
  const rest = offset(times(out, m.tie.co), m.tie.offset)
  const sign = m.cf > 0 ? -1 : 1
  const by = Math.abs(m.cf)
  const residue = inverse(m.cl, by) ?? 0 // it exists where step > 1
  const loop = m.step === 1 ? counter : plus(mod(times(rest, -residue), m.step), times(counter, m.step))
  const numerator = plus(times(loop, sign * m.cl), times(rest, sign))
  const free = idiv(numerator, by)
  const exact = m.step === by ? [] : divides(by, numerator)
  const within = (s: Scalar, letter: string): readonly Scalar[] => inside(s, valueAt(sizes, letter))
  return { loop, free, tests: [...within(loop, m.loop), ...within(free, m.free), ...exact] }
}

/** A convolution of images [n, c, h] with filters [o, c, r] along one axis, for the examples. */
const convolution = (tie: Omit<Tie, 'x' | 'y' | 'out'>): Labels => ({
  x: 'nch',
  y: 'ocr',
  out: 'nop',
  ties: [{ x: 'h', y: 'r', out: 'p', ...tie }],
})

export const contractEntry: Entry<Labels, [0, 0], 'contract'> = {
  name: 'contract',
  sentence: 'sums products over shared axes',
  latex: '\\sum $0\\, $1',
  algebra: {},
  examples: [
    { attrs: { x: 'bij', y: 'bjk', out: 'kbi', ties: [] }, args: [real(2, 2, 3), real(2, 3, 2)] },
    { attrs: convolution({ cx: 1, cy: -2, co: -2, offset: 1, size: 2 }), args: [real(2, 2, 6), real(2, 2, 3)] },
    { attrs: convolution({ cx: 1, cy: -1, co: -3, offset: 1, size: 4 }), args: [real(1, 1, 11), real(1, 1, 3)] },
    { attrs: convolution({ cx: 1, cy: -1, co: -3, offset: 1, size: 3 }), args: [real(1, 2, 8), real(1, 2, 4)] },
    { attrs: convolution({ cx: 2, cy: 1, co: -1, offset: 0, size: 5 }), args: [real(1, 1, 3), real(2, 1, 2)] },
  ],
  type: (a, [x, y]) => typed(a, x, y),
  derivative: (a, [x, y]) => [
    { push: (t) => contract(a)(t, y), pull: (ct) => contract(towardsX(a, shapeOf(x)))(ct, y) },
    { push: (t) => contract(a)(x, t), pull: (ct) => contract(towardsY(a, shapeOf(y)))(x, ct) },
  ],
  batch: {
    rule: (a, [x, y], [bx, by]) => {
      const fresh = letterNotIn(a)
      const labels = { ...a, x: bx ? fresh + a.x : a.x, y: by ? fresh + a.y : a.y, out: fresh + a.out }
      return { outs: [contract(labels)(x, y)], batched: [true] }
    },
  },
  meaning: (a, [x, y]) =>
    kernel((i) => {
      const sizes = sizesOf(a, x.type.shape, y.type.shape)
      const tied = a.ties.flatMap((t) => [t.x, t.y])
      const summed = [...new Set(a.x + a.y)].filter((l) => !a.out.includes(l) && !tied.includes(l))
      const loops = a.ties.map((t) => loopOf(t, sizes))
      return reduce('add', [...pick(summed.join(''), sizes), ...loops.map((m) => trips(m, sizes))], (k) => {
        const known = new Map<string, Scalar>()
        for (const [d, l] of [...a.out].entries()) known.set(l, item(i, d))
        for (const [d, l] of summed.entries()) known.set(l, item(k, d))
        const tests = loops.flatMap((m, d) => {
          const at = solve(m, valueAt(known, m.tie.out), item(k, summed.length + d), sizes)
          known.set(m.loop, at.loop)
          known.set(m.free, at.free)
          return at.tests
        })
        const read = (letters: string): At => [...letters].map((l) => valueAt(known, l))
        return guard(tests, fn('mul', x.at(read(a.x)), y.at(read(a.y))))
      })
    }),
}
/** A letter that is not in use, for the axis that vmap adds: any character will do. */
export const letterNotIn = (a: Labels): string => {
  const used = lettersOf(a)
  for (let code = 'A'.charCodeAt(0); ; code++)
    if (!used.includes(String.fromCharCode(code))) return String.fromCharCode(code)
}

// -- positions that no tie reaches ------------------------------------------------------------------------------------

const boxOf = (shape: Shape, axis: number, { start, stride, count }: Reach) =>
  boxAlong(shape, axis, start, count, stride)
interface Operands {
  readonly labels: Labels
  readonly x: Expr
  readonly y: Expr
  readonly finish: (out: Expr) => Expr
}
/**
 * A tie may leave positions of an axis unread: with a dilation and a stride of common factor g, or a filter of one
 * element, it reads one position in g; and windows may not reach the end of an axis. Those positions are cut out of
 * the arguments, and padded with zeros in the result, so no work is done for them: the gradient of a strided
 * convolution costs what the convolution does.
 */
const narrow = (o: Operands, tie: number, role: Role): Operands => {
  const { labels: a, x, y } = o
  const t = item(a.ties, tie)
  const letter = t[role]
  const sizes = sizesOf(a, shapeOf(x), shapeOf(y))
  const n = valueAt(sizes, letter)
  if (Math.abs(coefficient(t, role)) !== 1 || lettersOf(a).filter((l) => l === letter).length !== 2) return o
  const found = reach(t, role, sizes)
  if (found.count < 1 || found.count === n) return o
  const labels = { ...a, ties: a.ties.map((s, k) => (k === tie ? thinned(t, role, found, sizes) : s)) }
  const axis = a[role].indexOf(letter)
  const thin = (e: Expr): Expr => slice(boxOf(shapeOf(e), axis, found))(e)
  const fill = (e: Expr): Expr => {
    const shape = shapeOf(e).map((m, d) => (d === axis ? n : m))
    return o.finish(pad({ ...boxOf(shapeOf(e), axis, found), shape })(e))
  }
  return {
    labels,
    x: role === 'x' ? thin(x) : x,
    y: role === 'y' ? thin(y) : y,
    finish: role === 'out' ? fill : o.finish,
  }
}
/**
 * Sums products over shared axes. The low-level form: matmul, einsum and conv read better.
 *
 * Errors:  ElementType, RankMismatch, AxisSizes, InvalidAttribute
 */
export const contract = operation('contract(labels)(x, y)', (a: Labels) => (x: Expr, y: Expr): Expr => {
  if (a.ties.length === 0 || E.isLeft(typed(a, x.type, y.type))) return apply(contractEntry, a, x, y)
  const sides = a.ties.flatMap((_, k) => roles.map((role) => [k, role] as const))
  const o = sides.reduce<Operands>((rest, [k, role]) => narrow(rest, k, role), { labels: a, x, y, finish: (e) => e })
  return o.finish(apply(contractEntry, o.labels, o.x, o.y))
})

export const contractions = [contractEntry] as const
