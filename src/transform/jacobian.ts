/** Whole derivatives: Jacobians by columns or by rows, Hessians, and Hessian-vector products. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { iota } from '../../lang/primitives/constant.ts'
import { eq, toReal } from '../../lang/primitives/elementwise.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import { marked, spread } from '../../lang/primitives/structuralZeros.ts'
import { boxAlong, slice } from '../../lang/primitives/window.ts'
import { inline } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { axesOf, isReal, type Shape, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, tangentOf, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { gradTelling } from './grad.ts'
import { jvpTelling } from './jvp.ts'
import type { SelectionOf, TangentWhere } from './selection.ts'
import { vjpTelling } from './vjp.ts'
import { vmap } from './vmap.ts'
import { asked, type Beside, type DerivativeOptions, type Differentiated, type FitsAux } from './wrt.ts'

type Times<A extends Shape, B extends Shape> = readonly [...A, ...B]
type Rows<O, In> =
  O extends Type<infer S, 'real'>
    ? Entries<S, In>
    : O extends Type
      ? null
      : O extends null
        ? null
        : { readonly [K in keyof O]: Rows<O[K], In> }
type Entries<S extends Shape, In> =
  In extends Type<infer R, infer D>
    ? D extends 'real'
      ? Type<Times<S, R>, 'real'>
      : null
    : In extends null
      ? null
      : { readonly [K in keyof In]: Entries<S, In[K]> }
/** For every output leaf a tree like the inputs', with leaves [...output axes, ...input axes]. */
export type Jacobian<In, Out> = Rows<Out, In>
/** The Jacobian of what is differentiated by the inputs that are chosen. */
type JacobianWhere<In, M, Out, A> = Jacobian<TangentWhere<In, M>, Differentiated<Out, A>>
type HessianWhere<In, M> = Jacobian<TangentWhere<In, M>, TangentWhere<In, M>>

type AnyPair = Program<readonly [unknown, unknown], readonly [unknown, unknown]>

/** The elements of several leaves, numbered consecutively: the total, and the number at which each leaf begins. */
const countsOf = (leaves: readonly Type[]) => {
  const sizes = leaves.map((t) => sizeOf(t.shape))
  const total = sizes.reduce((a, b) => a + b, 0)
  const start = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0))
  /** The part of an axis that belongs to one leaf. */
  const partOf = (x: Expr, axis: number, leaf: number): Expr =>
    slice(boxAlong(shapeOf(x), axis, start[leaf] as number, sizes[leaf] as number))(x)
  return { total, partOf }
}
/** The leaves that are marked. */
const chosen = (p: UntypedProgram, wanted: readonly boolean[]): readonly Type[] => marked(wanted, typeLeaves(p.in))
/** The identity matrix over all elements of the leaves: for each leaf its columns, every row shaped as the leaf. */
const basis = (leaves: readonly Type[]): readonly Expr[] => {
  const { total, partOf } = countsOf(leaves)
  const identity = toReal(eq(iota([total, total], 0), iota([total, total], 1)))
  return leaves.map((t, k) => reshape([total, ...t.shape])(partOf(identity, 1, k)))
}
const realLeaves = (tree: unknown): readonly Type[] => typeLeaves(tree).filter(isReal)
/**
 * A tree like the outputs', of trees like the inputs' with null where they are not wanted, from the entry of an output leaf
 * and a wanted input leaf.
 */
const table = (
  p: UntypedProgram,
  wanted: readonly boolean[],
  entry: (output: number, input: number) => Expr,
): unknown => {
  const row = (o: number): unknown =>
    refill(
      p.in,
      spread(
        wanted,
        chosen(p, wanted).map((_, i) => entry(o, i)),
      ),
    )
  return refill(
    tangentOf(p.out),
    realLeaves(p.out).map((_, o) => row(o)),
  )
}
/** The part of the first axis that belongs to one leaf, reshaped to the axes of that leaf. */
const unfolded = (block: Expr, leaf: Type): Expr => reshape([...leaf.shape, ...shapeOf(block).slice(1)])(block)
/** The first n axes moved behind the others. */
const movedBehind = (x: Expr, n: number): Expr =>
  permute([...axesOf(shapeOf(x).length - n).map((d) => d + n), ...axesOf(n)])(x)

const byColumns = (p: UntypedProgram, wanted: readonly boolean[]): E.Either<Diagnostics, UntypedProgram> => {
  const ins = chosen(p, wanted)
  const { total, partOf } = countsOf(ins)
  const pushed = vmap(total, { over: [false, true] })(typed<AnyPair>(jvpTelling(p, undefined, wanted)))
  return makeNamed(p.in, p.closed.inputs, (x) => {
    const columns = inline(pushed.closed, [...exprLeaves(x), ...basis(ins)]).slice(p.closed.outputs.length)
    return table(p, wanted, (o, i) => {
      const leaf = ins[i] as Type
      return movedBehind(unfolded(partOf(columns[o] as Expr, 0, i), leaf), leaf.shape.length)
    })
  })
}
const byRows = (p: UntypedProgram, wanted: readonly boolean[]): E.Either<Diagnostics, UntypedProgram> => {
  const outs = realLeaves(p.out)
  const { total, partOf } = countsOf(outs)
  const rowsOf = (pullback: AnyPair): E.Either<Diagnostics, UntypedProgram> => {
    const pulled = vmap(total, { over: [false, true] })(pullback)
    return makeNamed(p.in, p.closed.inputs, (x) => {
      const rows = inline(pulled.closed, [...exprLeaves(x), ...basis(outs)]).slice(p.closed.outputs.length)
      return table(p, wanted, (o, i) => unfolded(partOf(rows[i] as Expr, 0, o), outs[o] as Type))
    })
  }
  return E.chain((pullback: unknown) => rowsOf(pullback as AnyPair))(vjpTelling(p, undefined, wanted))
}
/** The push of the gradient. */
const timesVector = (p: UntypedProgram, wanted: readonly boolean[]): E.Either<Diagnostics, UntypedProgram> => {
  const pushed = (g: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
    const [j, n] = [jvpTelling(g, undefined, wanted), g.closed.outputs.length]
    return makeNamed(j.in, j.closed.inputs, (x) => refill(g.out, inline(j.closed, exprLeaves(x)).slice(n)))
  }
  return E.chain(pushed)(gradTelling(p, undefined, wanted, 'hvp'))
}
const secondDerivatives = (p: UntypedProgram, wanted: readonly boolean[]): E.Either<Diagnostics, UntypedProgram> =>
  E.chain((g: UntypedProgram) => byColumns(g, wanted))(gradTelling(p, undefined, wanted, 'hessian'))

type Derived = (p: UntypedProgram, wanted: readonly boolean[]) => E.Either<Diagnostics, UntypedProgram>
type Options = DerivativeOptions<unknown, unknown>
const called = (): readonly unknown[] => [jacfwd, jacrevOrThrow, jacrev, hessianOrThrow, hessian, hvpOrThrow, hvp]
const answered = (op: string, derived: Derived, p: UntypedProgram, options: Options) =>
  pipe(
    asked(op, p, options, called()),
    E.chain(({ main, wanted, beside }) => pipe(derived(main, wanted), E.chain(beside))),
  )

/**
 * The Jacobian by columns: one push per element of a chosen input, all at once by vmap. Cheap when inputs are few.
 *
 * Shape:   for every output leaf a tree like the inputs', with leaves [...output axes, ...input axes]; null at inputs
 *          that `wrt` does not choose. With `aux: true` f gives a pair, [y, aux], and the result is [Jacobian of y, aux]
 * Law:     jacfwd(f) = jacrev(f)
 * Errors:  thrown: Malformed, where `wrt` names no input, or where `aux` finds no pair
 */
export const jacfwd = ofProgram(
  'jacfwd(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): Program<In, Beside<JacobianWhere<In, M, Out, A>, Out, A>> =>
    typed(orThrow(answered('jacfwd', byColumns, p, options))),
)

/**
 * The Jacobian by rows: one pull per output element, all at once by vmap. Cheap when outputs are few.
 *
 * Shape:   as jacfwd's
 * Errors:  NotReversible; Malformed, as jacfwd
 */
export const jacrev = eitherOfProgram(
  'jacrev(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): E.Either<Diagnostics, Program<In, Beside<JacobianWhere<In, M, Out, A>, Out, A>>> =>
    typed(answered('jacrev', byRows, p, options)),
)
export const jacrevOrThrow = ofProgram(
  'jacrevOrThrow(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): Program<In, Beside<JacobianWhere<In, M, Out, A>, Out, A>> => orThrow(jacrev(p, options)),
)

type RealNumber = Type<readonly [], 'real'>
/** A real number; a pair that begins with one where `aux` says so. */
type FitsNumber<Out, A> = Out extends (A extends true ? readonly [RealNumber, unknown] : RealNumber)
  ? unknown
  : A extends true
    ? 'aux: true is for a program that gives a pair, [y, aux], of which y is one real number'
    : 'the output must be one real number'
/**
 * Second derivatives: forward over reverse. It costs one hvp per element of the chosen inputs.
 *
 * Shape:   for every chosen input a tree like the inputs', null at the others. With `aux: true` f gives a pair, [y, aux],
 *          and the result is [Hessian of y, aux]
 * Law:     the Hessian is symmetric; hessian(f) = jacfwd(grad(f)) = vmap(hvp(f)) on the unit vectors, at the same cost
 * Errors:  NotScalar, NotReversible; Malformed, as jacfwd
 *
 * @example
 * const loss = programOrThrow({ w: real(2), x: real(9) }, ({ w, x }) => mul(sum()(mul(w, w)), sum()(x)))
 * hessianOrThrow(loss, { wrt: { w: true } }).out // => { w: { w: { dtype: 'real', shape: [2, 2] }, x: null }, x: null }
 */
export const hessian = eitherOfProgram(
  'hessian(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsNumber<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): E.Either<Diagnostics, Program<In, Beside<HessianWhere<In, M>, Out, A>>> =>
    typed(answered('hessian', secondDerivatives, p, options)),
)
export const hessianOrThrow = ofProgram(
  'hessianOrThrow(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsNumber<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): Program<In, Beside<HessianWhere<In, M>, Out, A>> => orThrow(hessian(p, options)),
)

/**
 * Hessian times vector without the Hessian: the push of the gradient.
 *
 * Shape:   [x, v], with v like the gradient: null at inputs that `wrt` does not choose. With `aux: true` f gives a pair,
 *          [y, aux], and the result is [product, aux]
 * Law:     hvp(f)(x, v) = hessian(f)(x) v
 * Errors:  NotScalar, NotReversible; Malformed, as jacfwd
 */
export const hvp = eitherOfProgram(
  'hvp(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsNumber<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): E.Either<Diagnostics, Program<readonly [In, TangentWhere<In, M>], Beside<TangentWhere<In, M>, Out, A>>> =>
    typed(answered('hvp', timesVector, p, options)),
)
export const hvpOrThrow = ofProgram(
  'hvpOrThrow(f: program, options?{wrt aux})',
  <In, Out, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsNumber<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): Program<readonly [In, TangentWhere<In, M>], Beside<TangentWhere<In, M>, Out, A>> => orThrow(hvp(p, options)),
)
