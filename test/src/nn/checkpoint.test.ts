/** A layer under checkpoint is the layer, in less memory. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { relu, tanh } from '../../../lang/index.ts'
import { int, isReal, real, sizeOf } from '../../../lang/syntax/shape.ts'
import * as nn from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'
import { cost } from '../../../src/transform/cost.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { closeAll } from '../../laws/close.ts'

const block = nn.sequential(nn.conv2d(2, 3, 3, { pad: 1 }), nn.batchNorm(3), relu, nn.flatten(), nn.dropout(0.5))
const network = nn.sequential(block, nn.dense(48, 2))
const saving = nn.sequential(nn.checkpoint(block), nn.dense(48, 2))
const over = { params: false, state: false, key: true, x: true } as const
const pull = (l: typeof network) =>
  vjpOrThrow(vmap(3, { over, axis: 'batch' })(nn.forwardOrThrow('train')(l, real(2, 4, 4))))

describe('a layer under checkpoint', () => {
  test('has the trees of the layer', () => {
    expect(saving.params).toEqual(network.params)
    expect(saving.state).toEqual(network.state)
    expect(saving.keys).toEqual(network.keys)
    expect(saving.init(randomKey(1))).toEqual(network.init(randomKey(1)))
    expectTypeOf(saving.params).toEqualTypeOf<typeof network.params>()
    expectTypeOf(nn.predictOrThrow(saving, real(2, 4, 4))).toEqualTypeOf(nn.predictOrThrow(network, real(2, 4, 4)))
    expect(nn.checkpoint(nn.dense(2, 2)).name).toBe('checkpoint(dense(2, 2))')
  })
  test('gives the values, the next state and the gradients of the layer, with the same random choices', () => {
    const [plain, checked] = [pull(network), pull(saving)]
    const x = plain.closed.inputs.map(({ type }, k) =>
      Float64Array.from({ length: sizeOf(type.shape) }, (_, n) =>
        isReal(type) ? 1.5 + Math.sin(7 * n + k) : (n * 7919 + k) % 1000,
      ),
    )
    expect(closeAll(evaluate(checked.closed, x), evaluate(plain.closed, x))).toBe(true)
  })
  test('may be a function', () => {
    const p = nn.predictOrThrow(nn.checkpoint(tanh), real(2))
    expect(evaluate(p.closed, [Float64Array.of(0, 1)])[0]).toEqual(Float64Array.of(0, Math.tanh(1)))
    // @ts-expect-error tanh takes real numbers
    expect(() => nn.predictOrThrow(nn.checkpoint(tanh), int(2))).toThrow('element types int')
  })
  test('keeps the rule of the layer', () => {
    // @ts-expect-error dense(3, 4) takes [..., 3], not [5]
    expect(() => nn.predictOrThrow(nn.checkpoint(nn.dense(3, 4)), real(5))).toThrow()
  })
  test('needs less memory in training', () => {
    const deep = nn.sequential(nn.dense(64, 64), tanh, nn.dense(64, 64), tanh, nn.dense(64, 64), tanh)
    const peak = (l: nn.Layer): number => {
      const p = vmap(256, { over, axis: 'batch' })(nn.forwardOrThrow('train')(l as typeof deep, real(64)))
      return cost(vjpOrThrow(p)).peak
    }
    expect(peak(nn.repeat(4, nn.checkpoint(deep)))).toBeLessThan(0.75 * peak(nn.repeat(4, deep)))
  })
})
