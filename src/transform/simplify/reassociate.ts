/**
 * Laws of real numbers that floats obey up to rounding only. `bind` applies them where the user asks for it. They
 * collect the known arrays k and l around an unknown x, so that these are computed once:
 *
 *   (contract(x, w) - k) * l + m  =  contract(x, w * l) + (m - k * l)
 *
 * A known factor moves through reshapes to a contraction, and into the known array of the two. Known arrays that are
 * repeated along axes are computed before they are repeated.
 */
import { broadcast, broadcastEntry, sum } from '../../../lang/primitives/broadcast.ts'
import { filled, like } from '../../../lang/primitives/constant.ts'
import { contract, contractions } from '../../../lang/primitives/contraction.ts'
import { add, div, exp, mul, sub } from '../../../lang/primitives/elementwise.ts'
import type { Entry } from '../../../lang/primitives/entry.ts'
import type { Labels } from '../../../lang/primitives/indexTies.ts'
import { permute, permuteEntry, reshape, reshapeEntry } from '../../../lang/primitives/reindex.ts'
import { at } from '../../../lang/syntax/closed.ts'
import { argsOf, type Expr, rankOf, shapeOf } from '../../../lang/syntax/expr.ts'
import { noAttrs } from '../../../lang/syntax/plain.ts'
import { axesOf, isReal, type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import {
  any,
  attributes,
  constant,
  constantOf,
  is,
  isExpr,
  law,
  type Match,
  type Operation,
  of,
  type Pattern,
  type Rule,
  x,
} from './rule.ts'

const [contractEntry] = contractions

// -- known factors ----------------------------------------------------------------------------------------------------

/** An array that is `small` repeated: axis d of `small` is axis dims[d] of the whole. */
interface Repeated {
  readonly small: Expr
  readonly dims: Shape
}
const repeatedOf = (k: Expr): Repeated => {
  const value = constantOf(k)
  const n = k.node
  if (value !== undefined) return { small: filled(k.type.dtype, [], value), dims: [] }
  return n._tag === 'Apply' && n.op === broadcastEntry.name
    ? { small: n.args[0] as Expr, dims: n.attrs.dims as Shape }
    : { small: k, dims: axesOf(rankOf(k)) }
}
/** The same with the axes in another place: axis d of `small` becomes axis to[d] of the new whole. */
const placed = (small: Expr, to: Shape, whole: Shape): Expr => {
  const order = [...axesOf(to.length)].sort((a, b) => (to[a] as number) - (to[b] as number))
  return broadcast(whole, at(to, order))(permute(order)(small))
}
/** contract(x, w) * k = contract(x, w * this), if k varies along axes of w only; `letters` are those of w. */
const inWeights = (labels: Labels, letters: string, w: Expr, k: Expr): Expr | undefined => {
  const { small, dims } = repeatedOf(k)
  const to = dims.map((d) => letters.indexOf(labels.out.charAt(d)))
  return to.includes(-1) ? undefined : placed(small, to, shapeOf(w))
}
/** (reshape x) * k = reshape (x * this), if every axis along which k varies is a run of axes of x. */
const inReshaped = (x: Expr, k: Expr): Expr | undefined => {
  const { small, dims } = repeatedOf(k)
  const [from, to] = [shapeOf(k), shapeOf(x)]
  const runs = dims.map((d) => runOf(from, d, to))
  const axes = runs.flatMap((run) => run ?? [])
  return runs.includes(undefined) ? undefined : broadcast(to, axes)(reshape(at(to, axes))(small))
}
/** The axes of shape t that together are axis d of shape s, where both have the same numbers in row-major order. */
const runOf = (s: Shape, d: number, t: Shape): Shape | undefined => {
  const before = sizeOf(s.slice(0, d))
  const after = before * (s[d] as number)
  const sizes = [...t, 1].map((_, j) => sizeOf(t.slice(0, j)))
  const [first, end] = [sizes.lastIndexOf(before), sizes.indexOf(after)]
  if (before === after) return []
  return sizeOf(s) === 0 || first < 0 || end < 0 ? undefined : axesOf(end).slice(first)
}
const inPermuted = (x: Expr, perm: Shape, k: Expr): Expr => {
  const { small, dims } = repeatedOf(k)
  return placed(small, at(perm, dims), shapeOf(x))
}

// -- laws -------------------------------------------------------------------------------------------------------------

/** What the laws must know about expressions. */
interface Facts {
  /** Whether it depends on bound inputs and constants only. */
  readonly known: (e: Expr) => boolean
  /** Whether it is used twice: then it is left as it is, because it would be computed twice. */
  readonly shared: (e: Expr) => boolean
}
type AttrsOf<E> = E extends Entry<infer A, infer _> ? A : never

/** An operation of two arrays, with its sign. */
interface Binary {
  readonly sign: string
  readonly f: { (x: Expr, y: Expr): Expr; readonly entry: Entry }
}
const on = ({ f }: Binary, a: Pattern, b: Pattern): Operation => of(f.entry, noAttrs, a, b)
const [sums, differences, products, quotients]: readonly [Binary, Binary, Binary, Binary] = [
  { sign: '+', f: add },
  { sign: '-', f: sub },
  { sign: '*', f: mul },
  { sign: '/', f: div },
]
const plus = (a: Pattern, b: Pattern): Operation => on(sums, a, b)
const minus = (a: Pattern, b: Pattern): Operation => on(differences, a, b)
const times = (a: Pattern, b: Pattern): Operation => on(products, a, b)
const over = (a: Pattern, b: Pattern): Operation => on(quotients, a, b)

// holes: k, l and w are known, x is not, c is a number
const [k, l, w] = [any(), any(), any()]
const c = constant()
const labels = attributes<Labels>()
const to = attributes<AttrsOf<typeof reshapeEntry>>()
const perm = attributes<AttrsOf<typeof permuteEntry>>()
const spread = attributes<AttrsOf<typeof broadcastEntry>>()

// their values in the tests, where x and y are real[2, 3]
const knowns = [isExpr(k, (e) => exp(e)), isExpr(l, (e) => add(2, mul(e, e)))]

/**
 * x is unknown, k and l are known, and the left argument of the operation is used nowhere else. Integers are left alone:
 * their division truncates.
 */
const collecting = ({ known, shared }: Facts): readonly Rule[] => {
  const where = (m: Match, e: Expr): boolean =>
    isReal(e.type) && known(m(k)) && known(m(l)) && !known(m(x)) && !shared(argsOf(e)[0] as Expr)
  const options = { where, sample: knowns }
  return [
    law('(x + k) + l = x + (k + l)', plus(plus(x, k), l), plus(x, plus(k, l)), options),
    law('(x + k) - l = x + (k - l)', minus(plus(x, k), l), plus(x, minus(k, l)), options),
    law('(x - k) + l = x + (l - k)', plus(minus(x, k), l), plus(x, minus(l, k)), options),
    law('(x - k) - l = x - (k + l)', minus(minus(x, k), l), minus(x, plus(k, l)), options),
    law('(x + k) * l = x * l + k * l', times(plus(x, k), l), plus(times(x, l), times(k, l)), options),
    law('(x - k) * l = x * l - k * l', times(minus(x, k), l), minus(times(x, l), times(k, l)), options),
    law('(x + k) / l = x / l + k / l', over(plus(x, k), l), plus(over(x, l), over(k, l)), options),
    law('(x - k) / l = x / l - k / l', over(minus(x, k), l), minus(over(x, l), over(k, l)), options),
    law('(x * k) * l = x * (k * l)', times(times(x, k), l), times(x, times(k, l)), options),
    law('(x * k) / l = x * (k / l)', over(times(x, k), l), times(x, over(k, l)), options),
    law('(x / k) * l = x * (l / k)', times(over(x, k), l), times(x, over(l, k)), options),
    law('(x / k) / l = x / (k * l)', over(over(x, k), l), over(x, times(k, l)), options),
  ]
}

/** Known arrays stand at the right. */
const ordering = ({ known }: Facts): readonly Rule[] =>
  [sums, products].map((f) =>
    law(`k ${f.sign} x = x ${f.sign} k`, on(f, k, x), on(f, x, k), {
      where: (m) => known(m(k)) && !known(m(x)),
      sample: knowns,
    }),
  )

/** A known array is computed before it is repeated. */
const early = ({ known }: Facts): readonly Rule[] =>
  [sums, differences, products, quotients].flatMap((f) => {
    const { sign } = f
    const repeated = (e: Pattern): Operation => of(broadcastEntry, spread, e)
    const attrs = is(spread, { shape: [4, 2, 3], dims: [1, 2] })
    const number = isExpr(c, () => filled('real', [4, 2, 3], 3))
    return [
      law(
        `broadcast x ${sign} broadcast k = broadcast (x ${sign} k)`,
        on(f, repeated(x), repeated(k)),
        repeated(on(f, x, k)),
        { where: (m) => known(m(x)) && known(m(k)), sample: [attrs, ...knowns] },
      ),
      law(
        `broadcast x ${sign} c = broadcast (x ${sign} c)`,
        on(f, repeated(x), c),
        (m) => broadcast(m(spread).shape, m(spread).dims)(f.f(m(x), like(m(x), m(c)))),
        { where: (m) => known(m(x)), sample: [attrs, number] },
      ),
      law(
        `c ${sign} broadcast x = broadcast (c ${sign} x)`,
        on(f, c, repeated(x)),
        (m) => broadcast(m(spread).shape, m(spread).dims)(f.f(like(m(x), m(c)), m(x))),
        { where: (m) => known(m(x)), sample: [attrs, number] },
      ),
    ]
  })

/** A known factor moves towards the contraction that computes the other. */
const inward = ({ known, shared }: Facts): readonly Rule[] => {
  /** Whether it is a contraction with a known array, moved about. */
  const isWeighted = (e: Expr): boolean => {
    let at = e
    for (; !shared(at) && isMove(at); at = argsOf(at)[0] as Expr);
    return !shared(at) && isContraction(at) && !known(at) && argsOf(at).some(known)
  }
  return [products, quotients].flatMap((f) => {
    const { sign } = f
    const alone = (m: Match, e: Expr): boolean => known(m(k)) && isWeighted(argsOf(e)[0] as Expr)
    return [
      law(
        `reshape s x ${sign} k = reshape s (x ${sign} k)`,
        on(f, of(reshapeEntry, to, x), k),
        (m) => reshape(m(to).shape)(f.f(m(x), inReshaped(m(x), m(k)) as Expr)),
        {
          where: (m, e) => alone(m, e) && inReshaped(m(x), m(k)) !== undefined,
          sample: [is(to, { shape: [2, 1, 3] }), isExpr(k, (e) => reshape([2, 1, 3])(exp(e)))],
        },
      ),
      law(
        `permute p x ${sign} k = permute p (x ${sign} k)`,
        on(f, of(permuteEntry, perm, x), k),
        (m) => permute(m(perm).perm)(f.f(m(x), inPermuted(m(x), m(perm).perm, m(k)))),
        { where: alone, sample: [is(perm, { perm: [1, 0] }), isExpr(k, (e) => permute([1, 0])(exp(e)))] },
      ),
      law(
        `contract(x, w) ${sign} k = contract(x, w ${sign} k)`,
        on(f, of(contractEntry, labels, x, w), k),
        (m) => contract(m(labels))(m(x), f.f(m(w), inWeights(m(labels), m(labels).y, m(w), m(k)) as Expr)),
        {
          where: (m, e) => alone(m, e) && known(m(w)) && inWeights(m(labels), m(labels).y, m(w), m(k)) !== undefined,
          sample: [is(labels, { x: 'ij', y: 'oj', out: 'io', ties: [] }), ...weights([1])],
        },
      ),
      law(
        `contract(w, x) ${sign} k = contract(w ${sign} k, x)`,
        on(f, of(contractEntry, labels, w, x), k),
        (m) => contract(m(labels))(f.f(m(w), inWeights(m(labels), m(labels).x, m(w), m(k)) as Expr), m(x)),
        {
          where: (m, e) => alone(m, e) && known(m(w)) && inWeights(m(labels), m(labels).x, m(w), m(k)) !== undefined,
          sample: [is(labels, { x: 'oj', y: 'ij', out: 'io', ties: [] }), ...weights([1])],
        },
      ),
    ]
  })
}
const isA = (e: Expr, entry: Entry): boolean => e.node._tag === 'Apply' && e.node.op === entry.name
const isMove = (e: Expr): boolean =>
  isA(e, reshapeEntry as unknown as Entry) || isA(e, permuteEntry as unknown as Entry)
const isContraction = (e: Expr): boolean => isA(e, contractEntry as unknown as Entry)
/** Weights [2, 3], and a factor along an axis of the result [2, 2]. */
const weights = (dims: Shape) => [isExpr(w, (e) => exp(e)), isExpr(k, (e) => broadcast([2, 2], dims)(sum([1])(exp(e))))]

/** All of them. */
export const reassociations = (facts: Facts): readonly Rule[] => [
  ...ordering(facts),
  ...collecting(facts),
  ...early(facts),
  ...inward(facts),
]
