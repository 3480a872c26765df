/** Functions of one element, or of two. */
import {
  abs,
  acos,
  acosh,
  add,
  and,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  ceil,
  copysign,
  cos,
  cosh,
  deg2rad,
  div,
  type Expr,
  entr,
  eq,
  erf,
  erfc,
  erfInv,
  exp,
  exp2,
  expm1,
  isFinite as finite,
  floor,
  floorDiv,
  fmax,
  fmin,
  frac,
  ge,
  gt,
  heaviside,
  hypot,
  isInf,
  isNegInf,
  isPosInf,
  le,
  lerp,
  log,
  log1p,
  log2,
  log10,
  logaddexp,
  logaddexp2,
  lt,
  max,
  min,
  mod,
  mul,
  isNaN as nan,
  nanToNum,
  ne,
  neg,
  normalCdf,
  not,
  or,
  pow,
  rad2deg,
  reciprocal,
  rem,
  round,
  rsqrt,
  select,
  sigmoid,
  sign,
  signbit,
  sin,
  sinc,
  sinh,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tan,
  tanh,
  toBool,
  toInt,
  toReal,
  trunc,
  whileLoop,
  xlog1py,
  xlogy,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { binary, type Operand, real, type Sayings, unary } from './common.ts'

/** x + alpha y */
const scaled =
  (f: (x: Operand, y: Operand) => Expr): Saying =>
  (c) =>
    f(real(c.operand(0, 'input')), mul(c.number(2, 'alpha', 1), real(c.operand(1, 'other'))) as Expr)
const truth = (x: Operand): Expr => (typeof x === 'number' ? (eq(x, x) as Expr) : toBool(x))
const xor = (x: Expr, y: Expr): Expr => and(or(x, y), not(and(x, y)))
const swapped =
  (f: (x: Operand, y: Operand) => Expr): Saying =>
  (c) =>
    f(real(c.operand(1, 'other')), real(c.operand(0)))
const bounded = (c: Call): Expr => {
  const bound = (k: number, name: string): Operand | undefined =>
    c.any(k, name) === undefined ? undefined : real(c.operand(k, name))
  const [low, high] = [bound(1, 'min'), bound(2, 'max')]
  const x = c.x
  const above = low === undefined ? x : (select(lt(x, low), low, x) as Expr)
  return high === undefined ? above : select(lt(high, above), high, above)
}
const division: Saying = (c) => {
  const [x, y] = [real(c.operand(0)), real(c.operand(1))]
  switch (c.text(2, 'rounding_mode', 'none')) {
    case 'floor':
      return floorDiv(x, y)
    case 'trunc':
      return trunc(div(x, y))
    case 'none':
      return div(x, y)
  }
  throw new Error('a rounding mode that we do not know')
}
const rounded: Saying = (c) => {
  const scale = 10 ** c.number(1, 'decimals', 0)
  return scale === 1 ? round(c.x) : div(round(mul(c.x, scale)), scale)
}

/** Euclid's algorithm on all pairs at once. */
const divisor = (x: Operand, y: Operand): Expr => {
  const [a, b] = [add(x, mul(0, y)) as Expr, add(mul(0, x), y) as Expr]
  const goesOn = ([, q]: readonly [Expr, Expr]): Expr => gt(sum()(select(ne(q, 0), 1, 0)), 0)
  const step = ([p, q]: readonly [Expr, Expr]): readonly [Expr, Expr] => [select(eq(q, 0), p, q), rem(p, q)]
  return abs((whileLoop(goesOn as never, step as never)([a, b] as never) as unknown as readonly [Expr, Expr])[0])
}
/** A number as a fraction from 1/2 to 1 times a power of 2. */
const fraction: Saying = (c) => {
  const guess = stopGradient(add(floor(log2(abs(c.x))), 1)) as Expr
  const size = abs(div(c.x, exp2(guess)))
  const e = add(guess, select(ge(size, 1), 1, select(lt(size, 0.5), -1, 0))) as Expr
  return [div(c.x, stopGradient(exp2(e))), toInt(e)]
}
/** x sigmoid(x) of complex numbers: x / (1 + e^-x). */
const complexSilu: Saying = (c) => {
  const { re, im } = c.complex(0)
  const size = exp(neg(re)) as Expr
  const [u, v] = [add(1, mul(size, cos(im))) as Expr, neg(mul(size, sin(im))) as Expr]
  const d = add(square(u), square(v)) as Expr
  return { re: div(add(mul(re, u), mul(im, v)), d), im: div(sub(mul(im, u), mul(re, v)), d) }
}

export const elementwise: Sayings = {
  'gcd|': binary(divisor),
  'lcm|': binary((x, y) => {
    const d = divisor(x, y)
    return select(eq(d, 0), 0, abs(mul(div(x, d), y)))
  }),
  'frexp|': fraction,
  'nn.functional.silu|complex': complexSilu,
  'bitwise_not|': (c) => not(c.x),
  'bitwise_and|': (c) => and(c.x, c.tensor(1)),
  'bitwise_or|': (c) => or(c.x, c.tensor(1)),
  'bitwise_xor|': (c) => xor(c.x, c.tensor(1)),
  '__rand__|': (c) => and(c.tensor(1), c.x),
  '__ror__|': (c) => or(c.tensor(1), c.x),
  '__rxor__|': (c) => xor(c.tensor(1), c.x),
  'logaddexp|': binary(logaddexp),
  'logaddexp2|': binary(logaddexp2),
  'sinc|': unary(sinc),
  'xlogy|': binary(xlogy),
  'special.xlog1py|': binary(xlog1py),
  'special.entr|': unary(entr),
  'special.ndtr|': unary(normalCdf),
  'abs|': unary(abs),
  'acos|': unary(acos),
  'acosh|': unary(acosh),
  'add|': scaled(add),
  'angle|': (c) => select(nan(c.x), c.x, select(lt(c.x, 0), Math.PI, 0)),
  'asin|': unary(asin),
  'asinh|': unary(asinh),
  'atan|': unary(atan),
  'atan2|': binary(atan2),
  'atanh|': unary(atanh),
  'ceil|': unary(ceil),
  'clamp|': bounded,
  'clamp_max|': binary((x, y) => select(lt(y, x), y, x)),
  'clamp_min|': binary((x, y) => select(lt(x, y), y, x)),
  'conj|': unary((x) => x),
  'conj_physical|': unary((x) => x),
  'cos|': unary(cos),
  'cosh|': unary(cosh),
  'deg2rad|': unary(deg2rad),
  'div|no_rounding_mode': division,
  'div|trunc_rounding': division,
  'div|floor_rounding': division,
  'true_divide|': binary(div),
  'eq|': binary(eq),
  'erf|': unary(erf),
  'erfc|': unary(erfc),
  'erfinv|': unary(erfInv),
  'exp|': unary(exp),
  'exp2|': unary(exp2),
  'expm1|': unary(expm1),
  'float_power|': binary(pow),
  'floor|': unary(floor),
  'floor_divide|': binary(floorDiv),
  'fmax|': binary(fmax),
  'fmin|': binary(fmin),
  'fmod|': binary(rem),
  'frac|': unary(frac),
  'ge|': binary(ge),
  'gt|': binary(gt),
  'heaviside|': binary(heaviside),
  'hypot|': binary(hypot),
  'isclose|': (c) => {
    const [x, y] = [c.x, c.tensor(1)]
    const near = le(abs(sub(x, y)), add(c.number(3, 'atol', 1e-8), mul(c.number(2, 'rtol', 1e-5), abs(y))))
    return or(or(near, eq(x, y)), c.flag(4, 'equal_nan') ? and(nan(x), nan(y)) : ne(0, 0))
  },
  'isfinite|': unary(finite),
  'isinf|': unary(isInf),
  'isnan|': unary(nan),
  'isneginf|': unary(isNegInf),
  'isposinf|': unary(isPosInf),
  'isreal|': (c) => or(eq(c.x, c.x), ne(c.x, c.x)),
  'ldexp|': (c) => mul(c.x, exp2(toReal(c.tensor(1)))),
  'le|': binary(le),
  'lerp|': (c) => lerp(c.x, c.tensor(1), c.operand(2, 'weight')),
  'log|': unary(log),
  'log10|': unary(log10),
  'log1p|': unary(log1p),
  'log2|': unary(log2),
  'logical_and|': binary((x, y) => and(truth(x), truth(y))),
  'logical_not|': (c) => not(truth(c.x)),
  'logical_or|': binary((x, y) => or(truth(x), truth(y))),
  'logical_xor|': binary((x, y) => xor(truth(x), truth(y))),
  'logit|': (c) => {
    const eps = c.any(1, 'eps')
    const x = typeof eps === 'number' ? select(lt(c.x, eps), eps, select(gt(c.x, 1 - eps), 1 - eps, c.x)) : c.x
    return log(div(x, sub(1, x)))
  },
  'lt|': binary(lt),
  'max|binary': binary(max),
  'maximum|': binary(max),
  'min|binary': binary(min),
  'minimum|': binary(min),
  'mul|': binary(mul),
  'ne|': binary(ne),
  'neg|': unary(neg),
  'positive|': unary((x) => x),
  'pow|': binary(pow),
  'rad2deg|': unary(rad2deg),
  'real|': unary((x) => x),
  'reciprocal|': unary(reciprocal),
  'remainder|': binary(mod),
  'resolve_conj|': unary((x) => x),
  'resolve_neg|': unary((x) => x),
  'round|': rounded,
  'round|decimals_0': rounded,
  'round|decimals_3': rounded,
  'round|decimals_neg_3': rounded,
  'rsqrt|': unary(rsqrt),
  'rsub|': (c) => sub(real(c.operand(1)), mul(c.number(2, 'alpha', 1), real(c.operand(0)))),
  'sgn|': unary(sign),
  'sigmoid|': unary(sigmoid),
  'sign|': unary(sign),
  'signbit|': unary(signbit),
  'sin|': unary(sin),
  'sinh|': unary(sinh),
  'sqrt|': unary(sqrt),
  'square|': unary(square),
  'sub|': scaled(sub),
  'tan|': unary(tan),
  'tanh|': unary(tanh),
  'trunc|': unary(trunc),
  '__radd__|': swapped(add),
  '__rdiv__|': swapped(div),
  '__rmul__|': swapped(mul),
  '__rmod__|': swapped(mod),
  '__rpow__|': swapped(pow),
  '__rsub__|': swapped(sub),
  'addcdiv|': (c) => add(c.x, mul(c.number(3, 'value', 1), div(c.tensor(1), c.tensor(2)))),
  'addcmul|': (c) => add(c.x, mul(c.number(3, 'value', 1), mul(c.tensor(1), c.tensor(2)))),
  'copysign|': binary(copysign),
  'nan_to_num|': (c) => {
    const value = (k: number, name: string) =>
      c.any(k, name) === undefined ? {} : { [name.replace('inf', 'Inf')]: c.number(k, name) }
    return nanToNum({ ...value(1, 'nan'), ...value(2, 'posinf'), ...value(3, 'neginf') })(c.x) as Expr
  },
}
