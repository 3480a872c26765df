/**
 * Steps in mixed precision: master parameters in the back end's precision, a loss that reads them in 16 bits, and gradients
 * in 16 bits, whose small numbers a scaled loss keeps from vanishing.
 */
import * as E from 'fp-ts/lib/Either.js'
import { cast, castGradient, type Storage } from '../../lang/operations/mixedPrecision.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { abs, add, and, div, eq, lt, max, min, mul, select } from '../../lang/primitives/elementwise.ts'
import { reduceMax } from '../../lang/primitives/reduction.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { isReal, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, type Data, exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type Optimizer, stateTypes, type UntypedState, updateTree } from '../optim/optimizer.ts'
import { count, outOfRange, positive } from '../optim/refuse.ts'
import { apply } from '../transform/apply.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { type Descent, type ScalarType, startDescent } from './descent.ts'

/** How a loss is scaled. */
export interface ScaleOptions {
  /** What parameters are cast to, and their gradients stored in. Default: 'float16'. */
  readonly storage?: Storage
  /** The first factor on the loss. Default: 65536. */
  readonly scale?: number
  /** Whether the factor is halved after an overflow, and doubled after `every` steps without one. Default: true. */
  readonly dynamic?: boolean
  /** Default: 2000. */
  readonly every?: number
}
/** The state of a descent, the factor on the loss, and the number of steps since it last changed. */
export type ScaledDescent<P, Slot extends string = string> = Descent<P, Slot> & {
  readonly scale: Type<readonly [], 'real'>
  readonly good: Type<readonly [], 'real'>
}
interface State {
  readonly params: unknown
  readonly optimizer: UntypedState
  readonly scale: Expr
  readonly good: Expr
}

/** The tree with `f` at its real leaves. */
const atReals = (f: (x: Expr) => Expr, tree: unknown): unknown =>
  refill(
    tree,
    exprLeaves(tree).map((x) => (isReal(x.type) ? f(x) : x)),
  )
/** (params, data, scale) -> (scaled loss, the outputs of the loss): of parameters in 16 bits. */
const scaledLoss = (loss: UntypedProgram, storage: Storage): E.Either<Diagnostics, UntypedProgram> => {
  const [params, data] = loss.in as readonly [unknown, unknown]
  const stored = (x: Expr): Expr => castGradient(storage)(cast(storage)(x)) as Expr
  return untypedProgram([params, data, real()], ([p, d, scale]: readonly [unknown, unknown, Expr]) => {
    const outputs = apply(loss)([atReals(stored, p), d] as never) as unknown
    const [first] = exprLeaves(outputs)
    return [mul(first as Expr, scale), outputs]
  })
}
const greatest = 3.4028234663852886e38
/** Whether no number is NaN or infinite: NaN is at most nothing. */
const allFinite = (tree: unknown): Expr =>
  exprLeaves(tree)
    .filter((x) => sizeOf(x.type.shape) > 0)
    .map((x) => lt(reduceMax()(abs(x)) as Expr, Number.POSITIVE_INFINITY) as Expr)
    .reduce<Expr>((a, b) => and(a, b), eq(constant([], 0), 0))
const chosen = (condition: Expr, a: unknown, b: unknown): unknown => {
  const others = exprLeaves(b)
  return refill(
    a,
    exprLeaves(a).map((x, i) => select(condition, x, others[i] as Expr)),
  )
}
const steps = (o: Optimizer, options: ScaleOptions, p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
  const { storage = 'float16', dynamic = true, every = 2000 } = options
  const wrong = outOfRange('scaledDescentStep', [
    ['scale', options.scale, positive],
    ['every', every, count],
  ])
  if (wrong.length > 0) return E.left(wrong)
  const [params, data] = p.in as readonly [unknown, unknown]
  const types = [{ params, optimizer: stateTypes(o)(params), scale: real(), good: real() }, data]
  const step = (slope: UntypedProgram) =>
    untypedProgram(types, ([s, d]: readonly [State, unknown]) => {
      const [[, outputs], [scaled]] = apply(slope)([s.params, d, s.scale] as never) as readonly [
        readonly [unknown, unknown],
        readonly [unknown],
      ]
      const gradients = atReals((g) => div(g, s.scale), scaled)
      const finite = allFinite(gradients)
      const [next, remembered] = updateTree(o, s.params, gradients, s.optimizer)
      const good = select(finite, add(s.good, 1), 0)
      const grown = eq(good, every)
      const scale = select(
        finite,
        select(grown, min(greatest, mul(s.scale, 2)), s.scale),
        max(2 ** -100, mul(s.scale, 0.5)),
      )
      const state = {
        params: chosen(finite, next, s.params),
        optimizer: chosen(finite, remembered, s.optimizer),
        scale: dynamic ? scale : s.scale,
        good: dynamic ? select(grown, 0, good) : s.good,
      }
      return [state, outputs]
    })
  return E.chain(step)(
    E.chain((q: UntypedProgram) => valueAndGrad(q as never, { wrt: [true, false, false] } as never))(
      scaledLoss(p, storage),
    ),
  )
}
type ScaledStep<P, D, R, Slot extends string> = Program<
  readonly [ScaledDescent<P, Slot>, D],
  readonly [ScaledDescent<P, Slot>, R]
>
type ScaledStepOf<Checked extends boolean> = <Slot extends string>(
  o: Optimizer<Slot>,
  options?: ScaleOptions,
) => <P, D, R extends ScalarType | readonly [ScalarType, ...unknown[]]>(
  loss: Program<readonly [P, D], R>,
) => Checked extends true ? E.Either<Diagnostics, ScaledStep<P, D, R, Slot>> : ScaledStep<P, D, R, Slot>
/**
 * `descentStep` in mixed precision. The loss reads the parameters in 16 bits, and its gradient is stored in 16 bits; the
 * optimiser updates the parameters in the back end's precision. The loss is multiplied by `scale` before its gradient is
 * taken, which is divided by it afterwards: so gradients below 2^-24 do not vanish. A step whose gradients are not finite
 * changes neither parameters nor the optimiser's state.
 *
 *   scale = scale / 2 after such a step;   scale = 2 scale after `every` steps without one, unless `dynamic` is false
 *
 * Law:     with storage 'float32' and a scale that is a power of two it is descentStep's
 * Errors:  as descentStep; InvalidAttribute for another storage
 * Source:  Micikevicius et al., "Mixed precision training" (2018); factors as PyTorch's GradScaler
 *
 * @example
 * const loss = programOrThrow([{ w: real(2) }, { x: real(2) }], ([{ w }, { x }]) => sum()(square(sub(w, x))))
 * const step = scaledDescentStepOrThrow(sgd({ rate: 0.1 }), { storage: 'bfloat16', scale: 1, dynamic: false })(loss)
 */
export const scaledDescentStep = eitherOfProgram(
  'scaledDescentStep(optimizer, options?{storage scale dynamic every})(loss: program)',
  typed<ScaledStepOf<true>>(
    (o: Optimizer, options: ScaleOptions = {}) =>
      (loss: UntypedProgram) =>
        steps(o, options, loss),
  ),
)
/** `scaledDescentStep`, throwing its diagnostics. */
export const scaledDescentStepOrThrow = ofProgram(
  'scaledDescentStepOrThrow(optimizer, options?{storage scale dynamic every})(loss: program)',
  typed<ScaledStepOf<false>>(
    (o: Optimizer, options: ScaleOptions = {}) =>
      (loss: UntypedProgram) =>
        orThrow(steps(o, options, loss)),
  ),
)
/** The state before the first step, from the parameters' types and values. */
export const startScaledDescent = <const P, Slot extends string>(
  o: Optimizer<Slot>,
  types: P,
  params: Data<P>,
  { scale = 65536 }: ScaleOptions = {},
): Arrays<ScaledDescent<P, Slot>> => typed({ ...startDescent(o, types, params), scale: [scale], good: [0] })
