/** Values against a second definition, and derivatives where two are possible. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trace } from '../../lang/evaluate.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { abs, div, max, min, power, sign } from '../../lang/primitives/elementwise.ts'
import { entries } from '../../lang/primitives/index.ts'
import { cumProd, cumSum, prod, reduceMax, reduceMin } from '../../lang/primitives/reduction.ts'
import { type Closed, outsOf, typesOf } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { programOrThrow } from '../../lang/syntax/program.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import { arbitraryProgram, inputRange } from '../../src/testing/arbitrary/program.ts'
import { spreadFrom } from '../../src/testing/arbitrary/values.ts'
import { gradOrThrow } from '../../src/transform/grad.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { close } from '../laws/close.ts'
import { valuesOf } from '../src/programs.ts'
import { witnessed, witnesses } from './witness.ts'

/** Programs that apply one primitive. Other primitives do not enter, so a new one changes none of them. */
const programsOf = (name: string) => {
  const seed = [...name].reduce((s, c) => Math.imul(s, 31) + (c.codePointAt(0) as number), 0)
  return fc.sample(arbitraryProgram({ primitives: [name], maxEquations: 4 }), { numRuns: 60, seed })
}
/** The equations of a program with the values around them, where they have a witness. */
const applications = (p: Closed) => {
  const v = trace(
    p,
    spreadFrom(
      1,
      p.inputs.map((i) => i.type),
      inputRange,
    ),
  )
  const types = typesOf(p)
  return p.equations
    .filter((q) => q.op in witnesses)
    .map((q) => ({
      q,
      found: outsOf(q, v)[0] as Float64Array,
      args: q.args.map((a) => ({ shape: (types[a] as Type).shape, data: v[a] as Float64Array })),
    }))
}

describe('values are those of the definition', () => {
  test.each(Object.keys(witnesses))('%s', (name) => {
    const own = programsOf(name).flatMap((p) => applications(p.closed).filter(({ q }) => q.op === name))
    const wrong = own.filter(({ q, found, args }) =>
      witnessed(name, q.attrs, args, q.outs[0] as Type)?.some((v, k) => !close(v, found[k] as number)),
    )
    expect(wrong.map(({ q }) => q.attrs)).toEqual([])
    expect(own.length).toBeGreaterThan(5)
  })
  test('every primitive is pointwise, holds programs, or has a witness', () => {
    const held = entries.filter((e) =>
      e.examples.some((x) =>
        Object.values(x.attrs).some((a) => typeof a === 'object' && a !== null && 'equations' in a),
      ),
    )
    const others = entries.filter(
      (e) => !(e.name in witnesses) && !held.includes(e) && !('lift' in e.batch && e.batch.lift(noAxes, 2) === noAxes),
    )
    const missing = others
      .map((e) => e.name)
      .filter((name) => !/^(constant|literal|random\w*|psum|pmax|axis\w+)$/.test(name))
    expect(
      missing.map((name) => `${name} has no witness: define one output element of it in test/lang/witness.ts`),
    ).toEqual([])
  })
})
const noAxes = {} as never

describe('conventions at kinks and ties', () => {
  const gradient = (f: (x: Expr) => unknown, x: readonly number[]): readonly number[] => {
    const p = programOrThrow(real(x.length), (e) => sum()(f(e) as Expr)) as never
    return [...(valuesOf(gradOrThrow(p), [Float64Array.from(x)])[0] as Float64Array)]
  }
  const forward = (f: (x: Expr) => unknown, x: readonly number[]): readonly number[] => {
    const p = jvp(programOrThrow(real(x.length), (e) => f(e) as Expr))
    return [...(valuesOf(p, [Float64Array.from(x), new Float64Array(x.length).fill(1)])[1] as Float64Array)]
  }
  test('|x| and sign x have derivative 0 at 0', () => {
    expect(gradient(abs, [0, -2, 3])).toEqual([0, -1, 1])
    expect(gradient(sign, [0, -2, 3])).toEqual([0, 0, 0])
  })
  test('max and min give half to each at a tie', () => {
    for (const f of [max, min]) {
      expect(gradient((x) => f(x, 1), [1, 1])).toEqual([0.5, 0.5])
      expect(gradient((x) => f(x, x), [1, 2])).toEqual([1, 1])
    }
    expect([gradient((x) => max(x, 1), [0, 2]), gradient((x) => min(x, 1), [0, 2])]).toEqual([
      [0, 1],
      [1, 0],
    ])
  })
  test('reductions divide the derivative evenly among the largest', () => {
    expect(gradient((x) => reduceMax()(x), [3, 1, 3, 3])).toEqual([1 / 3, 0, 1 / 3, 1 / 3])
    expect(gradient((x) => reduceMin()(x), [3, 1, 1, 3])).toEqual([0, 0.5, 0.5, 0])
    expect(forward((x) => reduceMax()(x), [3, 1, 3])).toEqual([1])
  })
  test('products are right where factors are 0', () => {
    expect(gradient((x) => prod()(x), [2, 0, 3])).toEqual([0, 6, 0])
    expect(gradient((x) => prod()(x), [2, 0, 0])).toEqual([0, 0, 0])
    expect(gradient((x) => cumProd(0)(x), [0, 5])).toEqual([6, 0])
    expect(gradient((x) => cumSum(0)(x), [1, 2, 3])).toEqual([3, 2, 1])
  })
  test('x^0 has derivative 0 at 0, and 0^b has derivative 0 in b', () => {
    expect(gradient((x) => power(x, 0), [0, 2])).toEqual([0, 0])
    expect(gradient((x) => power(0, x), [2, 0.5])).toEqual([0, 0])
    expect(gradient((x) => power(x, 2), [0, 3])).toEqual([0, 6])
  })
  test('1/x at 0 is not made finite', () => expect(gradient((x) => div(1, x), [0])).toEqual([Number.NEGATIVE_INFINITY]))
})
