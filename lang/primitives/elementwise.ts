/**
 * One number in, one number out, at every index. Each primitive is one line: its name, its LaTeX, what it does, the
 * interval its laws are tested on, its algebra, and its derivative in terms of its arguments and its output.
 *
 * Operands broadcast: sizes meet from the right, 1 stretches, plain numbers take the other operand's element type.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Fn, fn, kernel, num, type Scalar, type Source } from '../kernel/index.ts'
import { ill, invalid, type Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { noAttrs } from '../syntax/plain.ts'
import { broadcastShapes, type DType, type Shape, sameShape, type Type } from '../syntax/shape.ts'
import type { Fits, Joined } from '../types/index.ts'
import { broadcastTo } from './broadcast.ts'
import { constantEntry, like } from './constant.ts'
import { type Algebra, apply, type Derivative, type Each, type Entry, type LinearMap, type Words } from './entry.ts'

// -- linear maps at an index -----------------------------------------------------------------------------------------

export const same: LinearMap = { push: (t) => t, pull: (ct) => ct }
export const negate: LinearMap = { push: (t) => neg(t), pull: (ct) => neg(ct) }
export const scale = (by: Expr): LinearMap => ({ push: (t) => mul(t, by), pull: (ct) => mul(ct, by) })
const over = (by: Expr): LinearMap => ({ push: (t) => div(t, by), pull: (ct) => div(ct, by) })
/** The map that passes where the condition holds. */
const where = (c: Expr): LinearMap => ({ push: (t) => select(c, t, 0), pull: (ct) => select(c, ct, 0) })
const unless = (c: Expr): LinearMap => ({ push: (t) => select(c, 0, t), pull: (ct) => select(c, 0, ct) })

// -- operands --------------------------------------------------------------------------------------------------------

// biome-ignore lint/suspicious/noExplicitAny: the gradual shape
export type Operand<D extends DType = DType> = number | Expr<any, D>
// biome-ignore lint/suspicious/noExplicitAny: matches an expression of any element type
export type ShapeOf<A> = A extends Expr<infer S, any> ? S : readonly []
// biome-ignore lint/suspicious/noExplicitAny: matches an expression of any shape
export type DTypeOf<A, B> = A extends Expr<any, infer D> ? D : B extends Expr<any, infer D> ? D : 'real'
type Together<A, B> = Joined<ShapeOf<A>, ShapeOf<B>>

const shapeOfOperand = (x: Operand): Shape => (typeof x === 'number' ? [] : shapeOf(x))
/** Expressions of one shape; of their own shapes when these clash, so that the typing rule reports them. */
const meet = (operands: readonly Operand[], dtypes: readonly DType[]): readonly Expr[] => {
  const shape = operands.map(shapeOfOperand).reduce<Shape | undefined>((a, b) => a && broadcastShapes(a, b), [])
  return operands.map((x, i) =>
    typeof x === 'number' ? apply(constantEntry, { dtype: dtypes[i] as DType, shape: shape ?? [], value: x })
    : shape === undefined ? x
    : broadcastTo(shape)(x))
}
/** What a plain number among these operands is: of the element type of an expression beside it. */
const dtypeAmong = (operands: readonly Operand[]): DType =>
  operands.map((x) => (typeof x === 'number' ? undefined : (x.type.dtype as DType))).find((d) => d !== undefined) ?? 'real'

// -- builders --------------------------------------------------------------------------------------------------------

type Empty = Record<never, never>
type Interval = readonly [number, number]
const all: Interval = [-2, 2], positive: Interval = [0.3, 2], negative: Interval = [-2, -0.3], inner: Interval = [-0.9, 0.9], aboveOne: Interval = [1.2, 3]
const numeric: readonly DType[] = ['real', 'int'], onlyReal: readonly DType[] = ['real'], any: readonly DType[] = ['real', 'int', 'bool'], onlyBool: readonly DType[] = ['bool']

const agree = (args: readonly Type[], from: readonly DType[], to: DType | 'same'): E.Either<Problem, readonly Type[]> => {
  const [first] = args as readonly [Type]
  return args.some((a) => !sameShape(a.shape, first.shape)) ? ill({ _tag: 'ShapeMismatch', shapes: args.map((a) => a.shape) })
    : args.some((a) => !from.includes(a.dtype) || a.dtype !== first.dtype) ? ill({ _tag: 'ElementType', expected: from, found: args.map((a) => a.dtype) })
    : E.right([{ dtype: to === 'same' ? first.dtype : to, shape: first.shape }])
}
const mapped = (args: readonly Source[], f: (...xs: readonly Scalar[]) => Scalar) => kernel((i) => f(...args.map((x) => x.at(i))))

interface Row<N extends readonly unknown[]> {
  readonly name: string
  readonly latex: string
  readonly sentence: Words
  /** Several intervals: an example on each. */
  readonly range: Interval | readonly Interval[]
  readonly algebra: Algebra
  readonly from: readonly DType[]
  readonly to: DType | 'same'
  readonly arity: N
  readonly scalar: (...xs: readonly Scalar[]) => Scalar
  readonly derivative: (args: Each<N, Expr>, y: Expr) => Derivative
}
const intervals = (r: Row<never>['range']): readonly Interval[] => (isInterval(r) ? [r] : r)
const isInterval = (r: Row<never>['range']): r is Interval => typeof r[0] === 'number'
const pointwise = <N extends readonly unknown[]>(r: Row<N>): Entry<Empty, N> => ({
  name: r.name, latex: r.latex, sentence: r.sentence, algebra: r.algebra,
  examples: intervals(r.range).map((range) => ({ attrs: noAttrs, args: r.arity.map(() => ({ dtype: r.from[0] as DType, shape: [3] })), range })),
  batch: { lift: (a) => a },
  type: (_, args) => agree(args as readonly Type[], r.from, r.to),
  derivative: (_, args, [y]) => r.derivative(args, y as Expr),
  meaning: (_, args) => mapped(args as readonly Source[], r.scalar),
})

interface Built { readonly entry: Entry }
export interface Unary<In extends DType> extends Built { <S extends Shape, D extends In>(x: Expr<S, D>): Expr<S, D> }
export interface Binary<In extends DType, Out extends DType | 'same'> extends Built {
  <A extends Operand<In>, B extends Operand<In>>(x: A, y: B & Fits<ShapeOf<A>, ShapeOf<B>>): Expr<Together<A, B>, Out extends 'same' ? DTypeOf<A, B> : Out>
}
const unary = <In extends DType>(from: readonly In[]) =>
  (name: Fn, latex: string, sentence: Words, range: Row<never>['range'], algebra: Algebra, d: (x: Expr, y: Expr) => LinearMap | null): Unary<In> => {
    const entry = pointwise<[0]>({ name, latex, sentence, range, algebra, from, to: 'same', arity: [0], scalar: (x) => fn(name, x as Scalar), derivative: ([x], y) => [d(x, y)] })
    return Object.assign((x: Expr) => apply(entry, noAttrs, x), { entry })
  }
const binary = <In extends DType, Out extends DType | 'same'>(from: readonly In[], to: Out) =>
  (name: Fn, latex: string, sentence: Words, range: Row<never>['range'], algebra: Algebra, d: (x: Expr, y: Expr, z: Expr) => readonly [LinearMap | null, LinearMap | null]): Binary<In, Out> => {
    const entry = pointwise<[0, 0]>({ name, latex, sentence, range, algebra, from, to, arity: [0, 0], scalar: (x, y) => fn(name, x as Scalar, y as Scalar), derivative: ([x, y], z) => d(x, y, z) })
    const build = (x: Operand, y: Operand): Expr => {
      const dtype = dtypeAmong([x, y]), [a, b] = meet([x, y], [dtype, dtype])
      return apply(entry, noAttrs, a as Expr, b as Expr)
    }
    return Object.assign(build, { entry }) as unknown as Binary<In, Out>
  }
const realFn = unary<'real'>(onlyReal as readonly 'real'[]), numberFn = unary<'real' | 'int'>(numeric as readonly ('real' | 'int')[])
const arithmetic = binary<'real' | 'int', 'same'>(numeric as readonly ('real' | 'int')[], 'same'), realTwo = binary<'real', 'same'>(onlyReal as readonly 'real'[], 'same')
const ordering = binary<'real' | 'int', 'bool'>(numeric as readonly ('real' | 'int')[], 'bool'), equality = binary<DType, 'bool'>(any, 'bool'), logic = binary<'bool', 'bool'>(onlyBool as readonly 'bool'[], 'bool')
const none = () => [null, null] as const

// -- one argument ----------------------------------------------------------------------------------------------------

export const neg:      Unary<'real' | 'int'> = numberFn('neg',  '-$0',  { en: 'changes the sign', fr: 'change le signe' },     all,      { involution: true }, () => negate)
export const abs:      Unary<'real' | 'int'> = numberFn('abs',  '|$0|', { en: 'absolute value; derivative 0 at 0', fr: 'valeur absolue ; dérivée 0 en 0' }, [positive, negative], { idempotent: true }, (x) => scale(sign(x)))
export const sign:     Unary<'real' | 'int'> = numberFn('sign', '\\operatorname{sign} $0', { en: '-1, 0 or 1; derivative 0', fr: '-1, 0 ou 1 ; dérivée 0' }, [positive, negative], { idempotent: true }, () => null)
export const floor:    Unary<'real'> = realFn('floor',    '\\lfloor $0 \\rfloor', { en: 'largest integer not above; derivative 0', fr: 'plus grand entier inférieur ou égal ; dérivée 0' },  [0.1, 0.9], { idempotent: true }, () => null)
export const ceil:     Unary<'real'> = realFn('ceil',     '\\lceil $0 \\rceil',   { en: 'smallest integer not below; derivative 0', fr: 'plus petit entier supérieur ou égal ; dérivée 0' }, [0.1, 0.9], { idempotent: true }, () => null)
export const round:    Unary<'real'> = realFn('round',    '[$0]',             { en: 'nearest integer, halves to even; derivative 0', fr: 'entier le plus proche, demi vers le pair ; dérivée 0' }, [0.6, 1.4], { idempotent: true }, () => null)
export const sqrt:     Unary<'real'> = realFn('sqrt',     '\\sqrt{$0}',       { en: 'square root', fr: 'racine carrée' },                   positive, {}, (_, y) => scale(div(0.5, y)))
export const rsqrt:    Unary<'real'> = realFn('rsqrt',    '\\frac{1}{\\sqrt{$0}}', { en: 'one over the square root', fr: 'un sur la racine carrée' }, positive, {}, (_, y) => scale(mul(-0.5, mul(y, mul(y, y)))))
export const exp:      Unary<'real'> = realFn('exp',      'e^{$0}',           { en: 'exponential', fr: 'exponentielle' },                   all,      {}, (_, y) => scale(y))
export const expm1:    Unary<'real'> = realFn('expm1',    'e^{$0} - 1',       { en: 'exponential less 1, exact near 0', fr: 'exponentielle moins 1, exacte près de 0' }, all,   {}, (_, y) => scale(add(y, 1)))
export const log:      Unary<'real'> = realFn('log',      '\\ln $0',          { en: 'natural logarithm', fr: 'logarithme népérien' },             positive, {}, (x) => over(x))
export const log1p:    Unary<'real'> = realFn('log1p',    '\\ln(1 + $0)',     { en: 'logarithm of 1 more, exact near 0', fr: 'logarithme de 1 de plus, exact près de 0' }, inner, {}, (x) => over(add(x, 1)))
export const sin:      Unary<'real'> = realFn('sin',      '\\sin $0',         { en: 'sine of an angle in radians', fr: 'sinus d’un angle en radians' },   all,      {}, (x) => scale(cos(x)))
export const cos:      Unary<'real'> = realFn('cos',      '\\cos $0',         { en: 'cosine of an angle in radians', fr: 'cosinus d’un angle en radians' }, all,      {}, (x) => scale(neg(sin(x))))
export const tan:      Unary<'real'> = realFn('tan',      '\\tan $0',         { en: 'tangent of an angle in radians', fr: 'tangente d’un angle en radians' }, inner,   {}, (_, y) => scale(add(mul(y, y), 1)))
export const asin:     Unary<'real'> = realFn('asin',     '\\arcsin $0',      { en: 'inverse sine, in radians', fr: 'arc sinus, en radians' },      inner,    {}, (x) => scale(rsqrt(sub(1, mul(x, x)))))
export const acos:     Unary<'real'> = realFn('acos',     '\\arccos $0',      { en: 'inverse cosine, in radians', fr: 'arc cosinus, en radians' },    inner,    {}, (x) => scale(neg(rsqrt(sub(1, mul(x, x))))))
export const atan:     Unary<'real'> = realFn('atan',     '\\arctan $0',      { en: 'inverse tangent, in radians', fr: 'arc tangente, en radians' },   all,      {}, (x) => over(add(mul(x, x), 1)))
export const sinh:     Unary<'real'> = realFn('sinh',     '\\sinh $0',        { en: 'hyperbolic sine', fr: 'sinus hyperbolique' },               all,      {}, (x) => scale(cosh(x)))
export const cosh:     Unary<'real'> = realFn('cosh',     '\\cosh $0',        { en: 'hyperbolic cosine', fr: 'cosinus hyperbolique' },             all,      {}, (x) => scale(sinh(x)))
export const tanh:     Unary<'real'> = realFn('tanh',     '\\tanh $0',        { en: 'hyperbolic tangent', fr: 'tangente hyperbolique' },            all,      {}, (_, y) => scale(sub(1, mul(y, y))))
export const asinh:    Unary<'real'> = realFn('asinh',    '\\operatorname{arsinh} $0', { en: 'inverse hyperbolic sine', fr: 'argument sinus hyperbolique' },    all,      {}, (x) => scale(rsqrt(add(mul(x, x), 1))))
export const acosh:    Unary<'real'> = realFn('acosh',    '\\operatorname{arcosh} $0', { en: 'inverse hyperbolic cosine', fr: 'argument cosinus hyperbolique' },  aboveOne, {}, (x) => scale(rsqrt(sub(mul(x, x), 1))))
export const atanh:    Unary<'real'> = realFn('atanh',    '\\operatorname{artanh} $0', { en: 'inverse hyperbolic tangent', fr: 'argument tangente hyperbolique' }, inner,    {}, (x) => over(sub(1, mul(x, x))))
export const logistic: Unary<'real'> = realFn('logistic', '\\sigma($0)',      { en: '1 / (1 + exp(-x))', fr: '1 / (1 + exp(-x))' },             all,      {}, (_, y) => scale(mul(y, sub(1, y))))
export const erf:      Unary<'real'> = realFn('erf',      '\\operatorname{erf} $0', { en: 'error function', fr: 'fonction d’erreur' },          all,      {}, (x) => scale(mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x))))))

// -- two arguments ---------------------------------------------------------------------------------------------------

export const add:   Binary<'real' | 'int', 'same'> = arithmetic('add', '$0 + $1',        { en: 'sum of two', fr: 'somme de deux', rule: { en: 'sum rule', fr: 'règle de la somme' } },     all,      { commutative: true, identity: { left: -0, right: -0 } }, () => [same, same])
export const sub:   Binary<'real' | 'int', 'same'> = arithmetic('sub', '$0 - $1',        { en: 'difference', fr: 'différence', rule: { en: 'sum rule', fr: 'règle de la somme' } },     all,      { identity: { right: 0 } }, () => [same, negate])
export const mul:   Binary<'real' | 'int', 'same'> = arithmetic('mul', '$0 \\cdot $1',   { en: 'product of two', fr: 'produit de deux', rule: { en: 'product rule', fr: 'règle du produit' } }, all,      { commutative: true, identity: { left: 1, right: 1 } }, (x, y) => [scale(y), scale(x)])
export const div:   Binary<'real' | 'int', 'same'> = arithmetic('div', '\\frac{$0}{$1}', { en: 'quotient; of integers rounded towards 0, and 0 by 0', fr: 'quotient ; d’entiers, arrondi vers 0, et 0 par 0', rule: { en: 'quotient rule', fr: 'règle du quotient' } }, positive, { identity: { right: 1 } }, (_, y, z) => [over(y), scale(neg(div(z, y)))])
export const rem:   Binary<'real' | 'int', 'same'> = arithmetic('rem', '$0 \\bmod $1',   { en: 'remainder, of the sign of the first', fr: 'reste, du signe du premier' }, [1.1, 1.9], {}, (x, y) => [same, scale(neg(truncate(div(x, y))))])
export const max:   Binary<'real' | 'int', 'same'> = arithmetic('max', '\\max($0, $1)',  { en: 'the larger; half of the derivative each at a tie', fr: 'le plus grand ; la moitié de la dérivée à chacun en cas d’égalité' },  all, { commutative: true, idempotent: true, identity: { left: Number.NEGATIVE_INFINITY, right: Number.NEGATIVE_INFINITY } }, (x, y) => [scale(share(y, x)), scale(share(x, y))])
export const min:   Binary<'real' | 'int', 'same'> = arithmetic('min', '\\min($0, $1)',  { en: 'the smaller; half of the derivative each at a tie', fr: 'le plus petit ; la moitié de la dérivée à chacun en cas d’égalité' }, all, { commutative: true, idempotent: true, identity: { left: Number.POSITIVE_INFINITY, right: Number.POSITIVE_INFINITY } }, (x, y) => [scale(share(x, y)), scale(share(y, x))])
export const power: Binary<'real', 'same'> = realTwo('pow',   '$0^{$1}',                 { en: 'power; derivative 0 in the base and the exponent where the factor vanishes', fr: 'puissance ; dérivée 0 selon la base et l’exposant là où le facteur s’annule', rule: { en: 'power rule', fr: 'règle de la puissance' } }, positive, {}, (x, y, z) => [scale(slope(x, y)), scale(growth(x, y, z))])
export const atan2: Binary<'real', 'same'> = realTwo('atan2', '\\operatorname{atan2}($0, $1)', { en: 'angle of the point (second, first), in radians', fr: 'angle du point (second, premier), en radians' }, positive, {}, (y, x) => { const r = add(mul(x, x), mul(y, y)); return [scale(div(x, r)), scale(neg(div(y, r)))] })
export const lt:    Binary<'real' | 'int', 'bool'> = ordering('lt', '$0 < $1',    { en: 'less than', fr: 'inférieur à' },    all, {}, none)
export const le:    Binary<'real' | 'int', 'bool'> = ordering('le', '$0 \\le $1', { en: 'at most', fr: 'inférieur ou égal à' },      all, {}, none)
export const eq:    Binary<DType, 'bool'>          = equality('eq', '$0 = $1',    { en: 'equal', fr: 'égal' },        all, { commutative: true }, none)
export const ne:    Binary<DType, 'bool'>          = equality('ne', '$0 \\ne $1', { en: 'not equal', fr: 'différent' },    all, { commutative: true }, none)
export const and:   Binary<'bool', 'bool'>         = logic('and', '$0 \\land $1', { en: 'both hold', fr: 'les deux sont vrais' },    all, { commutative: true, idempotent: true, identity: { left: 1, right: 1 } }, none)
export const or:    Binary<'bool', 'bool'>         = logic('or',  '$0 \\lor $1',  { en: 'either holds', fr: 'l’un des deux est vrai' }, all, { commutative: true, idempotent: true, identity: { left: 0, right: 0 } }, none)

const truncate = (x: Expr): Expr => select(lt(x, 0), ceil(x), floor(x))
/** 1 where x is the smaller, half at a tie. */
const share = (x: Expr, y: Expr): Expr => select(eq(x, y), 0.5, select(lt(x, y), like(x, 1), like(x, 0)))
/** d x^y / dx = y x^(y-1), 0 where y is 0. */
const slope = (x: Expr, y: Expr): Expr => select(eq(y, 0), 0, mul(y, power(x, sub(y, 1))))
/** d x^y / dy = x^y ln x, 0 where x is 0 and y is not below; there the logarithm sees 1, so that its own derivative is finite. */
const growth = (x: Expr, y: Expr, z: Expr): Expr => {
  const still = and(eq(x, 0), le(0, y))
  return select(still, 0, mul(z, log(select(still, 1, x))))
}

// -- the rest --------------------------------------------------------------------------------------------------------

export const notEntry: Entry<Empty, [0]> = pointwise<[0]>({ name: 'not', latex: '\\lnot $0', sentence: { en: 'does not hold', fr: 'n’est pas vrai' }, range: all, algebra: { involution: true }, from: onlyBool, to: 'bool', arity: [0], scalar: (x) => fn('not', x as Scalar), derivative: () => [null] })
export const not = <S extends Shape>(x: Expr<S, 'bool'>): Expr<S, 'bool'> => apply(notEntry, noAttrs, x as Expr)

export const selectEntry: Entry<Empty, [0, 0, 0]> = {
  name: 'select', latex: '$0\\,?\\,$1 : $2', sentence: { en: 'the second where the first holds, else the third', fr: 'le deuxième là où le premier est vrai, sinon le troisième' }, algebra: {},
  examples: [{ attrs: noAttrs, args: [{ dtype: 'bool', shape: [3] }, { dtype: 'real', shape: [3] }, { dtype: 'real', shape: [3] }] }],
  batch: { lift: (a) => a },
  type: (_, [c, x, y]) =>
    c.dtype !== 'bool' || x.dtype !== y.dtype ? ill({ _tag: 'ElementType', expected: ['bool', x.dtype, x.dtype], found: [c.dtype, x.dtype, y.dtype] })
    : sameShape(c.shape, x.shape) && sameShape(x.shape, y.shape) ? E.right([x])
    : ill({ _tag: 'ShapeMismatch', shapes: [c.shape, x.shape, y.shape] }),
  derivative: (_, [c]) => [null, where(c), unless(c)],
  meaning: (_, args) => mapped(args, (c, x, y) => fn('select', c as Scalar, x as Scalar, y as Scalar)),
}
/**
 * x where c holds, else y. Both are computed: a NaN in the branch not taken is discarded, but its derivative may be NaN
 * times 0. Keep the argument of that branch safe, as in log(select(c, x, 1)).
 */
export const select = <C extends Expr, A extends Operand, B extends Operand>(c: C & Expr<ShapeOf<C>, 'bool'>, x: A, y: B & Fits<ShapeOf<A>, ShapeOf<B>> & Fits<ShapeOf<C>, Together<A, B>>): Expr<Joined<ShapeOf<C>, Together<A, B>>, DTypeOf<A, B>> => {
  const dtype = dtypeAmong([x, y])
  const [a, b, d] = meet([c, x, y as Operand], ['bool', dtype, dtype])
  return apply(selectEntry, noAttrs, a as Expr, b as Expr, d as Expr)
}

type To = { readonly to: DType }
export const convertEntry: Entry<To, [0]> = {
  name: 'convert', latex: '$0_{\\mathrm{$to}}', sentence: { en: 'changes the element type; to integers it truncates, saturates, and sends NaN to 0', fr: 'change le type des éléments ; vers les entiers il tronque, sature, et envoie NaN sur 0' }, algebra: {},
  examples: [{ attrs: { to: 'real' }, args: [{ dtype: 'int', shape: [3] }] }, { attrs: { to: 'int' }, args: [{ dtype: 'real', shape: [3] }], range: [0.1, 0.9] }, { attrs: { to: 'bool' }, args: [{ dtype: 'int', shape: [3] }] }, { attrs: { to: 'real' }, args: [{ dtype: 'real', shape: [3] }] }],
  batch: { lift: (a) => a },
  type: ({ to }, [x]) => E.right([{ dtype: to, shape: x.shape }]),
  derivative: ({ to }, [x]) => [to === 'real' && x.type.dtype === 'real' ? same : null],
  meaning: ({ to }, [x]) => kernel((i) => {
    const s = x.at(i)
    return x.type.dtype === to ? s : to === 'bool' ? fn('ne', s, num(0, x.type.dtype)) : fn(to === 'int' ? 'toInt' : 'toReal', s)
  }),
}
const convert = <D extends DType>(to: D) => <S extends Shape>(x: Expr<S>): Expr<S, D> => (x.type.dtype === to ? (x as Expr) : apply(convertEntry, { to }, x as Expr))
export const toReal = convert('real')
export const toInt = convert('int')
export const toBool = convert('bool')

type Exponent = { readonly n: number }
/** x^n by squaring: n is at least 1. */
const product = (x: Scalar, n: number): Scalar => {
  if (n === 1) return x
  const half = product(x, Math.floor(n / 2)), square = fn('mul', half, half)
  return n % 2 === 0 ? square : fn('mul', square, x)
}
export const integerPowEntry: Entry<Exponent, [0]> = {
  name: 'integerPow', latex: '$0^{$n}', sentence: { en: 'multiplies by itself; x^0 is 1 everywhere', fr: 'multiplie par soi-même ; x^0 vaut 1 partout', rule: { en: 'power rule', fr: 'règle de la puissance' } }, algebra: {},
  examples: [{ attrs: { n: 3 }, args: [{ dtype: 'real', shape: [3] }] }, { attrs: { n: -2 }, args: [{ dtype: 'real', shape: [3] }], range: positive }, { attrs: { n: 0 }, args: [{ dtype: 'real', shape: [3] }] }],
  batch: { lift: (a) => a },
  type: ({ n }, [x]) =>
    !Number.isInteger(n) || Math.abs(n) > 1024 ? invalid('n', 'must be an integer from -1024 to 1024')
    : x.dtype !== 'real' ? ill({ _tag: 'ElementType', expected: onlyReal, found: [x.dtype] })
    : E.right([x]),
  derivative: ({ n }, [x]) => [n === 0 ? null : n === 1 ? same : scale(mul(n, integerPow(n - 1)(x)))],
  meaning: ({ n }, [x]) => kernel((i) => (n === 0 ? num(1) : n > 0 ? product(x.at(i), n) : fn('div', num(1), product(x.at(i), -n)))),
}
export const integerPow = (n: number) => <S extends Shape>(x: Expr<S, 'real'>): Expr<S, 'real'> => apply(integerPowEntry, { n }, x as Expr)

/** The identity, with no derivative. */
export const stopGradientEntry: Entry<Empty, [0]> = {
  name: 'stopGradient', latex: '\\lfloor\\!\\lfloor $0 \\rfloor\\!\\rfloor', sentence: { en: 'the identity, whose derivative is taken to be 0', fr: 'l’identité, dont la dérivée est prise égale à 0' }, algebra: { idempotent: true },
  examples: [{ attrs: noAttrs, args: [{ dtype: 'real', shape: [3] }], declared: true }],
  batch: { lift: (a) => a },
  type: (_, [x]) => E.right([x]),
  derivative: () => [null],
  meaning: (_, [x]) => kernel(x.at),
}
export const stopGradient = <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<S, D> => apply(stopGradientEntry, noAttrs, x as Expr)

export const elementwise: readonly Entry[] = [
  ...[neg, abs, sign, floor, ceil, round, sqrt, rsqrt, exp, expm1, log, log1p, sin, cos, tan, asin, acos, atan].map((f) => f.entry),
  ...[sinh, cosh, tanh, asinh, acosh, atanh, logistic, erf, add, sub, mul, div, rem, max, min, power, atan2].map((f) => f.entry),
  ...[lt, le, eq, ne, and, or].map((f) => f.entry),
  notEntry, selectEntry, convertEntry, integerPowEntry, stopGradientEntry,
]
