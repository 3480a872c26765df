/** The exponential and functions made of it, on two float64. Source: fdlibm (Sun Microsystems), e_exp.c, s_expm1.c */
import { f64x2, v128 } from '../assembler/index.ts'
import type { Site, V } from './double.ts'
import { c, expTail, horner, ln2, type PreciseCall, type PreciseFamily, power, scaled, signed } from './preciseSite.ts'

const { add, sub, mul, div, lt, gt, ge, eq, abs, neg, nearest } = f64x2
const { select } = v128

/** exp(x) = y 2^n for -746 < x < 711. */
const expParts = ({ bind }: Site, x0: V): readonly [y: V, n: V] => {
  const x = bind(f64x2.max(f64x2.min(x0, c(711)), c(-746)))
  const n = bind(nearest(mul(x, c(Math.LOG2E))))
  const high = bind(sub(x, mul(n, c(ln2[0]))))
  const low = bind(mul(n, c(ln2[1])))
  const r = bind(sub(high, low))
  const z = bind(mul(r, r))
  const q = bind(sub(r, mul(z, horner(z, expTail))))
  return [sub(c(1), sub(sub(low, div(mul(r, q), sub(c(2), q))), high)), n]
}
const exp = (s: Site, _: PreciseCall, x: V): V => scaled(s, ...expParts(s, x))
/** exp(x) / 2, which overflows later. */
const halfExp = (s: Site, _: PreciseCall, x: V): V => {
  const [y, n] = expParts(s, x)
  return scaled(s, y, s.bind(sub(n, c(1))))
}
const expm1Tail = [
  1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6,
  -2.01099218183624371326e-7,
]
const expm1 = (s: Site, _: PreciseCall, x0: V): V => {
  const { bind } = s
  const x = bind(f64x2.max(f64x2.min(x0, c(711)), c(-60)))
  const n = bind(nearest(mul(x, c(Math.LOG2E))))
  const high = bind(sub(x, mul(n, c(ln2[0]))))
  const low = bind(mul(n, c(ln2[1])))
  const r = bind(sub(high, low))
  const lost = bind(sub(sub(high, r), low))
  const half = bind(mul(r, c(0.5)))
  const z = bind(mul(r, half))
  const q = bind(horner(z, expm1Tail))
  const t = bind(sub(c(3), mul(q, half)))
  const e = bind(mul(z, div(sub(q, t), sub(c(6), mul(r, t)))))
  // expm1(r) = r - (r (e - lost) - lost - z)
  const near = bind(sub(r, sub(sub(mul(r, sub(e, lost)), lost), z)))
  const up = bind(add(near, sub(c(1), power(neg(f64x2.max(f64x2.min(n, c(60)), c(0)))))))
  const down = bind(power(f64x2.min(n, c(0))))
  const small = add(mul(near, down), sub(down, c(1)))
  return select(eq(x0, c(0)), x0, select(gt(n, c(0)), scaled(s, up, n), small))
}
const tanh = ({ bind }: Site, call: PreciseCall, x0: V): V => {
  const x = bind(x0)
  const a = bind(f64x2.min(abs(x), c(22)))
  const large = bind(ge(a, c(1)))
  const twice = add(a, a)
  const t = bind(call('expm1', select(large, twice, neg(twice))))
  const quotient = bind(div(select(large, c(2), t), add(t, c(2))))
  return signed(select(large, sub(c(1), quotient), quotient), x)
}
const sinh = ({ bind }: Site, call: PreciseCall, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const t = bind(call('expm1', f64x2.min(a, c(40))))
  const quotient = bind(div(t, add(t, c(1))))
  const near = mul(c(0.5), select(lt(a, c(1)), sub(add(t, t), mul(t, quotient)), add(t, quotient)))
  return signed(select(lt(a, c(22)), near, call('halfExp', a)), x)
}
const cosh = ({ bind }: Site, call: PreciseCall, x: V): V => {
  const h = bind(call('halfExp', abs(x)))
  return add(h, div(c(0.25), h))
}
/** e^-|x| cannot overflow. */
const logistic = ({ bind }: Site, call: PreciseCall, x0: V): V => {
  const x = bind(x0)
  const e = bind(call('exp', neg(abs(x))))
  return div(select(lt(x, c(0)), e, c(1)), add(c(1), e))
}
const sech = ({ bind }: Site, call: PreciseCall, x: V): V => {
  const e = bind(call('exp', neg(abs(x))))
  return div(add(e, e), add(c(1), mul(e, e)))
}

export const exponentials: PreciseFamily<'exp' | 'halfExp' | 'expm1' | 'tanh' | 'sinh' | 'cosh' | 'logistic' | 'sech'> =
  {
    exp: [1, exp],
    halfExp: [1, halfExp],
    expm1: [1, expm1],
    tanh: [1, tanh],
    sinh: [1, sinh],
    cosh: [1, cosh],
    logistic: [1, logistic],
    sech: [1, sech],
  }
