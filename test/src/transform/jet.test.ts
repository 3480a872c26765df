/** Taylor mode: against repeated jvp, against figures of mpmath, and its cost. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { constant } from '../../../lang/primitives/constant.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { type Closed, inline, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../lang/syntax/expr.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import {
  acosh,
  add,
  asin,
  asinh,
  atan,
  atanh,
  cond,
  cos,
  cost,
  customJvp,
  div,
  erf,
  exp,
  fori,
  gradOrThrow,
  jet,
  jvp,
  log,
  lt,
  mul,
  pow,
  programOrThrow,
  real,
  sin,
  sinh,
  sqrt,
  tan,
  tanh,
  taylor,
  vmap,
  whileLoop,
} from '../../../src/index.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { spreadFrom, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { close, closeAll, type Values } from '../../laws/close.ts'
import { first, valuesOf } from '../programs.ts'
import figures from './taylor.json' with { type: 'json' }

type Real = Expr<readonly [], 'real'>
const literal = (type: Type, data: Float64Array): Expr =>
  node('literal', { dtype: type.dtype, shape: type.shape, data: [...data] }, [], [type])[0] as Expr
/** p along a line: t -> p(x + t v), where integers stay. */
const line = (p: UntypedProgram, x: Values, v: Values): UntypedProgram => {
  const ins = inTypes(p.closed)
  let next = 0
  return programOrThrow({ t: real() }, ({ t }) => {
    const given = ins.map((type, i) => {
      const at = literal(type, x[i] as never)
      return isReal(type) ? add(at as never, mul(t, literal(type, v[next++] as never) as never)) : at
    })
    const outs = inline(p.closed, given as readonly Expr[])
    return outs.filter((y) => isReal(y.type)) as unknown as Expr
  }) as unknown as UntypedProgram
}
/** The derivatives 0 .. n in t at 0, by jvp of jvp. */
const repeated = (p: UntypedProgram, n: number): readonly Values[] => {
  const ds = [p]
  for (let k = 0; k < n; k++) {
    const q = jvp(ds[k] as UntypedProgram) as UntypedProgram
    const slope = programOrThrow({ t: real() }, ({ t }) => {
      const outs = inline(q.closed, [t, constant([], 1)])
      return outs.slice(outs.length / 2) as unknown as Expr
    })
    ds.push(slope as unknown as UntypedProgram)
  }
  return ds.map((d) => valuesOf(d, [Float64Array.of(0)]))
}
const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1))

const agrees = (p: UntypedProgram, n: number, seed: number, range: readonly [number, number]): boolean => {
  const ins = inTypes(p.closed)
  const x = spreadFrom(seed, ins, range)
  const v = valuesFrom(seed, ins.filter(isReal))
  const found = valuesOf(taylor(n)(p as never) as UntypedProgram, [...x, ...v])
  const outs = outTypes(p.closed)
  const expected = repeated(line(p, x, v), n)
  const reals = outs.filter(isReal).length
  const series = Array.from({ length: n + 1 }, (_, k) =>
    k === 0
      ? found.slice(0, outs.length).filter((_, i) => isReal(outs[i] as never))
      : found.slice(outs.length + (k - 1) * reals, outs.length + k * reals),
  )
  return series.every((ys, k) =>
    closeAll(
      ys.map((y) => y.map((c) => c * factorial(k))),
      expected[k] as Values,
      1e-7,
    ),
  )
}

const cases = entries.flatMap((entry) =>
  entry.examples
    .filter((e) => e.declared === undefined && e.args.some(isReal) && e.args.every((t) => sizeOf(t.shape) <= 64))
    .map((example, k) => {
      const outs = entry.type(example.attrs, example.args) as { readonly right: readonly Type[] }
      const closed: Closed = {
        inputs: example.args.map((type, i) => ({ name: `x${i}`, type })),
        equations: [
          {
            op: entry.name,
            attrs: example.attrs,
            args: example.args.map((_, i) => i),
            outs: outs.right,
            first: example.args.length,
          },
        ],
        outputs: outs.right.map((_, i) => example.args.length + i),
      }
      const p: UntypedProgram = { in: example.args, out: outs.right, closed }
      return { name: `${entry.name} ${k}`, p, range: example.range ?? ([-1, 1] as const), regular: example.regular }
    }),
)

describe('jet coefficients are repeated jvp', () => {
  test.each(cases.filter((c) => !c.regular))('$name', ({ p, range }) => expect(agrees(p, 3, 7, range)).toBe(true))
  test('of random programs', () =>
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 6 }), fc.nat(999), (p, seed) => {
        if (!inTypes(p.closed).some(isReal)) return true
        return agrees(p as UntypedProgram, 3, seed, [-0.9, 0.9])
      }),
      { numRuns: 60, seed: 4 },
    ))
})

const functions: { readonly [formula: string]: (x: Real) => Real } = {
  'exp(x)': exp,
  'log(x)': log,
  'sin(x)': sin,
  'cos(x)': cos,
  'tan(x)': tan,
  'sqrt(x)': sqrt,
  '1/sqrt(x)': (x) => div(1, sqrt(x)),
  'asin(x)': asin,
  'atan(x)': atan,
  'sinh(x)': sinh,
  'tanh(x)': tanh,
  'asinh(x)': asinh,
  'acosh(x)': acosh,
  'atanh(x)': atanh,
  'erf(x)': erf,
  'x^2.5': (x) => pow(x, 2.5),
  'x^x': (x) => pow(x, x),
  'x/(1+x^2)': (x) => div(x, add(1, mul(x, x))),
  'exp(sin(x))': (x) => exp(sin(x)),
  'log(1+exp(x))*tanh(x)': (x) => mul(log(add(1, exp(x))), tanh(x)),
}
describe('mpmath.taylor', () => {
  test.each(figures as unknown as readonly (readonly [string, string, readonly number[]])[])(
    '%s at %s',
    (name, at, expected) => {
      const f = functions[name] as (x: Real) => Real
      const p = taylor(8)(programOrThrow(real(), (x) => f(x)))
      const found = valuesOf(p, [Float64Array.of(Number(at)), Float64Array.of(1)]).map((y) => y[0] as number)
      expect(found.length).toBe(9)
      // 9 digits: the recurrences lose some to cancellation
      for (const [k, c] of expected.entries()) expect([k, close(found[k] as number, c)]).toEqual([k, true])
    },
  )
})

describe('cost', () => {
  const flops = (p: UntypedProgram): number => cost(p).flops
  // doubling the order of a square law multiplies by 4; powers, whose derivatives are other powers, by less than 8
  test.each(cases.filter((c, k) => c.name.endsWith(' 0') && k >= 0).map((c) => [c.name, c.p] as const))(
    'of %s is quadratic in the order',
    (name, p) => {
      const [half, whole] = [8, 16].map((n) => flops(taylor(n)(p as never) as UntypedProgram)) as [number, number]
      expect(whole).toBeLessThanOrEqual((name === 'pow 0' ? 6 : 4) * half)
    },
  )
  test('of a polynomial ends with its degree', () => {
    const p = programOrThrow(real(), (x) => mul(mul(x, x), x))
    expect(flops(taylor(16)(p) as UntypedProgram)).toBe(flops(taylor(3)(p) as UntypedProgram))
  })
  test('sin and cos of one argument share their series', () => {
    const both = programOrThrow(real(), (x) => [sin(x), cos(x)] as const)
    const one = programOrThrow(real(), (x) => sin(x))
    expect(flops(taylor(6)(both) as UntypedProgram)).toBeLessThan(1.3 * flops(taylor(6)(one) as UntypedProgram))
  })
})

describe('a jet is a program', () => {
  const p = programOrThrow({ x: real(2), w: real() }, ({ x, w }) => ({ y: mul(sin(x), w) }))
  test('with trees of coefficients, in the types too', () => {
    const j = jet(2)(p)
    expect(j.in).toEqual([p.in, [p.in, p.in]])
    expect(j.out).toEqual([p.out, [p.out, p.out]])
    const shape: readonly [2] = j.out[1][1].y.shape
    expect(shape).toEqual([2])
    expect(taylor(2)(p).out).toEqual([p.out, p.out, p.out])
  })
  test('jet(1) = jvp', () => {
    const at = [[0.3, 0.7], [2], [1, -1], [0.5]].map((x) => Float64Array.from(x))
    expect(closeAll(valuesOf(jet(1)(p), at), valuesOf(jvp(p), at))).toBe(true)
  })
  test('a curve: sin(t + t^2) has the coefficients 1, 1, -1/6, -1/2', () => {
    const f = programOrThrow(real(), (x) => sin(x))
    const at = [0, 1, 1, 0, 0].map((c) => Float64Array.of(c))
    const found = valuesOf(jet(4)(f), at).map((y) => y[0] as number)
    for (const [k, c] of [0, 1, 1, -1 / 6, -1 / 2].entries()) expect(found[k]).toBeCloseTo(c, 14)
  })
  test('it differentiates and maps: the gradient of the third derivative of exp(2 x) is 16 exp(2 x)', () => {
    const third = programOrThrow({ x: real() }, ({ x }) =>
      mul(6, inline(taylor(3)(twice).closed, [x, constant([], 1)])[3] as Real),
    )
    expect(first(gradOrThrow(third), [0.5])[0]).toBeCloseTo(16 * Math.exp(1), 9)
    const many = valuesOf(vmap(3)(third), [Float64Array.of(0, 0.5, 1)])[0] as Float64Array
    for (const [k, x] of [0, 0.5, 1].entries()) expect(many[k]).toBeCloseTo(8 * Math.exp(2 * x), 9)
  })
  const twice = programOrThrow(real(), (x) => exp(mul(2, x)))
  test('through loops and branches: one loop, of all coefficients', () => {
    const loop = programOrThrow(real(), (x) => fori(5, (_, y: Real) => mul(sin(y), x))(x))
    const q = taylor(5)(loop) as UntypedProgram
    expect(q.closed.equations.filter((e) => e.op === 'scan').length).toBe(1)
    const some = programOrThrow(real(), (x) =>
      cond(
        lt(x, 0),
        (v: Real) => exp(v),
        (v: Real) =>
          whileLoop(
            (y: Real) => lt(y, 100),
            (y: Real) => mul(y, y),
          )(v),
      )(x),
    )
    // 3, 9, 81, 6561: x^8 at 3
    expect(valuesOf(taylor(2)(some), [Float64Array.of(3), Float64Array.of(1)]).map((y) => y[0])).toEqual([
      3 ** 8,
      8 * 3 ** 7,
      28 * 3 ** 6,
    ])
  })
  test('a declared derivative is the first of the tower', () => {
    const f = programOrThrow(real(), (x) =>
      customJvp(
        (v: Real) => exp(v),
        (_, d, y) => mul(d, y),
      )(x),
    )
    expect(
      closeAll(
        valuesOf(taylor(6)(f), [Float64Array.of(0.2), Float64Array.of(1)]),
        valuesOf(taylor(6)(programOrThrow(real(), (x) => exp(x))), [Float64Array.of(0.2), Float64Array.of(1)]),
      ),
    ).toBe(true)
  })
  test('a chain of 3,000 operations does not overflow the stack', () => {
    const p = programOrThrow(real(), (x) => Array.from({ length: 3000 }).reduce<Real>((y) => mul(0.999, sin(y)), x))
    expect(first(taylor(2)(p) as UntypedProgram, [0.1], [1])[0]).toBeGreaterThan(0)
  })
  test('order 0 is the value; a fraction is refused', () => {
    expect(taylor(0)(p).out).toEqual([p.out])
    expect(() => jet(1.5 as never)(p)).toThrow(/the order/)
  })
})
