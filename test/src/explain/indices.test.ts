/** Equations with indices say what the kernels compute: letters, sums, and positions outside an array. */
import { describe, expect, test } from 'vitest'
import {
  add,
  contract,
  einsum,
  gt,
  matmul,
  mul,
  type Program,
  permute,
  programOrThrow,
  real,
  select,
  slice,
  sum,
  tanh,
} from '../../../lang/index.ts'
import { explainOrThrow, type IndexSymbol, indexEquation, indexed, notationOf } from '../../../src/explain/index.ts'

const sign = (text: string) => ({ text, latex: text })
/** The equation of a program's output over its inputs. */
const output = <In, Out>(p: Program<In, Out>, letters: readonly string[], own: string): string => {
  const symbols = p.closed.inputs.map((i, k) => indexed(sign(i.name), k, letters[k] ?? ''))
  const symbol = (v: number): IndexSymbol | undefined =>
    v === p.closed.outputs[0] ? indexed(sign('r'), 9, own) : symbols[v]
  const { left, right } = indexEquation(p.closed, p.closed.outputs[0] as number, { symbol })
  return `${left.text} = ${right.text}`
}
const types = { a: real(3, 4), b: real(4, 5) }

describe('forward', () => {
  test.each([
    ['r_ij = sum_k a_ik b_kj', programOrThrow(types, ({ a, b }) => matmul(a, b)), ['ik', 'kj'], 'ij'],
    ['r_i = sum_k a_ki', programOrThrow({ a: real(3, 4) }, ({ a }) => sum([0])(a)), ['ki'], 'i'],
    ['r_ij = a_ji', programOrThrow({ a: real(3, 4) }, ({ a }) => permute([1, 0])(a)), ['ij'], 'ij'],
    [
      'r_i = a_{2i+1}',
      programOrThrow({ a: real(9) }, ({ a }) => slice({ start: [1], shape: [4], stride: [2] })(a)),
      ['i'],
      'i',
    ],
    ['r_i = b_i tanh(a_i)', programOrThrow({ a: real(3), b: real(3) }, ({ a, b }) => mul(tanh(a), b)), ['i', 'i'], 'i'],
    [
      'r_n = sum_j a_nj b_j',
      programOrThrow({ a: real(3, 4), b: real(4) }, ({ a, b }) => einsum('ij,j->i')(a, b)),
      ['ij', 'j'],
      'n',
    ],
    [
      'r = sum_k a_k + sum_k b_k',
      programOrThrow({ a: real(3), b: real(3) }, ({ a, b }) => add(sum()(a), sum()(b))),
      ['k', 'k'],
      '',
    ],
  ] as const)('%s', (says, p, letters, own) => {
    expect(output(p as Program<unknown, unknown>, letters, own)).toBe(says)
  })
  test('a convolution with a stride', () => {
    const tie = { x: 'h', y: 'r', out: 'p', cx: 1, cy: -1, co: -2, offset: 0, size: 4 }
    const p = programOrThrow({ a: real(9), b: real(3) }, ({ a, b }) =>
      contract({ x: 'h', y: 'r', out: 'p', ties: [tie] })(a, b),
    )
    expect(output(p, ['i', 'm'], 'i')).toBe('r_i = sum_m a_{2i+m} b_m')
  })
})

test('reverse: the slope of a function is the function primed, where the gradient computes it', () => {
  const p = programOrThrow({ w: real(3, 2), x: real(3) }, ({ w, x }) => sum()(tanh(einsum('p,pk->k')(x, w))))
  const d = explainOrThrow(p, { _tag: 'gradient' })
  const [weigh, squash] = p.closed.equations
  const symbols = new Map([
    [0, indexed(sign('w'), 2, 'pk')],
    [1, indexed(sign('x'), 3, 'p')],
    [weigh?.first ?? 0, { ...indexed(sign('s'), 3, 'k'), hidden: true as const }],
    [squash?.first ?? 0, indexed(sign('o'), 3, 'k')],
  ])
  const say = (phi: boolean): string => {
    const notation = notationOf(d, (v) => symbols.get(v), 'R', phi ? { tanh: sign('phi') } : {})
    return indexEquation(d.result.closed, d.places[0]?.cotangent as number, notation).right.text
  }
  expect(say(true)).toBe("dR/do_k phi'(s_k) x_p")
  expect(say(false)).toBe('dR/do_k x_p sech(s_k) sech(s_k)')
})

test('a guard that tests a value is written, because it does not bound an index', () => {
  const half = programOrThrow({ a: real(3) }, ({ a }) => select(gt(a, 0), a, 0))
  const text = output(half, ['i'], 'i')
  expect(text).toMatch(/^r_i = select\(.+, a_i, 0\)$/)
})
