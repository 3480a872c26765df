/** Powers and lengths, on two float64. Source of powers: fdlibm (Sun Microsystems), e_pow.c */
import { f64x2, v128 } from '../assembler/index.ts'
import type { Site, V } from './double.ts'
import {
  bits,
  c,
  expTail,
  horner,
  inf,
  leading,
  type PreciseCall,
  type PreciseFamily,
  scaled,
  signBit,
  signed,
} from './preciseSite.ts'

const { add, sub, mul, div, lt, gt, ge, eq, ne, abs, sqrt, nearest } = f64x2
const { and, or, not, select, andnot } = v128

const log2Tail = [
  5.99999999999994648725e-1, 4.28571428578550184252e-1, 3.33333329818377432918e-1, 2.72728123808534006489e-1,
  2.30660745775561754067e-1, 2.06975017800338417784e-1,
]
/** log2 of a positive number as a sum: the first part has 21 bits. */
const log2 = (s: Site, a0: V): readonly [V, V] => {
  const { bind } = s
  const tiny = bind(lt(a0, c(2 ** -1022)))
  const a = bind(select(tiny, mul(a0, c(2 ** 54)), a0))
  const m0 = bind(or(and(a, bits(0x000fffff, -1)), c(1)))
  const exponent = sub(or(f64x2.shrInt(a, 52), c(2 ** 52)), c(2 ** 52 + 1023))
  // near 1, near 3/2, or near 2 = 2 times 1
  const two = bind(ge(m0, c(1.7320508075688772)))
  const middle = bind(andnot(gt(m0, c(1.224744871391589)), two))
  const m = bind(select(two, mul(m0, c(0.5)), m0))
  const n = bind(add(sub(exponent, and(tiny, c(54))), and(two, c(1))))
  const base = bind(select(middle, c(1.5), c(1)))
  const u = bind(sub(m, base))
  const v = bind(div(c(1), add(m, base)))
  const ss = bind(mul(u, v))
  const sh = bind(leading(ss))
  const th = bind(leading(add(m, base)))
  const tl = sub(m, sub(th, base))
  const sl = bind(mul(v, sub(sub(u, mul(sh, th)), mul(sh, tl))))
  const z = bind(mul(ss, ss))
  const r = bind(add(mul(mul(z, z), horner(z, log2Tail)), mul(sl, add(sh, ss))))
  const zh = bind(mul(sh, sh))
  const th2 = bind(leading(add(add(c(3), zh), r)))
  const tl2 = sub(r, sub(sub(th2, c(3)), zh))
  const uu = bind(mul(sh, th2))
  const vv = bind(add(mul(sl, th2), mul(tl2, ss)))
  const ph = bind(leading(add(uu, vv)))
  const pl = bind(sub(vv, sub(ph, uu)))
  const high = bind(mul(c(9.61796700954437255859e-1), ph))
  const low = bind(
    add(
      add(mul(c(-7.02846165095275826516e-9), ph), mul(pl, c(9.61796693925975554329e-1))),
      and(middle, c(1.35003920212974897128e-8)),
    ),
  )
  const shift = bind(and(middle, c(5.84962487220764160156e-1)))
  const first = bind(leading(add(add(add(high, low), shift), n)))
  return [first, bind(sub(low, sub(sub(sub(first, n), shift), high)))]
}
/** 2^(high + low). */
const exp2 = (s: Site, high0: V, low0: V): V => {
  const { bind } = s
  const total = add(low0, high0)
  const inside = bind(lt(abs(total), c(1100)))
  const limit = signed(c(1100), total)
  const start = bind(select(inside, high0, limit))
  const low = bind(and(low0, inside))
  const n = bind(nearest(add(low, start)))
  const high = bind(sub(start, n))
  const t = bind(leading(add(low, high)))
  const u = bind(mul(t, c(6.93147182464599609375e-1)))
  const v = add(mul(sub(low, sub(t, high)), c(Math.LN2)), mul(t, c(-1.90465429995776804525e-9)))
  const w0 = bind(v)
  const z = bind(add(u, w0))
  const w = bind(sub(w0, sub(z, u)))
  const zz = bind(mul(z, z))
  const t1 = bind(sub(z, mul(zz, horner(zz, expTail))))
  const r = sub(div(mul(z, t1), sub(t1, c(2))), add(w, mul(z, w)))
  return scaled(s, bind(sub(c(1), sub(r, z))), n)
}
const finite = (x: V): V => lt(abs(x), c(inf))
/** JavaScript's: 1 to a NaN, and to an infinite power, is NaN. */
const pow = (s: Site, _: PreciseCall, x0: V, y0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const y = bind(y0)
  const a = bind(abs(x))
  const [l, tail] = log2(s, a)
  const yh = bind(leading(y))
  const low = bind(add(mul(sub(y, yh), l), mul(y, tail)))
  const usual = bind(exp2(s, bind(mul(yh, l)), low))
  // where x is 0 or infinite, or y: 0, 1, infinity or NaN by the sign of y log a
  const side = bind(mul(y, select(lt(a, c(1)), c(-1), select(gt(a, c(1)), c(1), sub(a, c(1))))))
  const edge = select(gt(side, c(0)), c(inf), select(lt(side, c(0)), c(0), c(Number.NaN)))
  const huge = bind(gt(abs(y), c(2 ** 70)))
  const extreme = and(huge, ne(a, c(1)))
  const proper = bind(and(and(and(finite(a), gt(a, c(0))), finite(y)), not(extreme)))
  const p = bind(select(proper, usual, select(and(eq(a, c(1)), finite(y)), c(1), edge)))
  const half = bind(mul(y, c(0.5)))
  const whole = bind(eq(f64x2.trunc(y), y))
  const odd = andnot(whole, eq(f64x2.trunc(half), half))
  const withSign = bind(or(p, and(and(odd, x), signBit)))
  const root = and(and(lt(x, c(0)), gt(x, c(-inf))), not(whole))
  const anyRoot = select(root, c(Number.NaN), withSign)
  return select(eq(y, c(0)), c(1), select(ne(y, y), y, select(ne(x, x), x, anyRoot)))
}
/** Scaled so that no square overflows or is lost. An infinity beside a NaN gives infinity, as Math.hypot. */
const hypot = ({ bind }: Site, _: PreciseCall, x0: V, y0: V): V => {
  const [x, y] = [bind(abs(x0)), bind(abs(y0))]
  const most = bind(f64x2.max(x, y))
  const scale = bind(select(gt(most, c(2 ** 500)), c(2 ** -600), select(lt(most, c(2 ** -450)), c(2 ** 600), c(1))))
  const [a, b] = [bind(mul(x, scale)), bind(mul(y, scale))]
  const root = div(sqrt(add(mul(a, a), mul(b, b))), scale)
  return select(or(eq(x, c(inf)), eq(y, c(inf))), c(inf), root)
}

export const powers: PreciseFamily<'pow' | 'hypot'> = {
  pow: [2, pow],
  hypot: [2, hypot],
}
