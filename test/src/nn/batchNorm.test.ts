/** Batch normalisation as a layer on one example: outputs, gradients and running statistics are PyTorch's on the batch. */
import { expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { relu } from '../../../lang/operations/activation.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { batchNorm, conv2d, forwardOrThrow, predictOrThrow, sequential } from '../../../src/nn/index.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { compiled } from '../../backends/execution.ts'
import { closeAll } from '../../laws/close.ts'

// PyTorch 1.13, float64: BatchNorm2d(2) in training on [3, 2, 2, 2]
const x = [
  -0.63564, 0.67996, 1.86021, -0.17002, -0.42142, 1.41511, 1.88434, -1.2108, 1.58708, -1.9113, 1.11264, 0.12087,
  -0.87633, -0.22822, -0.95638, 0.38436, 1.74257, -0.51817, -1.65968, -0.22061, 1.08669, -0.70875, 1.41616, -1.00561,
]
const gamma = [2.00273, 1.94431]
const beta = [1.66697, -1.54841]
const running = [
  [0.15097, -0.83051],
  [1.59149, 2.84622],
]
const y = [
  0.3403231168985213, 2.518456717946368, 4.47250215929383, 1.1112128761869817, -2.432481115685985, 0.9059087436382293,
  1.7588611450096745, -3.8673927082836275, 4.020302683424115, -1.771685023503346, 3.2348103562113293,
  1.5928161622988761, -3.2594030450338196, -2.0812878758143585, -3.4049155649702776, -0.9677580886478941,
  4.277735028838321, 0.5348087919631994, -1.3550979326735655, 1.0274550631153714, 0.30891659126431814,
  -2.9547810826234304, 0.9078174025505751, -3.4944044014034046,
]
const after = [
  [0.15243891666666665, -0.7409660833333334],
  [1.591969010117197, 2.6864046521044695],
]
const ct = [
  1.0091, -1.0515, 1.1024, 1.4377, -0.4643, 1.0316, 0.2863, 1.4804, 1.0592, -0.1906, 1.4454, 0.6558, -0.36, 0.3907,
  -0.7365, 0.6433, 1.0289, 0.6839, -0.4771, -1.3369, -0.2084, -0.6994, 1.4586, 0.5653,
]
const pulled = [
  [4.810463811648225, 2.9233726738753485],
  [5.3663, 3.3876],
  [
    1.3699487644540314, -2.763440958226537, 0.15504093561946405, 1.8240796376102963, -1.1557918022011784,
    0.8030610072099007, -0.7459912574445954, 2.706040991219944, 0.23337410939062492, 0.08360723081576994,
    1.1330815640110123, 0.36995021550046653, -0.7778590459109207, 0.31841429569891433, -1.4291077436484891,
    0.5239661373960393, 0.09789742564872936, 0.7670898744070789, -0.5287821271632868, -2.74184667206765,
    -1.3150036606652111, -1.4641908553685559, 1.5788142497457385, 0.9576476839684134,
  ],
]
const tensors = (xs: readonly (readonly number[])[]) => xs.map((a) => Float64Array.from(a))
const twice = (a: readonly number[]): readonly number[] => [...a, ...a, ...a]

test('in training: the batch, the running statistics and the gradients', () => {
  const over = { params: false, state: false, key: true, x: true } as const
  const p = vmap(3, { over, axis: 'batch' })(forwardOrThrow('train')(batchNorm(2), real(2, 2, 2)))
  const inputs = tensors([gamma, beta, ...running, x])
  expect(closeAll(evaluate(p.closed, inputs), tensors([y, ...after.map(twice)]))).toBe(true)
  const back = evaluate(vjpOrThrow(p).closed, [...inputs, ...tensors([ct, twice([0, 0]), twice([0, 0])])]).slice(3)
  // in the order of the inputs: gamma, beta, mean, variance, x
  expect(
    closeAll(
      [0, 1, 4].map((i) => back[i] as Float64Array),
      tensors(pulled),
    ),
  ).toBe(true)
})
test('of numbers whose squares overflow float32', async () => {
  const over = { params: false, state: false, key: true, x: true } as const
  const p = vmap(3, { over, axis: 'batch' })(forwardOrThrow('train')(batchNorm(1), real(1)))
  const runner = await compiled(wasm(), p as never)
  const [found] = await runner.run(tensors([[1], [0], [0], [1], [1e20, 2e20, 3e20]]))
  runner.release()
  // 1, 2, 3 less their mean, over their deviation sqrt(2 / 3)
  expect(Array.from(found as Float64Array, (e) => Number(e.toFixed(5)))).toEqual([-1.22474, 0, 1.22474])
})
test('in mode eval: by the running statistics, on one example', () => {
  const p = predictOrThrow(batchNorm(2, { eps: 0 }), real(2, 1))
  const found = evaluate(
    p.closed,
    tensors([
      [2, 1],
      [10, 20],
      [1, 2],
      [4, 9],
      [5, 8],
    ]),
  )
  expect(closeAll(found, tensors([[14, 22]]))).toBe(true)
})
test('the number of channels is checked where sizes are literal', () => {
  sequential(conv2d(1, 4, 3), batchNorm(4), relu)
  // @ts-expect-error batchNorm(5) takes [5, ...], not [4, ?, ?]
  sequential(conv2d(1, 4, 3), batchNorm(5), relu)
  const untyped = predictOrThrow as (l: unknown, x: unknown) => unknown
  expect(() => untyped(batchNorm(2), real(3, 2))).toThrow('differ')
})
