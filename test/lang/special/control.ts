/** Programs as single steps: special numbers go through them as through the steps written out. */

import {
  boundedWhile,
  call,
  checkpoint,
  cond,
  customVmap,
  odeint,
  scan,
  whileLoop,
} from '../../../lang/control/index.ts'
import { axisIndex, axisSize, pmax, psum } from '../../../lang/primitives/collective.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { add, div, log, lt, mul, sqrt, toReal } from '../../../lang/primitives/elementwise.ts'
import { inline } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { bool, real } from '../../../lang/syntax/shape.ts'
import { customJvp, customVjp } from '../../../src/transform/custom.ts'
import { customLinearSolve } from '../../../src/transform/solve.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { about, type Case, inf, nan } from './case.ts'

type Build = (...xs: readonly Expr[]) => Expr
const as = (f: unknown): Build => f as Build
const r = real(3)
/** sqrt at 0: value 0, derivative infinite. */
const root = (x: Expr): Expr => sqrt(x)
const rooted = { x: [[0, inf, nan]], y: [[0, inf, nan]], dy: [[inf, 0, nan]], dx: [[inf, 0, nan]] }

/** ln x where x > 0, else 0: a branch whose derivative at 0 is infinite. */
const positiveLog = (x: Expr): Expr =>
  cond(
    lt(0, x),
    (a: Expr) => log(a),
    () => constant([], 0),
  )(x) as Expr
const mapped = (n: number, f: (x: Expr) => Expr): Build => {
  const many = vmap(n, { axis: 'batch' })(programOrThrow(real(), (x) => f(x)))
  return (x) => inline(many.closed, [x as Expr])[0] as Expr
}
/** ln (w x) where x > 0: w is shared by all examples. */
const shared: Build = (x, w) => {
  const logOf = (v: Pair): Expr => log(mul(v.w, v.x))
  const one = programOrThrow({ x: real(), w: real() }, (v) => cond(lt(0, v.x), logOf, () => constant([], 0))(v) as Expr)
  return inline(vmap(3, { over: { x: true, w: false } })(one).closed, [x as Expr, w as Expr])[0] as Expr
}
interface Pair {
  readonly x: Expr
  readonly w: Expr
}
/** The logarithm mentions no operand: it is captured. */
const captured: Build = (x) =>
  cond(
    lt(0, x as Expr),
    () => log(x as Expr),
    () => constant([], 0),
  )(null) as Expr
const capped = (x: Expr): Expr =>
  boundedWhile(
    4,
    (c: Expr) => lt(c, 1),
    (c: Expr) => mul(2, c),
  )(x) as Expr

export const programCases: readonly Case[] = [
  about('call', [r], as(call(root)), rooted),
  about('checkpoint', [r], as(checkpoint(root)), rooted),
  about('cond, the first', [bool(), r], (p, x) => cond(p as never, root, (a: Expr) => div(1, a))(x as Expr), {
    ...rooted,
    x: [[1], [0, inf, nan]],
    v: [null, [1, 1, 1]],
    dx: [null, [inf, 0, nan]],
  }),
  about('cond, the second', [bool(), r], (p, x) => cond(p as never, root, (a: Expr) => mul(2, a))(x as Expr), {
    x: [[0], [-0, inf, nan]],
    y: [[-0, inf, nan]],
    v: [null, [1, 1, 1]],
    dy: [[2, 2, 2]],
    dx: [null, [2, 2, 2]],
  }),
  about('cond under vmap: nothing from the branch not taken', [real(4)], mapped(4, positiveLog), {
    x: [[1, 0, -1, nan]],
    y: [[0, 0, 0, 0]],
    dy: [[1, 0, 0, 0]],
    dx: [[1, 0, 0, 0]],
  }),
  about('cond under vmap: nothing to what all examples share', [real(3), real()], shared, {
    x: [[1, 0, -1], [1]],
    y: [[0, 0, 0]],
    v: [null, [1]],
    dy: [[1, 0, 0]],
    dx: [[1, 0, 0], [1]],
  }),
  about('cond, over what it captures', [real()], captured, {
    x: [[0]],
    y: [[0]],
    dx: [[nan]],
    rule: 'captures come before the choice',
  }),
  about('cond, over its operand', [real()], as(positiveLog), { x: [[0]], y: [[0]], dy: [[0]], dx: [[0]] }),
  about(
    'scan',
    [real(), real(3)],
    (c, xs) => scan((s: Expr, x: Expr) => [add(s, x), mul(s, x)])(c as Expr, xs as Expr) as readonly Expr[],
    {
      x: [[0], [inf, -inf, 1]],
      y: [[nan], [nan, -inf, nan]],
      v: [[1], null],
      dy: [[1], [inf, -inf, 1]],
      w: [[1], null],
      dx: [[1], [1, 1, 1]],
    },
  ),
  about(
    'while',
    [real()],
    as(
      whileLoop(
        (c: Expr) => lt(c, 1),
        (c: Expr) => mul(2, c),
      ),
    ),
    { x: [[nan]], y: [[nan]], dy: [[1]] },
  ),
  about(
    'while, from infinity',
    [real()],
    as(
      whileLoop(
        (c: Expr) => lt(c, inf),
        (c: Expr) => mul(c, c),
      ),
    ),
    { x: [[2]], y: [[inf]], dy: [[inf]] },
  ),
  about('boundedWhile under vmap', [real(4)], mapped(4, capped), {
    of: ['cond', 'scan'],
    x: [[0.5, inf, nan, 0]],
    y: [[1, inf, nan, 0]],
    dy: [[2, 1, 1, 16]],
    dx: [[2, 1, 1, 16]],
  }),
  about(
    'customJvp: the declared derivative, where that of the values is infinite',
    [r],
    as(customJvp(root, (_: Expr, dx: Expr) => dx)),
    { ...rooted, dy: [[1, 1, 1]], dx: [[1, 1, 1]] },
  ),
  about('customVjp: the declared derivative', [r], as(customVjp(root, (_: Expr, ct: Expr) => ct)), {
    ...rooted,
    dy: [[1, 1, 1]],
    dx: [[1, 1, 1]],
  }),
  about('customVmap: the declared batch', [r], mapped(3, as(customVmap(3, root, (xs: Expr) => sqrt(xs)))), rooted),
  about('ode, over no time', [r, real(2)], (y, t) => odeint((x: Expr) => mul(-1, x))(y as Expr, t as never) as Expr, {
    x: [
      [0, inf, nan],
      [1, 1],
    ],
    y: [[0, inf, nan, 0, inf, nan]],
    v: [[1, 1, 1], null],
    dy: [[1, 1, 1, 1, 1, 1]],
    dx: [[2, 2, 2], null],
  }),
  about(
    'linearSolve, singular and infinite',
    [r, r],
    (a, b) =>
      customLinearSolve(
        (x: Expr) => mul(a as Expr, x),
        () => (y: Expr) => div(y, a as Expr),
      )(b as Expr),
    {
      x: [
        [0, inf, nan],
        [1, 1, 1],
      ],
      y: [[inf, 0, nan]],
      v: [null, [1, 1, 1]],
      dy: [[inf, 0, nan]],
      dx: [null, [inf, 0, nan]],
    },
  ),
]

const axis = 'batch'
export const collectiveCases: readonly Case[] = [
  about(
    'psum',
    [real(3)],
    mapped(3, (x) => psum(axis)(x)),
    { x: [[1, inf, -inf]], y: [[nan, nan, nan]], dy: [[3, 3, 3]], dx: [[3, 3, 3]] },
  ),
  about(
    'pmax, ties',
    [real(3)],
    mapped(3, (x) => pmax(axis)(x)),
    { x: [[inf, inf, -inf]], y: [[inf, inf, inf]], v: [[1, 3, 5]], dy: [[2, 2, 2]], dx: [[1.5, 1.5, 0]], rule: 'ties' },
  ),
  about(
    'pmax with NaN',
    [real(2)],
    mapped(2, (x) => pmax(axis)(x)),
    { x: [[nan, 1]], y: [[nan, nan]], dy: [[nan, nan]], dx: [[nan, nan]], rule: 'reductions of NaN' },
  ),
  about(
    'axisSize',
    [real(2)],
    mapped(2, (x) => mul(x, axisSize(axis))),
    { x: [[inf, -0]], y: [[inf, -0]], dy: [[2, 2]], dx: [[2, 2]] },
  ),
  about(
    'axisIndex',
    [real(2)],
    mapped(2, (x) => mul(x, toReal(axisIndex(axis)))),
    { x: [[nan, inf]], y: [[nan, inf]], dy: [[0, 1]], dx: [[0, 1]] },
  ),
]
