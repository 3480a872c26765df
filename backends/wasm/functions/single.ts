/**
 * The scalar functions on four float32 at once. Those that models use most are polynomials in float32, with errors up to 2
 * units in the last place; the others use pairs of doubles, with errors up to 1. Scalars use lane 0: the bits are the same.
 *
 * Source of the polynomials: Cephes (S. Moshier), expf, logf, sinf, cosf, tanhf.
 */
import type { Fn } from '../../../lang/kernel/index.ts'
import { erfcScaled, erfNear0 } from '../../errorFunction.ts'
import { f32x4, f64x2, i32x4, type Locals, seq, v128, when } from '../assembler/index.ts'
import type { Call, Double, Site, V } from './double.ts'
import type { Precise } from './precise.ts'

const c = f32x4.const
const { add, sub, mul, div, abs, lt, le, gt, eq } = f32x4
const { and, or, select, andnot } = v128
const int = i32x4.const
/** c0 + x (c1 + x (...)). */
const horner = (x: V, coefficients: readonly number[]): V =>
  coefficients.slice(0, -1).reduceRight<V>((sum, a) => add(mul(sum, x), c(a)), c(coefficients.at(-1) as number))
const signBit = c(-0)
const signed = (magnitude: V, sign: V): V => or(andnot(magnitude, signBit), and(sign, signBit))

/** The code around the functions, as far as they use it. */
export interface Surroundings extends Site {
  readonly call: Call<Double | Precise>
  readonly local: Locals
  /** Computed once for an argument, and used again. */
  readonly shared: <T>(kind: string, x: V, make: () => T) => T
}
export type Body = (s: Surroundings, x: V, y: V) => V

// -- through doubles -------------------------------------------------------------------------------------------------

const upper = (x: V): V => f64x2.ofF32(v128.shuffle(x, x, [2, 3, 2, 3]))
const lower = (x: V): V => f64x2.ofF32(x)
const join = (low: V, high: V): V => v128.shuffle(f32x4.ofF64(low), f32x4.ofF64(high), [0, 1, 4, 5])
const through =
  (name: Double): Body =>
  ({ bind, call }, x0) => {
    const x = bind(x0)
    return join(call(name, lower(x)), call(name, upper(x)))
  }
const through2 =
  (name: Double): Body =>
  ({ bind, call }, x0, y0) => {
    const x = bind(x0)
    const y = bind(y0)
    return join(call(name, lower(x), lower(y)), call(name, upper(x), upper(y)))
  }

// -- exponentials ----------------------------------------------------------------------------------------------------

const power = (n: V): V => i32x4.shl(i32x4.add(n, int(127)), 23)
/** x + rest = n ln 2 + r; exp(r) by a polynomial. */
const expParts = ({ bind }: Surroundings, x: V, rest?: V): readonly [y: V, n: V] => {
  const n = bind(f32x4.nearest(mul(rest ? add(x, rest) : x, c(Math.LOG2E))))
  const whole = sub(sub(x, mul(n, c(0.693359375))), mul(n, c(-2.1219444e-4)))
  const r = bind(rest ? add(whole, rest) : whole)
  const p = horner(
    r,
    [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4],
  )
  return [bind(add(add(mul(p, mul(r, r)), r), c(1))), bind(i32x4.ofF32(n))]
}
/** y 2^n, the power in two halves, so that subnormal results are rounded once, and large ones overflow. */
const scaled = ({ bind }: Surroundings, y: V, n: V): V => {
  const half = bind(i32x4.shr(n, 1))
  return mul(mul(y, power(half)), power(i32x4.sub(n, half)))
}
const exp: Body = (s, x) => scaled(s, ...expParts(s, s.bind(f32x4.max(f32x4.min(x, c(89)), c(-104)))))
/** Where the power of 2 cannot leave the normal numbers: |x| <= 87. */
const expInside = (s: Surroundings, x: V): V => {
  const [y, n] = expParts(s, x)
  return mul(y, power(n))
}
const tanhPolynomial = [-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3]
/** 1 - 2 / (exp(2 |x|) + 1), or an odd polynomial near 0. */
const tanh: Body = (s, x0) => {
  const x = s.bind(x0)
  const a = s.bind(abs(x))
  const z = s.bind(mul(x, x))
  const near = s.bind(add(mul(mul(horner(z, tanhPolynomial), z), x), x))
  const e = expInside(s, s.bind(f32x4.min(add(a, a), c(40))))
  const far = sub(c(1), div(c(2), add(e, c(1))))
  return or(select(lt(a, c(0.625)), near, far), and(x, signBit))
}
/** exp(x) / (1 + exp(x)) below 0, 1 / (1 + exp(-x)) above: exp never overflows. */
const logistic: Body = (s, x0) => {
  const x = s.bind(x0)
  const e = s.bind(exp(s, f32x4.neg(abs(x)), x))
  return div(select(lt(x, c(0)), e, c(1)), add(c(1), e))
}
/** 2 e^-|x| / (1 + e^-2|x|). */
const sech: Body = (s, x) => {
  const e = s.bind(exp(s, f32x4.neg(abs(x)), x))
  return div(add(e, e), add(c(1), mul(e, e)))
}

// -- the normal distribution -----------------------------------------------------------------------------------------

/**
 * The parts of e^(-factor x^2), for a factor 1 or 1/2. x is split into its first 12 bits and the rest: the square of the
 * first is exact, and the rest is added to the remainder. exp would magnify the rounding error of x * x. Beyond e^-104
 * the result is 0. normalCdf and normalPdf of one argument, as in the derivative of gelu, share the parts.
 */
const bell = (s: Surroundings, x: V, factor: 1 | 0.5): readonly [y: V, n: V] =>
  s.shared(`bell ${factor}`, x, () => {
    const a = s.bind(f32x4.min(abs(x), c(Math.sqrt(104 / factor))))
    const high = s.bind(and(a, int(-4096)))
    return expParts(
      s,
      s.bind(mul(mul(high, high), c(-factor))),
      s.bind(mul(mul(sub(a, high), add(a, high)), c(-factor))),
    )
  })
/** e^(y^2) erfc(y) for y >= 0. */
const scaledErfc = ({ bind }: Surroundings, y0: V): V => {
  const y = bind(f32x4.min(y0, c(10.25)))
  const w = bind(div(y, add(y, c(2))))
  return div(add(c(1), mul(w, horner(w, erfcScaled))), add(c(1), y))
}
const gaussian: Body = (s, x) => scaled(s, ...bell(s, x, 1))
const normalPdf: Body = (s, x) => {
  const [y, n] = bell(s, x, 0.5)
  return scaled(s, mul(y, c(1 / Math.sqrt(2 * Math.PI))), n)
}
/** factor * erfc(|y|), from e^(-y^2). */
const tailOf = (s: Surroundings, [e, n]: readonly [V, V], y: V, factor: number): V =>
  s.bind(scaled(s, s.bind(mul(mul(e, c(factor)), scaledErfc(s, y))), n))
const erf: Body = (s, x0) => {
  const x = s.bind(x0)
  const z = s.bind(mul(x, x))
  const tail = tailOf(s, bell(s, x0, 1), abs(x), 1)
  const far = signed(sub(c(1), tail), x)
  return select(lt(abs(x), c(1)), add(x, mul(x, horner(z, erfNear0))), far)
}
const erfc: Body = (s, x0) => {
  const x = s.bind(x0)
  const tail = tailOf(s, bell(s, x0, 1), abs(x), 1)
  return select(lt(x, c(0)), sub(c(2), tail), tail)
}
/** erfc(-x / sqrt 2) / 2 */
const normalCdf: Body = (s, x0) => {
  const x = s.bind(x0)
  const tail = tailOf(s, bell(s, x0, 0.5), mul(abs(x), c(Math.SQRT1_2)), 0.5)
  return select(lt(x, c(0)), tail, sub(c(1), tail))
}

// -- logarithms ------------------------------------------------------------------------------------------------------

const logPolynomial = [
  3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
  1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
]
/** e ln 2 + log(1 + f), sqrt(1/2) <= 1 + f < sqrt(2). */
const log: Body = ({ bind }, x0) => {
  const x = bind(x0)
  const tiny = bind(lt(x, c(2 ** -126)))
  const bits = bind(select(tiny, mul(x, c(2 ** 23)), x))
  const whole = bind(i32x4.shr(i32x4.sub(bits, int(0x3f3504f3)), 23))
  const f = bind(sub(i32x4.sub(bits, i32x4.shl(whole, 23)), c(1)))
  const e = bind(sub(f32x4.ofI32(whole), and(tiny, c(23))))
  const z = bind(mul(f, f))
  const tail = sub(add(mul(mul(horner(f, logPolynomial), f), z), mul(e, c(-2.1219444e-4))), mul(z, c(0.5)))
  const finite = add(add(f, tail), mul(e, c(0.693359375)))
  const proper = and(gt(x, c(0)), lt(x, c(Number.POSITIVE_INFINITY)))
  const special = select(eq(x, c(0)), c(Number.NEGATIVE_INFINITY), select(lt(x, c(0)), c(Number.NaN), x))
  return select(bind(proper), finite, special)
}

// -- angles ----------------------------------------------------------------------------------------------------------

/** Up to here a multiple of the first 33 bits of pi / 2 is exact in double. */
const largeAngle = 2 ** 20
interface Quarter {
  readonly k: readonly [V, V]
  readonly r: readonly [V, V]
}
/** x = k pi/2 + r in doubles, |r| <= pi/4; k is right modulo 4. Angles above 2^20 take the longer reduction. */
const quarters = (s: Surroundings, x: V): Quarter => {
  const half = (d: V) => {
    const wide = s.bind(d)
    const [k, r] = [s.local('v128'), s.local('v128')]
    s.emit(k.set(f64x2.nearest(f64x2.mul(wide, f64x2.const(2 / Math.PI)))))
    const first = f64x2.sub(wide, f64x2.mul(k.get, f64x2.const(1.57079632673412561417)))
    s.emit(r.set(f64x2.sub(first, f64x2.mul(k.get, f64x2.const(6.07710050650619224932e-11)))))
    return { k, r, slow: seq(k.set(s.call('quadrantNumber', wide)), r.set(s.call('quadrantRest', wide))) }
  }
  const [low, high] = [half(lower(x)), half(upper(x))]
  s.emit(when(v128.any(v128.not(le(abs(x), c(largeAngle)))), seq(low.slow, high.slow)))
  return { k: [low.k.get, high.k.get], r: [low.r.get, high.r.get] }
}
/** sin and cos of r, and the quadrant; computed once for an argument. */
const waves = (s: Surroundings, x: V) =>
  s.shared('waves', x, () => {
    const { k, r } = quarters(s, s.bind(x))
    const rest = s.bind(join(r[0], r[1]))
    const z = s.bind(mul(rest, rest))
    const sine = add(mul(mul(horner(z, [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4]), z), rest), rest)
    const cosine = horner(z, [1, -0.5, 4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5])
    const quadrant = v128.shuffle(i32x4.ofF64(k[0]), i32x4.ofF64(k[1]), [0, 1, 4, 5])
    return { sine: s.bind(sine), cosine: s.bind(cosine), quadrant: s.bind(quadrant) }
  })
/** sin(r + k pi/2): cos where k is odd, negative where k has its second bit. */
const wave =
  (ahead: 0 | 1): Body =>
  (s, x) => {
    const { sine, cosine, quadrant } = waves(s, x)
    const k = s.bind(ahead === 0 ? quadrant : i32x4.add(quadrant, int(1)))
    const odd = i32x4.eq(and(k, int(1)), int(1))
    return v128.xor(select(odd, cosine, sine), i32x4.shl(and(k, int(2)), 30))
  }
/** The sign of a zero is lost in the subtraction of k pi/2. */
const zeroKept =
  (f: Body): Body =>
  (s, x0, y) => {
    const x = s.bind(x0)
    return select(eq(x, c(0)), x, f(s, x0, y))
  }
const tan: Body = (s, x) => {
  const { k, r } = quarters(s, s.bind(x))
  return join(s.call('tan', k[0], r[0]), s.call('tan', k[1], r[1]))
}

// -- the rest --------------------------------------------------------------------------------------------------------

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
  expm1: through('expm1'),
  log,
  log1p: through('log1p'),
  sin: zeroKept(wave(0)),
  cos: wave(1),
  tan: zeroKept(tan),
  asin: through('asin'),
  acos: through('acos'),
  atan: through('atan'),
  sinh: through('sinh'),
  cosh: through('cosh'),
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
