/** Checks end: within their budget, which the report states, and without leaving the range that the user gave. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import {
  type CheckOptions,
  type CheckProgress,
  checkGradients,
  checkTransformations,
  equivalence,
  type GradientReport,
  linearity,
  showEquivalence,
  showReport,
} from '../../../src/check/index.ts'
import { checkProgress, clearLine } from '../../../src/cli/checkProgress.ts'
import {
  acosh,
  add,
  cond,
  type Expr,
  int,
  lt,
  mul,
  programOrThrow,
  real,
  sin,
  sqrt,
  sum,
  toReal,
  type UntypedProgram,
  whileLoop,
} from '../../../src/index.ts'

type Real = Expr<readonly [], 'real'>
/** 100 or more, by doubling: it never ends where x is not positive. */
const grown = programOrThrow({ x: real() }, ({ x }) =>
  whileLoop(
    (c: Real) => lt(c, 100),
    (c) => mul(c, 2),
  )(x),
)
const endless = programOrThrow({ x: real() }, ({ x }) =>
  whileLoop(
    (c: Real) => lt(c, 100),
    (c) => sin(c),
  )(x),
)
const check = (p: UntypedProgram, options: CheckOptions): GradientReport => {
  const r = checkGradients(p, options as CheckOptions<unknown>)
  if (E.isLeft(r)) throw new Error('it has derivatives')
  return r.right
}

test.each([
  [0.1, 0.2],
  [1e-3, 1],
  [1, 1.0001],
  [30, 60],
])('differences stay in the range [%d, %d], where the loop ends', (low, high) => {
  const r = check(grown, { reverse: false, range: [low, high] })
  expect(r.spent.exhausted).toBe(false)
  expect(['correct', 'non-smooth']).toContain(r.verdict)
})
test('of one input of several, and at the edge of a domain', () => {
  const p = programOrThrow({ x: real(), y: real() }, ({ x, y }) =>
    add(
      whileLoop(
        (c: Real) => lt(c, 100),
        (c) => mul(c, 2),
      )(x),
      sin(y),
    ),
  )
  expect(check(p, { reverse: false, range: { x: [3, 3.1] } })).toMatchObject({ verdict: 'correct', kinks: 0 })
  const edge = programOrThrow({ x: real(3) }, ({ x }) => sum()(add(acosh(x), sqrt(x))))
  expect(check(edge, { range: [1, 1.5] }).verdict).toBe('correct')
})
test('an interval for an integer bounds it; one for all real inputs does not', () => {
  const p = programOrThrow({ x: real(), n: int() }, ({ x, n }) => mul(x, toReal(n)))
  const drawn = (options: CheckOptions): readonly (number | undefined)[] =>
    [1, 2, 3, 4].map((seed) => check(p, { ...options, seed }).point[1]?.values[0])
  expect(drawn({ range: { n: [10, 12] } as never }).every((n) => n !== undefined && n >= 10 && n <= 12)).toBe(true)
  expect(drawn({ range: [0.5, 1] }).every((n) => n !== undefined && n >= 0 && n <= 3)).toBe(true)
})
test('a loop that never ends spends the evaluations, and the report says so', () => {
  const r = check(endless, { reverse: false, evaluations: 3000 })
  expect(r).toMatchObject({ verdict: 'unfinished', samples: 0 })
  expect(r.spent).toEqual({ evaluations: 3000, evaluationLimit: 3000, exhausted: true })
  expect(showReport(r)).toContain('3000 evaluations of at most 3000: the budget is spent')
})
test('the same budget, the same report', () => {
  const p = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
  const all = check(p, { seed: 2 })
  const options = { evaluations: Math.floor(0.8 * all.spent.evaluations), seed: 2 }
  const some = check(p, options)
  expect(check(p, options)).toEqual(some)
  expect(some.spent.exhausted).toBe(true)
  expect(some.samples).toBeLessThan(all.samples)
  expect(some.samples).toBeGreaterThan(0)
  expect(some.verdict).toBe('correct')
  expect(all.spent.exhausted).toBe(false)
})
test('time is measured by the clock that is given', () => {
  let time = 0
  const now = (): number => {
    time += 20
    return time
  }
  const r = check(endless, { reverse: false, seconds: 5, now })
  expect(r).toMatchObject({ verdict: 'unfinished', spent: { secondLimit: 5, exhausted: true } })
  expect(r.spent.seconds).toBeGreaterThan(5)
  expect(showReport(r)).toMatch(/s of at most 5 s: the budget is spent/)
  expect(check(grown, { reverse: false, range: [1, 2] }).spent).not.toHaveProperty('seconds')
})
test('where a loop reaches its own limit, the program counts as not finite', () => {
  const limited = programOrThrow({ x: real() }, ({ x }) =>
    whileLoop(
      (c: Real) => lt(c, 100),
      (c) => sin(c),
      { limit: 50 },
    )(x),
  )
  expect(check(limited, { reverse: false })).toMatchObject({ verdict: 'not finite', spent: { exhausted: false } })
  const guarded = programOrThrow({ x: real() }, ({ x }) =>
    cond(
      lt(0, x),
      (a: Real) => mul(a, a),
      (a: Real) =>
        whileLoop(
          (c: Real) => lt(c, 0),
          (c) => mul(c, 2),
          { limit: 9 },
        )(a),
    )(x),
  )
  expect(check(guarded, { reverse: false, range: [0.5, 1] }).verdict).toBe('correct')
})
test('the other checks end too, and say why', async () => {
  expect(linearity(endless, { evaluations: 500 })).toMatchObject({ test: false, spent: { exhausted: true } })
  const same = equivalence(endless, endless, { evaluations: 500 })
  expect(same).toMatchObject({ _tag: 'NotTried', spent: { evaluations: 500 } })
  expect(showEquivalence(same)).toContain('the budget is spent')
  const rows = await checkTransformations(grown, { evaluations: 40 })()
  expect(rows.filter((r) => r.note?.includes('budget')).every((r) => !r.passed)).toBe(true)
})
test('progress: what is done, and one line on a terminal only', () => {
  const seen: CheckProgress[] = []
  const p = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
  check(p, {
    onProgress: (r) => () => {
      seen.push(r)
    },
  })
  expect(seen.map((r) => r.doing)).toEqual(
    expect.arrayContaining(['point 1 of 3: forward', 'point 1 of 3: coordinates', 'point 3 of 3: second order']),
  )
  expect(seen.every((r, i) => i === 0 || r.evaluations >= (seen[i - 1]?.evaluations ?? 0))).toBe(true)
  const written: string[] = []
  const stream = (isTTY: boolean) => ({ isTTY, write: (s: string) => written.push(s) > 0 }) as never
  const [first] = seen
  if (first === undefined) throw new Error('there was progress')
  checkProgress(stream(false))(first)()
  clearLine(stream(false))
  expect(written).toEqual([])
  let time = 0
  const show = checkProgress(stream(true), () => time)
  show({ ...first, doing: 'point 1 of 3' })()
  show({ ...first, doing: 'too soon' })()
  time = 1000
  show({ ...first, doing: 'point 2 of 3' })()
  clearLine(stream(true))
  expect(written.join('')).toMatch(/point 1 of 3[\s\S]*point 2 of 3/)
  expect(written.join('')).not.toContain('too soon')
})
