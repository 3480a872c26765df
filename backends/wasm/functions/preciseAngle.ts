/**
 * Angles in float64: x = n pi/2 + r, for every finite x. Up to 2^20 pi/2 in three steps with 151 bits of pi; above by
 * the digits of 2/pi that count, exactly.
 *
 * Source: fdlibm (Sun Microsystems), e_rem_pio2.c
 */
import { f64x2, v128 } from '../assembler/index.ts'
import type { Call as CallOf, Site, V } from './double.ts'

type Call = CallOf<'pieces'>
const c = f64x2.const
const { add, sub, mul, abs, floor, nearest } = f64x2

/** The rest y0 + y1 with |y0| <= pi/4, and the number of quarter turns, right modulo 4. */
export interface Angle {
  readonly y0: V
  readonly y1: V
  readonly n: V
}
/** a + b and what rounding has lost. */
const twoSum = ({ bind }: Site, a: V, b: V): readonly [V, V] => {
  const s = bind(add(a, b))
  const back = bind(sub(s, a))
  return [s, bind(add(sub(a, sub(s, back)), sub(b, back)))]
}
/** pi/2 = high + middle + low + tail: the first three have 33 bits, so that n times each is exact. */
const [high, middle, low, tail] = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
] as const
export const nearAngle = (s: Site, x: V): Angle => {
  const { bind } = s
  const n = bind(nearest(mul(x, c(2 / Math.PI))))
  const first = sub(x, mul(n, c(high)))
  const [second, lost] = twoSum(s, bind(first), bind(mul(n, c(-middle))))
  const [third, lostToo] = twoSum(s, second, bind(mul(n, c(-low))))
  const rest = bind(sub(add(lost, lostToo), mul(n, c(tail))))
  const y0 = bind(add(third, rest))
  return { y0, y1: bind(add(sub(third, y0), rest)), n }
}
/** Up to here nearAngle is right. */
export const farAngle = 1647099

/** 2/pi in pieces of 24 bits. */
const twoOverPi = [
  0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd, 0xc0db62, 0x95993c, 0x439041, 0xfe5163, 0xabdebb, 0xc561b7,
  0x246e3a, 0x424dd2, 0xe00649, 0x2eea09, 0xd1921c, 0xfe1deb, 0x1cb129, 0xa73ee8, 0x8235f5, 0x2ebb44, 0x84e99c,
  0x7026b4, 0x5f7e41, 0x3991d6, 0x398353, 0x39f49c, 0x845f8b, 0xbdf928, 0x3b1ff8, 0x97ffde, 0x05980f, 0xef2f11,
  0x8b5a0a, 0x6d1f6d, 0x367ecf, 0x27cb09, 0xb74f46, 0x3f669e, 0x5fea2d, 0x7527ba, 0xc7ebe5, 0xf17b3d, 0x0739f7,
  0x8a5292, 0xea6bfb, 0x5fb11f, 0x8d5d08, 0x560330, 0x46fc7b, 0x6babf0, 0xcfbc20, 0x9af436,
]
/** The pieces with these numbers; 0 before the first. */
export const pieces = (k: V): V =>
  twoOverPi.reduce<V>((found, piece, i) => v128.select(f64x2.eq(k, c(i)), c(piece), found), c(0))

interface Sum {
  readonly high: V
  readonly low: V
  readonly lowest: V
}
const plus = (s: Site, { high, low, lowest }: Sum, x: V): Sum => {
  const [sum, lost] = twoSum(s, high, x)
  const [rest, lostRest] = twoSum(s, low, lost)
  return { high: sum, low: rest, lowest: s.bind(add(lowest, lostRest)) }
}
const upTo = ({ bind }: Site, x: V, unit: number): V => bind(mul(f64x2.trunc(mul(x, c(1 / unit))), c(unit)))
/** x 2/pi modulo 4: all products are exact, and so are their remainders. */
const quarterTurns = (s: Site, call: Call, x0: V): Sum => {
  const { bind } = s
  const x = bind(x0)
  const raised = f64x2.shrInt(abs(x), 52)
  const exponent = sub(v128.or(raised, c(2 ** 52)), c(2 ** 52 + 1023))
  const first = bind(floor(mul(sub(exponent, c(29)), c(1 / 24))))
  // the bits of a power of 2 are the low ones of its exponent + 1023 + 2^52
  const scale = f64x2.shlInt(sub(c(2 ** 52 + 1023), mul(first, c(24))), 52)
  const m = bind(mul(x, scale))
  const top = upTo(s, m, 2 ** 29)
  const centre = upTo(s, bind(sub(m, top)), 2 ** 5)
  const end = bind(sub(sub(m, top), centre))
  let sum: Sum = { high: c(0), low: c(0), lowest: c(0) }
  for (let j = -2; j <= 8; j++) {
    const piece = bind(mul(call('pieces', add(first, c(j))), c(2 ** (-24 * (j + 1)))))
    for (const part of [top, centre, end]) {
      const p = bind(mul(part, piece))
      sum = plus(s, sum, bind(sub(p, mul(c(4), nearest(mul(p, c(0.25)))))))
    }
  }
  return sum
}
/** x 2/pi - n, as a sum of two numbers. */
export const quarterRest = (s: Site, call: Call, x: V): readonly [V, V] => {
  const { high, low, lowest } = quarterTurns(s, call, x)
  const [sum, lost] = twoSum(s, sub(high, nearest(high)), low)
  return [sum, s.bind(add(lost, lowest))]
}
export const quarterNumber = (s: Site, call: Call, x: V): V => {
  const n = s.bind(nearest(quarterTurns(s, call, x).high))
  return sub(n, mul(c(4), floor(mul(n, c(0.25)))))
}
