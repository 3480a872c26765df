/**
 * The scalar functions on four float32 at once. Those that models use are polynomials and quotients of them in float32, with
 * errors up to 3 units in the last place (5 of tanh, 4 of erf, 5.5 of erfc and normalCdf: below 1 a unit is half as large); the
 * others use pairs of doubles, with errors up to 1. Scalars use lane 0: the bits are the same.
 */
import type { Fn } from '../../../lang/kernel/index.ts'
import { f32x4, v128 } from '../assembler/index.ts'
import { cos, sin, tan } from './angle.ts'
import type { V } from './double.ts'
import { cosh, exp, expm1, logistic, sech, sinh, tanh } from './exponential.ts'
import { acos, asin, atan } from './inverseAngle.ts'
import { log, log1p } from './logarithm.ts'
import { erf, erfc, gaussian, normalCdf, normalPdf } from './normal.ts'
import { type Body, signed, through, through2 } from './polynomial.ts'

const c = f32x4.const
const { add, sub, mul, div, abs, lt, gt } = f32x4
const { or, select } = v128

const sign: Body = ({ bind }, x0) => {
  const x = bind(x0)
  return select(or(lt(x, c(0)), gt(x, c(0))), signed(c(1), x), x)
}
export const inline =
  (f: (x: V, y: V) => V): Body =>
  (_, x, y) =>
    f(x, y)

/** What kernel/operators.ts writes: functions of integers or truth values, and `rem`. */
type Elsewhere =
  | 'rem'
  | 'idiv'
  | 'mod'
  | 'lt'
  | 'le'
  | 'eq'
  | 'ne'
  | 'and'
  | 'or'
  | 'not'
  | 'select'
  | 'toReal'
  | 'toInt'
/** The functions from reals to reals. `rem` is missing: it is computed lane by lane. */
export type RealFunctions = { readonly [F in Exclude<Fn, Elsewhere>]: Body }
export const singles: RealFunctions = {
  neg: inline(f32x4.neg),
  abs: inline(abs),
  sign,
  floor: inline(f32x4.floor),
  ceil: inline(f32x4.ceil),
  round: inline(f32x4.nearest),
  sqrt: inline(f32x4.sqrt),
  rsqrt: inline((x) => div(c(1), f32x4.sqrt(x))),
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh: through('asinh'),
  acosh: through('acosh'),
  atanh: through('atanh'),
  erf,
  erfc,
  gaussian,
  normalCdf,
  normalPdf,
  logistic,
  sech,
  add: inline(add),
  sub: inline(sub),
  mul: inline(mul),
  div: inline(div),
  max: inline(f32x4.max),
  min: inline(f32x4.min),
  pow: through2('pow'),
  atan2: through2('atan2'),
  hypot: through2('hypot'),
}
