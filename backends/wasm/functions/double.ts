/**
 * The scalar functions on pairs of doubles. A float32 back end needs ten digits: short series are enough, without care for
 * the last bits of a double. After rounding, the error is at most half a unit of float32.
 */
import { type Code, f64x2, type Locals, seq, v128, when } from '../assembler/index.ts'

export type V = Code<'v128'>
/** The function that is being written: `bind` keeps a value in a local, `emit` adds a statement. */
export interface Site {
  readonly bind: (x: V) => V
  readonly emit: (statement: Code) => void
  readonly local: Locals
}
/** The functions on pairs of doubles, each once in a module. */
export type Double =
  | 'exp'
  | 'log'
  | 'atan'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'atan2'
  | 'pow'
  | 'log1p'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'hypot'
/** Calls a function of the module by its name. */
export type Call<N extends string = Double> = (name: N, ...args: readonly V[]) => V

const c = f64x2.const
const { add, sub, mul, div, lt, gt, eq, ne, abs } = f64x2
const { and, or, not, select, andnot } = v128
const signBit = c(-0)
/** c0 + x (c1 + x (...)). */
const horner = (x: V, coefficients: readonly number[]): V =>
  coefficients.slice(0, -1).reduceRight<V>((sum, a) => add(mul(sum, x), c(a)), c(coefficients.at(-1) as number))
const signed = (magnitude: V, sign: V): V => or(andnot(magnitude, signBit), and(sign, signBit))
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
const series = (n: number, f: (k: number) => number): readonly number[] => Array.from({ length: n }, (_, k) => f(k))

/** 2^n exp(r): n whole, |r| <= ln 2 / 2. The bits of 2^n are the low ones of n + 1023 + 2^52. */
const exp = ({ bind }: Site, x0: V): V => {
  const x = bind(f64x2.max(f64x2.min(x0, c(709)), c(-708)))
  const n = bind(f64x2.nearest(mul(x, c(Math.LOG2E))))
  const r = bind(sub(sub(x, mul(n, c(0.6931471803691238))), mul(n, c(1.9082149292705877e-10))))
  const power = f64x2.shlInt(add(n, c(2 ** 52 + 1023)), 52)
  return mul(
    horner(
      r,
      series(13, (k) => 1 / factorial(k)),
    ),
    power,
  )
}
/** e ln 2 + 2 artanh((m - 1) / (m + 1)): m in sqrt(1/2) .. sqrt(2). */
const log = ({ bind }: Site, x0: V): V => {
  const x = bind(x0)
  const mantissa = bind(or(andnot(x, c(Number.NEGATIVE_INFINITY)), c(1)))
  const high = bind(gt(mantissa, c(Math.SQRT2)))
  const m = bind(select(high, mul(mantissa, c(0.5)), mantissa))
  const raised = sub(or(f64x2.shrInt(x, 52), c(2 ** 52)), c(2 ** 52 + 1023))
  const e = bind(add(raised, and(high, c(1))))
  const s = bind(div(sub(m, c(1)), add(m, c(1))))
  const z = bind(mul(s, s))
  const finite = bind(
    add(
      mul(
        s,
        horner(
          z,
          series(11, (k) => 2 / (2 * k + 1)),
        ),
      ),
      mul(e, c(Math.LN2)),
    ),
  )
  const proper = bind(and(gt(x, c(0)), lt(x, c(Number.POSITIVE_INFINITY))))
  const special = select(eq(x, c(0)), c(Number.NEGATIVE_INFINITY), select(lt(x, c(0)), c(Number.NaN), x))
  return select(proper, finite, special)
}

// -- angles ----------------------------------------------------------------------------------------------------------

const sinSeries = series(8, (k) => (-1) ** k / factorial(2 * k + 1))
const cosSeries = series(8, (k) => (-1) ** k / factorial(2 * k))
/** 2 / pi in pieces of 24 bits. Source: fdlibm, k_rem_pio2.c */
const twoOverPi = [0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163]

/** x 2/pi modulo 4, for any x of 24 bits: every product and remainder is exact; sums are compensated. */
const quadrants = ({ bind }: Site, x0: V): readonly [V, V] => {
  const x = bind(x0)
  let sum: V = c(0)
  let lost: V = c(0)
  twoOverPi.forEach((piece, k) => {
    const p = bind(mul(x, c(piece * 2 ** (-24 * (k + 1)))))
    const q = bind(sub(p, mul(c(4), f64x2.floor(mul(p, c(0.25))))))
    const next = bind(add(sum, q))
    const back = bind(sub(next, sum))
    lost = bind(add(lost, add(sub(sum, sub(next, back)), sub(q, back))))
    sum = next
  })
  return [sum, lost]
}
/** Up to here a multiple of the first 33 bits of pi / 2 is exact. */
const largeAngle = 2 ** 20
/** x = k pi/2 + r, |r| <= pi/4; k is right modulo 4. */
const reduced = (s: Site, x0: V): readonly [k: V, r: V] => {
  const x = s.bind(x0)
  const [k, r] = [s.local('v128'), s.local('v128')]
  s.emit(k.set(f64x2.nearest(mul(x, c(2 / Math.PI)))))
  const first = sub(x, mul(k.get, c(1.57079632673412561417)))
  s.emit(r.set(sub(first, mul(k.get, c(6.07710050650619224932e-11)))))
  const large = v128.any(not(f64x2.le(abs(x), c(largeAngle))))
  const statements: Code[] = []
  const bind = (v: V): V => {
    const l = s.local('v128')
    statements.push(l.set(v))
    return l.get
  }
  const [sum, lost] = quadrants({ ...s, bind }, x)
  const whole = bind(f64x2.nearest(sum))
  s.emit(when(large, seq(...statements, k.set(whole), r.set(mul(add(sub(sum, whole), lost), c(Math.PI / 2))))))
  return [k.get, r.get]
}
/** sin and cos of r, exchanged where k is odd. */
const waves = (s: Site, x: V) => {
  const { bind } = s
  const [k, r] = reduced(s, x)
  const z = bind(mul(r, r))
  const sine = bind(mul(r, horner(z, sinSeries)))
  const cosine = bind(horner(z, cosSeries))
  const half = bind(mul(k, c(0.5)))
  const odd = bind(ne(half, f64x2.floor(half)))
  return { sine: select(odd, cosine, sine), cosine: select(odd, sine, cosine), k, odd }
}
/** The sign bit where k + ahead is 2 or 3 modulo 4. */
const signOf = ({ bind }: Site, k: V, ahead: 0 | 1): V => {
  const quarter = bind(mul(ahead === 0 ? k : add(k, c(1)), c(0.25)))
  return and(f64x2.ge(sub(quarter, f64x2.floor(quarter)), c(0.5)), signBit)
}
const sin = (s: Site, x: V): V => {
  const { sine, k } = waves(s, x)
  return v128.xor(sine, signOf(s, k, 0))
}
const cos = (s: Site, x: V): V => {
  const { cosine, k } = waves(s, x)
  return v128.xor(cosine, signOf(s, k, 1))
}
const tan = (s: Site, x: V): V => {
  const { sine, cosine, odd } = waves(s, x)
  return v128.xor(div(sine, cosine), and(odd, signBit))
}
/** pi/2 - atan(1/a), pi/4 + atan((a - 1)/(a + 1)), or the series itself. */
const atan = ({ bind }: Site, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const big = bind(gt(a, c(Math.tan((3 * Math.PI) / 8))))
  const middle = bind(andnot(gt(a, c(Math.tan(Math.PI / 8))), big))
  const t = bind(select(big, div(c(-1), a), select(middle, div(sub(a, c(1)), add(a, c(1))), a)))
  const base = select(big, c(Math.PI / 2), and(middle, c(Math.PI / 4)))
  const z = bind(mul(t, t))
  const y = add(
    base,
    mul(
      t,
      horner(
        z,
        series(16, (k) => (-1) ** k / (2 * k + 1)),
      ),
    ),
  )
  return signed(y, x)
}
const atan2 = ({ bind }: Site, call: Call, y0: V, x0: V): V => {
  const y = bind(y0)
  const x = bind(x0)
  const a = bind(abs(y))
  const b = bind(abs(x))
  const even = bind(eq(a, b))
  const quotient = select(even, select(eq(a, c(0)), c(0), c(1)), div(f64x2.min(a, b), f64x2.max(a, b)))
  const q = bind(call('atan', quotient))
  const upper = bind(select(gt(a, b), sub(c(Math.PI / 2), q), q))
  const behind = lt(signed(c(1), x), c(0))
  return signed(select(behind, sub(c(Math.PI), upper), upper), y)
}

// -- exponentials ----------------------------------------------------------------------------------------------------

const small = 1 / 64
/** The series x p(x^2) near 0, `far` of |x| with the sign of x elsewhere. */
const oddFunction = ({ bind }: Site, x0: V, coefficients: readonly number[], far: (a: V) => V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const near = mul(x, horner(bind(mul(x, x)), coefficients))
  const away = bind(signed(far(a), x))
  return select(lt(a, c(small)), near, away)
}
const log1p = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const near = mul(
    x,
    horner(
      x,
      series(7, (k) => (-1) ** k / (k + 1)),
    ),
  )
  return select(lt(abs(x), c(small / 8)), near, call('log', add(c(1), x)))
}
const asinh = (s: Site, call: Call, x: V): V =>
  oddFunction(s, x, [1, -1 / 6, 3 / 40, -15 / 336], (a) => call('log', add(a, f64x2.sqrt(add(mul(a, a), c(1))))))
const acosh = ({ bind }: Site, call: Call, x: V): V => {
  const t = bind(sub(x, c(1)))
  return call('log', add(c(1), add(t, mul(f64x2.sqrt(t), f64x2.sqrt(add(t, c(2)))))))
}
const atanh = (s: Site, call: Call, x: V): V =>
  oddFunction(s, x, [1, 1 / 3, 1 / 5, 1 / 7], (a) => mul(c(0.5), call('log', div(add(c(1), a), sub(c(1), a)))))
/** JavaScript's: 1 to a NaN, and to an infinite power, is NaN. */
const pow = ({ bind }: Site, call: Call, x0: V, y0: V): V => {
  const x = bind(x0)
  const y = bind(y0)
  const p = bind(call('exp', mul(y, call('log', abs(x)))))
  const half = bind(mul(y, c(0.5)))
  const whole = bind(eq(f64x2.trunc(y), y))
  const odd = andnot(whole, eq(f64x2.trunc(half), half))
  const withSign = bind(or(p, and(and(odd, x), signBit)))
  const root = and(and(lt(x, c(0)), gt(x, c(Number.NEGATIVE_INFINITY))), not(whole))
  const anyRoot = select(root, c(Number.NaN), withSign)
  return select(eq(y, c(0)), c(1), select(ne(y, y), y, anyRoot))
}

/** No square of a float32 leaves the range of float64. An infinity beside a NaN gives infinity, as Math.hypot. */
const hypot = ({ bind }: Site, x0: V, y0: V): V => {
  const x = bind(x0)
  const y = bind(y0)
  const inf = c(Number.POSITIVE_INFINITY)
  const infinite = or(eq(abs(x), inf), eq(abs(y), inf))
  return select(infinite, inf, f64x2.sqrt(add(mul(x, x), mul(y, y))))
}

type Body = (s: Site, call: Call, x: V, y: V) => V
const plain =
  (f: (s: Site, x: V, y: V) => V): Body =>
  (s, _, x, y) =>
    f(s, x, y)
/** The number of arguments, and the code. */
export const doubles: { readonly [D in Double]: readonly [arity: 1 | 2, body: Body] } = {
  exp: [1, plain(exp)],
  log: [1, plain(log)],
  atan: [1, plain(atan)],
  sin: [1, plain(sin)],
  cos: [1, plain(cos)],
  tan: [1, plain(tan)],
  atan2: [2, atan2],
  pow: [2, pow],
  log1p: [1, log1p],
  asinh: [1, asinh],
  acosh: [1, acosh],
  atanh: [1, atanh],
  hypot: [2, plain(hypot)],
}
