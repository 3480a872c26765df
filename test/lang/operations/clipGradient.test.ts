/** The identity with a bounded cotangent: values, gradients, and what it refuses. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Backend } from '../../../backends/backend.ts'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { reference } from '../../../backends/reference/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { clipGradient, clipGradientNorm, take } from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul } from '../../../lang/primitives/elementwise.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { compiled } from '../../backends/execution.ts'

const { POSITIVE_INFINITY: inf } = Number
/** A program whose gradient in x is the clipped w. */
const weighing = (clip: (x: Expr) => Expr) =>
  programOrThrow({ x: real(2), w: real(2) }, ({ x, w }) => sum()(mul(w, clip(x))) as Expr<readonly [], 'real'>)
/** A clipping, a cotangent, and what it becomes. */
const rows = [
  ['every number', clipGradient(1), [5, -0.25], [1, -0.25]],
  ['every number, from above and below', clipGradient(0.5), [-3, 0.75], [-0.5, 0.5]],
  ['an infinite one', clipGradient(2), [inf, -inf], [2, -2]],
  ['to nothing', clipGradient(0), [5, -5], [0, 0]],
  ['the norm', clipGradientNorm(1), [3, 4], [0.6, 0.8]],
  ['no norm below the limit', clipGradientNorm(10), [3, 4], [3, 4]],
  ['the norm of zeros', clipGradientNorm(0), [0, 0], [0, 0]],
  ['the norm without limit', clipGradientNorm(inf), [3, 4], [3, 4]],
  ['a norm whose square overflows float32', clipGradientNorm(1), [3e25, 4e25], [0.6, 0.8]],
] as const
describe.each<readonly [string, Backend]>([
  ['reference', reference],
  ['wasm', wasm()],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
])('%s', (_, backend) => {
  test.each(rows)('%s', async (_, clip, w, expected) => {
    const f = weighing(clip)
    const runner = await compiled(backend, gradOrThrow(f) as never)
    const [dx] = await runner.run([Float64Array.of(7, 7), Float64Array.from(w)])
    runner.release()
    expect(Array.from(dx as Float64Array, (e) => Number(e.toFixed(6)) + 0)).toEqual(expected)
    // the value is the identity's
    const [y] = evaluate(f.closed, [Float64Array.of(7, 3), Float64Array.of(1, 0)])
    expect(y).toEqual(Float64Array.of(7))
  })
})
test('under vmap every example has its own norm', () => {
  const many = vmap(2, { over: { x: true, w: true } })(gradOrThrow(weighing(clipGradientNorm(5))))
  const [dx] = evaluate(many.closed, [Float64Array.of(1, 1, 1, 1), Float64Array.of(3, 4, 30, 40)])
  expect(dx).toEqual(Float64Array.of(3, 4, 3, 4))
})
test('inside a longer chain: what comes before sees the bounded cotangent', () => {
  const f = programOrThrow(real(1), (x) => {
    const y = mul(x, 2)
    return take(0, 0)(mul(clipGradient(1)(y), 1000))
  })
  expect(evaluate(gradOrThrow(f).closed, [Float64Array.of(3)])).toEqual([Float64Array.of(2)])
})
test.each<readonly [string, Type, (x: Expr) => Expr]>([
  ['clipGradient: limit must be at least 0', real(2), clipGradient(-1)],
  ['clipGradientNorm: limit must be at least 0', real(2), clipGradientNorm(Number.NaN)],
  ['clipGradient: element types int; expected real', int(2), clipGradient(1) as never],
])('%s', (text, type, f) => {
  const p = program(type as Type<readonly [2], 'real'>, f)
  expect(E.isLeft(p) && showDiagnostics(p.left).split('\n')[0]).toBe(text)
})
test('forward mode is refused', () => {
  const f = programOrThrow(real(2), (x) => sum()(clipGradient(1)(x)))
  expect(() => evaluate(jvp(f).closed, [Float64Array.of(1, 2), Float64Array.of(1, 1)])).toThrow()
})
