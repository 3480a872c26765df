/** Gradients: agreement with vjp, refusals, and their size. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { add, cos, mul, sin, toInt, toReal } from '../../../lang/primitives/elementwise.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { spread } from '../../../src/testing/arbitrary/values.ts'
import { grad, gradOrThrow, valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { vjp, vjpOrThrow } from '../../../src/transform/vjp.ts'
import { closeAll, same } from '../../laws/close.ts'
import { first, opsOf, valuesOf } from '../programs.ts'

const loss = programOrThrow({ x: real(3), w: real(3) }, ({ x, w }) => sum()(mul(sin(x), mul(w, w))))
const points = spread(inTypes(loss.closed))
const one = Float64Array.of(1)
const pointFor = (p: { readonly closed: Parameters<typeof inTypes>[0] }): readonly Float64Array[] =>
  inTypes(p.closed).map((t, k) =>
    Float64Array.from({ length: t.shape.reduce((a, n) => a * n, 1) }, (_, i) => 1 + k + i),
  )

describe('laws', () => {
  test('grad(f)(x) = vjp(f)(x, 1)', () =>
    fc.assert(
      fc.property(points, (x) =>
        same(valuesOf(gradOrThrow(loss), x), valuesOf(vjpOrThrow(loss), [...x, one]).slice(1)),
      ),
    ))
  test('valueAndGrad(f)(x) = [f(x), grad(f)(x)]', () =>
    fc.assert(
      fc.property(points, (x) => {
        const both = valuesOf(valueAndGradOrThrow(loss), x)
        return same(both, [...valuesOf(loss, x), ...valuesOf(gradOrThrow(loss), x)])
      }),
    ))
  test('a tuple that begins with the loss: the rest is carried along', () => {
    const p = programOrThrow(real(2), (x) => [sum()(mul(x, x)), { y: sin(x) }] as const)
    expect(first(gradOrThrow(p), [3, 4])).toEqual([6, 8])
    expect(valueAndGradOrThrow(p).out).toEqual([p.out, real(2)])
  })
  test('the gradient of sin(x y): (y cos(x y), x cos(x y))', () => {
    const p = programOrThrow({ x: real(), y: real() }, ({ x, y }) => sin(mul(x, y)))
    const expected = programOrThrow(
      { x: real(), y: real() },
      ({ x, y }) => [mul(y, cos(mul(x, y))), mul(x, cos(mul(x, y)))] as const,
    )
    fc.assert(
      fc.property(spread([real(), real()]), (x) => closeAll(valuesOf(gradOrThrow(p), x), valuesOf(expected, x))),
    )
  })
})

describe('with respect to some inputs', () => {
  const p = programOrThrow({ params: { w: real(3), b: real(3) }, x: real(3), n: int() }, ({ params, x, n }) =>
    sum()(add(mul(sin(x), params.w), mul(params.b, toReal(n)))),
  )
  const some = gradOrThrow(p, { wrt: { params: true } })
  test('the tree is like the inputs, null where nothing is chosen', () => {
    expect(some.out).toEqual({ params: { w: real(3), b: real(3) }, x: null, n: null })
    const onlyB: { readonly w: null; readonly b: { readonly shape: readonly [3] } } = gradOrThrow(p, {
      wrt: { params: { b: true } },
    }).out.params
    expect(onlyB).toEqual({ w: null, b: real(3) })
  })
  test('it is the same part of the whole gradient, and computes nothing else', () => {
    const [w, b] = valuesOf(gradOrThrow(p), pointFor(p))
    expect(valuesOf(some, pointFor(p))).toEqual([w, b])
    expect(opsOf(some)).not.toContain('cos')
  })
  test('valueAndGrad takes the same option', () => {
    const both = valueAndGradOrThrow(p, { wrt: { x: true } })
    expect(both.out).toEqual([real(), { params: { w: null, b: null }, x: real(3), n: null }])
    expect(valuesOf(both, pointFor(p))).toEqual([
      ...valuesOf(p, pointFor(p)),
      ...valuesOf(gradOrThrow(p), pointFor(p)).slice(2),
    ])
  })
  test('an integer has no gradient, though it is chosen', () =>
    expect(gradOrThrow(p, { wrt: { n: true } }).out).toEqual({ params: { w: null, b: null }, x: null, n: null }))
  test('a selection below a leaf, or below null, chooses nothing and moves no other mark', () => {
    const q = programOrThrow({ none: null, x: real(2), y: real(3) }, ({ x, y }) => mul(sum()(sin(x)), sum()(y)))
    const onlyY = { none: null, x: null, y: real(3) }
    // selections from JavaScript, which no type has checked
    for (const nothing of [{}, null, undefined, []])
      for (const wrt of [
        { x: nothing, y: true },
        { none: nothing, y: true },
      ])
        expect(gradOrThrow(q, { wrt: wrt as { readonly y: true } }).out).toEqual(onlyY)
  })
  test('a name that is no input is refused, at any depth', () => {
    const refused = (what: string) => E.left([{ op: 'grad', problem: { _tag: 'Malformed', what } }])
    // @ts-expect-error: there is no input of this name
    const outer = grad(p, { wrt: { weights: true } })
    expect(outer).toMatchObject(refused('wrt names weights, and there is no such input'))
    // @ts-expect-error: there is no parameter of this name
    const inner = grad(p, { wrt: { params: { bias: true } } })
    expect(inner).toMatchObject(refused('wrt names params.bias, and there is no such input'))
  })
})

describe('refusals', () => {
  test('an output that is not one real number', () => {
    const p = programOrThrow(real(3), (x) => sin(x))
    // @ts-expect-error: the output has shape [3]
    const refused = grad(p)
    expect(refused).toMatchObject(E.left([{ op: 'grad', problem: { _tag: 'NotScalar', shape: [3], dtype: 'real' } }]))
    expect(E.isLeft(refused) && showDiagnostics(refused.left)).toMatch(/reduce the output with sum or mean/)
  })
  test('an integer, and nothing at all', () => {
    const whole = programOrThrow(real(), (x) => toInt(x))
    const nothing = programOrThrow(real(), () => ({}))
    expect(grad(whole as never)).toMatchObject(E.left([{ problem: { _tag: 'NotScalar', dtype: 'int' } }]))
    expect(grad(nothing as never)).toMatchObject(E.left([{ problem: { _tag: 'Malformed' } }]))
  })
  test('the refusal names the line that asked', () => {
    const refused = grad(programOrThrow(real(3), (x) => sin(x)) as never)
    expect(E.isLeft(refused) && refused.left[0]?.site).toMatch(/grad\.test\.ts:\d+:\d+/)
  })
  test('vjp gives Either, Right where there is a reverse derivative', () => expect(E.isRight(vjp(loss))).toBe(true))
})

describe('size', () => {
  test('nothing is pulled towards integers or towards what the loss does not read', () => {
    const p = programOrThrow({ x: real(2), unused: real(2), n: int(2) }, ({ x, n }) => sum()(mul(x, toReal(n))))
    expect(gradOrThrow(p).out).toEqual({ x: real(2), unused: real(2), n: null })
    expect([...opsOf(gradOrThrow(p))].sort()).toEqual(['broadcast', 'constant', 'constant', 'convert', 'mul'])
  })
  test('60 nested squares stay 60 equations, and their gradient below 200', () => {
    const p = programOrThrow(real(), (x) => Array.from({ length: 60 }).reduce<typeof x>((e) => mul(e, e), x))
    expect(p.closed.equations.length).toBe(60)
    expect(gradOrThrow(p).closed.equations.length).toBeLessThan(200)
  })
  test('a chain of 200,000 closes and differentiates without overflowing the stack', () => {
    const n = 200_000
    const p = programOrThrow(real(), (x) => {
      let e = x
      for (let k = 0; k < n; k++) e = sin(e)
      return e
    })
    const g = gradOrThrow(p)
    expect(p.closed.equations.length).toBe(n)
    expect(g.closed.equations.length).toBeLessThanOrEqual(3 * n + 1)
    expect(first(g, [0.5])[0]).toBeGreaterThan(0)
  }, 120_000)
  test('a sum of 200,000 shared terms too', () => {
    const p = programOrThrow(real(), (x) => {
      let e = x
      for (let k = 0; k < 100_000; k++) e = add(e, k % 2 === 0 ? x : e)
      return e
    })
    expect(gradOrThrow(p).closed.equations.length).toBeLessThanOrEqual(2 * p.closed.equations.length + 1)
  }, 120_000)
})

test('cotangents are named: ct of the only real output, else ct0, ct1; a name that is taken gets a prime', () => {
  const namesOf = (p: Parameters<typeof vjpOrThrow>[0]): readonly string[] =>
    vjpOrThrow(p).closed.inputs.map((i) => i.name)
  expect(namesOf(programOrThrow({ x: real() }, ({ x }) => sin(x)))).toEqual(['x', 'ct'])
  expect(namesOf(programOrThrow({ ct: real() }, ({ ct }) => [sin(ct), toInt(ct)]))).toEqual(['ct', "ct'"])
  expect(namesOf(programOrThrow({ x: real() }, ({ x }) => [sin(x), cos(x)]))).toEqual(['x', 'ct0', 'ct1'])
})
