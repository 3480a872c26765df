/** wrt and aux: the restriction of the whole derivative, at the cost of that part; and what is carried beside it. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { add, exp, log, mul, neg, sin } from '../../../lang/primitives/elementwise.ts'
import { inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { programOrThrow, type UntypedProgram } from '../../../lang/syntax/program.ts'
import { int, isReal, real, sizeOf } from '../../../lang/syntax/shape.ts'
import { refill } from '../../../lang/syntax/tree.ts'
import { matmul } from '../../../src/index.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { spreadFrom } from '../../../src/testing/arbitrary/values.ts'
import { cost } from '../../../src/transform/cost.ts'
import { grad, gradOrThrow, valueAndGrad, valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import {
  hessian,
  hessianOrThrow,
  hvp,
  hvpOrThrow,
  jacfwd,
  jacrev,
  jacrevOrThrow,
} from '../../../src/transform/jacobian.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { closeAll, same } from '../../laws/close.ts'
import { opsOf, valuesOf } from '../programs.ts'

/** Logistic regression: 30 examples of 4 features. */
const logistic = programOrThrow({ x: real(30, 4), y: real(30), w: real(4), b: real() }, ({ x, y, w, b }) =>
  sum()(log(add(1, exp(neg(mul(y, add(matmul(x, w), b))))))),
)
const point = spreadFrom(5, inTypes(logistic.closed), [0.2, 1])

describe('wrt is the restriction of the whole derivative', () => {
  test('of random programs, by columns and by rows', () =>
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 4 }), fc.nat(255), (p, bits) => {
        const [ins, outs] = [inTypes(p.closed), outTypes(p.closed).filter(isReal)]
        if ([...ins, ...outs].some((t) => sizeOf(t.shape) > 12)) return true
        const wrt = refill(
          p.in,
          ins.map((_, i) => (bits >> i) % 2 === 1),
        ) as never
        const reals = ins.flatMap((t, i) => (isReal(t) ? [(bits >> i) % 2 === 1] : []))
        const [part, whole] = [jacfwd(p as UntypedProgram, { wrt }), jacfwd(p as UntypedProgram)]
        const at = spreadFrom(bits, ins, [-0.9, 0.9])
        const expected = valuesOf(whole, at).filter((_, k) => nth(reals, k % reals.length))
        const rows = jacrev(p as UntypedProgram, { wrt })
        return (
          closeAll(valuesOf(part, at), expected) && (E.isLeft(rows) || closeAll(valuesOf(rows.right, at), expected))
        )
      }),
      { numRuns: 60, seed: 18 },
    ))
  const H = hessianOrThrow(logistic, { wrt: { w: true } })
  test('a Hessian has null at the other inputs', () =>
    expect(H.out).toEqual({ x: null, y: null, w: { x: null, y: null, w: real(4, 4), b: null }, b: null }))
  test('its types say the same', () => {
    const shape: readonly [4, 4] = H.out.w.w.shape
    const none: null = H.out.w.x
    expect([shape, none]).toEqual([[4, 4], null])
  })
  test('it is the block of the whole one, and symmetric', () => {
    const [block] = valuesOf(H, point)
    const whole = valuesOf(hessianOrThrow(logistic), point)
    // blocks of the inputs x, y, w and b, by rows
    expect(closeAll([block as Float64Array], [whole[2 * 4 + 2] as Float64Array])).toBe(true)
  })
  test('hvp takes a vector of the chosen inputs', () => {
    const p = hvpOrThrow(logistic, { wrt: { w: true } })
    expect(p.in).toEqual([logistic.in, { x: null, y: null, w: real(4), b: null }])
    const v = Float64Array.of(1, -2, 3, 0.5)
    const [h] = valuesOf(H, point) as readonly [Float64Array]
    const expected = Float64Array.from({ length: 4 }, (_, i) =>
      v.reduce((s, x, j) => s + x * nth([...h], 4 * i + j), 0),
    )
    expect(closeAll(valuesOf(p, [...point, v]), [expected])).toBe(true)
  })
})

describe('wrt costs what it computes', () => {
  const flops = (p: UntypedProgram): number => cost(p).flops
  test('a Hessian of chosen inputs costs one vmap of hvp over as many vectors', () => {
    const chosen = hessianOrThrow(logistic, { wrt: { w: true } })
    const product = hvpOrThrow(logistic, { wrt: { w: true } })
    const many = vmap(4, { over: [false, true] })(product)
    // the unit vectors, and nothing else
    expect(flops(chosen) - flops(many)).toBeLessThanOrEqual(2 * 16)
    expect(flops(chosen)).toBeLessThan(flops(hessianOrThrow(logistic)) / 30)
    expect(flops(chosen)).toBeLessThan(25 * flops(logistic))
  })
  test('nothing is computed for the others', () => {
    const p = programOrThrow({ x: real(3), w: real(3) }, ({ x, w }) => mul(sin(x), w))
    expect(opsOf(jacfwd(p, { wrt: { w: true } }))).not.toContain('cos')
    expect(opsOf(jacrevOrThrow(p, { wrt: { w: true } }))).not.toContain('cos')
  })
})

describe('aux is returned as it is', () => {
  const p = programOrThrow(
    { x: real(2), n: int(2) },
    ({ x, n }) => [sum()(mul(x, mul(x, x))), { n, y: sin(x) }] as const,
  )
  const main = programOrThrow({ x: real(2), n: int(2) }, ({ x }) => sum()(mul(x, mul(x, x))))
  const at = [Float64Array.of(2, 3), Float64Array.of(7, 8)]
  const aux = [Float64Array.of(7, 8), Float64Array.of(Math.sin(2), Math.sin(3))]
  test.each([
    ['grad', gradOrThrow(p, { aux: true }), gradOrThrow(main)],
    ['jacfwd', jacfwd(p, { aux: true }), jacfwd(main)],
    ['jacrev', jacrevOrThrow(p, { aux: true }), jacrevOrThrow(main)],
    ['hessian', hessianOrThrow(p, { aux: true }), hessianOrThrow(main)],
  ] as readonly (readonly [string, UntypedProgram, UntypedProgram])[])('%s', (_, found, alone) => {
    expect(found.out).toEqual([alone.out, p.out[1]])
    expect(same(valuesOf(found, at), [...valuesOf(alone, at), ...aux])).toBe(true)
  })
  test('hvp', () => {
    const product = hvpOrThrow(p, { aux: true })
    expect(product.out).toEqual([{ x: real(2), n: null }, p.out[1]])
    expect(same(valuesOf(product, [...at, Float64Array.of(1, 1)]), [Float64Array.of(12, 18), ...aux])).toBe(true)
  })
  test('valueAndGrad, beside the loss', () =>
    expect(valueAndGradOrThrow(p, { aux: true }).out).toEqual([p.out, { x: real(2), n: null }]))
  test('its work is shared with that of the value', () => {
    const q = programOrThrow(real(5), (x) => [sum()(sin(exp(x))), exp(x)] as const)
    expect(opsOf(gradOrThrow(q, { aux: true })).filter((op) => op === 'exp').length).toBe(1)
  })
  test('both options, at once and in either order of differentiation', () => {
    const both = hessianOrThrow(p, { wrt: { x: true }, aux: true })
    expect(both.out).toEqual([{ x: { x: real(2, 2), n: null }, n: null }, p.out[1]])
  })
})

describe('misuse is a diagnostic that names the operation', () => {
  const p = programOrThrow({ x: real(2), w: real(2) }, ({ x, w }) => sum()(mul(x, w)))
  const refused = (op: string, what: RegExp) => ({
    _tag: 'Left',
    left: [{ op, problem: { _tag: 'Malformed', what: expect.stringMatching(what) } }],
  })
  test.each<readonly [string, (p: never, options: never) => unknown]>([
    ['grad', grad],
    ['valueAndGrad', valueAndGrad],
    ['jacrev', jacrev],
    ['hessian', hessian],
    ['hvp', hvp],
  ])('%s', (op, f) => {
    const given = (options: unknown): unknown => f(p as never, options as never)
    expect(given({ wrt: { y: true } })).toMatchObject(refused(op, /wrt names y, and there is no such input/))
    expect(given({ wrt: 'x' })).toMatchObject(refused(op, /wrt has the string x where true or false belongs/))
    expect(given({ wrt: ['x'] })).toMatchObject(refused(op, /wrt is a list, but the inputs have names/))
    expect(given({ aux: true })).toMatchObject(refused(op, /return \[y, aux\]/))
    expect(() => given({ wrtt: true })).toThrow(/has no option wrtt; it has wrt, aux/)
  })
  test('in TypeScript too', () => {
    // @ts-expect-error: there is no input of this name
    expect(() => jacfwd(p, { wrt: { y: true } })).toThrow(/wrt names y/)
    // @ts-expect-error: the program gives no pair
    expect(() => jacfwd(p, { aux: true })).toThrow(/return \[y, aux\]/)
    // @ts-expect-error: the program gives no pair
    expect(hessian(p, { aux: true })._tag).toBe('Left')
  })
})
