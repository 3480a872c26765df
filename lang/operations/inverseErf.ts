/**
 * The inverse of the error function, and so of the normal distribution. Near 1 it depends on the distance to 1 alone,
 * which is an argument here: a difference of nearly equal numbers would have few digits.
 *
 * Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
 * (1988), to 1e-16
 */
import { declareJvp } from '../control/custom.ts'
import {
  abs,
  div,
  eq,
  erfc,
  gaussian,
  le,
  log,
  lt,
  mul,
  neg,
  or,
  select,
  sqrt,
  sub,
} from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import { ratio } from './polynomial.ts'

// AS 241 has the quantiles of the normal distribution at p = 1/2 + x / 2: its numerators are divided by sqrt 2, and the
// first, of a multiple of x / 2, by 2.
const centralTop = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
].map((c) => (c * Math.SQRT1_2) / 2)
const centralBottom = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852854561,
]
const tailTop = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
].map((c) => c * Math.SQRT1_2)
const tailBottom = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
]
const farTop = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123, 0.026532189526576123093,
  0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
].map((c) => c * Math.SQRT1_2)
const farBottom = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
]
/** sqrt(-ln(tail / 2)) from where the outer of the two approximations of the tail holds, and the tail there. */
const outer = 5
const outermost = 2 * Math.exp(-(outer ** 2))

/** The y with erf(y) = x, from x and tail = 1 - |x|. Approximations for tails below `least` are left out. */
export const inverseOf = (x: Expr, tail: Expr, least: number): Expr => {
  const central = mul(x, ratio(centralTop, centralBottom, sub(0.180625, mul(0.25, mul(x, x)))))
  const r = sqrt(neg(log(mul(0.5, tail))))
  const near = ratio(tailTop, tailBottom, sub(r, 1.6))
  const far = (): Expr => select(lt(r, outer), near, ratio(farTop, farBottom, sub(r, outer)))
  const y = least < outermost ? far() : near
  return select(le(abs(x), 0.85), central, select(lt(x, 0), neg(y), y))
}

const value = (x: Expr): Expr => {
  const tail = sub(1, abs(x))
  return select(eq(tail, 0), mul(x, Number.POSITIVE_INFINITY), inverseOf(x, tail, 0))
}
/**
 * 1 / erf'(y) = sqrt(pi) / 2 e^(y^2). In the tail e^(y^2) would magnify the rounding error of y. There it is
 * e^(y^2) erfc(y) / (1 - |x|), in which the product changes slowly.
 */
const slope = (x: Expr, y: Expr): Expr => {
  const a = abs(x)
  const central = lt(a, 0.5)
  const inner = select(central, y, 0)
  const outer = select(or(central, eq(a, 1)), 0, abs(y))
  const away = div(erfc(outer), mul(gaussian(outer), sub(1, a)))
  return mul(Math.sqrt(Math.PI) / 2, select(central, div(1, gaussian(inner)), away))
}
const inverse: (x: Expr<Shape, 'real'>) => Expr<Shape, 'real'> = declareJvp(value, (x, dx, y) => mul(dx, slope(x, y)))
/**
 * The inverse of erf on [-1, 1]: infinite at the ends, NaN outside. Derivative: sqrt(pi) / 2 e^(y^2) at y = erfInv(x)
 */
export const erfInv = operation(
  'erfInv(x)',
  <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => inverse(x) as Expr<S, 'real'>,
)
