/**
 * Where graphics processors differ from IEEE-754, on any device or only on the software ones that tests run on: the one
 * table. A row says what may be got in place of what is right. A wrong result that no row covers is a failure, and so is
 * a row that covers nothing.
 */
import { agree, type Point, valueAt } from '../backends/special.ts'

export interface Deviation {
  readonly what: string
  readonly reason: string
  readonly covers: (p: Point) => boolean
}
const smallest = 1.1754943508222875e-38
const isTiny = (x: number): boolean => x !== 0 && Math.abs(x) < smallest
const is =
  (...names: readonly string[]) =>
  ({ name }: Point): boolean =>
    names.some((n) => name === `${n} real`)
const isFlushed = (x: number): boolean => Math.abs(x) <= smallest
/** The result is right of other arguments, each in place of its own; NaN there: see the first row. */
const isRightOf =
  (others: (x: number) => readonly number[]) =>
  ({ name, args, got }: Point): boolean =>
    args
      .map(others)
      .reduce<readonly (readonly number[])[]>((all, xs) => all.flatMap((a) => xs.map((x) => [...a, x])), [[]])
      .map((a) => valueAt(name, a))
      .some((w) => agree(w, got) || Number.isNaN(w) || (isFlushed(w) && isFlushed(got)))
const relative = ({ want, got }: Point): number => Math.abs(got - want) / Math.abs(want)

export const deviations: readonly Deviation[] = [
  {
    what: 'NaN in, anything out',
    reason: 'shading languages let the compiler assume that there is none: x != x is false, max(NaN, 0) is 0',
    covers: ({ args, want }) => args.some(Number.isNaN) || Number.isNaN(want),
  },
  {
    what: 'numbers below 1.2e-38 are 0',
    reason: 'denormal numbers may be flushed',
    covers: (p) =>
      (isTiny(p.want) && isFlushed(p.got)) ||
      (p.args.some(isTiny) && isRightOf((x) => (isTiny(x) ? [x, 0, -0] : x === 0 ? [0, -0] : [x]))(p)),
  },
  {
    what: 'the sign of 0',
    reason: 'it need not be kept',
    covers: (p) =>
      (p.want === 0 && p.got === 0) || (p.args.includes(0) && isRightOf((x) => (x === 0 ? [0, -0] : [x]))(p)),
  },
  {
    what: 'sines of more than 10^6 lose their digits, and stay in [-1, 1]',
    reason: 'pi/2 is subtracted in four pieces of float32, whose products with larger multiples are rounded',
    covers: (p) =>
      is('sin', 'cos', 'tan')(p) &&
      Math.abs(p.args[0] as number) >= 1e6 &&
      (is('tan')(p) ? Number.isFinite(p.got) : Math.abs(p.got) <= 1),
  },
  {
    what: 'powers and angles of two infinities',
    reason: 'their formulas meet the quotient of infinities, or the root of one that is negative',
    covers: (p) => is('pow', 'atan2')(p) && p.args.some((x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  },
  {
    what: 'exponentials and powers are right to 10^-5 of themselves',
    reason: 'WGSL: 3 + 2|x| units in the last place; a software device computes 2^(1.44 x), the product rounded',
    covers: (p) => is('exp', 'expm1', 'sinh', 'cosh', 'pow')(p) && relative(p) < 1e-5,
  },
  {
    what: 'remainders of quotients beyond 2^22',
    reason: 'as in every float32 mode',
    covers: (p) => is('rem')(p) && Math.abs((p.args[0] as number) / (p.args[1] as number)) > 2 ** 22,
  },
]
