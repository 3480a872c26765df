/**
 * One contraction: products of two arrays summed over shared axes. Axes have letters, as in einsum; a tie is a linear
 * equation between three index letters,
 *
 *   cx x + cy y + co out + offset = 0          a convolution: h - dilation r - stride p + padding = 0
 *
 * The sum is trilinear in (x, y, out), so both pulls are the same primitive with the three roles renamed: matrix
 * products, batched products and convolutions of any rank, stride, padding, dilation and grouping, and their derivatives
 * of every order, are one entry.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type At, divides, fn, guard, idiv, inside, kernel, mod, offset, plus, reduce, type Scalar, times } from '../kernel/index.ts'
import { ill, invalid, type Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { real, type Shape, type Type } from '../syntax/shape.ts'
import { apply, type Entry } from './entry.ts'
import { coefficient, inverse, type Labels, pick, type Reach, type Role, reach, roles, sizesOf, type Tie, thinned } from './indexTies.ts'
import { boxAlong, pad, slice } from './window.ts'

export type { Labels, Tie } from './indexTies.ts'

const typed = (a: Labels, x: Type, y: Type): E.Either<Problem, readonly Type[]> => {
  const found = [x.dtype, y.dtype]
  if (found.some((d) => d !== 'real')) return ill({ _tag: 'ElementType', expected: ['real', 'real'], found })
  if (a.x.length !== x.shape.length) return ill({ _tag: 'RankMismatch', expected: a.x.length, shape: x.shape })
  if (a.y.length !== y.shape.length) return ill({ _tag: 'RankMismatch', expected: a.y.length, shape: y.shape })
  const clash = [...a.y].find((l, d) => a.x.includes(l) && x.shape[a.x.indexOf(l)] !== y.shape[d])
  if (clash !== undefined) {
    const sizes = [x.shape[a.x.indexOf(clash)] as number, y.shape[a.y.indexOf(clash)] as number] as const
    return ill({ _tag: 'AxisSizes', axis: clash, sizes, shapes: [x.shape, y.shape] })
  }
  const everywhere = [...a.x, ...a.y, ...a.out, ...a.ties.flatMap((t) => [t.x, t.y, t.out])]
  const lonely = everywhere.find((l) => everywhere.filter((m) => m === l).length < 2)
  const twice = [a.x, a.y, a.out].find((letters) => new Set(letters).size < letters.length)
  return lonely !== undefined ? invalid('labels', `name the axis ${lonely} once only: sum it first`)
    : twice !== undefined ? invalid('labels', `name an axis twice in '${twice}': take the diagonal first`)
    : E.right([{ dtype: 'real', shape: pick(a.out, sizesOf(a, x.shape, y.shape)) }])
}
/** x and out exchanged: the contraction that pulls a cotangent back to x. */
const towardsX = (a: Labels, x: Shape): Labels => ({
  x: a.out, y: a.y, out: a.x,
  ties: a.ties.map((t) => ({ ...t, x: t.out, out: t.x, cx: t.co, co: t.cx, size: x[a.x.indexOf(t.x)] as number })),
})
const towardsY = (a: Labels, y: Shape): Labels => ({
  x: a.x, y: a.out, out: a.y,
  ties: a.ties.map((t) => ({ ...t, y: t.out, out: t.y, cy: t.co, co: t.cy, size: y[a.y.indexOf(t.y)] as number })),
})

/** How one tie is met: a loop over one of its two summed letters, the other solved for. */
interface Met {
  readonly loop: string
  readonly free: string
  readonly cl: number
  readonly cf: number
  /** Only loop values in one residue class modulo `step` can satisfy the equation; only those are run over. */
  readonly step: number
  readonly tie: Tie
}
const trips = ({ loop, step }: Met, sizes: ReadonlyMap<string, number>): number => Math.ceil((sizes.get(loop) as number) / step)
/** The letter of fewer turns is looped over. With a stride m > 1 in the other's coefficient, prime to its own, one loop value in m fits. */
const plan = (t: Tie, sizes: ReadonlyMap<string, number>): Met => {
  const over = (loop: string, free: string, cl: number, cf: number): Met => ({ loop, free, cl, cf, step: inverse(cl, Math.abs(cf)) === undefined ? 1 : Math.abs(cf), tie: t })
  const x = over(t.x, t.y, t.cx, t.cy), y = over(t.y, t.x, t.cy, t.cx)
  return trips(x, sizes) < trips(y, sizes) ? x : y
}
/** The loop letter and the solved letter from the loop's counter, with the tests that they point inside. */
const meet = (m: Met, out: Scalar, counter: Scalar, sizes: ReadonlyMap<string, number>): { readonly loop: Scalar; readonly free: Scalar; readonly tests: readonly Scalar[] } => {
  const rest = offset(times(out, m.tie.co), m.tie.offset), sign = m.cf > 0 ? -1 : 1, by = Math.abs(m.cf)
  const loop = m.step === 1 ? counter : plus(mod(times(rest, -(inverse(m.cl, by) as number)), m.step), times(counter, m.step))
  const numerator = plus(times(loop, sign * m.cl), times(rest, sign)), free = idiv(numerator, by)
  const exact = m.step === by ? [] : divides(by, numerator)
  return { loop, free, tests: [...inside(loop, sizes.get(m.loop) as number), ...inside(free, sizes.get(m.free) as number), ...exact] }
}

export const contractEntry: Entry<Labels, [0, 0]> = {
  name: 'contract', latex: '\\sum $0\\, $1', sentence: { en: 'sums products over shared axes', fr: 'additionne des produits sur des axes communs' }, algebra: {},
  examples: [
    { attrs: { x: 'bij', y: 'bjk', out: 'kbi', ties: [] }, args: [real(2, 2, 3), real(2, 3, 2)] },
    { attrs: { x: 'nch', y: 'ocr', out: 'nop', ties: [{ x: 'h', y: 'r', out: 'p', cx: 1, cy: -2, co: -2, offset: 1, size: 2 }] }, args: [real(2, 2, 6), real(2, 2, 3)] },
    { attrs: { x: 'nch', y: 'ocr', out: 'nop', ties: [{ x: 'h', y: 'r', out: 'p', cx: 1, cy: -1, co: -3, offset: 1, size: 4 }] }, args: [real(1, 1, 11), real(1, 1, 3)] },
    { attrs: { x: 'nch', y: 'ocr', out: 'nop', ties: [{ x: 'h', y: 'r', out: 'p', cx: 1, cy: -1, co: -3, offset: 1, size: 3 }] }, args: [real(1, 2, 8), real(1, 2, 4)] },
    { attrs: { x: 'nch', y: 'ocr', out: 'nop', ties: [{ x: 'h', y: 'r', out: 'p', cx: 2, cy: 1, co: -1, offset: 0, size: 5 }] }, args: [real(1, 1, 3), real(2, 1, 2)] },
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
  meaning: (a, [x, y]) => kernel((i) => {
    const sizes = sizesOf(a, x.type.shape, y.type.shape), tied = a.ties.flatMap((t) => [t.x, t.y])
    const summed = [...new Set(a.x + a.y)].filter((l) => !a.out.includes(l) && !tied.includes(l))
    const met = a.ties.map((t) => plan(t, sizes))
    return reduce('add', [...pick(summed.join(''), sizes), ...met.map((m) => trips(m, sizes))], (k) => {
      const known = new Map<string, Scalar>([...[...a.out].map((l, d) => [l, i[d] as Scalar] as const), ...summed.map((l, d) => [l, k[d] as Scalar] as const)])
      const tests = met.flatMap((m, d) => {
        const at = meet(m, known.get(m.tie.out) as Scalar, k[summed.length + d] as Scalar, sizes)
        known.set(m.loop, at.loop)
        known.set(m.free, at.free)
        return at.tests
      })
      const read = (letters: string): At => [...letters].map((l) => known.get(l) as Scalar)
      return guard(tests, fn('mul', x.at(read(a.x)), y.at(read(a.y))))
    })
  }),
}
/** Letters are any characters; vmap takes one that is not in use. */
const letterNotIn = (a: Labels): string => {
  const used = a.x + a.y + a.out + a.ties.map((t) => t.x + t.y + t.out).join('')
  for (let code = 'A'.charCodeAt(0); ; code++) if (!used.includes(String.fromCharCode(code))) return String.fromCharCode(code)
}

// -- what a tie cannot reach -------------------------------------------------------------------------------------------

const boxOf = (shape: Shape, axis: number, { start, stride, count }: Reach) => boxAlong(shape, axis, start, count, stride)
interface Operands { readonly labels: Labels; readonly x: Expr; readonly y: Expr; readonly finish: (out: Expr) => Expr }
/**
 * A dilation and a stride with a common factor, or a filter of one element, use one position in g only; windows may leave
 * the end of an axis over. So no work is done, and no zero is computed, for what a tie cannot reach: the gradient of a
 * strided convolution costs what the convolution does.
 */
const narrow = (o: Operands, tie: number, role: Role): Operands => {
  const { labels: a, x, y } = o, t = a.ties[tie] as Tie, letter = t[role], sizes = sizesOf(a, shapeOf(x), shapeOf(y)), n = sizes.get(letter) as number
  const places = [...a.x, ...a.y, ...a.out, ...a.ties.flatMap((s) => [s.x, s.y, s.out])].filter((l) => l === letter).length
  if (Math.abs(coefficient(t, role)) !== 1 || places !== 2) return o
  const found = reach(t, role, sizes)
  if (found.count < 1 || found.count === n) return o
  const labels = { ...a, ties: a.ties.map((s, k) => (k === tie ? thinned(t, role, found, sizes) : s)) }, axis = a[role].indexOf(letter)
  const thin = (e: Expr): Expr => slice(boxOf(shapeOf(e), axis, found))(e)
  const fill = (e: Expr): Expr => o.finish(pad({ ...boxOf(shapeOf(e), axis, found), shape: shapeOf(e).map((m, d) => (d === axis ? n : m)) })(e))
  return { labels, x: role === 'x' ? thin(x) : x, y: role === 'y' ? thin(y) : y, finish: role === 'out' ? fill : o.finish }
}
/** The low-level form; matmul, einsum and conv of operations/ read better. */
export const contract = (a: Labels) => (x: Expr, y: Expr): Expr => {
  if (a.ties.length === 0 || E.isLeft(typed(a, x.type, y.type))) return apply(contractEntry, a, x, y)
  const places = a.ties.flatMap((_, k) => roles.map((role) => [k, role] as const))
  const o = places.reduce<Operands>((rest, [k, role]) => narrow(rest, k, role), { labels: a, x, y, finish: (e) => e })
  return o.finish(apply(contractEntry, o.labels, o.x, o.y))
}

export const contractions: readonly Entry[] = [contractEntry]
