/**
 * Where graphics processors differ from IEEE-754, on any device or only on the software ones that tests run on: the one
 * table. A wrong result at a point that no row covers is a failure, and so is a row that covers nothing.
 */
import type { Point } from '../backends/special.ts'

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
    covers: ({ args, want }) => isTiny(want) || args.some(isTiny),
  },
  {
    what: 'the sign of 0',
    reason: 'it need not be kept',
    covers: ({ args, want, got }) => (want === 0 && got === 0) || args.some((x) => Object.is(x, -0)),
  },
  {
    what: 'sines of more than 10^5 lose their digits',
    reason: 'pi/2 is subtracted in three pieces of float32, of which two have 9 and 11 digits to spare',
    covers: (p) => is('sin', 'cos', 'tan')(p) && Math.abs(p.args[0] as number) >= 1e5,
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
