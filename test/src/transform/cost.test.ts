/** What programs cost, counted before anything runs: exact on known ones, bounded for gradients, and the memory of loops. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkpoint, cond, fori, scan, segmentedScan, whileLoop } from '../../../lang/control/index.ts'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { add, exp, lt, mul, sin, sqrt, tanh } from '../../../lang/primitives/elementwise.ts'
import { argsort, scatterAdd } from '../../../lang/primitives/indexing.ts'
import { permute, reshape } from '../../../lang/primitives/reindex.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { type Program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Shape, type Type } from '../../../lang/syntax/shape.ts'
import { type Cost, cost } from '../../../src/transform/cost.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'

type F = (...xs: readonly Expr[]) => Expr
const program = (types: readonly Type[], f: F): Program<unknown, unknown> =>
  programOrThrow(types, (xs) => f(...(xs as unknown as readonly Expr[]))) as never
const costOf = (types: readonly Type[], f: F): Cost => cost(program(types, f))
const flops = (types: readonly Type[], f: F): number => costOf(types, f).flops
const gradientOf = (p: Program<unknown, unknown>): Program<unknown, unknown> => gradOrThrow(p as never) as never
const as = (f: unknown): F => f as F

describe('arithmetic, by hand', () => {
  const [m, k, n] = [3, 5, 7] as const
  test.each([
    ['a product of matrices: 2 m k n', [real(m, k), real(k, n)], O.matmul, 2 * m * k * n],
    ['an inner product: 2 n', [real(n), real(n)], O.dot, 2 * n],
    ['n sums', [real(n), real(n)], add, n],
    ['n functions', [real(n)], sin, n],
    ['a reduction: one sum per number', [real(m, n)], sum(1), m * n],
    ['a power of 5: three products', [real(n)], (x: Expr) => O.pow(x, 5), 3 * n],
    ['movement: nothing', [real(m, n)], (x: Expr) => reshape([n * m])(permute([1, 0])(x)), 0],
    // 4 x 4 places, 2 filters over 3 channels of 3 x 3: one product and one sum per term
    ['a convolution', [real(3, 6, 6), real(2, 3, 3, 3)], O.conv(), 4 * 4 * 2 * (2 * 3 * 3 * 3)],
    ['n log n for sorting', [real(8)], argsort(), 8 * 3],
    ['a scatter: one sum per number of its rows', [real(4, m), int(4)], scatterAdd(9), 4 * m],
    ['a loop: its body, n times', [real(m)], (c: Expr) => fori(10, (_, x: Expr) => mul(sin(x), x))(c), 10 * 2 * m],
    [
      'a choice: the costlier branch',
      [real()],
      (c: Expr) =>
        cond(
          lt(c, 0),
          (x: Expr) => sin(sin(x)),
          (x: Expr) => x,
        )(c),
      2,
    ],
    [
      'a loop of unknown length: one turn',
      [real()],
      (c: Expr) =>
        whileLoop(
          (x: Expr) => lt(x, 1),
          (x: Expr) => sin(x),
        )(c),
      1,
    ],
  ] as const)('%s', (_, types, f, expected) => {
    expect(flops(types, as(f))).toBe(expected)
  })
  test('what is computed twice is counted once, and what nobody reads not at all', () => {
    expect(
      flops(
        [real(n)],
        as((x: Expr) => mul(sin(x), sin(x))),
      ),
    ).toBe(2 * n)
    const unread = (x: Expr): Expr => {
      sin(x)
      return add(x, 1)
    }
    expect(flops([real(n)], as(unread))).toBe(n)
  })
  test('bytes: arguments and results, in the width that is asked for', () => {
    const p = program([real(n), real(n)], as(add))
    expect(cost(p).bytes).toBe(3 * n * 4)
    expect(cost(p, { bytesPerNumber: 8 }).bytes).toBe(3 * n * 8)
  })
  test('peak: the inputs, and what is alive beside them', () => {
    // x stays; of sin x, exp sin x, tanh ... two are alive at a time
    const chain = (x: Expr): Expr => tanh(exp(sin(x)))
    expect(costOf([real(n)], as(chain)).peak).toBe(3 * n * 4)
    // sin x waits for its second use
    expect(
      costOf(
        [real(n)],
        as((x: Expr) => mul(chain(x), sin(x))),
      ).peak,
    ).toBe(4 * n * 4)
    // a view owns nothing
    expect(
      costOf(
        [real(m, n)],
        as((x: Expr) => sum()(permute([1, 0])(x))),
      ).peak,
    ).toBe((m * n + 1) * 4)
  })
})

// -- cheap gradients -------------------------------------------------------------------------------

/** One more value of an image [C, H] from those that are there, and the weights it takes. */
interface Step {
  readonly op: 'add' | 'mul' | 'sin' | 'exp' | 'tanh' | 'mix' | 'conv'
  readonly a: number
  readonly b: number
  readonly to: number
  readonly kernel: number
  readonly stride: number
  readonly pad: number
}
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    op: fc.constantFrom('add', 'mul', 'sin', 'exp', 'tanh', 'mix', 'conv', 'conv'),
    a: fc.nat(9),
    b: fc.nat(9),
    to: fc.integer({ min: 1, max: 4 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 4 }),
    pad: fc.nat(2),
  }),
  { minLength: 1, maxLength: 8 },
)
/** [channels, length]; the weights' shapes in the order in which steps take them. */
const weightOf = (s: Step, [c = 1, h = 1]: Shape): Shape | undefined => {
  if (s.op === 'mix') return [s.to, c]
  const fits = s.pad < s.kernel && s.kernel <= h + 2 * s.pad
  return s.op === 'conv' && fits ? [s.to, c, s.kernel] : undefined
}
const apply = (s: Step, values: readonly Expr[], weight: (shape: Shape) => Expr): Expr => {
  const at = (k: number): Expr => values[k % values.length] as Expr
  const x = at(s.a)
  const shape = x.type.shape as Shape
  const alike = values.filter((v) => `${v.type.shape}` === `${shape}`)
  const y = alike[s.b % alike.length] as Expr
  const w = weightOf(s, shape)
  switch (s.op) {
    case 'add':
      return add(x, y)
    case 'mul':
      return mul(x, y)
    case 'sin':
      return sin(x)
    case 'exp':
      return exp(x)
    case 'tanh':
      return tanh(x)
    case 'mix':
      return O.matmul(weight(w as Shape), x)
    case 'conv':
      return w === undefined ? tanh(x) : O.conv({ stride: s.stride, pad: s.pad })(x, weight(w))
  }
}
/** The sum of what nothing else reads. Run twice: to see which weights it takes, and with them as inputs. */
const built = (plan: readonly Step[]): Program<unknown, unknown> => {
  const types: Type[] = [real(2, 9)]
  const run = (x: Expr, weight: (shape: Shape) => Expr): Expr => {
    const values = [x]
    for (const s of plan) values.push(apply(s, values, weight))
    return sum()(values.at(-1) as Expr)
  }
  run(constant([2, 9], 0), (shape) => {
    types.push(real(...shape))
    return constant(shape, 0)
  })
  return program(types, (x, ...ws) => {
    const rest = [...ws]
    return run(x as Expr, () => rest.shift() as Expr)
  })
}
const ratio = (p: Program<unknown, unknown>): number => cost(gradientOf(p)).flops / cost(p).flops

describe('a gradient costs at most 4 times the function', () => {
  test('on random programs of add, mul, sin, exp, tanh, products of matrices and strided convolutions', () => {
    fc.assert(
      fc.property(steps, (plan) => ratio(built(plan)) <= 4),
      { numRuns: 400, seed: 20_260_201 },
    )
  })
  const convolution = (stride: number, kernel: number, pad: number, dilation: number, length: number) =>
    program([real(3, length), real(2, 3, kernel)], (x, w) =>
      sum()(O.conv({ stride, pad, dilation })(x as Expr, w as Expr)),
    )
  const all = [1, 2, 3, 4].flatMap((stride) =>
    [1, 2, 3, 4, 5, 7].flatMap((kernel) =>
      [0, 1].flatMap((pad) => [7, 9, 12, 16].map((n) => [stride, kernel, pad, n] as const)),
    ),
  )
  test(`on ${all.length} convolutions, and up to 4.4 where they are also dilated`, () => {
    const over = (dilation: number, bound: number) =>
      all
        .filter(([, kernel, pad, n]) => pad < kernel && dilation * (kernel - 1) < n + 2 * pad)
        .map(
          ([stride, kernel, pad, n]) =>
            [stride, kernel, pad, n, ratio(convolution(stride, kernel, pad, dilation, n))] as const,
        )
        .filter(([, , , , r]) => r > bound)
    expect(over(1, 4)).toEqual([])
    expect(over(2, 4.4)).toEqual([])
    expect(over(3, 4.4)).toEqual([])
  })
  test('a gradient of something else may cost more: the bound can fail', () => {
    expect(ratio(program([real(9)], (x) => sum()(sqrt(x as Expr))))).toBeLessThan(4)
    expect(cost(vjpOrThrow(program([real(9), real(9)], as(O.pow)))).flops).toBeGreaterThan(4 * 9)
  })
  test('forward mode too', () => {
    const p = program([real(4, 6), real(3, 4, 3)], (x, w) => tanh(O.conv({ stride: 2 })(x as Expr, w as Expr)))
    expect(cost(jvp(p)).flops).toBeLessThanOrEqual(4 * cost(p).flops)
  })
})

// -- memory of loops -------------------------------------------------------------------------------

describe('reverse mode of a loop', () => {
  const width = 100
  type Loop = (n: number) => Program<unknown, unknown>
  /** c' = sin(c k), n times: nothing but the carry moves. */
  const body = (k: Expr) => (c: Expr) => [sin(mul(c, k)), null] as readonly [Expr, null]
  const loop =
    (run: (f: (c: Expr) => readonly [Expr, null], n: number) => (c: Expr) => Expr): Loop =>
    (n) =>
      program([real(width), real(width)], (c, k) => sum()(run(body(k as Expr), n)(c as Expr)))
  const plain = loop((f, n) => (c) => scan(f as never, { length: n })(c, null as never)[0] as Expr)
  const segmented = loop((f, n) => (c) => segmentedScan(f as never, { length: n })(c, null as never)[0] as Expr)
  const carries = (p: Program<unknown, unknown>): number => cost(p).peak / (4 * width)

  test('forward alone keeps one carry, whatever the length', () => {
    expect(carries(plain(100))).toBe(carries(plain(10_000)))
    expect(carries(jvp(plain(100)) as never)).toBeLessThan(220)
  })
  test('keeps a carry of every step', () => {
    const [short, long] = [carries(gradientOf(plain(100))), carries(gradientOf(plain(400)))]
    expect(long - short).toBe(300)
  })
  test('in segments: of every segment, and of the steps of one', () => {
    const found = [100, 400, 1600, 6400].map((n) => carries(gradientOf(segmented(n))))
    // twice the root, and what a step needs
    for (const [i, n] of [100, 400, 1600, 6400].entries()) expect(found[i]).toBeLessThan(2 * Math.sqrt(n) + 25)
    // four times the steps, at most twice the memory
    expect(found.every((c, i) => i === 0 || c <= 2 * (found[i - 1] as number))).toBe(true)
    expect(carries(gradientOf(plain(6400)))).toBeGreaterThan(30 * (found[3] as number))
  })
  test('pays for it by running every segment once more', () => {
    const [kept, again] = [cost(gradientOf(plain(400))).flops, cost(gradientOf(segmented(400))).flops]
    expect(again).toBeGreaterThan(kept)
    expect(again - kept).toBeLessThanOrEqual(cost(plain(400)).flops * 1.1)
  })
})

test('checkpoint keeps what goes in and comes out of a part, and none of what is between', () => {
  const width = 100
  const layers = (n: number) => (x: Expr) => Array.from({ length: n }).reduce<Expr>((y) => tanh(mul(y, y)), x)
  const part = checkpoint(layers(10))
  const kept = program([real(width)], (x) => sum()(layers(100)(x as Expr)))
  const parts = program([real(width)], (x) => sum()(Array.from({ length: 10 }).reduce<Expr>((y) => part(y), x as Expr)))
  const held = (p: Program<unknown, unknown>): number => cost(gradientOf(p)).peak / (4 * width)
  expect(held(kept)).toBeGreaterThan(100)
  // ten between the parts, twice ten layers inside of one
  expect(held(parts)).toBeLessThan(40)
  expect(cost(gradientOf(parts)).flops).toBeGreaterThan(cost(gradientOf(kept)).flops)
})
