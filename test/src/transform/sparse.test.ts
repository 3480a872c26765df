/** Sparse Jacobians: the dense one, the pattern, and what they cost. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { slice } from '../../../lang/primitives/window.ts'
import { inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf } from '../../../lang/syntax/shape.ts'
import {
  add,
  concat,
  cost,
  type Expr,
  exp,
  gather,
  gradOrThrow,
  int,
  jacfwd,
  mul,
  programOrThrow,
  real,
  relu,
  scan,
  sin,
  sparseJacobian,
  stopGradient,
  sub,
  sum,
  vmap,
} from '../../../src/index.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { spreadFrom } from '../../../src/testing/arbitrary/values.ts'
import { close, closeAll, type Values } from '../../laws/close.ts'
import { valuesOf } from '../programs.ts'

type V = Expr<readonly number[], 'real'>
const part = (x: Expr, from: number, n: number): V => slice({ start: [from], shape: [n], stride: [1] })(x) as V
/** The joined blocks of jacfwd. */
const whole = (p: UntypedProgram, x: Values): readonly (readonly number[])[] => {
  const [ins, outs] = [inTypes(p.closed).filter(isReal), outTypes(p.closed).filter(isReal)]
  const blocks = valuesOf(jacfwd(p), x)
  return outs.flatMap((o, r) =>
    Array.from({ length: sizeOf(o.shape) }, (_, i) =>
      ins.flatMap((t, c) => {
        const n = sizeOf(t.shape)
        return [...(blocks[r * ins.length + c] as Float64Array).slice(i * n, (i + 1) * n)]
      }),
    ),
  )
}
const placesOf = (p: UntypedProgram, x: Values): readonly string[] => {
  const [, rows, columns] = valuesOf(sparseJacobian(p) as UntypedProgram, x)
  return [...(rows as Float64Array)].map((i, k) => `${i} ${columns?.[k]}`)
}
/** Neighbours multiply: a tridiagonal Jacobian, of which the ends have no place beside the diagonal. */
const chain = (n: number) =>
  programOrThrow(real(n), (x) => {
    const padded = concat(0)([mul(0, part(x, 0, 1)), x, mul(0, part(x, 0, 1))] as never) as V
    return sub(exp(x), mul(part(padded, 0, n), part(padded, 2, n))) as Expr<readonly [number], 'real'>
  }) as unknown as UntypedProgram

describe('laws', () => {
  test('dense = jacfwd, and the places are enough, on random programs', () =>
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 5 }), fc.nat(99), (f, seed) => {
        const p = f as UntypedProgram
        const [ins, outs] = [inTypes(p.closed), outTypes(p.closed)]
        if (!ins.some(isReal) || !outs.some(isReal) || [...ins, ...outs].some((t) => sizeOf(t.shape) > 16)) return true
        const x = spreadFrom(seed, ins, [-0.9, 0.9])
        const expected = whole(p, x).flat()
        const [found] = valuesOf(sparseJacobian(p, { dense: true }) as UntypedProgram, x)
        return closeAll([found as Float64Array], [Float64Array.from(expected)])
      }),
      { numRuns: 80, seed: 6 },
    ))
  test('wrt chooses columns', () => {
    const p = programOrThrow({ x: real(2), w: real(3) }, ({ x, w }) => mul(sum()(x), w))
    const q = sparseJacobian(p, { wrt: { w: true }, dense: true })
    const shape: readonly [number, number] = q.out.shape
    expect(shape).toEqual([3, 3])
    expect([...(valuesOf(q, [Float64Array.of(1, 2), Float64Array.of(4, 5, 6)])[0] as Float64Array)]).toEqual([
      3, 0, 0, 0, 3, 0, 0, 0, 3,
    ])
  })
})

describe('the pattern', () => {
  const x = [Float64Array.of(1, -2, 3)]
  test.each<readonly [string, (x: V) => Expr, readonly string[]]>([
    ['number by number', (v) => mul(v, sin(v)), ['0 0', '1 1', '2 2']],
    ['through a choice', (v) => relu(v), ['0 0', '1 1', '2 2']],
    ['a sum is a row', (v) => sum()(v), ['0 0', '0 1', '0 2']],
    ['a gradient that is stopped is no place', (v) => mul(v, stopGradient(sum()(v))), ['0 0', '1 1', '2 2']],
    [
      'a running sum is a triangle',
      (v) =>
        scan((c: Expr<readonly [], 'real'>, e: Expr<readonly [], 'real'>) => [add(c, e), add(c, e)] as const)(
          sum()(mul(0, v)) as never,
          v as never,
        )[1] as Expr,
      ['0 0', '1 0', '1 1', '2 0', '2 1', '2 2'],
    ],
  ])('%s', (_, f, expected) => {
    const p = programOrThrow(real(3), (v) => f(v as V) as V) as unknown as UntypedProgram
    expect(placesOf(p, x)).toEqual(expected)
  })
  test('an index that is data may lead anywhere', () => {
    const p = programOrThrow({ x: real(2), k: int(3) }, ({ x: v, k }) => gather(v, k)) as unknown as UntypedProgram
    expect(placesOf(p, [Float64Array.of(5, 6), Float64Array.of(1, 0, 1)]).length).toBe(6)
  })
  test('a sparse Hessian', () => {
    const n = 6
    const rosenbrock = programOrThrow(real(n), (v) => {
      const d = sub(part(v, 1, n - 1), mul(part(v, 0, n - 1), part(v, 0, n - 1)))
      return sum()(mul(d, d)) as Expr<readonly [], 'real'>
    })
    const g = gradOrThrow(rosenbrock) as UntypedProgram
    const at = spreadFrom(1, [real(n)], [-1, 1])
    expect(placesOf(g, at).length).toBe(3 * n - 2)
    const [values, rows, columns] = valuesOf(sparseJacobian(g) as UntypedProgram, at) as readonly [
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    const h = whole(g, at)
    expect([...values].every((v, k) => close(v, h[rows[k] as number]?.[columns[k] as number] as number))).toBe(true)
  })
})

describe('cost', () => {
  const flops = (p: UntypedProgram): number => cost(p).flops
  test('a tridiagonal Jacobian takes 3 pushes, whatever its size', () => {
    for (const n of [10, 40]) {
      const p = chain(n)
      expect(valuesOf(sparseJacobian(p) as UntypedProgram, [new Float64Array(n)])[0]?.length).toBe(3 * n - 4)
      expect(flops(sparseJacobian(p) as UntypedProgram)).toBeLessThan(12 * flops(p))
      expect(flops(jacfwd(p) as UntypedProgram)).toBeGreaterThan(n * flops(p))
    }
  })
  test('few full rows are pulled', () => {
    const p = programOrThrow(real(50), (v) => sum()(mul(v, sin(v)))) as unknown as UntypedProgram
    expect(flops(sparseJacobian(p) as UntypedProgram)).toBeLessThan(6 * flops(p))
  })
  test('it maps and differentiates', () => {
    const q = sparseJacobian(chain(4)) as UntypedProgram
    const x = spreadFrom(2, [real(3, 4)], [-1, 1])
    expect(valuesOf(vmap(3)(q) as UntypedProgram, x)[0]?.length).toBe(24)
    expect(valuesOf(jacfwd(q) as UntypedProgram, [x[0]?.slice(0, 4) as Float64Array])[0]?.length).toBe(32)
  })
  test('a wrong name is a diagnostic', () => {
    const p = programOrThrow({ x: real(2) }, ({ x }) => sin(x))
    // @ts-expect-error: there is no input of this name
    expect(() => sparseJacobian(p, { wrt: { y: true } })).toThrow(/wrt names y/)
  })
})
