/** Index arithmetic: scalars of integers, simplified where their ranges allow. */
import { type Shape, strides } from '../syntax/shape.ts'
import { type At, type Fn, fn, num, type Range, type Scalar } from './scalar.ts'

export const whole = (value: number): Scalar => num(value, 'int')
const known = (s: Scalar): number | undefined => (s.range && s.range[0] === s.range[1] ? s.range[0] : undefined)
const ranged = (f: Fn, args: At, range: Range | undefined): Scalar =>
  range && range[0] === range[1]
    ? whole(range[0])
    : { _tag: 'Call', dtype: 'int', fn: f, args, ...(range && { range }) }
const ordered = (a: number, b: number): Range => (a <= b ? [a, b] : [b, a])

export const plus = (a: Scalar, b: Scalar): Scalar =>
  known(a) === 0 ? b
  : known(b) === 0 ? a
  : ranged('add', [a, b], a.range && b.range && [a.range[0] + b.range[0], a.range[1] + b.range[1]])
export const times = (a: Scalar, by: number): Scalar =>
  by === 1 ? a
  : by === 0 ? whole(0)
  : ranged('mul', [a, whole(by)], a.range && ordered(a.range[0] * by, a.range[1] * by))
export const offset = (a: Scalar, by: number): Scalar => plus(a, whole(by))
/** Quotient rounded down. */
export const idiv = (a: Scalar, by: number): Scalar =>
  by === 1 ? a : ranged('idiv', [a, whole(by)], a.range && [Math.floor(a.range[0] / by), Math.floor(a.range[1] / by)])
/** Remainder in 0 .. by - 1; the identity where the range says so. */
export const mod = (a: Scalar, by: number): Scalar => {
  if (a.range && a.range[0] >= 0 && a.range[1] < by) return a
  const n = known(a)
  return n === undefined ? ranged('mod', [a, whole(by)], [0, by - 1]) : whole(n - by * Math.floor(n / by))
}

/** An index from data: the nearest end if it is outside 0 .. size - 1. */
export const clampTo = (size: number, i: Scalar): Scalar =>
  i.range && i.range[0] >= 0 && i.range[1] < size ? i
  : { _tag: 'Call', dtype: 'int', fn: 'max', args: [whole(0), fn('min', whole(size - 1), i)], range: [0, size - 1] }

/** The tests 0 <= i and i < size, without those that the range proves. */
export const inside = (i: Scalar, size: number): readonly Scalar[] => [
  ...(i.range && i.range[0] >= 0 ? [] : [fn('le', whole(0), i)]),
  ...(i.range && i.range[1] < size ? [] : [fn('lt', i, whole(size))]),
]
/** The test that `by` divides i; no test when it always does. */
export const divides = (by: number, i: Scalar): readonly Scalar[] =>
  by === 1 ? [] : [fn('eq', mod(i, by), whole(0))]

/** `body` where all tests are true, else `otherwise`; `body` alone when there are no tests. */
export const guard = (tests: readonly Scalar[], body: Scalar, otherwise: Scalar = num(0, body.dtype)): Scalar => {
  const [first, ...rest] = tests
  return first === undefined ? body : fn('select', rest.reduce((a, b) => fn('and', a, b), first), body, otherwise)
}

/** The position in memory of an index. */
export const flatten = (shape: Shape, i: At): Scalar =>
  strides(shape).reduce<Scalar>((sum, by, d) => plus(sum, times(i[d] as Scalar, by)), whole(0))
/** Law: unflatten(s, flatten(s, i)) = i. */
export const unflatten = (shape: Shape, flat: Scalar): At =>
  strides(shape).map((by, d) => mod(idiv(flat, by), shape[d] as number))
