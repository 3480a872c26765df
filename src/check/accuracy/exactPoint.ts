/** The exact numbers of a program at a point. */
import { type Closed, inTypes } from '../../../lang/syntax/closed.ts'
import type { Point } from '../point.ts'
import { type Exact, exactly } from './exact.ts'
import { along, type Coordinate } from './quantities.ts'

/** The exact numbers at a point: of the outputs, and the derivatives by each coordinate. */
export interface ExactPoint {
  readonly x: Point
  readonly values: readonly Exact[]
  readonly first: readonly Exact[]
  readonly second: readonly Exact[]
}
/** `total`: the sum of the outputs. Undefined where the program needs too much arithmetic. */
export const exactPoint = (
  p: Closed,
  total: Closed,
  x: Point,
  coordinates: readonly Coordinate[],
  digits: number,
): ExactPoint | undefined => {
  const values = exactly(p, x, digits)
  const derivatives = coordinates.map((c) => {
    const v = along(inTypes(p), c)
    return exactly(total, x, digits, { a: v, b: v })
  })
  if (values === undefined || derivatives.some((d) => d === undefined)) return undefined
  const of = (part: 'a' | 'c'): readonly Exact[] => derivatives.map((d) => d?.numbers[0]?.[part])
  return { x, values: values.numbers.map((n) => n.v), first: of('a'), second: of('c') }
}
