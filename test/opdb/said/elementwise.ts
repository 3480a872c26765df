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
  cos,
  cosh,
  div,
  type Expr,
  eq,
  erf,
  erfc,
  erfInv,
  exp,
  exp2,
  expm1,
  floor,
  ge,
  gt,
  hypot,
  le,
  log,
  log1p,
  log2,
  log10,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  not,
  or,
  pow,
  reciprocal,
  rem,
  round,
  rsqrt,
  select,
  sigmoid,
  sign,
  sin,
  sinh,
  sqrt,
  square,
  stopGradient,
  sub,
  tan,
  tanh,
  toBool,
  toReal,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { binary, type Operand, real, type Sayings, unary } from './common.ts'

/** x + alpha y */
const scaled =
  (f: (x: Operand, y: Operand) => Expr): Saying =>
  (c) =>
    f(real(c.operand(0, 'input')), mul(c.number(2, 'alpha', 1), real(c.operand(1, 'other'))) as Expr)
const trunc = (x: Expr): Expr => mul(sign(x), floor(abs(x)))
const floorDiv = (x: Operand, y: Operand): Expr => floor(div(x, y))
const modulo = (x: Operand, y: Operand): Expr => sub(x, mul(y, stopGradient(floor(div(x, y)))))
const truth = (x: Operand): Expr => (typeof x === 'number' ? (eq(x, x) as Expr) : toBool(x))
const xor = (x: Expr, y: Expr): Expr => and(or(x, y), not(and(x, y)))
const nan = (x: Expr): Expr => ne(x, x)
const infinite = (x: Expr): Expr => eq(abs(x), Number.POSITIVE_INFINITY)
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

export const elementwise: Sayings = {
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
  'deg2rad|': (c) => mul(c.x, Math.PI / 180),
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
  'fmax|': (c) => select(nan(c.x), c.tensor(1), select(nan(c.tensor(1)), c.x, max(c.x, c.tensor(1)))),
  'fmin|': (c) => select(nan(c.x), c.tensor(1), select(nan(c.tensor(1)), c.x, min(c.x, c.tensor(1)))),
  'fmod|': binary(rem),
  'frac|': (c) => sub(c.x, trunc(c.x)),
  'ge|': binary(ge),
  'gt|': binary(gt),
  'heaviside|': (c) => select(eq(c.x, 0), c.tensor(1), select(gt(c.x, 0), 1, 0)),
  'hypot|': binary(hypot),
  'isclose|': (c) => {
    const [x, y] = [c.x, c.tensor(1)]
    const near = le(abs(sub(x, y)), add(c.number(3, 'atol', 1e-8), mul(c.number(2, 'rtol', 1e-5), abs(y))))
    return or(or(near, eq(x, y)), c.flag(4, 'equal_nan') ? and(nan(x), nan(y)) : ne(0, 0))
  },
  'isfinite|': (c) => lt(abs(c.x), Number.POSITIVE_INFINITY),
  'isinf|': unary(infinite),
  'isnan|': unary(nan),
  'isneginf|': (c) => eq(c.x, Number.NEGATIVE_INFINITY),
  'isposinf|': (c) => eq(c.x, Number.POSITIVE_INFINITY),
  'isreal|': (c) => or(eq(c.x, c.x), ne(c.x, c.x)),
  'ldexp|': (c) => mul(c.x, exp2(toReal(c.tensor(1)))),
  'le|': binary(le),
  'lerp|': (c) => {
    const [x, y, w] = [c.x, c.tensor(1), c.operand(2, 'weight')]
    return add(x, mul(w, sub(y, x)))
  },
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
  'rad2deg|': (c) => mul(c.x, 180 / Math.PI),
  'real|': unary((x) => x),
  'reciprocal|': unary(reciprocal),
  'remainder|': binary(modulo),
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
  'signbit|': (c) => or(lt(c.x, 0), eq(div(1, c.x), Number.NEGATIVE_INFINITY)),
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
  '__rmod__|': swapped(modulo),
  '__rpow__|': swapped(pow),
  '__rsub__|': swapped(sub),
  'addcdiv|': (c) => add(c.x, mul(c.number(3, 'value', 1), div(c.tensor(1), c.tensor(2)))),
  'addcmul|': (c) => add(c.x, mul(c.number(3, 'value', 1), mul(c.tensor(1), c.tensor(2)))),
  'copysign|': binary((x, y) => {
    const negative = or(lt(y, 0), eq(div(1, y), Number.NEGATIVE_INFINITY))
    const magnitude = abs(real(x) as Expr)
    return select(negative, neg(magnitude), magnitude)
  }),
  'nan_to_num|': (c) => {
    const x = select(nan(c.x), c.number(1, 'nan', 0), c.x) as Expr
    const high = select(eq(x, Number.POSITIVE_INFINITY), c.number(2, 'posinf', Number.MAX_VALUE), x) as Expr
    return select(eq(high, Number.NEGATIVE_INFINITY), c.number(3, 'neginf', -Number.MAX_VALUE), high)
  },
}
