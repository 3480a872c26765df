/** What counts as an operation: one definition for the language's cost and for the schedule's. */
import { describe, expect, test } from 'vitest'
import { costOf } from '../../backends/schedule/cost.ts'
import { kernelsOf } from '../../backends/schedule/plan.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { flopsPerElement } from '../../lang/kernel/count.ts'
import { fn, index, load, num, reduce, type Scalar } from '../../lang/kernel/index.ts'
import {
  add,
  cond,
  conv,
  cost,
  type Expr,
  lt,
  matmul,
  mul,
  programOrThrow,
  real,
  sin,
  sum,
  whileLoop,
} from '../../src/index.ts'

const [i, x] = [index(7), (...at: readonly Scalar[]) => load(0, at, 'real')]
const flops = (body: Scalar): number => flopsPerElement([i], body)

describe('operations for one element', () => {
  test.each([
    ['a sum of n terms: n', reduce('add', [5], ([k]) => x(k as Scalar)), 5],
    ['nested sums: one per term, however they are nested', reduce('add', [2, 3, 5], (k) => x(...k)), 30],
    [
      'a function of the outer index: once per outer iteration',
      reduce('add', [2, 3], ([j, k]) => fn('mul', fn('sin', x(j as Scalar)), x(k as Scalar))),
      2 + 6 + 6,
    ],
    [
      'a sum that does not depend on the sum around it: once',
      reduce('add', [2], () => reduce('add', [3], ([k]) => x(k as Scalar))),
      3 + 2,
    ],
    [
      'a maximum of sums: both',
      reduce('max', [2], ([j]) => reduce('add', [3], ([k]) => x(j as Scalar, k as Scalar))),
      6 + 2,
    ],
    ['a shared scalar: once', ((s: Scalar) => fn('mul', s, s))(fn('sin', x(i))), 2],
    ['choices, comparisons and conversions: none', fn('select', fn('lt', x(i), num(0)), fn('toReal', i), x(i)), 0],
  ])('%s', (_, body, expected) => {
    expect(flops(body)).toBe(expected)
  })
})
test('a convolution is one kernel of one product and one sum per term, before and after scheduling', () => {
  const p = programOrThrow([real(1, 3, 6, 6), real(2, 3, 1, 1)], ([image, filter]) => conv({})(image, filter))
  const plan = schedule(p.closed)
  expect(kernelsOf(plan).length).toBe(1)
  expect(costOf(plan).flops).toBe(2 * 6 * 6 * (2 * 3))
  expect(cost(p).flops).toBe(costOf(plan).flops)
})
test('a branch counts the more expensive body, whichever it is; a while counts one iteration', () => {
  type Four = Expr<readonly [4], 'real'>
  const flopsFor = (f: (x: Four) => Four): number => costOf(schedule(programOrThrow(real(4), f).closed)).flops
  const cheap = (x: Four): Four => add(x, 1)
  const dear = (x: Four): Four => mul(sin(x), add(x, 2))
  const first = (x: Four) => lt(sum()(x), 1)
  const both = flopsFor((x) => cond(first(x), cheap, dear)(x))
  expect(both).toBe(flopsFor((x) => cond(first(x), dear, cheap)(x)))
  expect(both).toBe(flopsFor((x) => cond(first(x), dear, dear)(x)))
  expect(both - flopsFor((x) => cond(first(x), cheap, cheap)(x))).toBe(8)
  expect(flopsFor((x) => whileLoop(first, dear)(x))).toBe(flopsFor((x) => whileLoop(first, dear, { limit: 9 })(x)))
  expect(flopsFor((x) => whileLoop(first, dear)(x)) - flopsFor((x) => whileLoop(first, cheap)(x))).toBe(8)
})
test('the peak: inputs, outputs, what is still to be read, and what the body of a loop needs besides', () => {
  const peak = (f: (x: Expr<readonly [8, 8], 'real'>) => Expr): number =>
    costOf(schedule(programOrThrow(real(8, 8), f as never).closed)).peak / 4
  // places begin at multiples of 16 elements
  expect(peak((x) => sum()(mul(x, x)) as Expr)).toBe(64 + 16)
  expect(peak((x) => matmul(matmul(x, x), x) as Expr)).toBe(64 + 2 * 64)
  // the first product is dead when the third is written
  expect(peak((x) => matmul(matmul(matmul(x, x), x), x) as Expr)).toBe(64 + 2 * 64)
  // the second product is never stored
  expect(peak((x) => sum()(matmul(matmul(x, x), x)) as Expr)).toBe(64 + 64 + 16)
  const loop = (x: Expr<readonly [8, 8], 'real'>): Expr =>
    whileLoop(
      (c: typeof x) => lt(sum()(c), 1),
      (c) => matmul(matmul(c, c), c),
    )(x)
  // the input and the carry, and in the body its input, a product and its output
  expect(peak(loop)).toBe(2 * 64 + 3 * 64)
})
