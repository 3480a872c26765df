/** Shapes and axes. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  areAxes,
  axesOf,
  axisOf,
  broadcastShapes,
  otherAxes,
  type Shape,
  sameShape,
  sizeOf,
  strides,
} from '../../../lang/syntax/shape.ts'
import { arbitraryShape } from '../../../src/testing/arbitrary/shape.ts'

const shape = arbitraryShape({ minSize: 0 })
const joins = (a: Shape | undefined, b: Shape | undefined): Shape | undefined => a && b && broadcastShapes(a, b)
const agree = (a: Shape | undefined, b: Shape | undefined): boolean =>
  a === undefined ? b === undefined : b !== undefined && sameShape(a, b)

describe('broadcasting is a commutative, idempotent, associative join with unit []', () => {
  test('commutative', () =>
    fc.assert(fc.property(shape, shape, (a, b) => agree(broadcastShapes(a, b), broadcastShapes(b, a)))))
  test('idempotent', () => fc.assert(fc.property(shape, (a) => agree(broadcastShapes(a, a), a))))
  test('unit', () => fc.assert(fc.property(shape, (a) => agree(broadcastShapes([], a), a))))
  test('associative where it is defined', () =>
    fc.assert(
      fc.property(shape, shape, shape, (a, b, c) => {
        const left = joins(broadcastShapes(a, b), c)
        const right = joins(a, broadcastShapes(b, c))
        return left === undefined || right === undefined || sameShape(left, right)
      }),
    ))
  test.each<readonly [Shape, Shape, Shape | undefined]>([
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [[2, 3], [2], undefined],
    [[0], [1], [0]],
    [[0], [2], undefined],
  ])('%j and %j meet in %j', (a, b, c) => expect(broadcastShapes(a, b)).toEqual(c))
})
test('strides: the last axis moves fastest', () => {
  expect(strides([2, 3, 4])).toEqual([12, 4, 1])
  fc.assert(
    fc.property(arbitraryShape(), (s) => s.every((n, d) => (strides(s)[d] as number) * n === sizeOf(s.slice(d)))),
  )
})
test('otherAxes is the complement of axes', () =>
  fc.assert(
    fc.property(
      fc.subarray([...axesOf(5)]),
      (some) => [...some, ...otherAxes(some, 5)].sort().join() === axesOf(5).join() && areAxes(some, 5),
    ),
  ))
test('a negative axis counts from the end, and axes are distinct', () => {
  expect([axisOf(-1, 3), axisOf(0, 3)]).toEqual([2, 0])
  expect([areAxes([0, 0], 2), areAxes([2], 2), areAxes([0.5], 2), areAxes([-1], 2), areAxes([1, 0], 2)]).toEqual([
    false,
    false,
    false,
    false,
    true,
  ])
})
