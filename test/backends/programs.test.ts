/** Whole programs on gpu.js: forms, sub-plans, and kernels of several elements per thread. */
import { afterAll, describe, expect, test } from 'vitest'
import { traits } from '../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { kernelsOf } from '../../backends/schedule/plan.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { workOf } from '../../backends/schedule/work.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { add, exp, mul, type Program, programOrThrow, real, scan, sort, sum } from '../../src/index.ts'
import { valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { agrees, deterministic, keepsInputs, keepsOutputs, subject } from '../laws/backend.ts'
import { blocks, chain, zoo } from './zoo.ts'

const programs = [...zoo, ...blocks, ['a chain', chain(2000)] as const].map(([name, p]) => [name, p] as const)

describe.each(['cpu', 'webasm'] as const)('gpujs %s', (mode) => {
  const releases: (() => void)[] = []
  afterAll(() => {
    for (const release of releases) release()
  })
  test.each(programs)('%s', async (_, p) => {
    const s = await subject(gpujs({ mode }), p)
    releases.push(s.release)
    const at = (seed: number) => valuesFrom(seed, inTypes(p.closed))
    for (const seed of [1, 2, 3]) expect(await agrees(s, at(seed), 1e-5)).toBe(true)
    expect(await deterministic(s, at(1))).toBe(true)
    expect(await keepsInputs(s, at(1))).toBe(true)
    expect(await keepsOutputs(s, at(1), at(2))).toBe(true)
  })
})
test('webasm computes several elements of a product per thread', () => {
  const elements = blocks.flatMap(([, p]) => {
    const plan = schedule(p.closed)
    return kernelsOf(plan).map((k) => {
      const shapes = k.reads.map((v) => (plan.types[v] as Type).shape)
      return traits.webasm.shape(k.indices, k.body, shapes, workOf(k.body).iterations).thread.bodies.length
    })
  })
  expect(elements.filter((n) => n === 4).length).toBeGreaterThanOrEqual(blocks.length)
})

/** A fold over n rows of m elements, and what reads its results. */
const folded = (n: number, m: number): Program<unknown, unknown> =>
  programOrThrow({ x: real(m), rows: real(n, m) }, ({ x, rows }) => {
    const step = (c: Expr, r: Expr) => [add(c, r) as Expr, mul(c, r) as Expr] as const
    const [last, products] = scan(step as never)(x as never, rows as never) as unknown as readonly [Expr, Expr]
    return [last, products, exp(products), sort()(products), sum()(products)]
  }) as never
describe.each(['cpu', 'webasm'] as const)('gpujs %s: a fold', (mode) => {
  test.each([
    ['of rows without elements', 3, 0],
    ['of no rows', 0, 2],
    ['of neither', 0, 0],
  ])('%s', async (_, n, m) => {
    const s = await subject(gpujs({ mode }), folded(n, m) as never)
    expect(await agrees(s, valuesFrom(1, inTypes(folded(n, m).closed)), 1e-5)).toBe(true)
    s.release()
  })
})
