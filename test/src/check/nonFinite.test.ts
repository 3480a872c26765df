/** Where NaN and infinity come from: known causes are found, through scans and calls; for finite programs none is reported. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { gpujs, reference, wasm } from '../../../backends/index.ts'
import { type Budget, showNonFinite, traceNonFinite, traceNonFiniteOn } from '../../../src/check/index.ts'
import {
  add,
  cond,
  crossEntropy,
  div,
  type Expr,
  exp,
  gradOrThrow,
  gt,
  int,
  log,
  mul,
  programOrThrow,
  real,
  scan,
  select,
  softmax,
  sqrt,
  sub,
  sum,
  tensor,
  whileLoop,
} from '../../../src/index.ts'

type Scalar = Expr<readonly []>
const x3 = { x: real(3) }
const found = (...args: Parameters<typeof traceNonFinite>) => {
  const n = traceNonFinite(...args)
  if (n?._tag === 'FromEquation') return [n.origin.op, [...n.origin.element], n.origin.value, n.nan?.op]
  return n?._tag === 'FromInput' ? [n.name, [...n.element], n.value] : n
}

describe('the first equation', () => {
  test('log of a negative number', () => {
    const p = programOrThrow(x3, ({ x }) => sum()(mul(log(sub(x, 1)), 2)))
    expect(found(p, { x: [2, 3, 0.5] })).toEqual(['log', [2], Number.NaN, undefined])
  })
  test('the formula: the last few equations, in the text of programs', () => {
    const formula = (p: Parameters<typeof traceNonFinite>[0], x: readonly number[]): string | undefined => {
      const n = traceNonFinite(p, { x })
      return n?._tag === 'FromEquation' ? n.origin.formula : undefined
    }
    const p = programOrThrow(x3, ({ x }) => sum()(mul(log(sub(x, 1)), 2)))
    expect(formula(p, [2, 3, 0.5])).toBe('log(x - 1)')
    const norm = gradOrThrow(programOrThrow(x3, ({ x }) => sqrt(sum()(mul(x, x)))))
    expect(formula(norm, [0, 0, 0])).toBe('0.5 / sqrt(sum{axes: [0]}(x * x))')
    // from further back than three equations: inputs of the formula
    const deep = programOrThrow(x3, ({ x }) => log(sub(sub(sub(sub(x, exp(x)), 1), 2), 3)))
    expect(formula(deep, [0, 0, 0])).toMatch(/^log\(v\d+ - 1 - 2 - 3\)$/)
    // data that fill a page are left out
    const data = programOrThrow(x3, ({ x }) => log(mul(x, tensor([3], [-1 / 3, -2 / 3, -4 / 3]))))
    expect(formula(data, [1, 1, 1])).toMatch(/^log\(x \* v\d+\)$/)
  })
  test('an overflow in float32 alone', () => {
    const p = programOrThrow(x3, ({ x }) => log(sum()(exp(x))))
    expect(found(p, { x: [1, 2, 100] })).toEqual(['exp', [2], Infinity, undefined])
    expect(traceNonFinite(p, { x: [1, 2, 100] })).toMatchObject({ precision: 'single' })
    expect(traceNonFinite(p, { x: [1, 2, 100] }, 'double')).toBeUndefined()
    expect(traceNonFinite(p, { x: [1, 2, 1000] })).toMatchObject({ precision: 'double' })
  })
  test('a NaN from infinities: both equations are reported', () => {
    const p = programOrThrow(x3, ({ x }) => {
      const e = exp(x)
      return div(e, sum()(e))
    })
    expect(found(p, { x: [0, 800, 1] })).toEqual(['exp', [1], Infinity, 'div'])
  })
  test('0 / 0 in a gradient: sqrt at 0', () => {
    const p = gradOrThrow(programOrThrow(x3, ({ x }) => sqrt(sum()(mul(x, x)))))
    const n = traceNonFinite(p, { x: [0, 0, 0] })
    expect(n).toMatchObject({ _tag: 'FromEquation', output: 'x' })
  })
  test('an input that is not finite', () => {
    const p = programOrThrow({ a: real(), x: real(3) }, ({ a, x }) => mul(a, x))
    expect(found(p, { a: 1, x: [1, Infinity, Number.NaN] })).toEqual(['x', [2], Number.NaN])
  })
  test('an infinity that is masked out is not reported', () => {
    const p = programOrThrow(x3, ({ x }) => sum()(select(gt(x, 0), log(x), 0)))
    expect(traceNonFinite(p, { x: [0, 1, 2] })).toBeUndefined()
    const q = programOrThrow(x3, ({ x }) => sum()(add(select(gt(x, 0), log(x), 0), log(sub(x, 2)))))
    expect(found(q, { x: [0, 3, 4] })).toEqual(['log', [0], Number.NaN, undefined])
  })
  test('inside a scan, at its step', () => {
    const step = (c: Scalar, row: Scalar) => [sub(c, row), log(c)] as const
    const p = programOrThrow({ x: real(), rows: real(6) }, ({ x, rows }) => scan(step)(x, rows))
    const n = traceNonFinite(p, { x: 3.5, rows: [1, 1, 1, 1, 1, 1] })
    expect(n).toMatchObject({ origin: { op: 'log', within: [expect.stringMatching(/scan.*step 4$/)] } })
    expect(n && showNonFinite(n)).toMatch(
      /log\(real\[\]\).*of the body of equation \d+ \(scan\), step 4\n.*is NaN, computed from -0.5/,
    )
  })
  test('inside a while, at its step', () => {
    const p = programOrThrow({ x: real() }, ({ x }) =>
      whileLoop(
        (v: Scalar) => gt(v, -10),
        (v: Scalar) => mul(log(v), 5),
      )(x),
    )
    expect(traceNonFinite(p, { x: 1 })).toMatchObject({
      origin: { op: 'log', within: [expect.stringMatching(/step 1$/)] },
    })
  })
  test('in the branch of a cond that is taken', () => {
    const p = programOrThrow({ x: real() }, ({ x }) => cond(gt(x, 0), exp, (y: Scalar) => log(y))(x))
    expect(traceNonFinite(p, { x: -1 })).toMatchObject({ origin: { op: 'log' } })
  })
})
describe('the budget', () => {
  /** Its value while that is positive: for ever. */
  const endless = programOrThrow({ x: real() }, ({ x }) =>
    whileLoop(
      (v: Scalar) => gt(v, 0),
      (v: Scalar) => mul(v, 1),
    )(x),
  )
  const failing = programOrThrow({ x: real() }, ({ x }) =>
    whileLoop(
      (v: Scalar) => gt(v, -10),
      (v: Scalar) => mul(log(v), 5),
    )(x),
  )
  const search = (budget: Budget) => traceNonFinite(endless, { x: 1 }, undefined, budget)
  const spent = (budget: Budget) => {
    const n = search(budget)
    return n?._tag === 'BudgetSpent' ? n.spent : undefined
  }
  test('ends the search where a loop never ends, and the report says what was spent', () => {
    expect(spent({ evaluations: 70 })).toEqual({ evaluations: 70, evaluationLimit: 70, exhausted: true })
    const n = search({ evaluations: 70 })
    expect(n && showNonFinite(n)).toBe(
      '  from an equation that was not found: 70 evaluations of at most 70: the budget is spent',
    )
  })
  test('may be time', () => {
    let t = 0
    const after = spent({
      seconds: 2,
      now: () => {
        t += 10
        return t
      },
    })
    expect(after).toMatchObject({ exhausted: true, secondLimit: 2 })
    expect(after?.evaluations).toBeLessThan(300)
  })
  test('shows progress', () => {
    const seen: number[] = []
    spent({ evaluations: 2000, onProgress: (p) => () => void seen.push(p.evaluations) })
    expect(seen).toEqual([500, 1000, 1500, 2000])
  })
  test('is not felt by a search that ends; the search in the body is counted too', () => {
    const within = (evaluations: number) => traceNonFinite(failing, { x: 1 }, undefined, { evaluations })
    expect(within(4)).toMatchObject({ origin: { op: 'log' } })
    expect(within(3)).toMatchObject({ _tag: 'BudgetSpent' })
  })
  test('holds for the numbers of a back end', async () => {
    const own = await traceNonFiniteOn(wasm())(failing, { x: 1 }, { evaluations: 1 })()
    expect(own).toMatchObject(E.right({ _tag: 'BudgetSpent', spent: { evaluationLimit: 1 } }))
  })
})
test('stable forms are finite where the naive form is not', () => {
  const naive = programOrThrow(x3, ({ x }) => sum()(log(softmax()(mul(x, 1000)))))
  expect(traceNonFinite(naive, { x: [1, 2, 3] })).toMatchObject({ origin: { op: 'log' } })
  const stable = programOrThrow({ ...x3, y: int() }, ({ x, y }) => crossEntropy()(mul(x, 1000), y))
  expect(traceNonFinite(stable, { x: [1, 2, 3], y: 0 })).toBeUndefined()
})
test('agrees with the outputs: something is found exactly where an output is not finite', () =>
  fc.assert(
    fc.property(fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }), (x) => {
      const p = programOrThrow(x3, (v) => div(log(v.x), sub(v.x, 1)))
      const bad = x.some((v) => !Number.isFinite(Math.log(v) / (v - 1)))
      return (traceNonFinite(p, { x }, 'double') !== undefined) === bad
    }),
    { seed: 21, numRuns: 200 },
  ))

describe('in the numbers of a back end', () => {
  const row = (c: Scalar, r: Scalar) => [sub(c, r), log(c)] as const
  const programs = {
    'an overflow of float32': [programOrThrow(x3, ({ x }) => log(sum()(exp(x)))), { x: [1, 2, 100] }],
    'infinity over infinity': [programOrThrow(x3, ({ x }) => div(exp(x), sum()(exp(x)))), { x: [0, 800, 1] }],
    'a scan': [
      programOrThrow({ x: real(), rows: real(6) }, ({ x, rows }) => scan(row)(x, rows)),
      { x: 3.5, rows: [1, 1, 1, 1, 1, 1] },
    ],
    'an input': [programOrThrow(x3, ({ x }) => mul(x, 2)), { x: [1, Number.NaN, 2] }],
    'a gradient': [gradOrThrow(programOrThrow(x3, ({ x }) => sqrt(sum()(mul(x, x))))), { x: [0, 0, 0] }],
    nothing: [programOrThrow(x3, ({ x }) => exp(x)), { x: [0, 1, 2] }],
  } as const
  describe.each([
    ['reference', reference, 'double'],
    ['wasm', wasm(), 'single'],
    ['gpujs:cpu', gpujs({ mode: 'cpu' }), 'single'],
  ] as const)('%s', (_, backend, precision) => {
    test.each(Object.entries(programs))('%s: the same as the meaning says', async (__, [p, inputs]) => {
      const own = await traceNonFiniteOn(backend)(p as never, inputs as never)()
      expect(own).toEqual(E.right(traceNonFinite(p as never, inputs as never, precision)))
    })
  })
})
