/** Sums of windows in tiles: depthwise and grouped convolutions with both gradients, of any size, and what they refuse. */
import { describe, expect, test } from 'vitest'
import { dividedInPlace } from '../../../backends/rewrite/residues.ts'
import { type KernelStep, kernelsOf, type Plan, sizeAt, typeOf } from '../../../backends/schedule/plan.ts'
import { areWorthTiling, windowsIn } from '../../../backends/wasm/gemm/windows.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { conv, relu } from '../../../lang/operations/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Shape } from '../../../lang/syntax/shape.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { agrees, subject } from '../../laws/backend.ts'
import { same } from '../../laws/close.ts'
import type { AnyProgram } from '../execution.ts'

const layer = (x: Shape, w: Shape, options: object, after: (y: Expr) => Expr = (y) => y): AnyProgram =>
  programOrThrow(
    [real(...x), real(...w)] as never,
    (([a, b]: readonly [Expr, Expr]) => after(conv(options as never)(a as never, b as never) as Expr)) as never,
  ) as unknown as AnyProgram
const withGradients = (p: AnyProgram): AnyProgram => vjpOrThrow(p as never) as unknown as AnyProgram

const cases: readonly (readonly [string, AnyProgram, number])[] = [
  ['3 x 3, padded', withGradients(layer([2, 8, 12, 13], [8, 1, 3, 3], { groups: 8, pad: 1 })), 3],
  ['5 x 5, padded', withGradients(layer([1, 8, 14, 14], [8, 1, 5, 5], { groups: 8, pad: 2 })), 3],
  ['7 x 7 of 7 x 7', withGradients(layer([1, 16, 7, 7], [16, 1, 7, 7], { groups: 16, pad: 3 })), 3],
  ['without padding', withGradients(layer([1, 8, 13, 12], [8, 1, 3, 5], { groups: 8 })), 3],
  ['a dilation', withGradients(layer([1, 8, 16, 15], [8, 1, 3, 3], { groups: 8, pad: 2, dilation: 2 })), 2],
  ['two filters a channel', withGradients(layer([1, 8, 12, 12], [16, 1, 3, 3], { groups: 8, pad: 1 })), 3],
  ['groups of four', withGradients(layer([2, 16, 10, 11], [16, 4, 3, 3], { groups: 4, pad: 1 })), 3],
  ['stride 2', withGradients(layer([1, 16, 20, 21], [16, 1, 3, 3], { groups: 16, pad: 1, stride: 2 })), 2],
  ['one axis', withGradients(layer([1, 8, 200], [8, 1, 9], { groups: 8, pad: 4 })), 3],
  ['three axes', withGradients(layer([1, 8, 6, 7, 8], [8, 1, 3, 3, 3], { groups: 8, pad: 1 })), 3],
  ['sums of many terms', withGradients(layer([1, 4, 60, 60], [4, 1, 3, 3], { groups: 4, pad: 1 })), 3],
  [
    'a function of the sums',
    layer([1, 8, 12, 12], [8, 1, 3, 3], { groups: 8, pad: 1 }, (y) => relu(y as never) as Expr),
    1,
  ],
]
const inTiles = (p: Plan, k: KernelStep): boolean => {
  const region = (v: number) => ({ base: 0, size: sizeAt(p, v), width: 4 as const })
  const found = windowsIn({
    ...dividedInPlace(k.indices, k.body),
    shapes: k.reads.map((v) => typeOf(p, v).shape),
    reads: k.reads.map(region),
    out: region(k.out),
    dtype: 'real',
    label: '',
  })
  return found !== undefined && areWorthTiling(found)
}
describe.each(cases)('%s', (_, p, count) => {
  test('runs in tiles', () => {
    const plan = planOf(p.closed)
    expect(kernelsOf(plan).filter((k) => inTiles(plan, k)).length).toBe(count)
  })
  test('has the values of the reference, and the same bits on any number of threads', async () => {
    const x = valuesFrom(1, inTypes(p.closed), [-1, 1])
    const [one, several] = [await subject(wasm({ threads: 1 }), p), await subject(wasm({ threads: 3 }), p)]
    expect(await agrees(one, x, 1e-5)).toBe(true)
    expect(same(await one.run(x), await several.run(x))).toBe(true)
    one.release()
    several.release()
  })
})
test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s in the filter does not meet the border', async (bad) => {
  const p = layer([1, 8, 12, 12], [8, 1, 3, 3], { groups: 8, pad: 1 })
  const x = valuesFrom(1, inTypes(p.closed), [-1, 1]).map((v, k) => (k === 1 ? v.with(0, bad) : v))
  const s = await subject(wasm(), p)
  expect(await agrees(s, x, 1e-5)).toBe(true)
  s.release()
})

test('long sums are added up row by row: as one chain they would be off by 1e-4', async () => {
  const n = 120
  const p = layer([1, 8, n + 7, n + 7], [8, 1, n, n], { groups: 8 })
  const s = await subject(wasm(), p)
  const [x, w] = [new Float32Array(8 * (n + 7) ** 2).fill(0.1), new Float32Array(8 * n * n).fill(1)]
  const [y = []] = await s.run([x, w] as never)
  s.release()
  for (const v of Array.from(y as ArrayLike<number>))
    expect(Math.abs(v / (n * n * Math.fround(0.1)) - 1)).toBeLessThan(2e-6)
})
