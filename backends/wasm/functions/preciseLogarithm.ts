/** Logarithms, on two float64. Source: fdlibm (Sun Microsystems), e_log.c, s_log1p.c */
import { f64x2, v128 } from '../assembler/index.ts'
import type { Site, V } from './double.ts'
import { bits, c, horner, inf, ln2, type PreciseCall, type PreciseFamily, signed } from './preciseSite.ts'

const { add, sub, mul, div, lt, gt, eq, abs, sqrt } = f64x2
const { and, or, select, andnot } = v128

const logTail = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
]
/** x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), for normal x. */
const logParts = ({ bind }: Site, x: V): readonly [k: V, f: V] => {
  const shifted = bind(f64x2.addInt(x, bits(0x3ff00000 - 0x3fe6a09e)))
  const k = sub(or(f64x2.shrInt(shifted, 52), c(2 ** 52)), c(2 ** 52 + 1023))
  const mantissa = f64x2.addInt(and(shifted, bits(0x000fffff, -1)), bits(0x3fe6a09e))
  return [bind(k), bind(sub(mantissa, c(1)))]
}
/** k ln 2 + log(1 + f) + rest. */
const logOf = ({ bind }: Site, k: V, f: V, rest?: V): V => {
  const s = bind(div(f, add(c(2), f)))
  const z = bind(mul(s, s))
  const half = bind(mul(mul(c(0.5), f), f))
  const r = mul(z, horner(z, logTail))
  const low = mul(k, c(ln2[1]))
  const tail = add(mul(s, add(half, r)), rest ? add(low, rest) : low)
  return sub(mul(k, c(ln2[0])), sub(sub(half, tail), f))
}
const atEnds = (x: V, zero: V, finite: V): V =>
  select(and(gt(x, zero), lt(x, c(inf))), finite, select(eq(x, zero), c(-inf), select(lt(x, zero), c(Number.NaN), x)))
const log = (s: Site, _: PreciseCall, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const tiny = bind(lt(x, c(2 ** -1022)))
  const [whole, f] = logParts(s, bind(select(tiny, mul(x, c(2 ** 54)), x)))
  return atEnds(x, c(0), bind(logOf(s, bind(sub(whole, and(tiny, c(54)))), f)))
}
const log1p = (s: Site, _: PreciseCall, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const u = bind(add(c(1), x))
  const [k, f] = logParts(s, u)
  const near = bind(eq(k, c(0)))
  const lost = select(gt(k, c(0)), sub(c(1), sub(u, x)), sub(x, sub(u, c(1))))
  const finite = logOf(s, k, bind(select(near, x, f)), bind(andnot(div(lost, u), near)))
  return select(eq(x, c(0)), x, atEnds(x, c(-1), bind(finite)))
}
/** Above this, 1 is lost beside a number. */
const large = 2 ** 54
const asinh = ({ bind }: Site, call: PreciseCall, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const far = bind(gt(a, c(large)))
  const t = bind(mul(a, a))
  const near = add(a, div(t, add(c(1), sqrt(add(c(1), t)))))
  return signed(add(call('log1p', select(far, a, near)), and(far, c(Math.LN2))), x)
}
const acosh = ({ bind }: Site, call: PreciseCall, x0: V): V => {
  const x = bind(x0)
  const far = bind(gt(x, c(large)))
  const t = bind(sub(x, c(1)))
  const near = add(t, sqrt(add(add(t, t), mul(t, t))))
  const y = add(call('log1p', select(far, x, near)), and(far, c(Math.LN2)))
  return select(lt(x, c(1)), c(Number.NaN), y)
}
const atanh = ({ bind }: Site, call: PreciseCall, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const twice = bind(add(a, a))
  const rest = bind(sub(c(1), a))
  const inside = select(lt(a, c(0.5)), add(twice, div(mul(twice, a), rest)), div(twice, rest))
  return signed(mul(c(0.5), call('log1p', inside)), x)
}

export const logarithms: PreciseFamily<'log' | 'log1p' | 'asinh' | 'acosh' | 'atanh'> = {
  log: [1, log],
  log1p: [1, log1p],
  asinh: [1, asinh],
  acosh: [1, acosh],
  atanh: [1, atanh],
}
