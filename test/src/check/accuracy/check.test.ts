/** The report: bits that are right, where they are lost, why, and what to write instead. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../../backends/index.ts'
import { showDiagnostics } from '../../../../lang/syntax/error.ts'
import type { UntypedProgram } from '../../../../lang/syntax/program.ts'
import { parse } from '../../../../lang/text/index.ts'
import { adviser, identities } from '../../../../src/check/accuracy/advice.ts'
import { bitsRight, float32, float64 } from '../../../../src/check/accuracy/bits.ts'
import { decimals, exactOf } from '../../../../src/check/accuracy/decimals.ts'
import { exactly } from '../../../../src/check/accuracy/exact.ts'
import {
  type AccuracyReport,
  type AccuracyRow,
  accuracyPage,
  accuracyToJSON,
  checkAccuracy,
  checkGradients,
  showAccuracy,
} from '../../../../src/check/index.ts'
import {
  add,
  call,
  customJvp,
  type Expr,
  exp,
  int,
  log,
  lt,
  mul,
  programOrThrow,
  real,
  sin,
  stopGradient,
  sum,
  tensor,
  whileLoop,
} from '../../../../src/index.ts'

const formula = (text: string): UntypedProgram => {
  const p = parse(text)
  if (E.isLeft(p)) throw new Error(text)
  return p.right
}
const report = async (p: UntypedProgram, options: object): Promise<AccuracyReport> => {
  const checked = await checkAccuracy(p, options)()
  if (E.isLeft(checked)) throw new Error(JSON.stringify(checked.left))
  return checked.right
}
const row = (r: AccuracyReport, quantity: string, backend = 'reference', leaf?: string): AccuracyRow =>
  r.rows.find((o) => o.quantity === quantity && o.backend === backend && (leaf ?? o.leaf) === o.leaf) as AccuracyRow

// -------------------------------------------------------------------------------------
// bits
// -------------------------------------------------------------------------------------

const D = decimals(60)
test('bits that are right', () => {
  const tenth = new D('0.1') // float64: 0.1000000000000000055511151231257827, an error of 2^-54 of 0.1
  expect(bitsRight(tenth, 0.1, float64)).toBe(53)
  expect(bitsRight(tenth, Math.fround(0.1), float32)).toBe(24)
  expect(bitsRight(tenth, Math.fround(0.1), float64)).toBeCloseTo(-Math.log2(1.490116119384765625e-8), 10)
  expect(bitsRight(new D(1), 1 + 2 ** -20, float64)).toBe(20)
  expect(bitsRight(new D(1), 0, float64)).toBe(0)
  expect(bitsRight(new D(1), -1, float64)).toBe(0)
  expect(bitsRight(new D(1), Number.NaN, float64)).toBe(0)
  expect(bitsRight(new D(0), 0, float64)).toBe(53)
  expect(bitsRight(new D(0), 1e-300, float64)).toBe(0)
})
test('a number that the format cannot hold', () => {
  expect(bitsRight(new D('1e400'), Infinity, float64)).toBe(53)
  expect(bitsRight(new D('1e400'), -Infinity, float64)).toBe(0)
  expect(bitsRight(new D('1e39'), Infinity, float32)).toBe(24)
  expect(bitsRight(new D('1e39'), Infinity, float64)).toBe(0)
  expect(bitsRight(new D('1e-400'), 0, float64)).toBe(53)
  expect(bitsRight(new D('1.2e-45'), 2 ** -149, float32)).toBe(24)
  expect(bitsRight(new D('1.2e-45'), 2 ** -149, float64)).toBeLessThan(3)
  expect(bitsRight(exactOf(D, 2 ** -140), 2 ** -140, float32)).toBe(24)
})

// -------------------------------------------------------------------------------------
// the report
// -------------------------------------------------------------------------------------

test('log(1 + exp(x)) at -20: a cancellation in the logarithm, and its remedy', async () => {
  const r = await report(formula('log(1 + exp(x))'), { over: { x: [-20, 20] }, backends: [wasm()], points: 21 })
  const here = row(await report(formula('log(1 + exp(x))'), { over: { x: [-20, 20] }, points: 21 }), 'value')
  expect(here.worst).toMatchObject({ point: [{ name: 'x', values: [-20] }], element: 0 })
  expect(here.worst?.exact).toBe('2.06115362031438070323898279888e-9') // mpmath
  expect(here.worst?.computed).toBe(Math.log(1 + Math.exp(-20)))
  expect(here.worst?.bits).toBeCloseTo(-Math.log2(Math.abs(Math.log(1 + Math.exp(-20)) / 2.06115362031438e-9 - 1)), 2)
  expect(here.loss).toMatchObject({
    cause: 'cancellation',
    op: 'log',
    formula: 'log(1 + exp(x))',
    advice: 'softplus(x)',
  })
  expect(here.loss?.args[0]?.bits).toBe(53)
  expect(row(r, 'value', 'wasm')).toMatchObject({ format: 'float32', of: 24, worst: { computed: 0, bits: 0 } })
  expect(row(r, 'value', 'wasm').loss).toMatchObject({ cause: 'cancellation', op: 'log', advice: 'softplus(x)' })
  const text = showAccuracy(r)
  expect(text).toContain('lost in log(1 + exp(x))')
  expect(text).toContain('cancellation: log of 1.00000000206 leaves 2.06115362e-9')
  expect(text).toContain('try     softplus(x)')
})
test('as a page, and as JSON with infinities', async () => {
  const r = await report(formula('sqrt(x^2 + y^2)'), { over: [1e200, 1e201], points: 3 })
  expect(row(r, 'value').loss).toMatchObject({ cause: 'overflow', advice: 'hypot(x, y)' })
  const page = accuracyPage(r, 'a <norm>')
  expect(page).toContain('a &lt;norm&gt;')
  expect(page).toContain('overflow: integerPow of')
  expect(JSON.parse(accuracyToJSON(r))).toMatchObject({
    digits: 30,
    rows: [{ worst: { computed: { $: 'Infinity' } } }, {}, {}, {}, {}],
  })
})
test('what is computed well loses nothing, on both back ends', async () => {
  for (const text of ['softplus(x)', 'sin(x)', 'x*y + 1/hypot(x, y)', 'tanh(x)']) {
    const r = await report(formula(text), { over: [0.25, 30], backends: [wasm()], points: 12 })
    expect(r.rows.flatMap((o) => (o.quantity !== 'second derivative' && o.loss ? [o] : []))).toEqual([])
  }
})
test.each([
  ['cancellation', 'exp(x) - 1', [1e-9, 1e-8], 'sub', 'expm1(x)'],
  ['cancellation', '1 - cos(x)', [1e-7, 1e-6], 'sub', '2 * sin(x / 2)^2'],
  ['cancellation', 'x^2 - (x - 1)*(x + 1)', [1e7, 1e8], 'sub', undefined],
  ['overflow', 'sqrt(x^2 + 1)', [1e200, 1e201], 'integerPow', undefined],
  ['overflow', 'exp(x) / (1 + exp(x))', [710, 900], 'exp', 'logistic(x)'],
  ['underflow', 'sqrt(x * x)', [1e-170, 1e-165], 'mul', undefined],
  ['argument rounded', 'sin(x^3)', [1e3, 1e4], 'sin', undefined],
  ['ill-conditioned', 'exp(x^3)', [8, 8.8], 'exp', undefined],
  ['inaccurate function', 'x^300', [1.1, 1.2], 'integerPow', undefined],
] as const)('%s in %s', async (cause, text, over, op, advice) => {
  const { loss } = row(await report(formula(text), { over: { x: over }, points: 9 }), 'value')
  expect(loss).toMatchObject({ cause, op })
  expect(loss?.advice).toBe(advice)
})
test('the derivatives, when the value is right', async () => {
  const r = await report(formula('exp(x)/(1 + exp(x))'), { over: { x: [30, 40] }, points: 9 })
  expect(row(r, 'value').loss).toBeUndefined()
  expect(row(r, 'gradient').loss).toMatchObject({ cause: 'cancellation', advice: 'logistic(x)' })
})
test('arrays and trees: by leaf, at an element', async () => {
  const p = programOrThrow({ a: real(3), b: { c: real() } }, ({ a, b }) => ({ s: log(sum()(exp(a))), t: mul(a, b.c) }))
  const r = await report(p, { over: { a: [800, 900], b: { c: [1, 2] } }, points: 4 })
  expect(r.rows.map((o) => [o.quantity, o.leaf])).toEqual([
    ['value', 's'],
    ['value', 't'],
    ['gradient', 'a'],
    ['gradient', 'b.c'],
    ['second derivative', 'a'],
    ['second derivative', 'b.c'],
  ])
  expect(row(r, 'value', 'reference', 's').loss).toMatchObject({
    cause: 'overflow',
    op: 'exp',
    advice: 'logsumexp(x), where x is a',
  })
  expect(row(r, 'value', 'reference', 't').loss).toBeUndefined()
  expect(row(r, 'value', 'reference', 't').compared).toBe(12)
})
test('a cancellation inside a sum', async () => {
  const p = programOrThrow({ x: real() }, ({ x }) => sum()(mul(tensor([3], [1e17, 1, -1e17]), x)))
  expect(row(await report(p, { over: [1, 3], points: 5 }), 'value').loss).toMatchObject({
    cause: 'cancellation',
    op: 'sum',
  })
  const q = formula('(x + 1e17) + (y - 1e17)')
  expect(row(await report(q, { over: [1, 3], points: 5 }), 'value').loss).toMatchObject({
    cause: 'cancellation',
    op: 'add',
  })
})
test('loops: their values and forward derivatives', async () => {
  const doubled = programOrThrow(
    { x: real() },
    ({ x }) =>
      whileLoop(
        (y: Expr) => lt(y as Expr<readonly [], 'real'>, 100),
        (y: Expr) => mul(y, 3) as never,
      )(x as never) as Expr,
  )
  const r = await report(doubled, { over: { x: [0.5, 2] }, points: 5 })
  expect(r.rows.map((o) => o.quantity)).toEqual(['value', 'gradient', 'second derivative'])
  expect(r.rows.every((o) => o.right === o.compared)).toBe(true)
})
test('inside a call', async () => {
  const p = programOrThrow({ x: real() }, ({ x }) =>
    call((y: Expr<readonly [], 'real'>) => log(add(1, exp(y))))(mul(x, 2)),
  )
  const { loss } = row(await report(p, { over: { x: [-10, -9] }, points: 3 }), 'value')
  expect(loss).toMatchObject({ cause: 'cancellation', op: 'log', advice: 'softplus(x), where x is x * 2' })
})
test('stopGradient is constant', async () => {
  const p = programOrThrow({ x: real() }, ({ x }) => mul(x, stopGradient(sin(x))))
  expect((await report(p, { over: { x: [1, 2] }, points: 5 })).rows.every((o) => o.loss === undefined)).toBe(true)
})
test('points outside the domain are counted, and not compared', async () => {
  const r = await report(formula('sqrt(x)'), { over: { x: [-1, 1] }, points: 12 })
  expect(row(r, 'value').compared).toBeLessThan(12)
  expect(r.unknown).toBeGreaterThan(0)
  expect(showAccuracy(r)).toContain('outside the domain')
})

// -------------------------------------------------------------------------------------
// wrong rules
// -------------------------------------------------------------------------------------

const off = (factor: number) =>
  customJvp(
    (x: Expr<readonly [], 'real'>) => exp(x),
    (_, dx, y) => mul(mul(dx, y), factor),
  )
const withRule = (factor: number) => programOrThrow({ x: real() }, ({ x }) => sin(off(factor)(x)))
test('a derivative that is wrong by a part in 10^9 is found, with its equation', async () => {
  const r = await report(withRule(1 + 1e-9), { over: { x: [-1, 1] }, points: 5 })
  expect(row(r, 'value').loss).toBeUndefined()
  expect(row(r, 'gradient').loss).toMatchObject({ cause: 'wrong derivative', op: 'customJvp', equation: 0 })
  expect(row(r, 'gradient').worst?.bits).toBeCloseTo(-Math.log2(1e-9), 1)
  expect(showAccuracy(r)).toContain('because the derivative itself')
})
test('checkGradients to the last digits', () => {
  const verdict = (factor: number, precise: boolean) => {
    const checked = checkGradients(withRule(factor), { precise, range: [-1, 1] })
    return E.isRight(checked) && checked.right.verdict
  }
  expect(verdict(1 + 1e-9, false)).toBe('correct')
  expect(verdict(1 + 1e-9, true)).toBe('wrong')
  expect(verdict(1, true)).toBe('correct')
  const checked = checkGradients(formula('x*sin(x*y) + gelu(x)'), { precise: true })
  expect(E.isRight(checked) && checked.right.checks.map((c) => [c.name, c.passed])).toEqual(
    ['forward', 'reverse', 'coordinates', 'second forward', 'second reverse', 'exact', 'second exact'].map((n) => [
      n,
      true,
    ]),
  )
})

// -------------------------------------------------------------------------------------
// advice
// -------------------------------------------------------------------------------------

describe('the identities behind the advice', () => {
  test.each(identities)('%s = %s', (lossy, instead) => {
    const valueAt = (f: string, x: number) => {
      const { closed } = formula(f)
      return exactly(
        closed,
        closed.inputs.map(({ name }) => [name === 'x' ? x : 0.3]),
        30,
      )?.numbers[0]?.v
    }
    const inside = [-0.7, 0.4].flatMap((x) => {
      const [a, b] = [lossy, instead].map((f) => valueAt(f, x))
      return a?.isFinite() && b ? [a.minus(b).div(b).abs().toNumber()] : []
    })
    expect(inside.length).toBeGreaterThan(0)
    expect(Math.max(...inside)).toBeLessThan(1e-29)
    expect(adviser()(formula(lossy).closed)).toBe(instead)
  })
  test('inside a program, with other names, in the other order', () => {
    expect(adviser()(formula('3 * log(exp(a*b) + 1)').closed)).toBe('softplus(x), where x is a * b')
    expect(adviser()(formula('sqrt(u^2 + v^2)').closed)).toBe('hypot(x, y), where x is u and y is v')
    expect(adviser()(formula('a + b').closed)).toBeUndefined()
  })
})

// -------------------------------------------------------------------------------------
// bad input
// -------------------------------------------------------------------------------------

describe('refused', () => {
  const x = formula('sin(x)')
  const endless = programOrThrow(
    { x: real() },
    ({ x: a }) =>
      whileLoop(
        (y: Expr) => lt(0, y as Expr<readonly [], 'real'>),
        (y: Expr) => add(y as Expr<readonly [], 'real'>, 1) as never,
      )(a as never) as Expr,
  )
  test.each([
    ['integers alone', programOrThrow({ n: int() }, ({ n }) => add(n, 1)), {}, 'no output is real'],
    ['too few digits', x, { digits: 5 }, 'digits is 5'],
    ['half a digit', x, { digits: 30.5 }, 'digits is 30.5'],
    ['no points', x, { points: 0 }, 'points is 0'],
    ['another input', x, { over: { z: [0, 1] } }, 'over names z'],
    ['an interval that ends first', x, { over: [2, 1] }, '2 .. 1'],
    ['three numbers', x, { over: [0, 1, 2] }, '0 .. 1 .. 2'],
    ['a word', x, { over: { x: 'wide' } }, 'over has wide'],
    ['NaN', x, { over: { x: [Number.NaN, 1] } }, 'NaN .. 1'],
    ['an endless interval', x, { over: [0, Infinity] }, '0 .. Infinity'],
    ['outside the domain', formula('log(x)'), { over: [-2, -1] }, 'no finite value'],
    ['a loop that does not end', endless, { over: [1, 2] }, 'does a loop end?'],
  ] as const)('%s', async (_, p, options, says) => {
    const checked = await checkAccuracy(p as UntypedProgram, options as object)()
    expect(E.isLeft(checked) && showDiagnostics(checked.left as never)).toContain(says)
  })
})
