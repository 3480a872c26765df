/** A program as a function of expressions. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, expectTypeOf, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import {
  apply,
  fori,
  gradOrThrow,
  mul,
  print,
  program,
  programOrThrow,
  real,
  sin,
  sub,
  sum,
} from '../../../src/index.ts'

const f = programOrThrow({ x: real(3), w: real(3) }, ({ x, w }) => sum()(sin(mul(x, w))))

test('programOrThrow(p.in, apply(p)) = p', () => {
  for (const p of [f, gradOrThrow(f)])
    expect(print(programOrThrow(p.in as never, apply(p as never) as never))).toBe(print(p as typeof f))
})
test('a gradient inside a loop descends', () => {
  const square = gradOrThrow(programOrThrow(real(2), (x) => sum()(mul(x, x))))
  const descent = programOrThrow(real(2), (start) =>
    fori(10, (_, x: Expr<readonly [2]>) => sub(x, mul(0.25, apply(square)(x))))(start),
  )
  expect(evaluate(descent.closed, [Float64Array.of(1024, -2048)])[0]).toEqual(Float64Array.of(1, -2))
})
test('types are known, and what does not fit is a diagnostic', () => {
  program({ a: real(3) }, ({ a }) => {
    const y = apply(f)({ x: a, w: a })
    expectTypeOf(y).toEqualTypeOf<Expr<readonly [], 'real'>>()
    return y
  })
  const wrong = program({ a: real(4) }, ({ a }) => apply(f)({ x: a as never, w: a as never }))
  expect(E.isLeft(wrong) && wrong.left.map((d) => [d.op, d.problem._tag])).toEqual([['apply', 'BodyMismatch']])
})
test('a leaf belongs to its key, wherever that stands', () => {
  const p = programOrThrow({ x: real(), k: real() }, ({ x, k }) => sub(x, mul(2, k)))
  const f = programOrThrow({ a: real(), b: real() }, ({ a, b }) => apply(p)({ k: b, x: a }))
  expect(evaluate(f.closed, [Float64Array.of(5), Float64Array.of(1)])).toEqual([Float64Array.of(3)])
})
