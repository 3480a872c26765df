/** Every layer on a batch of two: values and gradients of kernels and WebAssembly are those of the reference. */
import { afterAll, describe, expect, test } from 'vitest'
import { gpujs, wasm } from '../../../backends/index.ts'
import { square } from '../../../lang/operations/comparison.ts'
import { mean } from '../../../lang/operations/statistics.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { type Program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import {
  adaptiveAvgPool,
  adaptiveMaxPool,
  avgPool,
  batchNorm,
  channelLayerNorm,
  classToken,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  dense,
  depthwiseConv2d,
  embedding,
  flatten,
  forwardOrThrow,
  gated,
  globalAvgPool,
  groupNorm,
  gru,
  instanceNorm,
  type Layer,
  last,
  layerNorm,
  layerScale,
  lstm,
  maxPool,
  multiHeadAttention,
  positions,
  rmsNorm,
  rnn,
  sequential,
  sinusoidalPositions,
  skipConcat,
  tied,
  unflatten,
  windowAttention,
} from '../../../src/nn/index.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { apply } from '../../../src/transform/apply.ts'
import { valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { agrees, subject } from '../../laws/backend.ts'

const table: readonly (readonly [Layer, Type])[] = [
  [dense(3, 2), real(4, 3)],
  [conv1d(2, 3, 3, { pad: 1, stride: 2 }), real(2, 7)],
  [conv2d(4, 2, [3, 2], { dilation: 2, groups: 2, pad: 1 }), real(4, 7, 6)],
  [depthwiseConv2d(3, 3, { pad: 1 }), real(3, 5, 4)],
  [conv3d(2, 3, 2, { stride: 2, pad: 1 }), real(2, 4, 3, 5)],
  [convTranspose1d(3, 2, 3, { stride: 2, pad: 1, outputPad: 1 }), real(3, 5)],
  [convTranspose2d(4, 6, 3, { stride: 2, groups: 2, dilation: 2 }), real(4, 3, 4)],
  [convTranspose3d(2, 1, 2, { stride: 2 }), real(2, 2, 3, 2)],
  [maxPool(2), real(2, 5, 6)],
  [avgPool(3, { stride: 2, pad: 1 }), real(2, 5, 6)],
  [adaptiveAvgPool([3, 2]), real(2, 7, 5)],
  [adaptiveMaxPool([3, 2]), real(2, 7, 5)],
  [globalAvgPool, real(3, 4, 5)],
  [batchNorm(3), real(3, 4)],
  [layerNorm([2, 3]), real(4, 2, 3)],
  [rmsNorm([5]), real(3, 5)],
  [groupNorm(2, 4), real(4, 3)],
  [instanceNorm(3), real(3, 4, 2)],
  [embedding(5, 3), int(4)],
  [flatten(), real(2, 3)],
  [unflatten([3, -1]), real(6)],
  [last, real(3, 2)],
  [multiHeadAttention(6, 2, { causal: true }), real(4, 6)],
  [rnn(2, 3), real(4, 2)],
  [lstm(2, 3, { reverse: true }), real(4, 2)],
  [gru(2, 3), real(4, 2)],
  [multiHeadAttention(4, 2, { causal: true, rotary: true }), real(3, 4)],
  [windowAttention(4, 2, 2, { shift: 1 }), real(4, 3, 4)],
  [gated(dense(3, 2), dense(3, 1)), real(4, 3)],
  [skipConcat(0, conv2d(2, 3, 3, { pad: 'same' })), real(2, 4, 3)],
  [channelLayerNorm(3), real(3, 2, 4)],
  [sinusoidalPositions, real(4, 6)],
  [sequential(classToken(3), positions(5, 3), layerScale(3)), real(4, 3)],
  [tied(5, 4, multiHeadAttention(4, 2, { causal: true })), int(3)],
]
type Untyped = Program<{ readonly x: Type }, readonly [Type<readonly number[], 'real'>, unknown]>
/** The mean square of a layer's output in training, and its gradient with respect to all inputs. */
const program = (l: Layer, x: Type) => {
  const one = forwardOrThrow('train')(l as never, x as never) as unknown as Untyped
  const over = { params: false, state: false, key: true, x: true }
  const many = vmap(2, { over: over as never, axis: 'batch' })(one) as Untyped
  return valueAndGradOrThrow(programOrThrow(many.in, (v) => mean()(square(apply(many)(v)[0]))))
}
describe.each([
  ['wasm', wasm()],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
] as const)('%s', (_, backend) => {
  const releases: (() => void)[] = []
  afterAll(() => {
    for (const release of releases) release()
  })
  test.each(table.map(([l, x]) => [l.name, l, x] as const))('%s', async (_, l, x) => {
    const s = await subject(backend, program(l, x))
    releases.push(s.release)
    for (const seed of [1, 2]) expect(await agrees(s, valuesFrom(seed, inTypes(s.program.closed)), 1e-4)).toBe(true)
  })
})
