/**
 * A check on the evaluator of the back ends says what it says on the reference. `RUNS=500` tries as many programs:
 *
 *   verdict (check on evaluator) = verdict (check on the reference)
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluator } from '../../../backends/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { checkGradients, equivalence, type GradientReport, linearity } from '../../../src/check/index.ts'
import * as A from '../../../src/index.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { arbitraryProgram, inputRange } from '../../../src/testing/index.ts'
import { withoutFreeAxes } from '../../laws/backend.ts'
import { closeAll } from '../../laws/close.ts'

/** Compiles every program, however small. */
const compiling = () => evaluator({ from: 0 })
const runs = Number(process.env.RUNS ?? 12)

test('the outputs are those of the reference, with noise nearly so', () => {
  for (const [seed, drawn] of fc.sample(arbitraryProgram(), { numRuns: 2 * runs, seed: 3 }).entries()) {
    const p = withoutFreeAxes(drawn).closed
    const x = valuesFrom(seed, inTypes(p), inputRange)
    const on = compiling()
    const found = on.evaluate(p, x)
    if (found === undefined) continue
    const right = evaluate(p, x)
    expect(closeAll(found, right, 1e-11)).toBe(true)
    on.evaluate(p, x, { unit: 1e-16, next: () => 0.3 })
    // the noise of one evaluation is gone at the next
    expect(on.evaluate(p, x)).toEqual(found)
  }
})

const options = { range: inputRange, samples: 1, coordinates: 4, suspect: false } as const
const verdict = (r: E.Either<unknown, GradientReport>): string => (E.isRight(r) ? r.right.verdict : 'refused')
test('the verdicts on random programs', () => {
  const programs = fc.sample(arbitraryProgram(), { numRuns: runs, seed: 29 }).map(withoutFreeAxes)
  const pairs = programs.map((p, seed) => [
    verdict(checkGradients(p, { ...options, seed })),
    verdict(checkGradients(p, { ...options, seed, on: compiling() })),
  ])
  expect(pairs.map(([, found]) => found)).toEqual(pairs.map(([right]) => right))
})

const { add, customJvp, exp, mul, programOrThrow, real, relu, sin, sum, matmul, tanh } = A
type Pair = A.Expr<readonly [2], 'real'>
const slightly = (factor: number) =>
  customJvp(
    (x: Pair) => exp(x),
    (x: Pair, dx: Pair) => mul(mul(dx, factor), exp(x)),
  )
const wrong = (factor: number) =>
  programOrThrow({ x: real(2), y: real(2) }, ({ x, y }) => sum()(mul(sin(x), slightly(factor)(mul(x, y)))))
const kinked = programOrThrow({ x: real(2) }, ({ x }) => sum()(relu(mul(x, 0))))

describe('verdicts', () => {
  test.each<readonly [string, UntypedProgram]>([
    ['a rule off by a factor', wrong(0.5)],
    ['a rule off by 1e-6', wrong(1 + 1e-6)],
    ['a right rule', wrong(1)],
    ['kinks everywhere', kinked],
  ])('%s', (_, p) => {
    const [right, found] = [checkGradients(p, { seed: 3 }), checkGradients(p, { seed: 3, on: compiling() })]
    expect(verdict(found)).toBe(verdict(right))
    const checks = (r: typeof right) => (E.isRight(r) ? r.right.checks.map((c) => [c.name, c.passed]) : [])
    expect(checks(found)).toEqual(checks(right))
  })
  test('the same seed, the same report, whatever was checked before', () => {
    const on = compiling()
    const first = checkGradients(wrong(0.5), { seed: 3, on })
    checkGradients(wrong(1), { seed: 4, on })
    expect(checkGradients(wrong(0.5), { seed: 3, on })).toEqual(first)
  })
})

test('a network of 40,000 parameters is checked to second order', () => {
  const f = programOrThrow({ x: real(4, 256), w: real(256, 128), v: real(128, 64) }, ({ x, w, v }) =>
    sum()(tanh(matmul(tanh(matmul(x, w)), v))),
  )
  const checked = checkGradients(f, { samples: 1, on: evaluator() })
  expect(verdict(checked)).toBe('correct')
})
test('equivalence and linearity', () => {
  const f = programOrThrow({ x: real(100, 100), y: real(100, 100) }, ({ x, y }) => matmul(x, y))
  const g = programOrThrow({ x: real(100, 100), y: real(100, 100) }, ({ x, y }) => matmul(x, add(y, 1e-9)))
  const on = evaluator()
  expect(equivalence(f, A.simplify(f), { samples: 1, on })._tag).toBe('Equivalent')
  expect(equivalence(f, g, { samples: 1, on })._tag).toBe('OtherValue')
  expect(linearity(f, { inputs: ['y'], on }).test).toBe(true)
  expect(linearity(f, { on }).test).toBe(false)
})
