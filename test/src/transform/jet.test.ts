/** Taylor mode: against repeated jvp, against figures of mpmath, and its cost. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { constant } from '../../../lang/primitives/constant.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { type Closed, inline, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { node } from '../../../lang/syntax/expr.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import {
  add,
  atan,
  cond,
  cost,
  div,
  type Expr,
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
  simplify,
  sin,
  sum,
  tan,
  tanh,
  taylor,
  vmap,
} from '../../../src/index.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { spreadFrom, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { close, closeAll, type Values } from '../../laws/close.ts'
import { valuesOf } from '../programs.ts'

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

describe('jet coefficients are repeated jvp', () => {
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
