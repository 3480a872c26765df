/** Products of vectors and matrices. */
import {
  add,
  broadcastTo,
  cross,
  dot,
  type Expr,
  einsum,
  inner,
  kron,
  matmul,
  mul,
  multiDot,
  outer,
  reshape,
  sum,
  swapAxes,
  tensordot,
  trace,
  vander,
  vdot,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axis, keeping, length, rank, type Sayings, shape, size } from './common.ts'

const beta = (c: Call): number => c.number(9, 'beta', 1)
const alpha = (c: Call): number => c.number(9, 'alpha', 1)
/** beta x + alpha y; beta 0 leaves x out, also where it is NaN. */
const plus = (c: Call, y: Expr): Expr => (beta(c) === 0 ? mul(alpha(c), y) : add(mul(beta(c), c.x), mul(alpha(c), y)))
const product: Saying = (c) => matmul(c.x, c.tensor(1))
const crossed: Saying = (c) => {
  const d = c.any(2, 'dim')
  const wide = (x: Expr, y: Expr): Expr => broadcastTo(shape(add(x, y) as Expr))(x)
  const [x, y] = [wide(c.x, c.tensor(1)), wide(c.tensor(1), c.x)]
  return cross(typeof d === 'number' ? d : Math.max(0, shape(x).indexOf(3)))(x, y) as Expr
}

export const products: Sayings = {
  'einsum|': (c) => einsum(c.text(1, 'equation'))(...(c.tensors(0) as [Expr])) as Expr,
  '__rmatmul__|': (c) => matmul(c.tensor(1), c.x),
  'addbmm|': (c) => plus(c, sum([0])(matmul(c.tensor(1), c.tensor(2)))),
  'addmm|': (c) => plus(c, matmul(c.tensor(1), c.tensor(2))),
  'addmm|decomposed': (c) => plus(c, matmul(c.tensor(1), c.tensor(2))),
  'addmv|': (c) => plus(c, matmul(c.tensor(1), c.tensor(2))),
  'addr|': (c) => plus(c, outer(c.tensor(1), c.tensor(2))),
  'baddbmm|': (c) => plus(c, matmul(c.tensor(1), c.tensor(2))),
  'bmm|': product,
  'bmm|triton_optimized': product,
  'dot|': (c) => dot(c.x, c.tensor(1)),
  'inner|': (c) => inner(c.x, c.tensor(1)) as Expr,
  'kron|': (c) => kron(c.x, c.tensor(1)),
  'cross|': crossed,
  'linalg.cross|': crossed,
  'linalg.vander|': (c) => vander({ increasing: true, n: c.number(9, 'N', length(c.x, -1)) })(c.x) as Expr,
  'linalg.multi_dot|': (c) => multiDot(c.tensors(0) as [Expr, ...Expr[]]),
  'linalg.vecdot|': (c) => sum([axis(c.x, c.number(2, 'dim', -1))])(mul(c.x, c.tensor(1))),
  'matmul|': product,
  'mm|': product,
  'mv|': product,
  'nn.functional.bilinear|': (c) => {
    const [x, y, w] = [c.x, c.tensor(1), c.tensor(2)]
    const z = einsum('ni,oij,nj->no')(
      reshape([size(x) / length(x, -1), length(x, -1)])(x),
      w,
      reshape([size(y) / length(y, -1), length(y, -1)])(y),
    ) as Expr
    const out = reshape([...shape(x).slice(0, -1), length(w, 0)])(z)
    const b = c.maybe(3, 'bias')
    return b === undefined ? out : add(out, b)
  },
  'nn.functional.linear|': (c) => {
    const y = matmul(c.x, rank(c.tensor(1)) === 1 ? c.tensor(1) : swapAxes(0, 1)(c.tensor(1)))
    const b = c.maybe(2, 'bias')
    return b === undefined ? y : add(y, b)
  },
  'outer|': (c) => outer(c.x, c.tensor(1)),
  'tensordot|': (c) => {
    const dims = c.any(2, 'dims')
    if (typeof dims === 'number') return tensordot(dims)(c.x, c.tensor(1)) as Expr
    const [xs, ys] = dims as readonly [readonly number[], readonly number[]]
    // where one axis of a pair has length 1, the other is summed
    const single = (x: Expr, own: readonly number[], y: Expr, other: readonly number[]): Expr => {
      const axes = own.filter((d, k) => length(x, d) !== 1 && length(y, other[k] as number) === 1)
      return axes.length === 0 ? x : keeping(true, axes, x)(sum(axes)(x))
    }
    return tensordot([xs, ys])(single(c.x, xs, c.tensor(1), ys), single(c.tensor(1), ys, c.x, xs)) as Expr
  },
  'trace|': (c) => trace(c.x),
  'vdot|': (c) => vdot(c.x, c.tensor(1)) as Expr,
}
