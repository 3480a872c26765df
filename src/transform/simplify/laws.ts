/** Laws between operations: each is an equation. See "How to write a law" at the top of rule.ts. */
import { broadcastEntry, sumEntry } from '../../../lang/primitives/broadcast.ts'
import { callEntry } from '../../../lang/primitives/call.ts'
import { condEntry } from '../../../lang/primitives/cond.ts'
import { filled, like } from '../../../lang/primitives/constant.ts'
import {
  add,
  convertEntry,
  integerPowEntry,
  lt,
  mul,
  neg,
  notEntry,
  selectEntry,
  sub,
} from '../../../lang/primitives/elementwise.ts'
import type { Entry } from '../../../lang/primitives/entry.ts'
import { permuteEntry, reshapeEntry, reverseEntry } from '../../../lang/primitives/reindex.ts'
import { padEntry, sliceEntry } from '../../../lang/primitives/window.ts'
import { at, type Closed, closeOver, inline, numbered } from '../../../lang/syntax/closed.ts'
import { type Expr, shapeOf } from '../../../lang/syntax/expr.ts'
import { noAttrs } from '../../../lang/syntax/plain.ts'
import { real, sameShape } from '../../../lang/syntax/shape.ts'
import {
  any,
  areExprs,
  attributes,
  constant,
  is,
  isExpr,
  law,
  type Operation,
  of,
  type Pattern,
  type Rest,
  type Rule,
  rest,
  x,
  y,
} from './rule.ts'

/** The one output of a body, in terms of its arguments. */
const inlined = (body: Closed, args: readonly Expr[]): Expr => inline(body, args)[0] as Expr

type AttrsOf<E> = E extends Entry<infer A, infer _> ? A : never
const named =
  (f: { readonly entry: Entry }) =>
  (...args: readonly Pattern[]): Operation =>
    of(f.entry, noAttrs, ...args)
const [plus, minus, times, minusOf] = [named(add), named(sub), named(mul), named(neg)]
const not = (c: Pattern): Operation => of(notEntry, noAttrs, c)
const select = (c: Pattern, a: Pattern, b: Pattern): Operation => of(selectEntry, noAttrs, c, a, b)
const power = (n: number): Operation => of(integerPowEntry, { n }, x)

// holes of the laws, besides x and y
const c = constant()
const condition = any()
const xs: Rest = rest()
const [to, branches, called] = [
  attributes<AttrsOf<typeof convertEntry>>(),
  attributes<AttrsOf<typeof condEntry>>(),
  attributes<AttrsOf<typeof callEntry>>(),
]
const [p, q] = [attributes<AttrsOf<typeof permuteEntry>>(), attributes<AttrsOf<typeof permuteEntry>>()]
const [s, t] = [attributes<AttrsOf<typeof reshapeEntry>>(), attributes<AttrsOf<typeof reshapeEntry>>()]
const [outer, inner] = [attributes<AttrsOf<typeof broadcastEntry>>(), attributes<AttrsOf<typeof broadcastEntry>>()]
const axes = attributes<AttrsOf<typeof reverseEntry>>()
const [b, d] = [attributes<AttrsOf<typeof sliceEntry>>(), attributes<AttrsOf<typeof sliceEntry>>()]
const padding = attributes<AttrsOf<typeof padEntry>>()

// values of the holes in the tests
const square = closeOver(numbered([real(2, 3)]), ([e]) => [mul(e as Expr, e as Expr)])
const bodies = is(branches, { yes: square, no: square })
const all = { start: [0, 0], shape: [2, 3], stride: [1, 1] }
const truth = (v: number) => isExpr(c, (e) => filled('bool', shapeOf(e), v))
const scalarTruth = (v: number) => isExpr(c, () => filled('bool', [], v))
const aCondition = isExpr(condition, (e) => lt(e, 0))
const itself = areExprs(xs, (e) => [e])

export const laws: readonly Rule[] = [
  // signs
  law('x + (-y) = x - y', plus(x, minusOf(y)), minus(x, y)),
  law('x - (-y) = x + y', minus(x, minusOf(y)), plus(x, y)),
  law('(-x) * (-y) = x * y', times(minusOf(x), minusOf(y)), times(x, y)),
  law('x * (-y) = -(x * y)', times(x, minusOf(y)), minusOf(times(x, y))),
  law('(-x) * y = -(x * y)', times(minusOf(x), y), minusOf(times(x, y))),
  law('x * (-1) = -x', times(x, c), minusOf(x), {
    where: (m) => m(c) === -1,
    sample: [isExpr(c, (e) => like(e, -1))],
  }),
  law('(-x) * c = x * (-c)', times(minusOf(x), c), (m) => mul(m(x), like(m(x), -m(c))), {
    sample: [isExpr(c, (e) => like(e, 3))],
  }),

  // choices
  law('select(c, x, x) = x', select(condition, x, x), x, { sample: [aCondition] }),
  law('select(true, x, y) = x', select(c, x, y), x, { where: (m) => m(c) !== 0, sample: [truth(1)] }),
  law('select(false, x, y) = y', select(c, x, y), y, { where: (m) => m(c) === 0, sample: [truth(0)] }),
  law('select(not c, x, y) = select(c, y, x)', select(not(condition), x, y), select(condition, y, x), {
    sample: [aCondition],
  }),
  law('if true then p else q = p', of(condEntry, branches, c, xs), (m) => inlined(m(branches).yes, m(xs)), {
    where: (m) => m(c) !== 0,
    sample: [bodies, scalarTruth(1), itself],
  }),
  law('if false then p else q = q', of(condEntry, branches, c, xs), (m) => inlined(m(branches).no, m(xs)), {
    where: (m) => m(c) === 0,
    sample: [bodies, scalarTruth(0), itself],
  }),
  law('call p x = p x', of(callEntry, called, xs), (m) => inlined(m(called).body, m(xs)), {
    sample: [is(called, { body: square }), itself],
  }),

  // conversions and powers
  law('convert d (x : d) = x', of(convertEntry, to, x), x, {
    where: (m) => m(to).to === m(x).type.dtype,
    sample: [is(to, { to: 'real' })],
  }),
  law('x^1 = x', power(1), x),
  law('x^0 = 1', power(0), (m) => like(m(x), 1)),

  // movement
  law(
    'permute p (permute q x) = permute (q . p) x',
    of(permuteEntry, p, of(permuteEntry, q, x)),
    of(permuteEntry, (m) => ({ perm: at(m(q).perm, m(p).perm) }), x),
    { sample: [is(p, { perm: [1, 0] }), is(q, { perm: [1, 0] })] },
  ),
  law('permute id x = x', of(permuteEntry, p, x), x, {
    where: (m) => m(p).perm.every((from, axis) => from === axis),
    sample: [is(p, { perm: [0, 1] })],
  }),
  law('reshape s (reshape t x) = reshape s x', of(reshapeEntry, s, of(reshapeEntry, t, x)), of(reshapeEntry, s, x), {
    sample: [is(s, { shape: [3, 2] }), is(t, { shape: [6] })],
  }),
  law('reshape (shape x) x = x', of(reshapeEntry, s, x), x, {
    where: (m) => sameShape(m(s).shape, shapeOf(m(x))),
    sample: [is(s, { shape: [2, 3] })],
  }),
  law(
    'broadcast (broadcast x) = broadcast x',
    of(broadcastEntry, outer, of(broadcastEntry, inner, x)),
    of(broadcastEntry, (m) => ({ shape: m(outer).shape, dims: at(m(outer).dims, m(inner).dims) }), x),
    { sample: [is(outer, { shape: [2, 4, 3, 5], dims: [0, 2, 3] }), is(inner, { shape: [2, 3, 5], dims: [0, 1] })] },
  ),
  law('broadcast (shape x) x = x', of(broadcastEntry, outer, x), x, {
    where: (m) => sameShape(m(outer).shape, shapeOf(m(x))),
    sample: [is(outer, { shape: [2, 3], dims: [0, 1] })],
  }),
  law('reverse a (reverse a x) = x', of(reverseEntry, axes, of(reverseEntry, axes, x)), x, {
    sample: [is(axes, { axes: [0] })],
  }),
  law('sum [] x = x', of(sumEntry, { axes: [] }, x), x),
  law('slice (all) x = x', of(sliceEntry, b, x), x, {
    where: (m) => sameShape(m(b).shape, shapeOf(m(x))),
    sample: [is(b, all)],
  }),
  law('pad (nothing) x = x', of(padEntry, padding, x), x, {
    where: (m) => sameShape(m(padding).shape, shapeOf(m(x))),
    sample: [is(padding, all)],
  }),
  law('slice b (pad b x) = x', of(sliceEntry, b, of(padEntry, padding, x)), x, {
    where: (m) =>
      sameShape(m(padding).start, m(b).start) &&
      sameShape(m(padding).stride, m(b).stride) &&
      sameShape(shapeOf(m(x)), m(b).shape),
    sample: [
      is(b, { start: [1, 2], shape: [2, 3], stride: [2, 1] }),
      is(padding, { start: [1, 2], shape: [5, 6], stride: [2, 1] }),
    ],
  }),
  law(
    'slice b (slice d x) = slice (d . b) x',
    of(sliceEntry, b, of(sliceEntry, d, x)),
    of(
      sliceEntry,
      (m) => ({
        shape: m(b).shape,
        start: m(b).start.map((from, axis) => (m(d).start[axis] as number) + from * (m(d).stride[axis] as number)),
        stride: m(b).stride.map((step, axis) => step * (m(d).stride[axis] as number)),
      }),
      x,
    ),
    {
      sample: [
        is(b, { start: [0, 1], shape: [1, 1], stride: [1, 1] }),
        is(d, { start: [1, 0], shape: [1, 2], stride: [1, 1] }),
      ],
    },
  ),
]
