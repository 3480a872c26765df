/** Boxes whose corner is computed: what their typing rules refuse. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { dynamicSlice, padFrom } from '../../../lang/primitives/dynamic.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'

type Make = (x: Expr, start: Expr) => Expr
const slice =
  (n: number): Make =>
  (x, start) =>
    dynamicSlice([n])(x as never, start as never) as Expr
const pad = (n: number): Make => padFrom(0, [n])
const faultsOf = (make: Make): readonly unknown[] => {
  const found = program([real(3), int(1)], ([x, start]) => make(x as Expr, start as Expr))
  return E.isRight(found) ? [] : found.left.map((d) => d.problem)
}

describe.each([
  ['the box that is taken', slice],
  ['the array that a box is placed in', pad],
] as const)('the sizes of %s are tested', (_, make) => {
  test.each([4.5, 2.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])('%d is no size', (n) => {
    expect(faultsOf(make(n))).toEqual([{ _tag: 'NotASize', what: expect.stringContaining('axis 0'), found: n }])
  })
})
test('a box as large as the array is inside it, a larger one is not', () => {
  expect(faultsOf(slice(3))).toEqual([])
  expect(faultsOf(pad(3))).toEqual([])
  expect(faultsOf(slice(4))).toMatchObject([{ _tag: 'OutsideBox', inner: [4], outer: [3] }])
  expect(faultsOf(pad(2))).toMatchObject([{ _tag: 'OutsideBox', inner: [3], outer: [2] }])
})
