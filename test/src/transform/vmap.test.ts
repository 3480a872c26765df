/** vmap on programs: what stays unbatched, and what the tree of marks means. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { psum } from '../../../lang/primitives/collective.ts'
import { condClosed } from '../../../lang/primitives/cond.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { contract } from '../../../lang/primitives/contraction.ts'
import { add, lt, mul, sin, sqrt, tanh } from '../../../lang/primitives/elementwise.ts'
import { gather } from '../../../lang/primitives/indexing.ts'
import { closeOver, numbered } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
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

describe('a branch under a named axis', () => {
  const r = real()
  const body = (f: (x: Expr) => Expr) => closeOver(numbered([r]), ([x]) => [f(x as Expr)])
  /** f where x is positive, else x, on two examples; and its gradient. */
  const mapped = (f: (x: Expr) => Expr) => {
    const p = programOrThrow(
      r,
      (x) =>
        condClosed(
          lt(0, x),
          body(f),
          body((y) => y),
        )(x)[0] as Expr<readonly [], 'real'>,
    )
    const many = vmap(2, { axis: 'batch' })(p)
    const at = Float64Array.of(4, 0)
    const [, pulled] = evaluate(vjpOrThrow(many).closed, [at, Float64Array.of(1, 1)])
    return { values: evaluate(many.closed, [at])[0], gradient: pulled }
  }
  test('that does not read it is masked: no infinite derivative comes from an example that does not take it', () => {
    expect(mapped(sqrt as (x: Expr) => Expr)).toEqual({
      values: Float64Array.of(2, 0),
      gradient: Float64Array.of(0.25, 1),
    })
  })
  test('that reads it counts every example', () => {
    expect(mapped((x) => psum('batch')(mul(x, x) as never) as Expr)).toEqual({
      values: Float64Array.of(16, 0),
      gradient: Float64Array.of(8, 1),
    })
  })
})
