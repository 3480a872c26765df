/**
 * Norms and normalisations of numbers whose squares overflow or vanish in float32: value, gradient and second
 * derivative, written out. A figure is that of the numbers without their power of ten, times a power.
 */
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import * as O from '../../../lang/operations/index.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { reshape } from '../../../lang/primitives/reindex.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { about } from '../special/case.ts'
import { byBackend, byReference, type Question, questions } from '../special/run.ts'
import { twice } from './twice.ts'

type Numbers = readonly number[]
type Row = readonly [name: string, f: (x: Expr) => Expr, x: Numbers, y: Numbers, dx: Numbers, ddx?: Numbers]
/** The value, the gradient of its first number, and what that gradient does along [1, 0, ..]. */
const asked = ([name, f, x, y, dx, ddx]: Row): readonly (readonly [string, Question])[] => {
  const first = (n: number): Numbers => [1, ...Array<number>(n - 1).fill(0)]
  const c = about(name, [real(x.length)], f, { of: [], x: [x], y: [y], w: [first(y.length)], dx: [dx] })
  const second = ddx === undefined ? [] : [twice(c.program, [x], [first(x.length)], [ddx], first(y.length))]
  return [...questions(c), ...second].map((q, k) => [`${name}: ${q.what} ${k}`, q])
}
const all = (n: number, value: number): Expr => constant([n], value)
const shaped =
  (shape: readonly number[], f: (x: Expr) => Expr) =>
  (x: Expr): Expr =>
    reshape([-1])(f(reshape(shape)(x)))

/** Of 1, 2, 3: the numbers less their mean over their deviation sqrt(2/3), and what the first one is pulled back to. */
const normal = [-1.224744871391589, 0, 1.224744871391589]
const pulled = [0.20412414523193148, -0.408248290463863, 0.20412414523193154]
/** Of 1, 2, 4: the gradient of the deviation 1.247.., and the first row of its second derivative. */
const spreadPulled = [-0.35634832254989918, -0.089087080637474795, 0.44543540318737397]
const spreadTwice = [0.076360354832121253, -0.11454053224818188, 0.038180177416060626]
const times = (c: number, xs: Numbers): Numbers => xs.map((x) => c * x)
/** Of 3, 4: over the root of their mean square sqrt(12.5); (I - y y' / 2) / sqrt(12.5), its first row. */
const rooted = [0.848528137423857, 1.131370849898476]
const rootPulled = [0.18101933598375616, -0.13576450198781714]

const rows: readonly Row[] = [
  ['norm, large', (x) => O.norm()(x), [3e25, 4e25], [5e25], [0.6, 0.8], [1.28e-26, -0.96e-26]],
  ['norm, small', (x) => O.norm()(x), [3e-25, 4e-25], [5e-25], [0.6, 0.8], [1.28e24, -0.96e24]],
  [
    'norm along an axis',
    shaped([2, 2], (x) => O.norm(1, { keep: true })(x)),
    [3e25, 4e25, 3e-25, 4e-25],
    [5e25, 5e-25],
    [0.6, 0.8, 0, 0],
  ],
  ['norm of zero', (x) => O.norm()(x), [0, 0], [0], [0, 0], [0, 0]],
  [
    'std, large',
    (x) => O.std()(x),
    times(1e25, [1, 2, 4]),
    [1.2472191289246471e25],
    spreadPulled,
    times(1e-25, spreadTwice),
  ],
  [
    'std, small',
    (x) => O.std()(x),
    times(1e-25, [1, 2, 4]),
    [1.2472191289246471e-25],
    spreadPulled,
    times(1e25, spreadTwice),
  ],
  ['std, large, unbiased', (x) => O.std(undefined, { correction: 1 })(x), [1e20, 2e20, 3e20], [1e20], [-0.5, 0, 0.5]],
  ['variance, small enough', (x) => O.variance()(x), [1e15, -1e15], [1e30], [1e15, -1e15], [0.5, -0.5]],
  ['standardize, large', (x) => O.standardize()(x), times(1e20, [1, 2, 3]), normal, times(1e-20, pulled)],
  [
    'standardize, small beside eps',
    (x) => O.standardize()(x),
    times(1e-25, [1, 2, 3]),
    times(316.22776601683796e-25, [-1, 0, 1]),
    times(316.22776601683796, [2 / 3, -1 / 3, -1 / 3]),
  ],
  [
    'standardize, small without eps',
    (x) => O.standardize(undefined, { eps: 0 })(x),
    times(1e-25, [1, 2, 3]),
    normal,
    times(1e25, pulled),
  ],
  [
    'layerNorm, large',
    (x) => O.layerNorm()(x, all(3, 1), all(3, 0)),
    times(1e20, [1, 2, 3]),
    normal,
    times(1e-20, pulled),
  ],
  ['rmsNorm, large', (x) => O.rmsNorm()(x, all(2, 1)), [3e20, 4e20], rooted, times(1e-20, rootPulled)],
  [
    'rmsNorm, small without eps',
    (x) => O.rmsNorm({ eps: 0 })(x, all(2, 1)),
    [3e-25, 4e-25],
    rooted,
    times(1e25, rootPulled),
  ],
  [
    'batchNorm, large',
    shaped([3, 1], (x) => O.batchNorm()(x, all(1, 1), all(1, 0))),
    times(1e20, [1, 2, 3]),
    normal,
    times(1e-20, pulled),
  ],
  [
    'groupNorm, large',
    (x) => O.groupNorm(1)(x, all(3, 1), all(3, 0)),
    times(1e20, [1, 2, 3]),
    normal,
    times(1e-20, pulled),
  ],
  [
    'instanceNorm, large',
    shaped([1, 3], (x) => O.instanceNorm()(x, all(1, 1), all(1, 0))),
    times(1e20, [1, 2, 3]),
    normal,
    times(1e-20, pulled),
  ],
]

const questionsOf = rows.flatMap(asked)
test.each(questionsOf)('%s', (_, q) => {
  const { found, expected } = byReference(q)
  expect(found).toEqual(expected)
})
describe.each([
  ['wasm', wasm()],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
] as const)('%s', (_, backend) => {
  const run = byBackend(backend)
  test.each(questionsOf)('%s', async (_, q) => {
    const { found, expected } = await run(q)
    expect(found).toEqual(expected)
  })
})
