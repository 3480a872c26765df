/**
 * vmap: a program on one example becomes the program on many, with one more axis in front. A value that no mapped input
 * reaches keeps its shape, so weights stay unbatched. The one primitive named is broadcast, which repeats an unbatched
 * argument where an operation needs all of its arguments batched.
 */
import * as E from 'fp-ts/lib/Either.js'
import { axesOfOperation, freeAxes } from '../../lang/axes.ts'
import { whileLoops } from '../../lang/loops.ts'
import { repeat, stacked } from '../../lang/primitives/broadcast.ts'
import { applyAll, type BatchedOuts, type Recursion } from '../../lang/primitives/entry.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, closeOver, type Equation, inTypes, type Named, outTypes } from '../../lang/syntax/closed.ts'
import { orThrow, type Problem, sizeProblem } from '../../lang/syntax/error.ts'
import { type Expr, node } from '../../lang/syntax/expr.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program, UntypedProgram } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Tell, within } from '../../lang/tell.ts'
import type { FitsSize } from '../../lang/types/index.ts'
import { jvpBody, vjpBody } from './linear.ts'
import { type Places, placed, placesOf, placesProblem, type WithAxis } from './places.ts'
import { run, type Steps } from './steps.ts'

// -- closed programs --------------------------------------------------------------------------------------------------

/** Whether an equation reads the axis by its name, itself or in its bodies, though none of its arguments is batched. */
const reads = (q: Equation, axis: string | undefined): boolean =>
  axis !== undefined && axesOfOperation(q.op, q.attrs).includes(axis)
const batchOne = (q: Equation, args: readonly Expr[], batched: readonly boolean[], rec: Recursion): BatchedOuts => {
  const how = entryOf(q.op).batch
  const any = batched.some(Boolean)
  if ('rule' in how && (any || reads(q, rec.axis))) return how.rule(q.attrs, args, batched, rec)
  if (!any || 'rule' in how) return { outs: node(q.op, q.attrs, args, q.outs), batched: q.outs.map(() => false) }
  const full = args.map((x, i) => (batched[i] ? x : repeat(rec.size, x)))
  const outs = applyAll(entryOf(q.op), how.lift(q.attrs, rec.size), full, q.outs.length)
  return { outs, batched: q.outs.map(() => true) }
}
/** The outputs with the new axis, from inputs of which only the mapped ones have it. */
function* batching(
  p: Closed,
  inputs: readonly Expr[],
  mapped: readonly boolean[],
  rec: Recursion,
): Steps<readonly Expr[]> {
  const [v, on] = [[...inputs], [...mapped]]
  yield { _tag: 'Opened', program: p, values: inputs, given: [] }
  for (const q of p.equations) {
    const given = at(on, q.args)
    const { outs: made, batched } = batchOne(q, at(v, q.args), given, rec)
    v.push(...made)
    on.push(...batched)
    yield { _tag: 'Batched', equation: q, given, made, batched }
  }
  return p.outputs.map((o) => (on[o] ? (v[o] as Expr) : repeat(rec.size, v[o] as Expr)))
}
/** Mapped inputs have one more axis in front; so has every output. */
const vmapBody = (p: Closed, mapped: readonly boolean[], rec: Recursion, tell?: Tell): Closed => {
  const over = ({ name, type }: Named, k: number): Named => ({ name, type: mapped[k] ? stacked(rec.size)(type) : type })
  return closeOver(p.inputs.map(over), (xs) => run(batching(p, xs, mapped, rec), tell))
}

// -- transformations of the programs that attributes hold -------------------------------------------------------------

/**
 * The transformations, passed to entries that hold programs. Each reports its work on a body as one step of the
 * equation.
 */
const recursionOver = (size: number, axis: string | undefined, tell?: Tell): Recursion => ({
  jvp: (body, active) =>
    within(
      tell,
      'forward',
      body,
      (inner) => jvpBody(body, active, differentiation(inner), inner),
      (r) => r.body,
    ),
  vjp: (body, wanted, given) =>
    within(
      tell,
      'reverse',
      body,
      (inner) => vjpBody(body, wanted, given, differentiation(inner), inner),
      (r) => (E.isRight(r) ? r.right : undefined),
    ),
  vmap: (body, batched) =>
    within(
      tell,
      'batch',
      body,
      (inner) => vmapBody(body, batched, recursionOver(size, axis, inner), inner),
      (r) => r,
    ),
  size,
  axis,
  reads: (body) => axis !== undefined && freeAxes(body).includes(axis),
  loops: whileLoops,
})
const silent = recursionOver(1, undefined)
/** A closed program over one more axis, in front, of the mapped inputs and of every output. */
export const vmapClosed = (size: number, p: Closed, mapped: readonly boolean[]): Closed =>
  vmapBody(p, mapped, recursionOver(size, undefined))
/** The recursion of jvp and vjp, which add no axis. */
export const differentiation = (tell?: Tell): Recursion =>
  tell === undefined ? silent : recursionOver(1, undefined, tell)

// -- programs ---------------------------------------------------------------------------------------------------------

/** Every leaf with one more axis in front. */
export type Batched<T, N extends number = number> =
  T extends Type<infer S, infer D>
    ? Type<readonly [N, ...S], D>
    : T extends null
      ? null
      : { readonly [K in keyof T]: Batched<T[K], N> }
/** Every name in `over` is one of an input. */
type FitsOver<T, M> = OverProblem<T, M> extends string ? OverProblem<T, M> : unknown
type OverProblem<T, M> =
  Stray<T, M> extends infer K
    ? [K] extends [never]
      ? unknown
      : `over names ${K & string}, and there is no such input`
    : never
/** The names in a selection that a tree of types lacks; none where the tree or the names are not known. */
type Stray<T, M> = unknown extends T
  ? never
  : M extends boolean | number | null | readonly unknown[]
    ? never
    : { [K in keyof M & string]: string extends K ? never : K extends keyof T ? Stray<T[K], M[K]> : K }[keyof M &
        string]

interface VmapOptions<M, O> {
  /**
   * Which inputs have the axis: true or false, or where they have it: an axis of the batched array. Or a tree of these like
   * the inputs', in which a key that is left out is false. By default all have it in front.
   */
  readonly over?: M
  /** Where the outputs have the axis, likewise; in front by default. */
  readonly out?: O
  /** The axis's name, for psum, pmean and pmax; none by default. */
  readonly axis?: string
}
const vmapProblem = (size: number, p: UntypedProgram, over: Places, out: Places): Problem | undefined =>
  placesProblem('over', p.in, over, 'input') ??
  placesProblem('out', p.out, out, 'output') ??
  sizeProblem('the number of examples', size)
/** vmap, reporting every step. */
export const vmapTelling =
  <const N extends number, const M = true, const O = true>(
    size: N,
    options: VmapOptions<M, O>,
    tell: Tell | undefined,
  ) =>
  <In, Out>(p: Program<In, Out> & FitsOver<In, M>): Program<WithAxis<In, M, N, false>, WithAxis<Out, O, N, true>> => {
    const { over = true, out = true } = options as VmapOptions<Places, Places>
    const problem = vmapProblem(size, p, over, out)
    if (problem !== undefined) orThrow(E.left([{ problem, op: 'vmap', types: inTypes(p.closed), site: callSite() }]))
    const [ins, outs] = [placesOf(p.in, over, undefined), placesOf(p.out, out, 0)]
    const marks = ins.map((place) => place !== undefined)
    const closed = placed(vmapBody(p.closed, marks, recursionOver(size, options.axis, tell), tell), ins, outs)
    return typed({ in: refill(p.in, inTypes(closed)), out: refill(p.out, outTypes(closed)), closed })
  }
/**
 * The program over one more axis of its inputs and outputs: in front, or where `over` and `out` say.
 *
 * Law:     vmap(n)(f)(stack(xs)) = stack(map(f)(xs)); an axis elsewhere is moved to the front, or from there
 * Errors:  thrown: NotASize, TooManyElements; Malformed where `over` names no input or `out` no output; AxisOutOfRange;
 *          MayNotEnd where an example that waits may loop for ever
 *
 * @example
 * const f = programOrThrow({ w: real(3), x: real(3) }, ({ w, x }) => mul(w, x))
 * const many = vmap(5, { over: { x: 1 }, out: -1 })(f)
 * many.in // => { w: { dtype: 'real', shape: [3] }, x: { dtype: 'real', shape: [3, 5] } }
 * many.out // => { dtype: 'real', shape: [3, 5] }
 */
export const vmap = ofProgram(
  'vmap(size, options?{over out axis})(f: program)',
  <const N extends number, const M = true, const O = true>(size: N & FitsSize<N>, options: VmapOptions<M, O> = {}) =>
    vmapTelling(size, options, undefined),
)
