/** Strided and transposed convolutions, with both gradients: any stride, dilation, padding and size, in 1, 2 and 3 axes. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { planOf as gpujsPlan } from '../../../backends/gpujs/plan/planOf.ts'
import { contractionIn } from '../../../backends/rewrite/contraction.ts'
import { dividedInPlace } from '../../../backends/rewrite/residues.ts'
import { type KernelStep, kernelsOf } from '../../../backends/schedule/plan.ts'
import { float32 } from '../../../backends/wasm/assembler/index.ts'
import { isWorthPacking } from '../../../backends/wasm/gemm/tiling.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { conv, convTranspose } from '../../../lang/operations/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { agrees, subject } from '../../laws/backend.ts'
import { closeAll, same } from '../../laws/close.ts'
import { wasmRunsItsPlan } from '../../laws/plannedKernels.ts'
import { seed } from '../../seed.ts'
import { evaluatePlan } from '../evaluatePlan.ts'
import type { AnyProgram } from '../execution.ts'

interface Axis {
  readonly length: number
  readonly size: number
  readonly stride: number
  readonly dilation: number
  readonly pad: readonly [number, number]
}
interface Layer {
  readonly transposed: boolean
  readonly batch: number
  readonly groups: number
  /** Channels of a group, in the image and in the result. */
  readonly channels: readonly [number, number]
  readonly axes: readonly Axis[]
}
/** The layer with its gradients by image and filter; undefined if its filter does not fit. */
const layerOf = ({ transposed, batch, groups, channels: [ci, co], axes }: Layer): AnyProgram | undefined => {
  const options = {
    stride: axes.map((a) => a.stride),
    dilation: axes.map((a) => a.dilation),
    pad: axes.map((a) => a.pad),
    groups,
  }
  const filter = transposed ? [groups * ci, co] : [groups * co, ci]
  const types = [real(batch, groups * ci, ...axes.map((a) => a.length)), real(...filter, ...axes.map((a) => a.size))]
  const apply = (transposed ? convTranspose(options as never) : conv(options as never)) as unknown as (
    x: Expr,
    w: Expr,
  ) => Expr
  const made = program(types as never, ((xs: readonly [Expr, Expr]) => apply(...xs)) as never)
  return E.isLeft(made) ? undefined : (vjpOrThrow(made.right) as unknown as AnyProgram)
}
const axis = fc.record({
  length: fc.integer({ min: 1, max: 9 }),
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  pad: fc.tuple(fc.nat(3), fc.nat(3)),
})
/** Dense, in few groups, and depthwise. */
const channels = fc.oneof(
  fc.record({
    groups: fc.integer({ min: 1, max: 2 }),
    channels: fc.tuple(fc.constantFrom(3, 8, 16), fc.constantFrom(4, 16)),
  }),
  fc.record({ groups: fc.constantFrom(5, 24), channels: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2, 5)) }),
)
const layer = fc
  .record({
    transposed: fc.boolean(),
    batch: fc.integer({ min: 1, max: 2 }),
    axes: fc.array(axis, { minLength: 1, maxLength: 2 }),
  })
  .chain((l) => channels.map((c) => layerOf({ ...l, ...c })))
  .filter((p) => p !== undefined)

const onMatrixCore = (k: KernelStep): boolean => {
  const { axes, body } = dividedInPlace(k.indices, k.body)
  const c = contractionIn(axes, body)
  return c !== undefined && isWorthPacking(float32, c)
}

describe('random convolutions with their gradients', () => {
  test('have plans that mean the same', () =>
    fc.assert(
      fc.property(layer, fc.nat(), (p, n) => {
        const x = valuesFrom(n, inTypes(p.closed))
        const expected = evaluate(p.closed, x)
        expect(closeAll(evaluatePlan(planOf(p.closed), x), expected)).toBe(true)
        expect(closeAll(evaluatePlan(gpujsPlan(p.closed, 'webgpu'), x), expected)).toBe(true)
      }),
      { numRuns: 40, seed },
    ))
  test('have the same values in WebAssembly, whatever the number of threads', () =>
    fc.assert(
      fc.asyncProperty(layer, fc.nat(), async (p, n) => {
        const x = valuesFrom(n, inTypes(p.closed), [-1, 1])
        const [one, several] = [await subject(wasm({ threads: 1 }), p), await subject(wasm({ threads: 3 }), p)]
        expect(await agrees(one, x, 1e-5)).toBe(true)
        expect(same(await one.run(x), await several.run(x))).toBe(true)
        one.release()
        several.release()
      }),
      { numRuns: 20, seed },
    ))
  test('run the kernels of their plans', () =>
    fc.assert(
      fc.asyncProperty(layer, async (p) => {
        expect(await wasmRunsItsPlan(p)).toBe(true)
      }),
      { numRuns: 20, seed },
    ))
})

const square = (length: number, size: number, stride: number, pad: number, rank = 2, dilation = 1): readonly Axis[] =>
  Array.from({ length: rank }, () => ({ length, size, stride, dilation, pad: [pad, pad] as const }))
const plain = { transposed: false, batch: 1, groups: 1, channels: [16, 16] as const }
const large: readonly (readonly [string, Layer])[] = [
  ['stride 2, as in residual networks', { ...plain, axes: square(16, 3, 2, 1) }],
  ['stride 2, odd', { ...plain, axes: square(15, 3, 2, 1) }],
  ['stride 3', { ...plain, axes: square(17, 5, 3, 2) }],
  ['stride 4', { ...plain, axes: square(23, 11, 4, 2) }],
  ['stride 2, dilation 3', { ...plain, axes: square(19, 3, 2, 2, 2, 3) }],
  ['stride 2, a batch', { ...plain, batch: 3, axes: square(12, 3, 2, 1) }],
  ['patches', { ...plain, axes: square(16, 4, 4, 0) }],
  ['one axis', { ...plain, axes: square(64, 5, 2, 2, 1) }],
  ['three axes', { ...plain, axes: square(7, 3, 2, 1, 3) }],
  ['groups of sixteen', { ...plain, groups: 2, axes: square(16, 3, 2, 1) }],
  ['transposed, stride 2', { ...plain, transposed: true, axes: square(9, 2, 2, 0) }],
  ['transposed, overlapping', { ...plain, transposed: true, axes: square(9, 4, 2, 1) }],
  ['transposed, stride 3, odd', { ...plain, transposed: true, axes: square(7, 5, 3, 1) }],
]
describe.each(large)('%s', (_, l) => {
  const p = layerOf(l) as AnyProgram
  test('has three products on the matrix core', () => {
    const products = kernelsOf(planOf(p.closed)).filter(onMatrixCore)
    expect(products.length).toBe(3)
  })
  test('has the values of the reference', async () => {
    const s = await subject(wasm(), p)
    expect(await agrees(s, valuesFrom(1, inTypes(p.closed), [-1, 1]), 1e-5)).toBe(true)
    s.release()
  })
})
test.each([Number.NaN, Number.POSITIVE_INFINITY])(
  '%s in the filter or the image stays where the reference has it',
  async (bad) => {
    for (const k of [0, 1, 2]) {
      const p = layerOf({ ...plain, transposed: true, axes: square(9, 4, 2, 1) }) as AnyProgram
      const x = valuesFrom(1, inTypes(p.closed), [-1, 1]).map((v, n) => (n === k ? v.with(5, bad) : v))
      const s = await subject(wasm(), p)
      expect(await agrees(s, x, 1e-5)).toBe(true)
      s.release()
    }
  },
)
test('a part that still has remainders is not divided again and again', () => {
  const [four, three] = [square(9, 2, 4, 1, 1, 2), square(9, 2, 3, 1, 1)]
  const p = layerOf({
    transposed: true,
    batch: 1,
    groups: 5,
    channels: [2, 1],
    axes: [...four, ...three],
  }) as AnyProgram
  const x = valuesFrom(1, inTypes(p.closed))
  expect(closeAll(evaluatePlan(planOf(p.closed), x), evaluate(p.closed, x))).toBe(true)
})
