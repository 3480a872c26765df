/** vmap on programs: what stays unbatched, and what the tree of marks means. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { psum } from '../../../lang/primitives/collective.ts'
import { condClosed } from '../../../lang/primitives/cond.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { contract } from '../../../lang/primitives/contraction.ts'
import { add, lt, mul, sin, sqrt, tanh } from '../../../lang/primitives/elementwise.ts'
import { gather } from '../../../lang/primitives/indexing.ts'
import { moveAxis } from '../../../lang/primitives/reindex.ts'
import { closeOver, inline, inTypes, numbered } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow, type UntypedProgram } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { refill, typeLeaves } from '../../../lang/syntax/tree.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { spreadFrom } from '../../../src/testing/arbitrary/values.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { same } from '../../laws/close.ts'
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

describe('an axis elsewhere', () => {
  const p = programOrThrow({ a: real(2, 3), w: real(3), k: int() }, ({ a, w, k }) => ({
    y: mul(a, w),
    s: [mul(sin(w), 2), k] as const,
  }))
  const many = vmap(4, { over: { a: -1, w: 1, k: true }, out: { y: 1, s: [-1, 0] } })(p)
  test('stands where over and out say, in the types too', () => {
    const shape: readonly [2, 4, 3] = many.out.y.shape
    const inner: readonly [2, 3, 4] = many.in.a.shape
    expect([shape, inner]).toEqual([
      [2, 4, 3],
      [2, 3, 4],
    ])
    expect(many.in).toEqual({ a: real(2, 3, 4), w: real(3, 4), k: int(4) })
    expect(many.out).toEqual({ y: real(2, 4, 3), s: [real(3, 4), int(4)] })
  })
  test('a number serves a whole subtree, and an output that is not named has the axis in front', () => {
    const some = vmap(4, { over: 1, out: { s: -1 } })(
      programOrThrow({ a: real(2), b: [real(3)] }, ({ a, b }) => ({ y: a, s: b })),
    )
    expect(some.in).toEqual({ a: real(2, 4), b: [real(3, 4)] })
    expect(some.out).toEqual({ y: real(4, 2), s: [real(3, 4)] })
  })
  test('is the axis in front, moved: on random programs', () => {
    const moved = (from: number, to: number) => (x: Expr) =>
      moveAxis(from, to)(x as Expr<readonly number[], 'real'>) as Expr
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 5 }), fc.nat(999), (f, seed) => {
        const place = (rank: number, k: number): number => ((seed >> k) % (2 * rank + 2)) - rank - 1
        const at = (tree: unknown): readonly number[] => typeLeaves(tree).map((t, k) => place(t.shape.length, k))
        const [ins, outs] = [at(f.in), at(f.out)]
        const found = vmap(3, { over: refill(f.in, ins) as never, out: refill(f.out, outs) as never })(
          f as UntypedProgram,
        )
        const front = vmap(3)(f as UntypedProgram)
        const expected = closeOver(found.closed.inputs, (xs) =>
          inline(
            front.closed,
            xs.map((x, k) => moved(ins[k] as number, 0)(x)),
          ).map((y, k) => moved(0, outs[k] as number)(y)),
        )
        const x = spreadFrom(seed, inTypes(found.closed), [-0.9, 0.9])
        return same(evaluate(found.closed, x), evaluate(expected, x))
      }),
      { numRuns: 100, seed: 3 },
    )
  })
  test('misuse says what is wrong', () => {
    const f = programOrThrow({ x: real(3) }, ({ x }) => ({ y: sin(x) }))
    expect(() => vmap(4, { over: { x: 2 } })(f)).toThrow(/2 is not an axis of an array of rank 2/)
    expect(() => vmap(4, { over: { x: -3 } })(f)).toThrow(/-3 is not an axis of an array of rank 2/)
    expect(() => vmap(4, { out: { y: 2 } })(f)).toThrow(/2 is not an axis of an array of rank 2/)
    expect(() => vmap(4, { out: { z: 1 } })(f)).toThrow(/out names z, and there is no such output/)
    expect(() => vmap(4, { over: { x: 0.5 } })(f)).toThrow(/where true, false or an axis belongs/)
  })
})
