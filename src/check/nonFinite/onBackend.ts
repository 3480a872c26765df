/**
 * Where NaN or infinity comes from, in a back end's own numbers. Two programs are built from the given one and run
 * there:
 *
 *   kinds    two numbers for every value: how many elements are NaN, and how many are not finite
 *   values   the arguments and the result of the equations to blame
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Backend } from '../../../lang/backend.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { eq, select, sub } from '../../../lang/primitives/elementwise.ts'
import { type Closed, closeOver, open, typesOf } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { ofProgram } from '../../../lang/syntax/ofProgram.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import { isReal, type Type } from '../../../lang/syntax/shape.ts'
import { type Data, isObject } from '../../../lang/syntax/tree.ts'
import { type Budget, meterOf } from '../budget.ts'
import type { Finiteness } from './cause.ts'
import { affordable, type FloatPrecision, type NonFinite, searchOf } from './trace.ts'

/** The part of a back end that tracing uses. */
export type Compiler<CompileError, RunError> = Pick<Backend<CompileError, RunError>, 'compile'>
/** A program whose outputs are a list. */
type Listing<In> = Program<In, readonly Type[]>
/** The program with other outputs, computed from its values. */
const asking = <In>(
  program: Program<In, unknown>,
  outputs: (values: readonly Expr[]) => readonly Expr[],
): Listing<In> => {
  const closed = closeOver(program.closed.inputs, (inputs) => outputs(open(program.closed, inputs)))
  const types = typesOf(closed)
  return { in: program.in, out: closed.outputs.map((o) => nth(types, o)), closed }
}
const count = (wrong: Expr): Expr => sum()(wrong)
/** How many elements are NaN, and how many are not finite: x - x is 0 where x is finite, else NaN. */
const counts = (x: Expr): readonly Expr[] => [count(select(eq(x, x), 0, 1)), count(select(eq(sub(x, x), 0), 0, 1))]
const realsOf = (p: Closed): readonly boolean[] => typesOf(p).map(isReal)
const kindsProgram = <In>(program: Program<In, unknown>): Listing<In> => {
  const reals = realsOf(program.closed)
  return asking(program, (v) => v.filter((_, k) => reals[k]).flatMap(counts))
}
const leaves = (tree: unknown): readonly ArrayLike<number>[] =>
  ArrayBuffer.isView(tree) ? [tree as Float64Array] : isObject(tree) ? Object.values(tree).flatMap(leaves) : []

const once =
  <C, R, In>(backend: Compiler<C, R>, inputs: Data<In>) =>
  (p: Listing<In>): TE.TaskEither<C | R, readonly ArrayLike<number>[]> =>
    pipe(
      backend.compile(p),
      TE.chainW((made) => async () => {
        const result = await made.run(inputs)()
        made.release()
        return E.map(leaves)(result)
      }),
    )

/**
 * `traceNonFinite` with the numbers of a back end. The bodies of loops and branches are evaluated in float32 or float64
 * by the language's own evaluator, within the budget.
 *
 * Errors:  the back end's own
 *
 * @example
 * const loss = programOrThrow({ x: real(2) }, ({ x }) => sum()(log(x)))
 * const found = await traceNonFiniteOn(wasm())(loss, { x: [1, -1] })()
 * found._tag // => 'Right'
 */
export const traceNonFiniteOn = ofProgram(
  'traceNonFiniteOn(backend)(f: program, inputs, budget?)',
  <CompileError, RunError>(backend: Compiler<CompileError, RunError>) =>
    <In, Out>(
      program: Program<In, Out>,
      inputs: Data<In>,
      budget: Budget = {},
    ): TE.TaskEither<CompileError | RunError, NonFinite | undefined> => {
      const compute = once(backend, inputs)
      const reals = realsOf(program.closed)
      const meter = meterOf(budget)
      return pipe(
        compute(kindsProgram(program)),
        TE.chain((found) => {
          let next = 0
          const kinds = reals.map((real): Finiteness => {
            if (!real) return 'finite'
            const [nan, bad] = [found[next++]?.[0] ?? 0, found[next++]?.[0] ?? 0]
            return nan > 0 ? 'nan' : bad > 0 ? 'infinite' : 'finite'
          })
          const search = searchOf(program, kinds, meter)
          if (search === undefined) return TE.right(undefined)
          return pipe(
            compute(asking(program, (v) => search.numbers.map((k) => nth(v, k)))),
            TE.map((values) => {
              const precision: FloatPrecision = values.some((v) => v instanceof Float32Array) ? 'single' : 'double'
              const valueAt = (k: number) => Float64Array.from(values[search.numbers.indexOf(k)] ?? [])
              return affordable(meter, () => search.answer(valueAt, precision))
            }),
          )
        }),
      )
    },
)
