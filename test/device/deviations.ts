/**
 * The table of how graphics processors differ from IEEE-754, on all devices or on the software ones of the tests. A row
 * says which results are accepted in place of the right one. The tests fail for a wrong result that no row covers, and
 * for a row that covers none.
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
/**
 * The result is right for other arguments, which may replace the given ones. Where they give NaN, the first row holds.
 */
const isRightOf =
  (others: (x: number) => readonly number[]) =>
  ({ name, args, got }: Point): boolean =>
    args
      .map(others)
      .reduce<readonly (readonly number[])[]>((all, xs) => all.flatMap((a) => xs.map((x) => [...a, x])), [[]])
      .map((a) => valueAt(name, a))
      .some((w) => agree(w, got) || Number.isNaN(w) || (isFlushed(w) && isFlushed(got)))
const isExponential = is(
  ...['exp', 'expm1', 'sinh', 'cosh', 'sech', 'pow'],
  ...['erfc', 'gaussian', 'normalCdf', 'normalPdf'],
)
const relative = ({ want, got }: Point): number => Math.abs(got - want) / Math.abs(want)

export const deviations: readonly Deviation[] = [
  {
    what: 'NaN in, anything out',
    reason: 'shading languages let the compiler assume that no NaN occurs: x != x is false, max(NaN, 0) is 0',
    covers: ({ args, want }) => args.some(Number.isNaN) || Number.isNaN(want),
  },
  {
    what: 'numbers below 1.2e-38 are 0',
    reason: 'denormal numbers may be flushed to 0',
    covers: (p) =>
      (isTiny(p.want) && isFlushed(p.got)) ||
      (p.args.some(isTiny) && isRightOf((x) => (isTiny(x) ? [x, 0, -0] : x === 0 ? [0, -0] : [x]))(p)),
  },
  {
    what: 'the sign of 0',
    reason: 'shading languages need not keep it',
    covers: (p) =>
      (p.want === 0 && p.got === 0) || (p.args.includes(0) && isRightOf((x) => (x === 0 ? [0, -0] : [x]))(p)),
  },
  {
    what: 'sines of arguments beyond 10^6 are inexact, and stay in [-1, 1]',
    reason: 'a multiple of pi/2 is subtracted in four float32 pieces, which are rounded where the multiple is larger',
    covers: (p) =>
      is('sin', 'cos', 'tan')(p) &&
      Math.abs(p.args[0] as number) >= 1e6 &&
      (is('tan')(p) ? Number.isFinite(p.got) : Math.abs(p.got) <= 1),
  },
  {
    what: 'powers and angles of infinities',
    reason: 'their formulas compute infinity / infinity, or the square root of -infinity',
    covers: (p) => is('pow', 'atan2')(p) && p.args.some((x) => Math.abs(x) === Number.POSITIVE_INFINITY),
  },
  {
    what: 'exponentials and powers have relative errors up to 10^-5',
    reason:
      'WGSL allows 3 + 2|x| units in the last place; a software device computes 2^(1.44 x) from the rounded product',
    covers: (p) => isExponential(p) && relative(p) < 1e-5,
  },
  {
    what: 'remainders of quotients beyond 2^22',
    reason: 'every float32 mode rounds such quotients',
    covers: (p) => is('rem')(p) && Math.abs((p.args[0] as number) / (p.args[1] as number)) > 2 ** 22,
  },
]
