/**
 * One number out of one number of each argument, at every index. A primitive is one line of a table: element types, the
 * interval its laws are tested on, algebra, and the derivative, written with its arguments and its result. A second
 * table has its LaTeX and its English sentence. Then come the functions that users call; pointwise.ts builds them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { mapWithIndex } from 'fp-ts/lib/ReadonlyRecord.js'
import { type Fn, fn, kernel, num, type Scalar } from '../kernel/index.ts'
import { ill, invalid } from '../syntax/error.ts'
import type { Expr, Maybe } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, real, type Shape } from '../syntax/shape.ts'
import { like } from './constant.ts'
import { type Algebra, apply, type Entry, type LinearMap } from './entry.ts'
import {
  type Binary, type BinaryRow, binaryEntry, binaryOf, type Interval, type NoAttrs, type PredicateRow, predicateEntry,
  type Unary, type UnaryRow, unaryEntry, unaryOf, type Words,
} from './pointwise.ts'
import { convertEntry, select, selectEntry, stopGradient, stopGradientEntry } from './select.ts'

export type { DTypeOf, Operand, ShapeOf } from './pointwise.ts'
export { convertEntry, select, selectEntry, stopGradient, toBool, toInt, toReal } from './select.ts'

// -- the vocabulary of the tables ------------------------------------------------------------------------------------

// linear maps at an index: how they push a tangent, and pull a cotangent
const same: LinearMap = { push: (t) => t, pull: (ct) => ct }
const negate: LinearMap = { push: (t) => neg(t), pull: (ct) => neg(ct) }
const scale = (by: Expr): LinearMap => ({ push: (t) => mul(t, by), pull: (ct) => mul(ct, by) })
const over = (by: Expr): LinearMap => ({ push: (t) => div(t, by), pull: (ct) => div(ct, by) })
const overTwice = (by: Expr): LinearMap => ({ push: (t) => div(div(t, by), by), pull: (ct) => div(div(ct, by), by) })

const reals: readonly 'real'[] = ['real']
const numbers: readonly ('real' | 'int')[] = ['real', 'int']
const truths: readonly 'bool'[] = ['bool']
const anything: readonly DType[] = ['real', 'int', 'bool']

const all: Interval = [-2, 2], positive: Interval = [0.3, 2]
const inner: Interval = [-0.9, 0.9], aboveOne: Interval = [1.2, 3]
const awayFrom0: readonly Interval[] = [positive, [-2, -0.3]]

const involution: Algebra = { involution: true }                       // f(f(x)) = x
const idempotent: Algebra = { idempotent: true }                       // f(f(x)) = f(x), f(x, x) = x
const rightUnit = (u: number): Algebra => ({ identity: { right: u } }) // f(x, u) = x
const commutative = (u: number): Algebra => ({ commutative: true, identity: { left: u, right: u } })
const lattice = (u: number): Algebra => ({ ...commutative(u), idempotent: true })
const least = Number.NEGATIVE_INFINITY, greatest = Number.POSITIVE_INFINITY
const twoOverRootPi = 2 / Math.sqrt(Math.PI)
const square = (x: Expr): Expr => mul(x, x)
/** 1 - x^2. Near 1 it is (1 - x)(1 + x), without rounding x^2; near 0 its derivative -2x must not be -(1 + x) + (1 - x). */
const oneMinusSquare = (x: Expr): Expr =>
  select(lt(abs(x), 0.5), sub(1, square(x)), mul(sub(1, x), add(1, x)))
/** x, and 0 where the density of x is 0: the square of a large x would overflow beside it. */
const within = (x: Expr): Expr => select(lt(1000, abs(x)), 0, x)

// -- one argument: y = f(x) ------------------------------------------------------------------------------------------

const unaries = {
  //          of        tested on   algebra     derivative
  neg:       [numbers, all,        involution, () => negate],
  abs:       [numbers, awayFrom0,  idempotent, (x) => scale(sign(x))],
  sign:      [numbers, awayFrom0,  idempotent, () => null],
  floor:     [reals,   [0.1, 0.9], idempotent, () => null],
  ceil:      [reals,   [0.1, 0.9], idempotent, () => null],
  round:     [reals,   [0.6, 1.4], idempotent, () => null],
  sqrt:      [reals,   positive,   {},         (_, y) => scale(div(0.5, y))],
  rsqrt:     [reals,   positive,   {},         (_, y) => scale(mul(-0.5, mul(y, mul(y, y))))],
  exp:       [reals,   all,        {},         (_, y) => scale(y)],
  expm1:     [reals,   all,        {},         (x) => scale(exp(x))],
  log:       [reals,   positive,   {},         (x) => over(x)],
  log1p:     [reals,   inner,      {},         (x) => over(add(x, 1))],
  sin:       [reals,   all,        {},         (x) => scale(cos(x))],
  cos:       [reals,   all,        {},         (x) => scale(neg(sin(x)))],
  tan:       [reals,   inner,      {},         (_, y) => scale(add(mul(y, y), 1))],
  asin:      [reals,   inner,      {},         (x) => scale(rsqrt(oneMinusSquare(x)))],
  acos:      [reals,   inner,      {},         (x) => scale(neg(rsqrt(oneMinusSquare(x))))],
  atan:      [reals,   all,        {},         (x) => overTwice(hypot(x, 1))],
  sinh:      [reals,   all,        {},         (x) => scale(cosh(x))],
  cosh:      [reals,   all,        {},         (x) => scale(sinh(x))],
  sech:      [reals,   all,        {},         (x, y) => scale(neg(mul(y, tanh(x))))],
  tanh:      [reals,   all,        {},         (x) => scale(square(sech(x)))],
  asinh:     [reals,   all,        {},         (x) => over(hypot(x, 1))],
  acosh:     [reals,   aboveOne,   {},         (x) => scale(mul(rsqrt(sub(x, 1)), rsqrt(add(x, 1))))],
  atanh:     [reals,   inner,      {},         (x) => over(oneMinusSquare(x))],
  logistic:  [reals,   all,        {},         (x) => scale(square(mul(0.5, sech(mul(0.5, x)))))],
  erf:       [reals,   all,        {},         (x) => scale(mul(twoOverRootPi, gaussian(x)))],
  erfc:      [reals,   all,        {},         (x) => scale(mul(-twoOverRootPi, gaussian(x)))],
  gaussian:  [reals,   all,        {},         (x, y) => scale(mul(-2, mul(within(x), y)))],
  normalCdf: [reals,   all,        {},         (x) => scale(normalPdf(x))],
  normalPdf: [reals,   all,        {},         (x, y) => scale(neg(mul(within(x), y)))],
} satisfies { readonly [F in Fn]?: UnaryRow }

// -- two arguments: z = f(x, y) --------------------------------------------------------------------------------------

const binaries = {
  //      of       tested on   algebra            derivative
  add:   [numbers, all,        commutative(-0),   () => [same, same]],
  sub:   [numbers, all,        rightUnit(0),      () => [same, negate]],
  mul:   [numbers, all,        commutative(1),    (x, y) => [scale(y), scale(x)]],
  div:   [numbers, positive,   rightUnit(1),      (_, y, z) => [over(y), shrinking(z, y)]],
  rem:   [numbers, [1.1, 1.9], {},                (x, y, z) => [same, scale(neg(round(div(sub(x, z), y))))]],
  max:   [numbers, all,        lattice(least),    (x, y) => [scale(share(y, x)), scale(share(x, y))]],
  min:   [numbers, all,        lattice(greatest), (x, y) => [scale(share(x, y)), scale(share(y, x))]],
  pow:   [reals,   positive,   {},                (x, y, z) => [scale(slope(x, y)), scale(growth(x, y, z))]],
  atan2: [reals,   positive,   {},                (y, x) => turning(y, x, hypot(y, x))],
  hypot: [reals,   positive,   {},                (x, y, z) => [scale(div(x, z)), scale(div(y, z))]],
} satisfies { readonly [F in Fn]?: BinaryRow }

/** d(x / y) / dy = -z / y, where z = x / y. t z first: z / y may overflow where the product does not. */
const shrinking = (z: Expr, y: Expr): LinearMap => {
  const map = (t: Expr): Expr => neg(div(mul(t, z), y))
  return { push: map, pull: map }
}
/** Of z with y z = x: y_0 z_k, which is x_k - y_k z_0 - .. - y_1 z_(k-1). */
export const quotientTerm = (
  times: (y: Expr, z: Expr) => Expr,
  x: Maybe,
  y: (k: number) => Maybe,
  z: (k: number) => Maybe,
  k: number,
): Maybe =>
  Array.from({ length: k }, (_, j) => [y(k - j), z(j)] as const).reduce<Maybe>((rest, [a, b]) => {
    const product = a && b && times(a, b)
    return rest && product ? sub(rest, product) : (rest ?? (product && neg(product)))
  }, x)
const ofQuotient: NonNullable<Entry<NoAttrs, [0, 0]>['taylor']> = (_, [x, y], z, k) => {
  const [y0, term] = [y(0), quotientTerm(mul, x(k), y, z, k)]
  return y0 && term && div(term, y0)
}
/** 1 where x is the smaller, half at a tie. */
const share = (x: Expr, y: Expr): Expr => select(eq(x, y), 0.5, select(lt(x, y), like(x, 1), like(x, 0)))
/**
 * d x^y / dx = y x^(y-1). Where y is 0 or 1 and 1/x is not finite it is the constant y, because its derivative in y is
 * infinite. At other x an exponent of 0 stays in the product: the derivative of 0 x^(-1) in y is 1/x.
 */
const slope = (x: Expr, y: Expr): Expr => {
  const singular = and(or(eq(y, 0), eq(y, 1)), not(lt(abs(div(1, x)), greatest)))
  const n = select(singular, stopGradient(y), y)
  return mul(n, power(select(singular, 1, x), sub(n, 1)))
}
/**
 * d x^y / dy = x^y ln |x|, 0 where x = 0 <= y. At x < 0 this is the derivative of +-|x|^y with its sign held, so that
 * an integer y keeps its derivatives in x. The guards are on the argument: the logarithm reads 1 where x = 0 <= y.
 */
const growth = (x: Expr, y: Expr, z: Expr): Expr =>
  mul(z, log(select(and(eq(x, 0), le(0, y)), 1, select(lt(x, 0), neg(x), x))))
/** d atan2(y, x) = (x dy - y dx) / r^2, where r^2 = x^2 + y^2. */
const turning = (y: Expr, x: Expr, r: Expr) => [scale(div(div(x, r), r)), scale(neg(div(div(y, r), r)))] as const

const predicates = {
  //    of        algebra
  lt:  [numbers,  {}],
  le:  [numbers,  {}],
  eq:  [anything, { commutative: true }],
  ne:  [anything, { commutative: true }],
  and: [truths,   lattice(1)],
  or:  [truths,   lattice(0)],
} satisfies { readonly [F in Fn]?: PredicateRow }

// -- words -----------------------------------------------------------------------------------------------------------

type Row = keyof typeof unaries | keyof typeof binaries | keyof typeof predicates
/** The LaTeX of the result, where $0 and $1 are the arguments; the English sentence. */
const words: { readonly [F in Row]: Words } = {
  neg:       ['-$0',                       'changes the sign'],
  abs:       ['|$0|',                      'absolute value; derivative 0 at 0'],
  sign:      ['\\operatorname{sign} $0',   '-1, 0 or 1; derivative 0'],
  floor:     ['\\lfloor $0 \\rfloor',      'largest integer that is not above; derivative 0'],
  ceil:      ['\\lceil $0 \\rceil',        'smallest integer that is not below; derivative 0'],
  round:     ['[$0]',                      'nearest integer, halves to even; derivative 0'],
  sqrt:      ['\\sqrt{$0}',                'square root'],
  rsqrt:     ['\\frac{1}{\\sqrt{$0}}',     'one over the square root'],
  exp:       ['e^{$0}',                    'exponential'],
  expm1:     ['e^{$0} - 1',                'exponential minus 1, exact near 0'],
  log:       ['\\ln $0',                   'natural logarithm'],
  log1p:     ['\\ln(1 + $0)',              'natural logarithm of 1 + x, exact near 0'],
  sin:       ['\\sin $0',                  'sine of an angle in radians'],
  cos:       ['\\cos $0',                  'cosine of an angle in radians'],
  tan:       ['\\tan $0',                  'tangent of an angle in radians'],
  asin:      ['\\arcsin $0',               'inverse sine, in radians'],
  acos:      ['\\arccos $0',               'inverse cosine, in radians'],
  atan:      ['\\arctan $0',               'inverse tangent, in radians'],
  sinh:      ['\\sinh $0',                 'hyperbolic sine'],
  cosh:      ['\\cosh $0',                 'hyperbolic cosine'],
  tanh:      ['\\tanh $0',                 'hyperbolic tangent'],
  asinh:     ['\\operatorname{arsinh} $0', 'inverse hyperbolic sine'],
  acosh:     ['\\operatorname{arcosh} $0', 'inverse hyperbolic cosine'],
  atanh:     ['\\operatorname{artanh} $0', 'inverse hyperbolic tangent'],
  sech:      ['\\operatorname{sech} $0',   'one over the hyperbolic cosine; its square is 1 - tanh^2 x'],
  logistic:  ['\\sigma($0)',               '1 / (1 + exp(-x))'],
  erf:       ['\\operatorname{erf} $0',    'error function'],
  erfc:      ['\\operatorname{erfc} $0',   'error function, subtracted from 1'],
  gaussian:  ['e^{-$0^2}',                 'exponential of -x^2'],
  normalCdf: ['\\Phi($0)',                 'probability that a standard normal number is at most x'],
  normalPdf: ['\\varphi($0)',              'density of the standard normal distribution'],

  add:   ['$0 + $1',                       'sum of two'],
  sub:   ['$0 - $1',                       'difference'],
  mul:   ['$0 \\cdot $1',                  'product of two'],
  div:   ['\\frac{$0}{$1}',                'quotient; of integers: rounded towards 0, and 0 for a divisor 0'],
  rem:   ['$0 \\bmod $1',                  'remainder, with the sign of the first'],
  max:   ['\\max($0, $1)',                 'the larger; at a tie each gets half of the derivative'],
  min:   ['\\min($0, $1)',                 'the smaller; at a tie each gets half of the derivative'],
  pow:   ['$0^{$1}',                       'power; derivative 0 in the base at exponent 0, and vice versa'],
  atan2: ['\\operatorname{atan2}($0, $1)', 'angle of the point (second, first), in radians'],
  hypot: ['\\sqrt{$0^2 + $1^2}',           'distance of a point from the origin'],

  lt:  ['$0 < $1',      'less than'],
  le:  ['$0 \\le $1',   'at most'],
  eq:  ['$0 = $1',      'equal'],
  ne:  ['$0 \\ne $1',   'not equal'],
  and: ['$0 \\land $1', 'both are true'],
  or:  ['$0 \\lor $1',  'at least one is true'],
}

/** What schools call the rule of differentiation. */
const rules: { readonly [F in Row]?: string } = {
  add: 'sum rule', sub: 'sum rule', mul: 'product rule', div: 'quotient rule', pow: 'power rule',
}

// -- the functions ---------------------------------------------------------------------------------------------------

const unaryEntries = pipe(unaries, mapWithIndex((f: keyof typeof unaries, r: UnaryRow) => unaryEntry(f, r, words[f])))
const binaryEntries = pipe(
  binaries,
  mapWithIndex((f: keyof typeof binaries, r: BinaryRow): Entry<NoAttrs, [0, 0], typeof f> => ({
    ...binaryEntry(f, r, words[f], rules[f]),
    ...(f === 'div' && { taylor: ofQuotient }),
  })),
)
const predicateEntries = pipe(
  predicates,
  mapWithIndex((f: keyof typeof predicates, r: PredicateRow) => predicateEntry(f, r, words[f])),
)
/** The element types of a row: numbers, as 'real' | 'int'. */
type From<R extends readonly [readonly DType[], ...(readonly unknown[])]> = R[0][number]
const unary = <F extends keyof typeof unaries>(f: F): Unary<From<(typeof unaries)[F]>> => unaryOf(unaryEntries[f])
const binary = <F extends keyof typeof binaries>(f: F): Binary<From<(typeof binaries)[F]>, 'same'> =>
  binaryOf(binaryEntries[f])
const predicate = <F extends keyof typeof predicates>(f: F): Binary<From<(typeof predicates)[F]>, 'bool'> =>
  binaryOf(predicateEntries[f])

/** Changes the sign. Law: neg(neg(x)) = x */
export const neg: Unary<'real' | 'int'> = unary('neg')
/** Absolute value; derivative 0 at 0. */
export const abs: Unary<'real' | 'int'> = unary('abs')
/** -1, 0 or 1; derivative 0. */
export const sign: Unary<'real' | 'int'> = unary('sign')
/** Largest integer that is not above; derivative 0. */
export const floor: Unary<'real'> = unary('floor')
/** Smallest integer that is not below; derivative 0. */
export const ceil: Unary<'real'> = unary('ceil')
/** Nearest integer, halves to even; derivative 0. */
export const round: Unary<'real'> = unary('round')
/** Square root. Derivative: 1 / (2 sqrt x). */
export const sqrt: Unary<'real'> = unary('sqrt')
/** One over the square root. Derivative: -1 / (2 x sqrt x). */
export const rsqrt: Unary<'real'> = unary('rsqrt')
/** Exponential. Derivative: exp x. */
export const exp: Unary<'real'> = unary('exp')
/** Exponential minus 1, exact near 0. Derivative: exp x. */
export const expm1: Unary<'real'> = unary('expm1')
/** Natural logarithm. Derivative: 1 / x. */
export const log: Unary<'real'> = unary('log')
/** Natural logarithm of 1 + x, exact near 0. Derivative: 1 / (1 + x). */
export const log1p: Unary<'real'> = unary('log1p')
/** Sine of an angle in radians. Derivative: cos x. */
export const sin: Unary<'real'> = unary('sin')
/** Cosine of an angle in radians. Derivative: -sin x. */
export const cos: Unary<'real'> = unary('cos')
/** Tangent of an angle in radians. Derivative: 1 + tan^2 x. */
export const tan: Unary<'real'> = unary('tan')
/** Inverse sine, in radians. Derivative: 1 / sqrt(1 - x^2). */
export const asin: Unary<'real'> = unary('asin')
/** Inverse cosine, in radians. Derivative: -1 / sqrt(1 - x^2). */
export const acos: Unary<'real'> = unary('acos')
/** Inverse tangent, in radians. Derivative: 1 / hypot(x, 1)^2. */
export const atan: Unary<'real'> = unary('atan')
/** Hyperbolic sine. Derivative: cosh x. */
export const sinh: Unary<'real'> = unary('sinh')
/** Hyperbolic cosine. Derivative: sinh x. */
export const cosh: Unary<'real'> = unary('cosh')
/** One over the hyperbolic cosine; its square is 1 - tanh^2 x. Derivative: -sech x tanh x. */
export const sech: Unary<'real'> = unary('sech')
/** Hyperbolic tangent. Derivative: sech^2 x. */
export const tanh: Unary<'real'> = unary('tanh')
/** Inverse hyperbolic sine. Derivative: 1 / hypot(x, 1). */
export const asinh: Unary<'real'> = unary('asinh')
/** Inverse hyperbolic cosine. For x of at least 1. Derivative: 1 / sqrt(x^2 - 1). */
export const acosh: Unary<'real'> = unary('acosh')
/** Inverse hyperbolic tangent. For x between -1 and 1. Derivative: 1 / (1 - x^2). */
export const atanh: Unary<'real'> = unary('atanh')
/** 1 / (1 + exp(-x)). Derivative: (sech(x / 2) / 2)^2. */
export const logistic: Unary<'real'> = unary('logistic')
/** Error function. 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. Derivative: 2 / sqrt(pi) exp(-x^2). */
export const erf: Unary<'real'> = unary('erf')
/** Error function, subtracted from 1. Exact in the tail, where erf rounds to 1. Derivative: -2 / sqrt(pi) exp(-x^2). */
export const erfc: Unary<'real'> = unary('erfc')
/** Exponential of -x^2. Derivative: -2 x exp(-x^2). */
export const gaussian: Unary<'real'> = unary('gaussian')
/** Probability that a standard normal number is at most x. Derivative: the density, normalPdf x. */
export const normalCdf: Unary<'real'> = unary('normalCdf')
/** Density of the standard normal distribution. exp(-x^2 / 2) / sqrt(2 pi). Derivative: -x times it. */
export const normalPdf: Unary<'real'> = unary('normalPdf')

/** Sum of two. Law: add(x, y) = add(y, x) */
export const add: Binary<'real' | 'int', 'same'> = binary('add')
/** Difference. */
export const sub: Binary<'real' | 'int', 'same'> = binary('sub')
/** Product of two. Law: mul(x, y) = mul(y, x) */
export const mul: Binary<'real' | 'int', 'same'> = binary('mul')
/** Quotient; of integers: rounded towards 0, and 0 for a divisor 0. */
export const div: Binary<'real' | 'int', 'same'> = binary('div')
/** Remainder, with the sign of the first. Law: x = y trunc(x / y) + rem(x, y), up to rounding */
export const rem: Binary<'real' | 'int', 'same'> = binary('rem')
/** The larger; at a tie each gets half of the derivative. NaN if either is NaN. */
export const max: Binary<'real' | 'int', 'same'> = binary('max')
/** The smaller; at a tie each gets half of the derivative. NaN if either is NaN. */
export const min: Binary<'real' | 'int', 'same'> = binary('min')
/**
 * Power; derivative 0 in the base at exponent 0, and vice versa. At a negative base the exponent must be an integer,
 * and the derivative in it is x^y ln |x|.
 */
export const power: Binary<'real', 'same'> = binary('pow')
/** Angle of the point (second, first), in radians. */
export const atan2: Binary<'real', 'same'> = binary('atan2')
/** Distance of a point from the origin. sqrt(x^2 + y^2), without overflow of the squares. */
export const hypot: Binary<'real', 'same'> = binary('hypot')

/** Less than. */
export const lt: Binary<'real' | 'int', 'bool'> = predicate('lt')
/** At most. */
export const le: Binary<'real' | 'int', 'bool'> = predicate('le')
/** Equal. Of reals: false if either is NaN. */
export const eq: Binary<DType, 'bool'> = predicate('eq')
/** Not equal. Of reals: true if either is NaN. */
export const ne: Binary<DType, 'bool'> = predicate('ne')
/** Both are true. */
export const and: Binary<'bool', 'bool'> = predicate('and')
/** At least one is true. */
export const or: Binary<'bool', 'bool'> = predicate('or')

export const notEntry: Entry<NoAttrs, [0], 'not'> =
  unaryEntry('not', [truths, all, involution, () => null], ['\\lnot $0', 'is not true'])
/** Is not true. */
export const not: Unary<'bool'> = unaryOf(notEntry)

// -- powers with an integer exponent ---------------------------------------------------------------------------------

type Exponent = { readonly n: number }
/** x^n by squaring: n is at least 1. */
const product = (x: Scalar, n: number): Scalar => {
  if (n === 1) return x
  const half = product(x, Math.floor(n / 2)), square = fn('mul', half, half)
  return n % 2 === 0 ? square : fn('mul', square, x)
}
/** 1 / x^n: in two quotients where x^n overflows, although its inverse is still a subnormal number. */
const quotient = (x: Scalar, n: number): Scalar => {
  const half = Math.floor(n / 2), whole = fn('div', num(1), product(x, n))
  const parts = (): Scalar => fn('div', fn('div', num(1), product(x, half)), product(x, n - half))
  return n === 1 ? whole : fn('select', fn('eq', whole, num(0)), parts(), whole)
}
export const integerPowEntry: Entry<Exponent, [0], 'integerPow'> = {
  name: 'integerPow', sentence: 'integer power; x^0 is 1 everywhere', rule: 'power rule', latex: '$0^{$n}',
  algebra: {},
  examples: [
    { attrs: { n: 3 }, args: [real(3)] },
    { attrs: { n: -2 }, args: [real(3)], range: positive },
    { attrs: { n: 0 }, args: [real(3)] },
  ],
  batch: { lift: (a) => a },
  type: ({ n }, [x]) =>
    !Number.isInteger(n) || Math.abs(n) > 1024 ? invalid('n', 'must be an integer from -1024 to 1024')
    : x.dtype !== 'real' ? ill({ _tag: 'ElementType', expected: reals, found: [x.dtype] })
    : E.right([x]),
  derivative: ({ n }, [x]) => [n === 0 ? null : n === 1 ? same : scale(mul(n, integerPow(n - 1)(x)))],
  meaning: ({ n }, [x]) => kernel((i) =>
    n === 0 ? num(1) : n > 0 ? product(x.at(i), n) : quotient(x.at(i), -n)),
}
/** Integer power; x^0 is 1 everywhere. The exponent n is from -1024 to 1024. Derivative: n x^(n-1). */
export const integerPow = operation('integerPow(n)(x)',
  (n: number) => <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => apply(integerPowEntry, { n }, x))

export const elementwise = [
  ...Object.values(unaryEntries), ...Object.values(binaryEntries), ...Object.values(predicateEntries),
  notEntry, selectEntry, convertEntry, integerPowEntry, stopGradientEntry,
] as const
