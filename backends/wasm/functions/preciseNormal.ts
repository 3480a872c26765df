/** The error function and the normal distribution, on two float64, as in lang/kernel/erf.ts */
import { type Cody, codyFar, codyMiddle, codyNear } from '../../../lang/kernel/erf.ts'
import { f64x2, v128 } from '../assembler/index.ts'
import type { Site, V } from './double.ts'
import { c, type PreciseCall, type PreciseFamily, signed } from './preciseSite.ts'

const { add, sub, mul, div, lt, le, gt, ne, abs } = f64x2
const { select } = v128

/** In Cody's order of coefficients. */
const ratio = ({ bind }: Site, x: V, { top, bottom }: Cody): V => {
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
  ({ bind }: Site, call: PreciseCall, x: V): V => {
    const y = bind(f64x2.min(abs(x), c(40)))
    const high = bind(mul(f64x2.trunc(mul(y, c(16))), c(1 / 16)))
    const rest = mul(mul(sub(y, high), c(-factor)), add(y, high))
    return mul(call('exp', mul(mul(high, c(-factor)), high)), call('exp', rest))
  }
const scaledErfc = (s: Site, _: PreciseCall, y0: V): V => {
  const y = s.bind(y0)
  const z = s.bind(div(c(1), mul(y, y)))
  const far = div(sub(c(0.56418958354775628695), mul(z, ratio(s, z, codyFar))), y)
  return select(le(y, c(4)), ratio(s, s.bind(f64x2.min(y, c(4))), codyMiddle), far)
}
const small = 0.46875
/** Beyond this, erfc is 0. */
const last = 40
const erfNear0 = (s: Site, x: V): V => {
  const z = s.bind(select(gt(abs(x), c(1.11e-16)), mul(x, x), c(0)))
  return s.bind(mul(x, ratio(s, z, codyNear)))
}
const tailOf = ({ bind }: Site, call: PreciseCall, x: V, y: V, name: 'gaussian' | 'bell', factor: number): V =>
  bind(mul(mul(c(factor), call(name, x)), call('scaledErfc', f64x2.max(f64x2.min(y, c(last)), c(small)))))
const erf = (s: Site, call: PreciseCall, x0: V): V => {
  const x = s.bind(x0)
  const a = s.bind(abs(x))
  const far = signed(sub(c(1), tailOf(s, call, x, a, 'gaussian', 1)), x)
  return select(le(a, c(small)), erfNear0(s, x), select(ne(x, x), x, far))
}
const erfc = (s: Site, call: PreciseCall, x0: V): V => {
  const x = s.bind(x0)
  const a = s.bind(abs(x))
  const tail = tailOf(s, call, x, a, 'gaussian', 1)
  const far = select(lt(x, c(0)), sub(c(2), tail), tail)
  return select(le(a, c(small)), sub(c(1), erfNear0(s, x)), select(ne(x, x), x, far))
}
const normalPdf = (_: Site, call: PreciseCall, x: V): V => mul(c(0.3989422804014327), call('bell', x))
const normalCdf = (s: Site, call: PreciseCall, x0: V): V => {
  const x = s.bind(x0)
  const y = s.bind(mul(x, c(Math.SQRT1_2)))
  const a = s.bind(abs(y))
  const tail = tailOf(s, call, x, a, 'bell', 0.5)
  const far = select(lt(x, c(0)), tail, sub(c(1), tail))
  const near = add(c(0.5), mul(c(0.5), erfNear0(s, y)))
  return select(le(a, c(small)), near, select(ne(x, x), x, far))
}

export const normals: PreciseFamily<'erf' | 'erfc' | 'gaussian' | 'bell' | 'scaledErfc' | 'normalCdf' | 'normalPdf'> = {
  erf: [1, erf],
  erfc: [1, erfc],
  gaussian: [1, bell(1)],
  bell: [1, bell(0.5)],
  scaledErfc: [1, scaledErfc],
  normalCdf: [1, normalCdf],
  normalPdf: [1, normalPdf],
}
