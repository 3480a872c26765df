/** Axes that are not there are red lines, and diagnostics. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  argmax,
  cumProd,
  cumSum,
  type Expr,
  moveAxis,
  prod,
  program,
  programOrThrow,
  real,
  reduceMax,
  reduceMin,
  reverse,
  sum,
} from '../../src/index.ts'

const refusedAs = (
  p: E.Either<readonly { readonly problem: { readonly _tag: string } }[], unknown>,
): string | undefined => (E.isLeft(p) ? p.left[0]?.problem._tag : undefined)

describe('an axis that is not there', () => {
  test('sum', () => {
    // @ts-expect-error [2, 3] has no axis 2
    expect(refusedAs(program(real(2, 3), (x) => sum(2)(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [2, 3] has no axis -3
    expect(refusedAs(program(real(2, 3), (x) => sum([0, -3])(x)))).toBe('AxisOutOfRange')
  })
  test('an axis named twice', () => {
    // @ts-expect-error axis 1 of [2, 3] is named twice
    expect(refusedAs(program(real(2, 3), (x) => sum([1, -1])(x)))).toBe('AxisOutOfRange')
  })
  test('the largest, the smallest, the product, and the index of the largest', () => {
    // @ts-expect-error [3] has no axis 1
    expect(refusedAs(program(real(3), (x) => reduceMax(1)(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [3] has no axis 1
    expect(refusedAs(program(real(3), (x) => reduceMin(1)(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [3] has no axis 1
    expect(refusedAs(program(real(3), (x) => prod(1)(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [3] has no axis 1
    expect(refusedAs(program(real(3), (x) => argmax(1)(x)))).toBe('AxisOutOfRange')
  })
})
describe('an axis that is not there, of what keeps the shape', () => {
  test('running sums and products, turning round, moving', () => {
    // @ts-expect-error [3] has no axis 1
    expect(refusedAs(program(real(3), (x) => cumSum(1)(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [3] has no axis -2
    expect(refusedAs(program(real(3), (x) => cumProd(-2)(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [2, 3] has no axis 2
    expect(refusedAs(program(real(2, 3), (x) => reverse([0, 2])(x)))).toBe('AxisOutOfRange')
    // @ts-expect-error [2, 3] has no axis 2
    expect(E.isLeft(program(real(2, 3), (x) => moveAxis(2, 0)(x)))).toBe(true)
  })
  test('the shape of what is moved is known', () => {
    const p = programOrThrow(real(2, 3, 4), (x) => moveAxis(0, -1)(x))
    expectTypeOf(p.out).toEqualTypeOf(real(3, 4, 2))
    expect(p.out).toEqual(real(3, 4, 2))
  })
})
test('an axis of an array of unknown rank is checked when it is built', () => {
  const last = (x: Expr): Expr => sum(-1)(x)
  expect(refusedAs(program(real(), (x) => last(x)))).toBe('AxisOutOfRange')
})
