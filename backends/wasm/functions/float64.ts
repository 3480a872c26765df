/** The scalar functions on two float64 at once. Scalars use lane 0: the bits are the same. */
import { f64x2, v128 } from '../assembler/index.ts'
import type { Body } from './polynomial.ts'
import { precise } from './precise.ts'
import { inline, type RealFunctions } from './single.ts'

const { lt, gt } = f64x2
const one = f64x2.const(1)
const called =
  (name: keyof typeof precise): Body =>
  ({ call }, x, y) =>
    precise[name][0] === 1 ? call(name, x) : call(name, x, y)
const sign: Body = ({ bind }, x0) => {
  const x = bind(x0)
  const zero = f64x2.const(0)
  const unit = v128.or(one, v128.and(x, f64x2.const(-0)))
  return v128.select(v128.or(lt(x, zero), gt(x, zero)), unit, x)
}

export const float64Functions: RealFunctions = {
  neg: inline(f64x2.neg),
  abs: inline(f64x2.abs),
  sign,
  floor: inline(f64x2.floor),
  ceil: inline(f64x2.ceil),
  round: inline(f64x2.nearest),
  sqrt: inline(f64x2.sqrt),
  rsqrt: inline((x) => f64x2.div(one, f64x2.sqrt(x))),
  exp: called('exp'),
  expm1: called('expm1'),
  log: called('log'),
  log1p: called('log1p'),
  sin: called('sin'),
  cos: called('cos'),
  tan: called('tan'),
  asin: called('asin'),
  acos: called('acos'),
  atan: called('atan'),
  sinh: called('sinh'),
  cosh: called('cosh'),
  tanh: called('tanh'),
  asinh: called('asinh'),
  acosh: called('acosh'),
  atanh: called('atanh'),
  erf: called('erf'),
  erfc: called('erfc'),
  gaussian: called('gaussian'),
  normalCdf: called('normalCdf'),
  normalPdf: called('normalPdf'),
  logistic: called('logistic'),
  sech: called('sech'),
  add: inline(f64x2.add),
  sub: inline(f64x2.sub),
  mul: inline(f64x2.mul),
  div: inline(f64x2.div),
  max: inline(f64x2.max),
  min: inline(f64x2.min),
  pow: called('pow'),
  atan2: called('atan2'),
  hypot: called('hypot'),
}
