/** vmap on programs: what stays unbatched, and what the tree of marks means. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { contract } from '../../../lang/primitives/contraction.ts'
import { add, mul, sin, tanh } from '../../../lang/primitives/elementwise.ts'
import { gather } from '../../../lang/primitives/indexing.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { opsOf } from '../programs.ts'

const layer = programOrThrow({ params: { w: real(3, 2), b: real(2) }, x: real(3) }, ({ params, x }) =>
  tanh(add(contract({ x: 'i', y: 'ij', out: 'j', ties: [] })(x, params.w), params.b)),
)

describe('shapes', () => {
  test('every leaf gets the axis in front', () => {
    expect(vmap(5)(layer).in).toEqual({ params: { w: real(5, 3, 2), b: real(5, 2) }, x: real(5, 3) })
    expect(vmap(5)(layer).out).toEqual(real(5, 2))
  })
  test('whole subtrees are marked at once', () =>
    expect(vmap(5, { over: { params: false, x: true } })(layer).in).toEqual({
      params: { w: real(3, 2), b: real(2) },
      x: real(5, 3),
    }))
  test('vmap of vmap has two axes, the outer one in front', () => {
    const twice = vmap(2)(vmap(3)(programOrThrow(real(4), (x) => sin(x))))
    expect([twice.in, twice.out]).toEqual([real(2, 3, 4), real(2, 3, 4)])
  })
})

describe('what no mapped input reaches stays unbatched', () => {
  test('weights are read as they are: one contraction over the batch', () =>
    expect(opsOf(vmap(5, { over: { params: false, x: true } })(layer))).toEqual([
      'contract',
      'broadcast',
      'add',
      'tanh',
    ]))
  test('work on shared inputs is done once', () => {
    const p = programOrThrow({ w: real(2), x: real(2) }, ({ w, x }) => mul(sin(w), x))
    const mapped = vmap(4, { over: { w: false, x: true } })(p)
    expect(mapped.closed.equations.find((q) => q.op === 'sin')?.outs).toEqual([real(2)])
  })
  test('constants are not repeated until they must be', () => {
    const p = programOrThrow(real(2), (x) => mul(x, add(constant([2], 1), constant([2], 2))))
    expect(vmap(4)(p).closed.equations.find((q) => q.op === 'add')?.outs).toEqual([real(2)])
  })
  test('an output that does not move is repeated', () => {
    const p = programOrThrow(real(), () => constant([], 7))
    expect([...(evaluate(vmap(3)(p).closed, [Float64Array.of(1, 2, 3)])[0] ?? [])]).toEqual([7, 7, 7])
  })
})

test('an index out of range means the nearest end, in every place of the batch', () => {
  const p = programOrThrow({ t: real(3), at: int() }, ({ t, at }) => gather(t, at))
  const many = vmap(4, { over: { t: false, at: true } })(p)
  expect([...(evaluate(many.closed, [Float64Array.of(10, 20, 30), Float64Array.of(-5, 0, 2, 9)])[0] ?? [])]).toEqual([
    10, 10, 30, 30,
  ])
})
