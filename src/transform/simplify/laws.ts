/** Laws between operations, one line each: the equation, an instance of it, and the other side. */

import { broadcast, broadcastEntry, sum, sumEntry } from '../../../lang/primitives/broadcast.ts'
import { callClosed, callEntry } from '../../../lang/primitives/call.ts'
import { condClosed, condEntry } from '../../../lang/primitives/cond.ts'
import { filled, like } from '../../../lang/primitives/constant.ts'
import {
  add,
  convertEntry,
  integerPow,
  integerPowEntry,
  lt,
  mul,
  neg,
  not,
  notEntry,
  select,
  selectEntry,
  sub,
} from '../../../lang/primitives/elementwise.ts'
import { apply } from '../../../lang/primitives/entry.ts'
import {
  permute,
  permuteEntry,
  reshape,
  reshapeEntry,
  reverse,
  reverseEntry,
} from '../../../lang/primitives/reindex.ts'
import { pad, padEntry, slice, sliceEntry } from '../../../lang/primitives/window.ts'
import { at, closeOver, inline, numbered } from '../../../lang/syntax/closed.ts'
import { type Expr, shapeOf } from '../../../lang/syntax/expr.ts'
import { real, sameShape } from '../../../lang/syntax/shape.ts'
import { constantOf } from './facts.ts'
import { about, applied, equation, type Rule } from './rule.ts'

const box = { start: [1, 0], shape: [1, 2], stride: [1, 1] },
  whole = { start: [0, 0], shape: [2, 3], stride: [1, 1] }
const square = closeOver(numbered([real(2, 3)]), ([x]) => [mul(x as Expr, x as Expr)])
const yes = filled('bool', [], 1)
/** A condition that depends on the data, for the samples. */
const negative = (x: Expr): Expr => lt(x, 0)

export const laws: readonly Rule[] = [
  // signs
  equation('x + (-y) = x - y', (x, y) => [add(x, neg(y)), sub(x, y)]),
  equation('x - (-y) = x + y', (x, y) => [sub(x, neg(y)), add(x, y)]),
  equation('(-x) * (-y) = x * y', (x, y) => [mul(neg(x), neg(y)), mul(x, y)]),
  equation('x * (-y) = -(x * y)', (x, y) => [mul(x, neg(y)), neg(mul(x, y))]),
  equation('(-x) * y = -(x * y)', (x, y) => [mul(neg(x), y), neg(mul(x, y))]),
  about(
    'x * (-1) = -x',
    mul.entry,
    (x) => mul(x, like(x, -1)),
    (_, [x, c]) => (x && c && constantOf(c) === -1 ? neg(x) : undefined),
  ),
  about(
    '(-x) * c = x * (-c)',
    mul.entry,
    (x) => mul(neg(x), like(x, 3)),
    (_, [x, c]) => {
      const inner = x && applied(neg.entry, x)?.args[0],
        value = c && constantOf(c)
      return inner && c && value !== undefined ? mul(inner, filled(c.type.dtype, shapeOf(c), -value)) : undefined
    },
  ),

  // choices
  about(
    'select(c, x, x) = x',
    selectEntry,
    (x) => select(negative(x), x, x),
    (_, [, x, y]) => (x === y ? x : undefined),
  ),
  about(
    'select(true, x, y) = x',
    selectEntry,
    (x, y) => select(filled('bool', shapeOf(x), 1), x, y),
    (_, [c, x, y]) => {
      const v = constantOf(c)
      return v === undefined ? undefined : v !== 0 ? x : y
    },
  ),
  about(
    'select(not c, x, y) = select(c, y, x)',
    selectEntry,
    (x, y) => select(not(negative(x)), x, y),
    (_, [c, x, y]) => {
      const inner = applied(notEntry, c)
      return inner && select(inner.args[0], y, x)
    },
  ),
  about(
    'if true then p else q = p',
    condEntry,
    (x) => condClosed(yes, square, square)(x)[0] as Expr,
    ({ yes: a, no: b }, [c, ...xs], e) => {
      const v = c && constantOf(c)
      return v === undefined || e.node._tag !== 'Apply' || e.node.outs.length !== 1
        ? undefined
        : inline(v !== 0 ? a : b, xs)[0]
    },
  ),
  about(
    'call p x = p x',
    callEntry,
    (x) => callClosed(square)(x)[0] as Expr,
    ({ body }, xs, e) => (e.node._tag === 'Apply' && e.node.outs.length === 1 ? inline(body, xs)[0] : undefined),
  ),

  // conversions and powers
  about(
    'convert d (x : d) = x',
    convertEntry,
    (x) => apply(convertEntry, { to: 'real' }, x),
    ({ to }, [x]) => (x.type.dtype === to ? x : undefined),
  ),
  about(
    'x^1 = x',
    integerPowEntry,
    (x) => integerPow(1)(x),
    ({ n }, [x]) => (n === 1 ? x : undefined),
  ),
  about(
    'x^0 = 1',
    integerPowEntry,
    (x) => integerPow(0)(x),
    ({ n }, [x]) => (n === 0 ? like(x, 1) : undefined),
  ),

  // index arithmetic
  about(
    'permute p (permute q x) = permute (q . p) x',
    permuteEntry,
    (x) => permute([1, 0])(permute([1, 0])(x)),
    ({ perm }, [x]) => {
      const i = applied(permuteEntry, x)
      return i && permute(at(i.attrs.perm, perm))(i.args[0])
    },
  ),
  about(
    'permute id x = x',
    permuteEntry,
    (x) => permute([0, 1])(x),
    ({ perm }, [x]) => (perm.every((p, d) => p === d) ? x : undefined),
  ),
  about(
    'reshape s (reshape t x) = reshape s x',
    reshapeEntry,
    (x) => reshape([3, 2])(reshape([6])(x)),
    ({ shape }, [x]) => {
      const i = applied(reshapeEntry, x)
      return i && reshape(shape)(i.args[0])
    },
  ),
  about(
    'reshape (shape x) x = x',
    reshapeEntry,
    (x) => apply(reshapeEntry, { shape: [2, 3] }, x),
    ({ shape }, [x]) => (sameShape(shape, shapeOf(x)) ? x : undefined),
  ),
  about(
    'broadcast (broadcast x) = broadcast x',
    broadcastEntry,
    (x) => broadcast([2, 4, 3, 5], [0, 2, 3])(broadcast([2, 3, 5], [0, 1])(x)),
    (a, [x]) => {
      const i = applied(broadcastEntry, x)
      return i && broadcast(a.shape, at(a.dims, i.attrs.dims))(i.args[0])
    },
  ),
  about(
    'broadcast (shape x) x = x',
    broadcastEntry,
    (x) => broadcast([2, 3], [0, 1])(x),
    ({ shape }, [x]) => (sameShape(shape, shapeOf(x)) ? x : undefined),
  ),
  about(
    'reverse a (reverse a x) = x',
    reverseEntry,
    (x) => reverse([0])(reverse([0])(x)),
    ({ axes }, [x]) => {
      const i = applied(reverseEntry, x)
      return i && sameShape(i.attrs.axes, axes) ? i.args[0] : undefined
    },
  ),
  about(
    'sum [] x = x',
    sumEntry,
    (x) => sum([])(x),
    ({ axes }, [x]) => (axes.length === 0 ? x : undefined),
  ),
  about(
    'slice (all) x = x',
    sliceEntry,
    (x) => slice(whole)(x),
    (b, [x]) => (sameShape(b.shape, shapeOf(x)) ? x : undefined),
  ),
  about(
    'pad (nothing) x = x',
    padEntry,
    (x) => pad(whole)(x),
    (b, [x]) => (sameShape(b.shape, shapeOf(x)) ? x : undefined),
  ),
  about(
    'slice b (pad b x) = x',
    sliceEntry,
    (x) =>
      slice({ start: [1, 2], shape: [2, 3], stride: [2, 1] })(pad({ start: [1, 2], shape: [5, 6], stride: [2, 1] })(x)),
    (b, [x]) => {
      const i = applied(padEntry, x)
      return i &&
        sameShape(i.attrs.start, b.start) &&
        sameShape(i.attrs.stride, b.stride) &&
        sameShape(shapeOf(i.args[0]), b.shape)
        ? i.args[0]
        : undefined
    },
  ),
  about(
    'slice b (slice c x) = slice (c . b) x',
    sliceEntry,
    (x) => slice({ start: [0, 1], shape: [1, 1], stride: [1, 1] })(slice(box)(x)),
    (b, [x]) => {
      const i = applied(sliceEntry, x),
        c = i?.attrs
      return (
        i &&
        c &&
        slice({
          shape: b.shape,
          start: b.start.map((s, d) => (c.start[d] as number) + s * (c.stride[d] as number)),
          stride: b.stride.map((s, d) => s * (c.stride[d] as number)),
        })(i.args[0])
      )
    },
  ),
]
