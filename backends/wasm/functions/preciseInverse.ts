/** Angles of a sine, a cosine or a tangent, on two float64. Source: fdlibm (Sun Microsystems), s_atan.c, e_asin.c */
import { f64x2, v128 } from '../assembler/index.ts'
import type { Site, V } from './double.ts'
import { bits, c, halfPi, horner, inf, type PreciseCall, type PreciseFamily, signed } from './preciseSite.ts'

const { add, sub, mul, div, lt, gt, ge, eq, abs, sqrt } = f64x2
const { and, or, select } = v128

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
const atan = ({ bind }: Site, _: PreciseCall, x0: V): V => {
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
const asin = (s: Site, _: PreciseCall, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const { inner, r, root, first, rest } = asinParts(s, x)
  const p = sub(mul(add(root, root), r), sub(c(halfPi[1]), add(rest, rest)))
  const q = sub(c(Math.PI / 4), add(first, first))
  const outer = sub(c(Math.PI / 4), sub(p, q))
  return select(inner, add(x, mul(x, r)), signed(outer, x))
}
const acos = (s: Site, _: PreciseCall, x0: V): V => {
  const { bind } = s
  const x = bind(x0)
  const { inner, r, root, first, rest } = asinParts(s, x)
  const near = sub(c(halfPi[0]), sub(x, sub(c(halfPi[1]), mul(x, r))))
  const above = mul(c(2), add(first, add(mul(root, r), rest)))
  const below = sub(c(Math.PI), mul(c(2), add(root, sub(mul(root, r), c(halfPi[1])))))
  return select(inner, near, select(gt(x, c(0)), above, below))
}
const atan2 = ({ bind }: Site, call: PreciseCall, y0: V, x0: V): V => {
  const y = bind(y0)
  const x = bind(x0)
  const [a, b] = [bind(abs(y)), bind(abs(x))]
  const even = and(eq(a, b), or(eq(a, c(0)), eq(a, c(inf))))
  const z = bind(call('atan', select(even, select(eq(a, c(0)), c(0), c(1)), div(a, b))))
  const behind = lt(signed(c(1), x), c(0))
  const turned = sub(c(Math.PI), sub(z, c(2 * halfPi[1])))
  return signed(select(behind, turned, z), y)
}

export const inverses: PreciseFamily<'asin' | 'acos' | 'atan' | 'atan2'> = {
  asin: [1, asin],
  acos: [1, acos],
  atan: [1, atan],
  atan2: [2, atan2],
}
