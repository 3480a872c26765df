/** Whole derivatives: Jacobians by columns or by rows, Hessians, and Hessian-vector products. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { iota } from '../../lang/primitives/constant.ts'
import { eq, toReal } from '../../lang/primitives/elementwise.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import { boxAlong, slice } from '../../lang/primitives/window.ts'
import { inline } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { axesOf, isReal, type Shape, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, type Tangent, tangentOf, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { grad } from './grad.ts'
import { jvp } from './jvp.ts'
import { vjp } from './vjp.ts'
import { vmap } from './vmap.ts'

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
/** The identity matrix over all elements of the leaves: for each leaf its columns, every row shaped as the leaf. */
const basis = (leaves: readonly Type[]): readonly Expr[] => {
  const { total, partOf } = countsOf(leaves)
  const identity = toReal(eq(iota([total, total], 0), iota([total, total], 1)))
  return leaves.map((t, k) => reshape([total, ...t.shape])(partOf(identity, 1, k)))
}
const realLeaves = (tree: unknown): readonly Type[] => typeLeaves(tree).filter(isReal)
/** A tree like the outputs', of trees like the inputs', from the entry of an output leaf and an input leaf. */
const table = (p: UntypedProgram, entry: (output: number, input: number) => Expr): unknown => {
  const row = (o: number): unknown =>
    refill(
      tangentOf(p.in),
      realLeaves(p.in).map((_, i) => entry(o, i)),
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

/**
 * The Jacobian by columns: one push per input element, all at once by vmap. Cheap when inputs are few.
 *
 * Shape:   for every output leaf a tree like the inputs', with leaves [...output axes, ...input axes]
 * Law:     jacfwd(f) = jacrev(f)
 */
export const jacfwd = ofProgram(
  'jacfwd(f: program)',
  <In, Out>(p: Program<In, Out>): Program<In, Jacobian<In, Out>> => typed(byColumns(p)),
)
const byColumns = (p: UntypedProgram): UntypedProgram => {
  const ins = realLeaves(p.in)
  const { total, partOf } = countsOf(ins)
  const pushed = vmap(total, { over: [false, true] })(jvp(p) as AnyPair)
  const made = makeNamed(p.in, p.closed.inputs, (x) => {
    const columns = inline(pushed.closed, [...exprLeaves(x), ...basis(ins)]).slice(p.closed.outputs.length)
    return table(p, (o, i) => {
      const leaf = ins[i] as Type
      return movedBehind(unfolded(partOf(columns[o] as Expr, 0, i), leaf), leaf.shape.length)
    })
  })
  return orThrow(made)
}

/**
 * The Jacobian by rows: one pull per output element, all at once by vmap. Cheap when outputs are few.
 *
 * Shape:   as jacfwd's
 * Errors:  NotReversible
 */
export const jacrev = eitherOfProgram(
  'jacrev(f: program)',
  <In, Out>(p: Program<In, Out>): E.Either<Diagnostics, Program<In, Jacobian<In, Out>>> => typed(byRows(p)),
)
export const jacrevOrThrow = ofProgram(
  'jacrevOrThrow(f: program)',
  <In, Out>(p: Program<In, Out>): Program<In, Jacobian<In, Out>> => orThrow(jacrev(p)),
)
const byRows = (p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
  const outs = realLeaves(p.out)
  const { total, partOf } = countsOf(outs)
  const rowsOf = (pullback: AnyPair): E.Either<Diagnostics, UntypedProgram> => {
    const pulled = vmap(total, { over: [false, true] })(pullback)
    return makeNamed(p.in, p.closed.inputs, (x) => {
      const rows = inline(pulled.closed, [...exprLeaves(x), ...basis(outs)]).slice(p.closed.outputs.length)
      return table(p, (o, i) => unfolded(partOf(rows[i] as Expr, 0, o), outs[o] as Type))
    })
  }
  return E.chain((pullback: unknown) => rowsOf(pullback as AnyPair))(vjp(p))
}

type RealNumber = Type<readonly [], 'real'>
/**
 * Second derivatives: forward over reverse.
 *
 * Law:     the Hessian is symmetric; hessian(f) = jacfwd(grad(f))
 * Errors:  NotScalar, NotReversible
 */
export const hessian = eitherOfProgram(
  'hessian(f: program)',
  <In>(p: Program<In, RealNumber>): E.Either<Diagnostics, Program<In, Jacobian<In, Tangent<In>>>> =>
    pipe(
      grad(p),
      E.map((g) => typed(jacfwd(g))),
    ),
)
export const hessianOrThrow = ofProgram(
  'hessianOrThrow(f: program)',
  <In>(p: Program<In, RealNumber>): Program<In, Jacobian<In, Tangent<In>>> => orThrow(hessian(p)),
)

/**
 * Hessian times vector without the Hessian: the push of the gradient.
 *
 * Law:     hvp(f)(x, v) = hessian(f)(x) v
 * Errors:  NotScalar, NotReversible
 */
export const hvp = eitherOfProgram(
  'hvp(f: program)',
  <In>(p: Program<In, RealNumber>): E.Either<Diagnostics, Program<readonly [In, Tangent<In>], Tangent<In>>> =>
    typed(timesVector(p)),
)
export const hvpOrThrow = ofProgram(
  'hvpOrThrow(f: program)',
  <In>(p: Program<In, RealNumber>): Program<readonly [In, Tangent<In>], Tangent<In>> => orThrow(hvp(p)),
)
const timesVector = (p: Program<unknown, RealNumber>): E.Either<Diagnostics, UntypedProgram> => {
  const pushed = (g: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
    const [j, n] = [jvp(g), g.closed.outputs.length]
    return makeNamed(j.in, j.closed.inputs, (x) => refill(tangentOf(p.in), inline(j.closed, exprLeaves(x)).slice(n)))
  }
  return E.chain((g: unknown) => pushed(g as UntypedProgram))(grad(p))
}
