/**
 * The scalar functions on two float64 at once, with errors of a few units in the last place: the reference uses Math. All
 * branches are computed, and lanes chosen.
 *
 * Source: fdlibm (Sun Microsystems), e_exp.c, s_expm1.c, e_log.c, s_log1p.c, k_sin.c, k_cos.c, s_atan.c, e_asin.c, e_pow.c;
 * the error function as in lang/kernel/erf.ts.
 */
import { choose, f64x2, i32x4, v128 } from '../assembler/index.ts'
import type { Call as CallOf, Site, V } from './double.ts'
import { type Angle, farAngle, nearAngle, pieces, quarterNumber, quarterRest } from './preciseAngle.ts'

type Call = CallOf<Precise>

const c = f64x2.const
const { add, sub, mul, div, lt, le, gt, ge, eq, ne, abs, neg, sqrt, nearest, floor } = f64x2
const { and, or, not, select, andnot } = v128
const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
const signBit = c(-0)
const signed = (magnitude: V, sign: V): V => or(andnot(magnitude, signBit), and(sign, signBit))
/** c0 + x (c1 + x (...)). */
const horner = (x: V, coefficients: readonly number[]): V =>
  coefficients.slice(0, -1).reduceRight<V>((sum, a) => add(mul(sum, x), c(a)), c(coefficients.at(-1) as number))
/** An integer of 64 bits in both lanes. */
const bits = (high: number, low = 0): V => i32x4.lanes([low, high, low, high])
/** The first 21 bits of the mantissa. */
const leading = (x: V): V => and(x, bits(-1))

// -- exponentials ----------------------------------------------------------------------------------------------------

/** 2^n for whole n from -1022 to 1023. */
const power = (n: V): V => f64x2.shlInt(add(n, c(2 ** 52 + 1023)), 52)
/** y 2^n, the power in two halves, so that subnormal results are rounded once, and large ones overflow. */
const scaled = ({ bind }: Site, y: V, n: V): V => {
  const half = bind(floor(mul(n, c(0.5))))
  return mul(mul(y, power(half)), power(sub(n, half)))
}
const ln2 = [6.9314718036912381649e-1, 1.90821492927058770002e-10] as const
const expTail = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
]
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
const exp = (s: Site, _: Call, x: V): V => scaled(s, ...expParts(s, x))
/** exp(x) / 2, which overflows later. */
const halfExp = (s: Site, _: Call, x: V): V => {
  const [y, n] = expParts(s, x)
  return scaled(s, y, s.bind(sub(n, c(1))))
}
const expm1Tail = [
  1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6,
  -2.01099218183624371326e-7,
]
const expm1 = (s: Site, _: Call, x0: V): V => {
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
const tanh = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const a = bind(f64x2.min(abs(x), c(22)))
  const large = bind(ge(a, c(1)))
  const twice = add(a, a)
  const t = bind(call('expm1', select(large, twice, neg(twice))))
  const quotient = bind(div(select(large, c(2), t), add(t, c(2))))
  return signed(select(large, sub(c(1), quotient), quotient), x)
}
const sinh = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const t = bind(call('expm1', f64x2.min(a, c(40))))
  const quotient = bind(div(t, add(t, c(1))))
  const near = mul(c(0.5), select(lt(a, c(1)), sub(add(t, t), mul(t, quotient)), add(t, quotient)))
  return signed(select(lt(a, c(22)), near, call('halfExp', a)), x)
}
const cosh = ({ bind }: Site, call: Call, x: V): V => {
  const h = bind(call('halfExp', abs(x)))
  return add(h, div(c(0.25), h))
}
/** e^-|x| cannot overflow. */
const logistic = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const e = bind(call('exp', neg(abs(x))))
  return div(select(lt(x, c(0)), e, c(1)), add(c(1), e))
}
const sech = ({ bind }: Site, call: Call, x: V): V => {
  const e = bind(call('exp', neg(abs(x))))
  return div(add(e, e), add(c(1), mul(e, e)))
}

// -- logarithms ------------------------------------------------------------------------------------------------------

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
  select(and(gt(x, zero), lt(x, c(inf))), finite, select(eq(x, zero), c(-inf), select(lt(x, zero), c(nan), x)))
const log = (s: Site, _: Call, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const tiny = bind(lt(x, c(2 ** -1022)))
  const [whole, f] = logParts(s, bind(select(tiny, mul(x, c(2 ** 54)), x)))
  return atEnds(x, c(0), bind(logOf(s, bind(sub(whole, and(tiny, c(54)))), f)))
}
const log1p = (s: Site, _: Call, x0: V): V => {
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
const asinh = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const far = bind(gt(a, c(large)))
  const t = bind(mul(a, a))
  const near = add(a, div(t, add(c(1), sqrt(add(c(1), t)))))
  return signed(add(call('log1p', select(far, a, near)), and(far, c(Math.LN2))), x)
}
const acosh = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const far = bind(gt(x, c(large)))
  const t = bind(sub(x, c(1)))
  const near = add(t, sqrt(add(add(t, t), mul(t, t))))
  const y = add(call('log1p', select(far, x, near)), and(far, c(Math.LN2)))
  return select(lt(x, c(1)), c(nan), y)
}
const atanh = ({ bind }: Site, call: Call, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const twice = bind(add(a, a))
  const rest = bind(sub(c(1), a))
  const inside = select(lt(a, c(0.5)), add(twice, div(mul(twice, a), rest)), div(twice, rest))
  return signed(mul(c(0.5), call('log1p', inside)), x)
}

// -- angles ----------------------------------------------------------------------------------------------------------

const sinTail = [
  8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6, -2.50507602534068634195e-8,
  1.58969099521155010221e-10,
]
const cosTail = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.0875723212981748279e-9, -1.13596475577881948265e-11,
]
const sinNear = ({ bind }: Site, { y0: x, y1: y }: Angle): V => {
  const z = bind(mul(x, x))
  const v = bind(mul(z, x))
  const r = horner(z, sinTail)
  return bind(sub(x, add(sub(mul(z, sub(mul(c(0.5), y), mul(v, r))), y), mul(v, c(1.66666666666666324348e-1)))))
}
const cosNear = ({ bind }: Site, { y0: x, y1: y }: Angle): V => {
  const z = bind(mul(x, x))
  const r = mul(z, horner(z, cosTail))
  const half = bind(mul(c(0.5), z))
  const w = bind(sub(c(1), half))
  return bind(add(w, add(sub(sub(c(1), w), half), sub(mul(z, r), mul(x, y)))))
}
/** The digits of pi/2 beyond the first 53. */
const halfPi = [Math.PI / 2, 6.123233995736766e-17] as const
/** From quarter turns to an angle, in twice the precision. */
const fromTurns = ({ bind }: Site, [t, rest]: readonly [V, V]): readonly [V, V] => {
  const split = (x: V): readonly [V, V] => {
    const high = bind(and(x, bits(-1, -(2 ** 27))))
    return [high, bind(sub(x, high))]
  }
  const p = bind(mul(t, c(halfPi[0])))
  const [th, tl] = split(t)
  const [ph, pl] = split(c(halfPi[0]))
  const lost = add(add(sub(mul(th, ph), p), add(mul(th, pl), mul(tl, ph))), mul(tl, pl))
  const low = bind(add(lost, add(mul(t, c(halfPi[1])), mul(rest, c(halfPi[0])))))
  const y0 = bind(add(p, low))
  return [y0, bind(add(sub(p, y0), low))]
}
const farRest = (s: Site, call: Call, x: V): V => fromTurns(s, quarterRest(s, call, x))[0]
const farTail = (s: Site, call: Call, x: V): V => fromTurns(s, quarterRest(s, call, x))[1]
const angleOf = (s: Site, call: Call, x0: V): Angle => {
  const { bind } = s
  const x = bind(x0)
  const near = nearAngle(s, x)
  const far = bind(gt(abs(x), c(farAngle)))
  const chosen = (name: 'farRest' | 'farTail' | 'quarterNumber', usual: V): V =>
    bind(choose(v128.any(far), select(far, call(name, x), usual), usual))
  const proper = bind(lt(abs(x), c(inf)))
  const y0 = chosen('farRest', near.y0)
  return {
    y0: bind(select(proper, y0, c(nan))),
    y1: chosen('farTail', near.y1),
    n: chosen('quarterNumber', near.n),
  }
}
/** n as an integer in both halves of each lane, right modulo 4. */
const quadrant = (n: V): V => and(add(n, c(1.5 * 2 ** 52)), bits(0, 3))
const bit = (n: V, k: 1 | 2): V =>
  f64x2.widened(v128.shuffle(i32x4.eq(and(n, bits(0, k)), bits(0, k)), n, [0, 2, 4, 4]))
/** sin(r + n pi/2): cos where n is odd, negative where n has its second bit. */
const wave =
  (ahead: 0 | 1) =>
  (s: Site, call: Call, x: V): V => {
    const { bind } = s
    const angle = angleOf(s, call, x)
    const n = bind(quadrant(ahead === 0 ? angle.n : add(angle.n, c(1))))
    const y = select(bind(bit(n, 1)), cosNear(s, angle), sinNear(s, angle))
    return v128.xor(y, and(bind(bit(n, 2)), signBit))
  }
const tan = (s: Site, call: Call, x: V): V => {
  const { bind } = s
  const angle = angleOf(s, call, x)
  const odd = bind(bit(bind(quadrant(angle.n)), 1))
  const [sine, cosine] = [sinNear(s, angle), cosNear(s, angle)]
  return div(select(odd, neg(cosine), sine), select(odd, sine, cosine))
}
/** The sign of a zero is lost in the reduction. */
const zeroKept =
  (f: (s: Site, call: Call, x: V) => V) =>
  (s: Site, call: Call, x0: V): V => {
    const x = s.bind(x0)
    return select(eq(x, c(0)), x, s.bind(f(s, call, x)))
  }

const atanTail = [
  3.33333333333329318027e-1, -1.99999999998764832476e-1, 1.42857142725034663711e-1, -1.1111110405462355788e-1,
  9.09088713343650656196e-2, -7.69187620504482999495e-2, 6.66107313738753120669e-2, -5.83357013379057348645e-2,
  4.97687799461593236017e-2, -3.6531572744216915527e-2, 1.62858201153657823623e-2,
]
/** From this size on, atan(a) = high + low + atan(t) with t = (a - by) / (1 + by a); the last: t = -1 / a. */
const atanSteps = [
  { from: 7 / 16, high: 4.63647609000806093515e-1, low: 2.26987774529616870924e-17 },
  { from: 11 / 16, high: 7.85398163397448278999e-1, low: 3.06161699786838301793e-17 },
  { from: 19 / 16, high: 9.82793723247329054082e-1, low: 1.39033110312309984516e-17 },
  { from: 39 / 16, high: 1.570796326794896558, low: 6.12323399573676603587e-17 },
] as const
const atan = ({ bind }: Site, _: Call, x0: V): V => {
  const x = bind(x0)
  const a = bind(abs(x))
  const [half, one, oneAndHalf, big] = atanSteps.map(({ from }) => bind(ge(a, c(from)))) as [V, V, V, V]
  const pick = (at: readonly [V, V, V, V, V]): V =>
    select(big, at[4], select(oneAndHalf, at[3], select(one, at[2], select(half, at[1], at[0]))))
  const top = pick([a, sub(add(a, a), c(1)), sub(a, c(1)), sub(a, c(1.5)), c(-1)])
  const bottom = pick([c(1), add(c(2), a), add(c(1), a), add(c(1), mul(c(1.5), a)), a])
  const constant = (of: 'high' | 'low'): V => {
    const [h, o, w, b] = atanSteps.map((step) => c(step[of])) as [V, V, V, V]
    return pick([c(0), h, o, w, b])
  }
  const t = bind(div(top, bottom))
  const z = bind(mul(t, t))
  const tail = mul(t, mul(z, horner(z, atanTail)))
  return signed(sub(constant('high'), sub(sub(tail, constant('low')), t)), x)
}
const asinTop = [
  1.66666666666666657415e-1, -3.25565818622400915405e-1, 2.01212532134862925881e-1, -4.00555345006794114027e-2,
  7.91534994289814532176e-4, 3.4793310759602116757e-5,
]
const asinBottom = [
  1, -2.40339491173441421878, 2.02094576023350569471, -6.8828397160545329303e-1, 7.70381505559019352791e-2,
]
/** (asin(sqrt z) - sqrt z) / sqrt z */
const asinRatio = (z: V): V => div(mul(z, horner(z, asinTop)), horner(z, asinBottom))
/** x^2 below 1/2, (1 - |x|) / 2 above; there also its root, the first bits of that, and the root's rest. */
const asinParts = ({ bind }: Site, x: V) => {
  const a = bind(abs(x))
  const inner = bind(lt(a, c(0.5)))
  const z = bind(select(inner, mul(x, x), mul(sub(c(1), a), c(0.5))))
  const r = bind(asinRatio(z))
  const root = bind(sqrt(z))
  const first = bind(and(root, bits(-1)))
  const rest = bind(div(sub(z, mul(first, first)), add(root, first)))
  return { inner, z, r, root, first, rest: bind(select(eq(z, c(0)), c(0), rest)) }
}
const asin = (s: Site, _: Call, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const { inner, r, root, first, rest } = asinParts(s, x)
  const p = sub(mul(add(root, root), r), sub(c(halfPi[1]), add(rest, rest)))
  const q = sub(c(Math.PI / 4), add(first, first))
  const outer = sub(c(Math.PI / 4), sub(p, q))
  return select(inner, add(x, mul(x, r)), signed(outer, x))
}
const acos = (s: Site, _: Call, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const { inner, r, root, first, rest } = asinParts(s, x)
  const near = sub(c(halfPi[0]), sub(x, sub(c(halfPi[1]), mul(x, r))))
  const above = mul(c(2), add(first, add(mul(root, r), rest)))
  const below = sub(c(Math.PI), mul(c(2), add(root, sub(mul(root, r), c(halfPi[1])))))
  return select(inner, near, select(gt(x, c(0)), above, below))
}
const atan2 = ({ bind }: Site, call: Call, y0: V, x0: V): V => {
  const y = bind(y0)
  const x = bind(x0)
  const [a, b] = [bind(abs(y)), bind(abs(x))]
  const even = and(eq(a, b), or(eq(a, c(0)), eq(a, c(inf))))
  const z = bind(call('atan', select(even, select(eq(a, c(0)), c(0), c(1)), div(a, b))))
  const behind = lt(signed(c(1), x), c(0))
  const turned = sub(c(Math.PI), sub(z, c(2 * halfPi[1])))
  return signed(select(behind, turned, z), y)
}

// -- powers ----------------------------------------------------------------------------------------------------------

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
const pow = (s: Site, _: Call, x0: V, y0: V): V => {
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
  const edge = select(gt(side, c(0)), c(inf), select(lt(side, c(0)), c(0), c(nan)))
  const huge = bind(gt(abs(y), c(2 ** 70)))
  const extreme = and(huge, ne(a, c(1)))
  const proper = bind(and(and(and(finite(a), gt(a, c(0))), finite(y)), not(extreme)))
  const p = bind(select(proper, usual, select(and(eq(a, c(1)), finite(y)), c(1), edge)))
  const half = bind(mul(y, c(0.5)))
  const whole = bind(eq(f64x2.trunc(y), y))
  const odd = andnot(whole, eq(f64x2.trunc(half), half))
  const withSign = bind(or(p, and(and(odd, x), signBit)))
  const root = and(and(lt(x, c(0)), gt(x, c(-inf))), not(whole))
  const anyRoot = select(root, c(nan), withSign)
  return select(eq(y, c(0)), c(1), select(ne(y, y), y, select(ne(x, x), x, anyRoot)))
}
/** Scaled so that no square overflows or is lost. An infinity beside a NaN gives infinity, as Math.hypot. */
const hypot = ({ bind }: Site, _: Call, x0: V, y0: V): V => {
  const [x, y] = [bind(abs(x0)), bind(abs(y0))]
  const most = bind(f64x2.max(x, y))
  const scale = bind(select(gt(most, c(2 ** 500)), c(2 ** -600), select(lt(most, c(2 ** -450)), c(2 ** 600), c(1))))
  const [a, b] = [bind(mul(x, scale)), bind(mul(y, scale))]
  const root = div(sqrt(add(mul(a, a), mul(b, b))), scale)
  return select(or(eq(x, c(inf)), eq(y, c(inf))), c(inf), root)
}

// -- the normal distribution -----------------------------------------------------------------------------------------

const erfTop = [3.1611237438705656, 113.864154151050156, 377.485237685302021, 3209.37758913846947, 0.185777706184603153]
const erfBottom = [23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062]
const erfcTop = [
  0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.95222124176909,
  1712.04761263407058, 2051.07837782607147, 1230.33935479799725, 2.15311535474403846e-8,
]
const erfcBottom = [
  15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963,
  4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
]
const farTop = [
  0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 6.58749161529837803e-4,
  0.0163153871373020978,
]
const farBottom = [
  2.56852019228982242, 1.87295284992346047, 0.527905102951428412, 0.0605183413124413191, 0.00233520497626869185,
]
/** In Cody's order of coefficients. */
const ratio = ({ bind }: Site, x: V, top: readonly number[], bottom: readonly number[]): V => {
  const n = bottom.length
  let [numerator, denominator] = [mul(c(top[n] as number), x), x]
  for (let i = 0; i < n - 1; i++) {
    numerator = mul(add(numerator, c(top[i] as number)), x)
    denominator = mul(add(denominator, c(bottom[i] as number)), x)
  }
  return bind(div(add(numerator, c(top[n - 1] as number)), add(denominator, c(bottom[n - 1] as number))))
}
/** exp(-x^2) and exp(-x^2 / 2), whose square is not rounded. */
const bell =
  (factor: number) =>
  ({ bind }: Site, call: Call, x: V): V => {
    const y = bind(f64x2.min(abs(x), c(40)))
    const high = bind(mul(f64x2.trunc(mul(y, c(16))), c(1 / 16)))
    const rest = mul(mul(sub(y, high), c(-factor)), add(y, high))
    return mul(call('exp', mul(mul(high, c(-factor)), high)), call('exp', rest))
  }
const scaledErfc = (s: Site, _: Call, y0: V): V => {
  const y = s.bind(y0)
  const z = s.bind(div(c(1), mul(y, y)))
  const far = div(sub(c(0.56418958354775628695), mul(z, ratio(s, z, farTop, farBottom))), y)
  return select(le(y, c(4)), ratio(s, s.bind(f64x2.min(y, c(4))), erfcTop, erfcBottom), far)
}
const small = 0.46875
/** Beyond this, erfc is 0. */
const last = 40
const erfNear0 = (s: Site, x: V): V => {
  const z = s.bind(select(gt(abs(x), c(1.11e-16)), mul(x, x), c(0)))
  return s.bind(mul(x, ratio(s, z, erfTop, erfBottom)))
}
const tailOf = ({ bind }: Site, call: Call, x: V, y: V, name: 'gaussian' | 'bell', factor: number): V =>
  bind(mul(mul(c(factor), call(name, x)), call('scaledErfc', f64x2.max(f64x2.min(y, c(last)), c(small)))))
const erf = (s: Site, call: Call, x0: V): V => {
  const x = s.bind(x0)
  const a = s.bind(abs(x))
  const far = signed(sub(c(1), tailOf(s, call, x, a, 'gaussian', 1)), x)
  return select(le(a, c(small)), erfNear0(s, x), select(ne(x, x), x, far))
}
const erfc = (s: Site, call: Call, x0: V): V => {
  const x = s.bind(x0)
  const a = s.bind(abs(x))
  const tail = tailOf(s, call, x, a, 'gaussian', 1)
  const far = select(lt(x, c(0)), sub(c(2), tail), tail)
  return select(le(a, c(small)), sub(c(1), erfNear0(s, x)), select(ne(x, x), x, far))
}
const normalPdf = (_: Site, call: Call, x: V): V => mul(c(0.3989422804014327), call('bell', x))
const normalCdf = (s: Site, call: Call, x0: V): V => {
  const x = s.bind(x0)
  const y = s.bind(mul(x, c(Math.SQRT1_2)))
  const a = s.bind(abs(y))
  const tail = tailOf(s, call, x, a, 'bell', 0.5)
  const far = select(lt(x, c(0)), tail, sub(c(1), tail))
  const near = add(c(0.5), mul(c(0.5), erfNear0(s, y)))
  return select(le(a, c(small)), near, select(ne(x, x), x, far))
}

type Body = (s: Site, call: Call, x: V, y: V) => V
/** The functions on two float64, and parts of them, each once in a module. */
export type Precise =
  | 'exp'
  | 'halfExp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'pieces'
  | 'quarterNumber'
  | 'farRest'
  | 'farTail'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'erf'
  | 'erfc'
  | 'gaussian'
  | 'bell'
  | 'scaledErfc'
  | 'normalCdf'
  | 'normalPdf'
  | 'logistic'
  | 'sech'
  | 'pow'
  | 'atan2'
  | 'hypot'
/** The number of arguments, and the code. */
export const precise: { readonly [P in Precise]: readonly [arity: 1 | 2, body: Body] } = {
  exp: [1, exp],
  halfExp: [1, halfExp],
  expm1: [1, expm1],
  log: [1, log],
  log1p: [1, log1p],
  sin: [1, zeroKept(wave(0))],
  cos: [1, wave(1)],
  tan: [1, zeroKept(tan)],
  pieces: [1, (_, __, k) => pieces(k)],
  quarterNumber: [1, quarterNumber],
  farRest: [1, farRest],
  farTail: [1, farTail],
  asin: [1, asin],
  acos: [1, acos],
  atan: [1, atan],
  sinh: [1, sinh],
  cosh: [1, cosh],
  tanh: [1, tanh],
  asinh: [1, asinh],
  acosh: [1, acosh],
  atanh: [1, atanh],
  erf: [1, erf],
  erfc: [1, erfc],
  gaussian: [1, bell(1)],
  bell: [1, bell(0.5)],
  scaledErfc: [1, scaledErfc],
  normalCdf: [1, normalCdf],
  normalPdf: [1, normalPdf],
  logistic: [1, logistic],
  sech: [1, sech],
  pow: [2, pow],
  atan2: [2, atan2],
  hypot: [2, hypot],
}
