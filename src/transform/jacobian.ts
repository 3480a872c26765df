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
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import { axesOf, isReal, type Shape, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, type Tangent, tangentOf, typeLeaves } from '../../lang/syntax/tree.ts'
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

const identity = (n: number): Expr => toReal(eq(iota([n, n], 0), iota([n, n], 1)))
const total = (types: readonly Type[]): number => types.reduce((n, t) => n + sizeOf(t.shape), 0)
const cut = (x: Expr, axis: number, start: number, n: number): Expr => slice(boxAlong(shapeOf(x), axis, start, n))(x)
const starts = (types: readonly Type[]): readonly number[] => types.map((_, k) => total(types.slice(0, k)))
/** The identity over all leaves together, one block of columns per leaf, each row shaped as the leaf. */
const basis = (types: readonly Type[]): readonly Expr[] => {
  const n = total(types),
    eye = identity(n),
    from = starts(types)
  return types.map((t, k) => reshape([n, ...t.shape])(cut(eye, 1, from[k] as number, sizeOf(t.shape))))
}
const realLeaves = (tree: unknown): readonly Type[] => typeLeaves(tree).filter(isReal)
/** The tree of trees from a function of the numbers of an output leaf and an input leaf. */
const table = (p: Program<unknown, unknown>, entry: (o: number, i: number) => Expr): unknown => {
  const inner = (o: number): unknown =>
    refill(
      tangentOf(p.in),
      realLeaves(p.in).map((_, i) => entry(o, i)),
    )
  return refill(
    tangentOf(p.out),
    realLeaves(p.out).map((_, o) => inner(o)),
  )
}

/**
 * The Jacobian by columns: one push per input element, all at once by vmap. Cheap when inputs are few.
 *
 * Law:     jacfwd(f) = jacrev(f)
 */
export const jacfwd = <In, Out>(p: Program<In, Out>): Program<In, Jacobian<In, Out>> => {
  const ins = realLeaves(p.in),
    n = total(ins),
    from = starts(ins)
  const pushed = vmap(n, { over: [false, true] })(
    jvp(p) as Program<readonly [unknown, unknown], readonly [unknown, unknown]>,
  )
  const made = makeNamed(p.in, p.closed.inputs, (x) => {
    const columns = inline(pushed.closed, [...exprLeaves(x), ...basis(ins)]).slice(p.closed.outputs.length)
    return table(p, (o, i) => {
      const leaf = ins[i] as Type,
        block = cut(columns[o] as Expr, 0, from[i] as number, sizeOf(leaf.shape)),
        rest = shapeOf(block).length - 1
      const split = reshape([...leaf.shape, ...shapeOf(block).slice(1)])(block),
        r = leaf.shape.length
      return permute([...axesOf(rest).map((d) => d + r), ...axesOf(r)])(split)
    })
  })
  return orThrow(made) as never
}

/**
 * The Jacobian by rows: one pull per output element, all at once by vmap. Cheap when outputs are few.
 *
 * Errors:  NotReversible
 */
export const jacrev = <In, Out>(p: Program<In, Out>): E.Either<Diagnostics, Program<In, Jacobian<In, Out>>> =>
  pipe(
    vjp(p),
    E.chain((pullback) => {
      const outs = realLeaves(p.out),
        n = total(outs),
        from = starts(outs)
      const pulled = vmap(n, { over: [false, true] })(
        pullback as Program<readonly [unknown, unknown], readonly [unknown, unknown]>,
      )
      return makeNamed(p.in, p.closed.inputs, (x) => {
        const rows = inline(pulled.closed, [...exprLeaves(x), ...basis(outs)]).slice(p.closed.outputs.length)
        return table(p, (o, i) => {
          const leaf = outs[o] as Type,
            block = cut(rows[i] as Expr, 0, from[o] as number, sizeOf(leaf.shape))
          return reshape([...leaf.shape, ...shapeOf(block).slice(1)])(block)
        })
      })
    }),
  ) as never
export const jacrevOrThrow = <In, Out>(p: Program<In, Out>): Program<In, Jacobian<In, Out>> => orThrow(jacrev(p))

type Scalar = Type<readonly [], 'real'>
/**
 * Second derivatives: forward over reverse.
 *
 * Law:     the Hessian is symmetric; hessian(f) = jacfwd(grad(f))
 * Errors:  NotScalar, NotReversible
 */
export const hessian = <In>(p: Program<In, Scalar>): E.Either<Diagnostics, Program<In, Jacobian<In, Tangent<In>>>> =>
  pipe(
    grad(p),
    E.map((g) => jacfwd(g) as never),
  )
export const hessianOrThrow = <In>(p: Program<In, Scalar>): Program<In, Jacobian<In, Tangent<In>>> =>
  orThrow(hessian(p))

/**
 * Hessian times vector without the Hessian: the push of the gradient.
 *
 * Law:     hvp(f)(x, v) = hessian(f)(x) v
 * Errors:  NotScalar, NotReversible
 */
export const hvp = <In>(
  p: Program<In, Scalar>,
): E.Either<Diagnostics, Program<readonly [In, Tangent<In>], Tangent<In>>> =>
  pipe(
    grad(p),
    E.chain((g) => {
      const j = jvp(g),
        n = g.closed.outputs.length
      return makeNamed(j.in, j.closed.inputs, (x) => refill(tangentOf(p.in), inline(j.closed, exprLeaves(x)).slice(n)))
    }),
  ) as never
export const hvpOrThrow = <In>(p: Program<In, Scalar>): Program<readonly [In, Tangent<In>], Tangent<In>> =>
  orThrow(hvp(p))
