/** The steps of a network are the rows of its output; layers that need all rows at once are refused. */
import { describe, expect, test } from 'vitest'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { leavesWithPath } from '../../../lang/syntax/tree.ts'
import { apply, type Expr, int, mul, programOrThrow, real, relu, scan, type Type } from '../../../src/index.ts'
import { gpt2 } from '../../../src/models/index.ts'
import * as nn from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'

const arrays = (tree: unknown): readonly Float64Array[] =>
  leavesWithPath(tree, ArrayBuffer.isView).map(([, a]) => Float64Array.from(a as Float32Array))
const rows = 5
const symbols = [3, 0, 2, 2, 1]
const numbers = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => Math.sin(3 * i + 2))

const causal = { causal: true } as const
const block = (how: nn.AttentionLayerOptions) => [
  nn.residual(nn.sequential(nn.layerNorm([4]), nn.multiHeadAttention(4, 2, how))),
  nn.residual(nn.gated(nn.sequential(nn.rmsNorm([4]), nn.dense(4, 4)), nn.dense(4, 4))),
]
const networks: readonly (readonly [string, nn.Layer, Type])[] = [
  ['an Elman network', nn.sequential(nn.takes(real(rows, 3)), nn.rnn(3, 4), nn.dense(4, 2)), real(3)],
  ['an LSTM after a GRU', nn.sequential(nn.gru(3, 4), nn.lstm(4, 3), relu), real(3)],
  ['a causal transformer', nn.sequential(nn.embedding(4, 4), nn.positions(rows, 4), ...block(causal)), int()],
  ['one with rotated keys', nn.sequential(nn.embedding(4, 4), ...block({ ...causal, rotary: true })), int()],
  ['one with waves', nn.sequential(nn.embedding(4, 4), nn.sinusoidalPositions, ...block(causal)), int()],
  ['tied heads', nn.tied(4, 4, [nn.positions(9, 4, { shorter: true }), ...block(causal)]), int()],
  [
    'named parts',
    nn.combine()('parts', { f: nn.lstm(3, 2), g: nn.dense(3, 2) }, (f, a) => mul(f.f(a), f.g(a))),
    real(3),
  ],
  [
    'blocks in a loop, computed again for gradients',
    nn.sequential(nn.embedding(4, 4), nn.repeat(2, nn.checkpoint(nn.sequential(block(causal))), { as: 'scan' })),
    int(),
  ],
  ['tokens beside others', nn.sequential(nn.dense(3, 3), nn.skipConcat(-1, nn.lstm(3, 2)), nn.dense(5, 2)), real(3)],
  ['GPT-2', gpt2({ symbols: 4, length: 8, width: 4, heads: 2, depth: 2 }), int()],
]
const whole = (l: nn.Layer, row: Type, params: readonly Tensor[], x: readonly number[]): Tensor => {
  const p = nn.predictOrThrow(l, { ...row, shape: [rows, ...row.shape] } as never)
  return evaluate(p.closed, [...params, Float64Array.from(x)])[0] as Tensor
}
describe.each(networks)('%s', (_, network, row) => {
  const params = arrays(network.init(randomKey(2)).params)
  const x = row.dtype === 'int' ? symbols : numbers(rows * 3)
  const one = nn.stepwise(rows)(network)
  const step = nn.forwardOrThrow('eval')(one as never, row as never) as never as { readonly closed: never }

  test('step by step is the whole', () => {
    const expected = Array.from(whole(network, row, params, x))
    const width = x.length / rows
    let memory: readonly Tensor[] = arrays(nn.noMemory(one))
    const found: number[] = []
    for (let k = 0; k < rows; k++) {
      const [y = [], ...next] = evaluate(step.closed, [
        ...params,
        ...memory,
        Float64Array.from(x.slice(k * width, (k + 1) * width)),
      ])
      found.push(...Array.from(y))
      memory = next
    }
    expect(found.length).toBe(expected.length)
    for (const [k, e] of expected.entries()) expect(found[k]).toBeCloseTo(e, 12)
  })
  test('it starts with its parameters and no memory', () => {
    const start = one.init(randomKey(2))
    expect(start.params).toEqual(network.init(randomKey(2)).params)
    expect(arrays(start.state)).toEqual(arrays(nn.noMemory(one)))
  })
  test('a step is its own step', () => {
    const again = nn.stepwise(rows)(one as nn.Layer)
    expect([again.params, again.state]).toEqual([one.params, one.state])
    const twice = nn.forwardOrThrow('eval')(again as never, row as never) as never as { readonly closed: never }
    const inputs = [...params, ...arrays(nn.noMemory(one)), Float64Array.from(x.slice(0, x.length / rows))]
    expect(evaluate(twice.closed, inputs)).toEqual(evaluate(step.closed, inputs))
  })
})
describe('side by side', () => {
  const beside = (axis: number): nn.Layer => nn.skipConcat(axis, nn.identity)
  const step = (l: nn.Layer, row: Type): Type =>
    nn.predictOrThrow(nn.stepwise(4)(l) as never, row as never).out as never
  test('a step counts the axes of a row', () => {
    expect(step(beside(1), real(3))).toEqual(real(6))
    expect(step(beside(2), real(3, 5))).toEqual(real(3, 10))
    expect(step(nn.stepwise(4)(beside(2)), real(3, 5))).toEqual(real(3, 10))
  })
  test('rows have no step', () => {
    expect(() => step(beside(0), real(3))).toThrow(/has skipConcat\(.*, which adds rows to others/)
    expect(() => step(beside(-2), real(3))).toThrow(/concat/)
  })
})
describe('a length', () => {
  const build = (n: number, l: nn.Layer, row: Type) => () => nn.predictOrThrow(nn.stepwise(n)(l) as never, row as never)
  const small = { symbols: 4, length: 8, width: 4, heads: 2, depth: 1 } as const
  test('beyond a table of positions is refused', () => {
    for (const shorter of [true, false])
      expect(build(6, nn.positions(5, 4, { shorter }), real(4))).toThrow(
        /length is 6, but the network has positions\(5, 4\), which knows 5/,
      )
    expect(build(9, gpt2(small), int())).toThrow(/which knows 8/)
    expect(build(8, gpt2(small), int())).not.toThrow()
  })
  test('is a whole number, 1 or more', () => {
    for (const n of [0, -1, 1.5, Number.NaN])
      expect(build(n, nn.dense(4, 4), real(4))).toThrow(/length is .*; expected a whole number, 1 or more/)
  })
})
test('the memory of typed networks is that of their steps', () => {
  expect(nn.noMemory(nn.stepwise(8)(nn.dense(3, 4)))).toBe(null)
  expect(nn.noMemory(nn.stepwise(8)(nn.sinusoidalPositions))).toEqual({ at: new Int32Array(1) })
  expect(nn.noMemory(nn.stepwise(8)(nn.sequential(nn.lstm(3, 1), nn.dropout(0.1))))).toEqual([
    [new Float32Array(1), new Float32Array(1)],
    null,
  ])
})
test('a network that was not made stepwise has no memory of rows', () => {
  // @ts-expect-error a network on one row is wanted
  expect(() => nn.noMemory(nn.batchNorm(4))).toThrow(/noMemory: network has no memory of rows: make it one by stepwise/)
})
test('positions need an axis of tokens', () => {
  const build = (l: nn.Layer, x: Type) => () => nn.predictOrThrow(l as never, x as never)
  expect(build(nn.sinusoidalPositions, real(4))).toThrow(/sinusoidalPositions: \[4\] has rank 1; expected rank 2/)
  expect(build(nn.positions(8, 4, { shorter: true }), real(4))).toThrow(/positions: \[4\] has rank 1; expected rank 2/)
  expect(build(nn.positions(8, 4), real(4))).toThrow(/expected rank 2/)
  expect(build(gpt2({ symbols: 4, length: 8, width: 4, heads: 2, depth: 1 }), int())).toThrow(/expected rank 2/)
  expect(build(nn.stepwise(4)(nn.sinusoidalPositions) as never, real())).toThrow(/expected rank 1/)
})
test('steps can be the body of a scan', () => {
  const network = nn.sequential(nn.lstm(3, 4), nn.dense(4, 2))
  const one = nn.stepwise(rows)(network)
  const next = nn.forwardOrThrow('eval')(one, real(3)) as never
  const memory = [[real(4), real(4)], null] as const
  const p = programOrThrow(
    { params: network.params, memory, x: real(rows, 3) },
    ({ params, memory: start, x }) =>
      scan((state: typeof start, row: Expr<readonly [3], 'real'>) => {
        const [y, after] = (
          apply(next) as never as (v: unknown) => readonly [Expr<readonly [2], 'real'>, typeof start]
        )({
          ...{ params, state, key: [null, null], x: row },
        })
        return [after, y]
      })(start, x)[1],
  )
  const params = arrays(network.init(randomKey(2)).params)
  const x = numbers(15)
  const found = evaluate(p.closed, [...params, new Float64Array(4), new Float64Array(4), Float64Array.from(x)])[0]
  const expected = whole(network, real(3), params, x)
  for (const [k, e] of Array.from(expected).entries()) expect(found?.[k]).toBeCloseTo(e, 12)
})
test('a start of a stepwise network has its memory', () => {
  const one = nn.stepwise(4)(nn.multiHeadAttention(4, 2, causal))
  expect(one.init(randomKey(1)).state).toEqual(nn.noMemory(one))
  expect(one.state).toEqual({ keys: real(2, 4, 2), values: real(2, 4, 2), at: int() })
})
test.each([
  ['multiHeadAttention(4, 2)', nn.multiHeadAttention(4, 2)],
  ['last', nn.last],
  ['conv1d(4, 2, 3)', nn.conv1d(4, 2, 3)],
  ['lstm(4, 2, reverse)', nn.lstm(4, 2, { reverse: true })],
  ['flatten', nn.flatten()],
  ['maxPool(2)', nn.maxPool(2)],
  ['layerNorm(3,4)', nn.layerNorm([3, 4])],
  ['batchNorm(4)', nn.batchNorm(4), 'takes channels, not rows'],
])('%s needs all rows at once, or has none', (name, l: nn.Layer, why = 'needs all rows') => {
  const network = nn.stepwise(4)(nn.sequential(nn.dense(4, 4), l))
  expect(() => nn.predictOrThrow(network as never, real(4) as never)).toThrow(`network has ${name}, which ${why}`)
})
