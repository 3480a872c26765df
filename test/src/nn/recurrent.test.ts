/** Recurrent layers against loops written out, and their gradients against finite differences. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Tensor } from '../../../lang/evaluate.ts'
import { real, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { typeLeaves } from '../../../lang/syntax/tree.ts'
import { checkGradients } from '../../../src/check/index.ts'
import {
  dense,
  gru,
  type Layer,
  last,
  lstm,
  parameterCount,
  predictOrThrow,
  rnn,
  sequential,
  takes,
} from '../../../src/nn/index.ts'
import { at } from '../../laws/category.ts'
import { closeAll, type Values } from '../../laws/close.ts'
import { affine, plain, wave } from './naive.ts'

const [from, hidden, length] = [2, 3, 4]
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
type Row = readonly number[]
/** (p from the row, q from h, h, c) -> (h', c'), with the gates concatenated. */
type Step = (p: Row, q: Row, h: Row, c: Row) => readonly [Row, Row]
/** Number j of gate g. */
const gate = (v: Row, g: number, j: number): number => v[g * hidden + j] as number
const units = (f: (j: number) => number): Row => Array.from({ length: hidden }, (_, j) => f(j))

// the formulas of torch.nn.RNN, LSTM and GRU
const elman: Step = (p, q) => [units((j) => Math.tanh(gate(p, 0, j) + gate(q, 0, j))), []]
const longShort: Step = (p, q, _, c) => {
  const sum = (g: number, j: number): number => gate(p, g, j) + gate(q, g, j)
  const next = units((j) => sigmoid(sum(1, j)) * (c[j] as number) + sigmoid(sum(0, j)) * Math.tanh(sum(2, j)))
  return [units((j) => sigmoid(sum(3, j)) * Math.tanh(next[j] as number)), next]
}
const gated: Step = (p, q, h) => [
  units((j) => {
    const [r, z] = [sigmoid(gate(p, 0, j) + gate(q, 0, j)), sigmoid(gate(p, 1, j) + gate(q, 1, j))]
    return (1 - z) * Math.tanh(gate(p, 2, j) + r * gate(q, 2, j)) + z * (h[j] as number)
  }),
  [],
]
const unrolled = (step: Step, [w, u, b, c]: readonly [Tensor, Tensor, Tensor, Tensor], rows: readonly Row[]): Row[] => {
  const size = b.length
  let [h, cell]: readonly [Row, Row] = [units(() => 0), units(() => 0)]
  return rows.map((x) => {
    const p = affine([x], plain([size, from], w), b)[0] as Row
    const q = affine([h], plain([size, hidden], u), c)[0] as Row
    ;[h, cell] = step(p, q, h, cell)
    return h
  })
}
const parametersOf = (l: Layer): Values => typeLeaves(l.params).map((t, i) => wave(sizeOf(t.shape), i + 1))
const x = wave(length * from)
const rows = Array.from({ length }, (_, r) => [...x.slice(r * from, (r + 1) * from)])

const cells: readonly (readonly [string, typeof rnn | typeof lstm | typeof gru, number, Step])[] = [
  ['rnn', rnn, 1, elman],
  ['lstm', lstm, 4, longShort],
  ['gru', gru, 3, gated],
]
describe.each(cells)('%s', (name, make, gates, step) => {
  const run = (l: Layer): Tensor => at(l, parametersOf(l), [x], real(length, from))[0] as Tensor
  const expected = (l: Layer, order: readonly Row[]): Row[] =>
    unrolled(step, parametersOf(l) as unknown as readonly [Tensor, Tensor, Tensor, Tensor], order)
  test('is its formula in a loop', () => {
    const l = make(from, hidden) as Layer
    expect(closeAll([run(l)], [Float64Array.from(expected(l, rows).flat())])).toBe(true)
  })
  test('in reverse it reads the rows from the last to the first', () => {
    const l = make(from, hidden, { reverse: true }) as Layer
    const back = expected(l, [...rows].reverse()).reverse()
    expect(closeAll([run(l)], [Float64Array.from(back.flat())])).toBe(true)
  })
  test('has g H (I + H + 2) parameters and right gradients', () => {
    const l = make(from, hidden) as Layer
    expect(parameterCount(l)).toBe(gates * hidden * (from + hidden + 2))
    const report = checkGradients(predictOrThrow(l as never, real(length, from) as never) as never, {
      seed: 1,
      samples: 1,
      coordinates: 6,
      second: false,
    })
    expect(report).toMatchObject({ _tag: 'Right', right: { verdict: 'correct' } })
    expect(l.name).toBe(`${name}(2, 3)`)
  })
})

test('sequences are checked where sizes are literal', () => {
  const net = sequential(takes(real(9, 5)), lstm(5, 8), gru(8, 4), rnn(4, 3), last, dense(3, 2))
  expectTypeOf(predictOrThrow(net, real(9, 5)).out).toEqualTypeOf<Type<readonly [2], 'real'>>()
  expect(predictOrThrow(net, real(9, 5)).out).toEqual(real(2))
  expectTypeOf(lstm(5, 8).params.u).toEqualTypeOf<Type<readonly [32, 8], 'real'>>()
  // @ts-expect-error gru(7, 4) takes [L, 7], not [9, 8]
  sequential(takes(real(9, 5)), lstm(5, 8), gru(7, 4))
  // @ts-expect-error rnn(5, 4) takes [L, 5], not [5]
  sequential(takes(real(5)), rnn(5, 4))
})
