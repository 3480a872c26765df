/**
 * Why a loss was not finite. The steps since the last known state are repeated one by one, up to the first that turns a
 * finite state into a state or a loss that is not finite; that step is searched equation by equation.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { Program } from '../../lang/syntax/program.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { traceNonFiniteOn } from '../check/nonFinite/onBackend.ts'
import { showNonFinite } from '../check/nonFinite/show.ts'
import { traceNonFinite } from '../check/nonFinite/trace.ts'
import { cost } from '../transform/cost.ts'
import type { Runner } from './fold.ts'

/** What the reference evaluates in about ten seconds. */
const small = (p: Program<unknown, unknown>): boolean => cost(p).flops < 3e8

/** Whether all numbers of a tree are finite. */
const isSound = (tree: unknown): boolean =>
  leavesWithPath(tree, (x) => isTypeOrExpr(x) || ArrayBuffer.isView(x)).every(([, leaf]) =>
    typeof leaf === 'number' ? Number.isFinite(leaf) : Array.prototype.every.call(leaf, Number.isFinite),
  )

type Step<S, D> = Program<readonly [S, D], readonly [S, unknown]>
/** A step with its inputs. */
interface Suspect<S, D> {
  readonly program: Step<S, D>
  readonly step: number
  readonly before: Arrays<S>
  readonly batch: Arrays<D>
}
/** Lines that name the step and the equation; undefined if no repeated step is at fault. */
export const blame =
  <S, D>(
    backend: Runner<unknown, unknown>,
    program: Step<S, D>,
    known: { readonly state: Arrays<S>; readonly steps: number },
    batches: Iterable<Arrays<D>>,
  ): Task<string | undefined> =>
  async () => {
    const compiled = await backend.resident(program)()
    if (E.isLeft(compiled)) return undefined
    const held = compiled.right
    try {
      let before = known.state
      let step = known.steps
      const loaded = await held.load(before)()
      if (E.isLeft(loaded)) return undefined
      for (const batch of batches) {
        step += 1
        const results = await held.step(batch)()
        const after = await held.read()
        if (E.isLeft(results) || E.isLeft(after)) return undefined
        const [loss, state] = [!isSound(results.right), !isSound(after.right)]
        if (loss || state) return await traced(backend, { program, step, before, batch }, loss)
        // what a back end reads it can load
        before = typed<Arrays<S>>(after.right)
      }
      return undefined
    } finally {
      held.release()
    }
  }
/** The part of a step that computes the loss, or the part that computes the state. */
const half = <S, D>(p: Step<S, D>, part: 'loss' | 'state'): Program<readonly [S, D], unknown> => {
  const [state, loss] = p.out
  const states = typeLeaves(state).length
  const { outputs } = p.closed
  return part === 'state'
    ? { ...p, out: state, closed: { ...p.closed, outputs: outputs.slice(0, states) } }
    : { ...p, out: loss, closed: { ...p.closed, outputs: outputs.slice(states) } }
}
/** With the back end's own numbers; if those show nothing (sums in another order), with the reference's. */
const traced = async <S, D>(
  backend: Runner<unknown, unknown>,
  { program, step, before, batch }: Suspect<S, D>,
  loss: boolean,
): Promise<string> => {
  const p = half(program, loss ? 'loss' : 'state')
  const inputs = typed<Arrays<readonly [S, D]>>([before, batch])
  const own = await traceNonFiniteOn(backend)(p, inputs)()
  const found = E.isRight(own) && own.right !== undefined ? own.right : small(p) ? traceNonFinite(p, inputs) : undefined
  if (found === undefined) return `  from step ${step}, though not when its equations are computed one by one`
  const seen = loss ? 'the loss' : ['the new state', ...(found._tag === 'BudgetSpent' ? [] : [found.output])].join(', ')
  return `  from step ${step}, seen in ${seen}\n${showNonFinite(found)}`
}
