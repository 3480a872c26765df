/** A check that fails on purpose, and its report. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { parseJSON } from '../../../lang/syntax/plain.ts'
import {
  checkGradients,
  type GradientReport,
  gradientPage,
  reportToJSON,
  showReport,
} from '../../../src/check/index.ts'
import {
  customJvp,
  type Expr,
  exp,
  log,
  mul,
  orThrow,
  programOrThrow,
  real,
  sin,
  sub,
  sum,
} from '../../../src/index.ts'

type X = Expr<readonly [3], 'real'>
/** exp with half of its derivative as its rule. */
const halved = customJvp(
  (x: X) => exp(x),
  (x: X, dx: X) => mul(mul(dx, 0.5), exp(x)),
)
const wrong = programOrThrow({ a: real(3), b: real(3) }, ({ a, b }) => sum()(mul(sin(a), halved(mul(a, b) as X))))
const report = (options = {}): GradientReport => orThrow(checkGradients(wrong, { seed: 3, ...options }))

test('the verdict, the worst coordinate, the slopes, and the equation at fault', () => {
  const r = report()
  expect(r.verdict).toBe('wrong')
  expect(r.suspect?.ops).toEqual(['customJvp'])
  expect(wrong.closed.equations[r.suspect?.equations[0] ?? -1]?.op).toBe('customJvp')
  expect(['a', 'b']).toContain(r.worst?.leaf)
  expect(Math.abs((r.worst?.analytic ?? 0) - (r.worst?.numeric ?? 0))).toBeGreaterThan(100 * (r.worst?.bar ?? 1))
  expect(r.coordinates.map((c) => [c.leaf, c.passed])).toEqual([
    ['a', false],
    ['b', false],
  ])
  // a wrong first derivative leaves a remainder of the first order
  expect(r.slopes?.first).toBeCloseTo(1, 1)
})
test('as text', () => expect(showReport(report())).toMatchSnapshot())
test('as text, when all is well', () => {
  const p = programOrThrow({ x: real(2), y: real(2) }, ({ x, y }) => sum()(mul(sin(x), log(y))))
  expect(showReport(orThrow(checkGradients(p)))).toMatchSnapshot()
})
test('the point of the report shows the failure again', () => {
  const [a, b] = report().point.map((p) => p.values)
  const again = report({ at: { a, b } })
  expect(again.verdict).toBe('wrong')
  expect(again.samples).toBe(1)
})
test('as a page: self-contained, with the plot and the program', () => {
  const page = gradientPage(report(), 'a <wrong> rule')
  for (const part of [
    'a &lt;wrong&gt; rule',
    'Suspected: customJvp',
    'remainder against step',
    '<circle',
    'customJvp{',
  ])
    expect(page).toContain(part)
  expect(page).not.toMatch(/https?:\/\/|<script/)
  expect(gradientPage(orThrow(checkGradients(programOrThrow(real(2), (x) => mul(x, 3)))))).toContain('Checks')
})
test('as JSON', () => {
  const r = report()
  const data = parseJSON(reportToJSON(r)) as { readonly [key: string]: unknown }
  expect(data.verdict).toBe('wrong')
  expect(data.checks).toEqual(r.checks)
  expect(data.program).toMatch(/^fn \{/)
})
test('a point that does not fit is a diagnostic', () => {
  for (const at of [{ a: [1, 2, 3] }, { a: [1, 2, 3], b: [1, 2] }, [1]]) {
    const made = checkGradients(wrong, { at: at as never })
    expect(E.isLeft(made) && made.left[0]?.problem._tag).toBe('Malformed')
  }
})
test('ranges hold, for all inputs or by name', () => {
  const p = programOrThrow({ a: real(2), b: real(2) }, ({ a, b }) => log(sub(a, b)))
  const r = orThrow(checkGradients(p, { range: { a: [10, 11], b: [0, 1] } }))
  expect(r.verdict).toBe('correct')
  expect(r.point[0]?.values.every((v) => v >= 10 && v <= 11)).toBe(true)
})
test('a wrong derivative is found at inputs that are small by chance', () => {
  for (const x of [1e-300, 1e-30, 1e-12, 1e-6, 0]) {
    const p = programOrThrow(real(3), (v) => sum()(halved(v)))
    expect(orThrow(checkGradients(p, { at: [x, x / 2, -x] })).verdict).toBe('wrong')
  }
})
