/**
 * Complex numbers: records of two real arrays of one shape. The functions have the names of those of real numbers;
 * import them as `complex`, and write complex.mul(z, w).
 *
 * Derivatives are those of the two real parts. So the gradient of a real loss is { re: dL/dx, im: dL/dy } for z = x + iy:
 * the direction of steepest ascent, as in PyTorch. (JAX has its conjugate.)
 */
import { declareJvp } from '../control/custom.ts'
import { like } from '../primitives/constant.ts'
import * as R from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Fits, FitsMatmul, Joined, Matmul } from '../types/index.ts'
import { scaleOf } from './norm.ts'
import { matmul as realMatmul } from './product.ts'

/** x + iy, element by element. */
export interface Complex<S extends Shape = Shape> {
  readonly re: Expr<S, 'real'>
  readonly im: Expr<S, 'real'>
}
/** Without types of shapes, for the formulas below. */
interface Z {
  readonly re: Expr
  readonly im: Expr
}
type Unary = <S extends Shape>(z: Complex<S>) => Complex<S>
type Part = <S extends Shape>(z: Complex<S>) => Expr<S, 'real'>
type Binary = <A extends Shape, B extends Shape>(z: Complex<A>, w: Complex<B> & Fits<A, B>) => Complex<Joined<A, B>>

const plus = (z: Z, w: Z): Z => ({ re: R.add(z.re, w.re), im: R.add(z.im, w.im) })
const minus = (z: Z, w: Z): Z => ({ re: R.sub(z.re, w.re), im: R.sub(z.im, w.im) })
const bilinear =
  (f: (x: Expr, y: Expr) => Expr) =>
  (z: Z, w: Z): Z => ({
    re: R.sub(f(z.re, w.re), f(z.im, w.im)),
    im: R.add(f(z.re, w.im), f(z.im, w.re)),
  })
const product = bilinear((x, y) => R.mul(x, y))
const scaled = (z: Z, by: Expr | number): Z => ({ re: R.mul(z.re, by), im: R.mul(z.im, by) })
const conjugate = ({ re, im }: Z): Z => ({ re, im: R.neg(im) })
/** Both parts are divided by the larger part of w first, so that no square overflows. */
const quotient = (z: Z, w: Z): Z => {
  const scale = scaleOf(R.max(R.abs(w.re), R.abs(w.im)))
  const d = { re: R.div(w.re, scale), im: R.div(w.im, scale) }
  const n = product({ re: R.div(z.re, scale), im: R.div(z.im, scale) }, conjugate(d))
  const square = R.add(R.mul(d.re, d.re), R.mul(d.im, d.im))
  return { re: R.div(n.re, square), im: R.div(n.im, square) }
}
/** z / |z|, and 0 at 0. */
const direction = ({ re, im }: Z, r: Expr): Z => {
  const length = R.select(R.eq(r, 0), 1, r)
  return { re: R.div(re, length), im: R.div(im, length) }
}
const modulus = declareJvp(
  ({ re, im }: Z): Expr => R.hypot(re, im),
  (z, d, r): Expr => {
    const u = direction(z, r)
    return R.add(R.mul(u.re, d.re), R.mul(u.im, d.im))
  },
)
const argument = declareJvp(
  ({ re, im }: Z): Expr => R.atan2(im, re),
  (z, d): Expr => {
    const r = modulus(z)
    const u = direction(z, r)
    return R.div(R.sub(R.mul(u.re, d.im), R.mul(u.im, d.re)), R.select(R.eq(r, 0), 1, r))
  },
)

/** x + iy of two real arrays of one shape; y is 0 if it is left out. */
export const of = operation(
  'complex.of(re, im?)',
  <S extends Shape>(re: Expr<S, 'real'>, im?: Expr<NoInfer<S>, 'real'>): Complex<S> => ({ re, im: im ?? like(re, 0) }),
)
/** r e^(i angle) of two real arrays. Law: polar(abs(z), angle(z)) = z */
export const polar = operation(
  'complex.polar(r, angle)',
  <S extends Shape>(r: Expr<S, 'real'>, angle: Expr<NoInfer<S>, 'real'>): Complex<S> =>
    scaled({ re: R.cos(angle), im: R.sin(angle) }, r) as Complex<S>,
)
/**
 * z + w. Shape: broadcast
 *
 * @example
 * const f = programOrThrow({ re: real(), im: real() }, (z) => complex.mul(z, z))
 * evaluate(f.closed, [Float64Array.of(1), Float64Array.of(2)]).map((x) => [...x]) // => [[-3], [4]]
 */
export const add: Binary = operation('complex.add(z, w)', plus as Binary)
/** z - w. Shape: broadcast */
export const sub: Binary = operation('complex.sub(z, w)', minus as Binary)
/** z w = (ac - bd) + i (ad + bc). Shape: broadcast */
export const mul: Binary = operation('complex.mul(z, w)', product as Binary)
/** z / w, without overflow of |w|^2. NaN where w is 0. Shape: broadcast */
export const div: Binary = operation('complex.div(z, w)', quotient as Binary)
/** -z */
export const neg: Unary = operation('complex.neg(z)', ((z: Z): Z => ({ re: R.neg(z.re), im: R.neg(z.im) })) as Unary)
/** The conjugate x - iy. */
export const conj: Unary = operation('complex.conj(z)', conjugate as Unary)
/** The modulus |z|, without overflow; its derivative at 0 is 0. */
export const abs: Part = operation('complex.abs(z)', modulus as Part)
/** |z|^2 = x^2 + y^2 */
export const abs2: Part = operation(
  'complex.abs2(z)',
  (({ re, im }: Z): Expr => R.add(R.mul(re, re), R.mul(im, im))) as Part,
)
/** The angle of z, from -pi to pi; its derivative at 0 is 0. */
export const angle: Part = operation('complex.angle(z)', argument as Part)
const exponential = ({ re, im }: Z): Z => scaled({ re: R.cos(im), im: R.sin(im) }, R.exp(re))
/** e^z = e^x (cos y + i sin y) */
export const exp: Unary = operation('complex.exp(z)', exponential as Unary)
/** ln |z|; where |z| is near 1 of its distance to 1, which has more digits. */
const logModulus = (z: Z): Expr => {
  const r = modulus(z)
  const excess = R.add(R.mul(R.sub(R.abs(z.re), 1), R.add(R.abs(z.re), 1)), R.mul(z.im, z.im))
  const isNear = R.and(R.lt(0.7, r), R.lt(r, 1.4))
  return R.select(isNear, R.mul(0.5, R.log1p(R.select(isNear, excess, 0))), R.log(R.select(isNear, 1, r)))
}
const logarithm = (z: Z): Z => ({ re: logModulus(z), im: argument(z) })
/** ln z = ln |z| + i angle(z): the principal value. */
export const log: Unary = operation('complex.log(z)', logarithm as Unary)
const halfRoot = ({ re, im }: Z): Z => {
  const t = R.sqrt(R.add(R.mul(0.5, R.abs(re)), R.mul(0.5, R.hypot(re, im))))
  const other = R.div(R.mul(0.5, im), R.select(R.eq(t, 0), 1, t))
  const isRight = R.le(0, re)
  return {
    re: R.select(isRight, t, R.abs(other)),
    im: R.select(isRight, other, R.select(R.or(R.lt(im, 0), R.lt(R.div(1, im), 0)), R.neg(t), t)),
  }
}
const root = declareJvp(halfRoot, (_, d, y): Z => quotient(d as Z, scaled(y as Z, 2)))
/** The square root in the right half-plane; of -x - 0i its negative imaginary one. Its derivative at 0 is not finite. */
export const sqrt: Unary = operation('complex.sqrt(z)', root as Unary)
/** z^w = e^(w ln z): the principal value, and NaN where z is 0. Shape: broadcast */
export const pow: Binary = operation(
  'complex.pow(z, w)',
  ((z: Z, w: Z): Z => exponential(product(w, logarithm(z)))) as Binary,
)
/** sin z = sin x cosh y + i cos x sinh y */
export const sin: Unary = operation(
  'complex.sin(z)',
  (({ re, im }: Z): Z => ({ re: R.mul(R.sin(re), R.cosh(im)), im: R.mul(R.cos(re), R.sinh(im)) })) as Unary,
)
/** cos z = cos x cosh y - i sin x sinh y */
export const cos: Unary = operation(
  'complex.cos(z)',
  (({ re, im }: Z): Z => ({ re: R.mul(R.cos(re), R.cosh(im)), im: R.neg(R.mul(R.sin(re), R.sinh(im))) })) as Unary,
)
/** sinh z = sinh x cos y + i cosh x sin y */
export const sinh: Unary = operation(
  'complex.sinh(z)',
  (({ re, im }: Z): Z => ({ re: R.mul(R.sinh(re), R.cos(im)), im: R.mul(R.cosh(re), R.sin(im)) })) as Unary,
)
/** cosh z = cosh x cos y + i sinh x sin y */
export const cosh: Unary = operation(
  'complex.cosh(z)',
  (({ re, im }: Z): Z => ({ re: R.mul(R.cosh(re), R.cos(im)), im: R.mul(R.sinh(re), R.sin(im)) })) as Unary,
)
/** The matrix product, with the shapes of `matmul`. Cost: four real products */
export const matmul: <A extends Shape, B extends Shape>(
  z: Complex<A>,
  w: Complex<B> & FitsMatmul<A, B>,
) => Complex<Matmul<A, B>> = operation(
  'complex.matmul(z, w)',
  bilinear((x, y) => realMatmul(x, y)) as <A extends Shape, B extends Shape>(
    z: Complex<A>,
    w: Complex<B> & FitsMatmul<A, B>,
  ) => Complex<Matmul<A, B>>,
)
