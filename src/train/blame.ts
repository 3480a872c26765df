/**
 * Why a loss was not finite: the steps since the last known state are taken again, one by one, until one makes a state or
 * a loss that is not finite from a state that is; that step is searched equation by equation.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { Program } from '../../lang/syntax/program.ts'
import { isTypeOrExpr, leavesWithPath, typeLeaves } from '../../lang/syntax/tree.ts'
import { traceNonFiniteOn } from '../check/nonFinite/onBackend.ts'
import { showNonFinite } from '../check/nonFinite/show.ts'
import { traceNonFinite } from '../check/nonFinite/trace.ts'
import { cost } from '../transform/cost.ts'
import type { Runner } from './fold.ts'

/** What the reference evaluates in about ten seconds. */
const small = (p: Program<unknown, unknown>): boolean => cost(p).flops < 3e8

const arraysOf = (tree: unknown): readonly ArrayLike<number>[] =>
  leavesWithPath(tree, (x) => isTypeOrExpr(x) || ArrayBuffer.isView(x)).map(([, leaf]) =>
    typeof leaf === 'number' ? [leaf] : (leaf as ArrayLike<number>),
  )
const isSound = (tree: unknown): boolean => arraysOf(tree).every((x) => Array.prototype.every.call(x, Number.isFinite))

type Step = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
/** Lines that name the step and the equation; nothing where the steps cannot be repeated. */
export const blame =
  (
    backend: Runner<unknown, unknown>,
    program: Step,
    known: { readonly state: unknown; readonly steps: number },
    batches: Iterable<unknown>,
  ): Task<string | undefined> =>
  async () => {
    const compiled = await backend.resident(program)()
    if (E.isLeft(compiled)) return undefined
    const held = compiled.right
    try {
      let before = known.state
      let step = known.steps
      const loaded = await held.load(before as never)()
      if (E.isLeft(loaded)) return undefined
      for (const batch of batches) {
        step += 1
        const results = await held.step(batch as never)()
        const after = await held.read()
        if (E.isLeft(results) || E.isLeft(after)) return undefined
        const [loss, state] = [!isSound(results.right), !isSound(after.right)]
        if (loss || state) return await traced(backend)(program, step, before, batch, loss)
        before = after.right
      }
      return undefined
    } finally {
      held.release()
    }
  }
/** The part of a step that gives the loss, or the part that gives the state. */
const half = (p: Step, part: 0 | 1): Program<unknown, unknown> => {
  const states = typeLeaves(p.out[0]).length
  const { outputs } = p.closed
  const chosen = part === 0 ? outputs.slice(0, states) : outputs.slice(states)
  return { ...p, out: p.out[part], closed: { ...p.closed, outputs: chosen } }
}
/** In the back end's own numbers; where those show nothing (sums of another order), in the reference's. */
const traced =
  (backend: Runner<unknown, unknown>) =>
  async (program: Step, step: number, before: unknown, batch: unknown, loss: boolean): Promise<string> => {
    const p = half(program, loss ? 1 : 0)
    const inputs = [before, batch] as never
    const own = await traceNonFiniteOn(backend)(p, inputs)()
    const found =
      E.isRight(own) && own.right !== undefined ? own.right : small(p) ? traceNonFinite(p, inputs) : undefined
    return found === undefined
      ? `  from step ${step}, though not when its equations are computed one by one`
      : `  from step ${step}, seen in ${loss ? 'the loss' : `the new state, ${found.output}`}\n${showNonFinite(found)}`
  }
