/**
 * Why a loss was not finite: the steps since the last known state are taken again, one by one, until one makes a state or
 * a loss that is not finite from a state that is; that step is evaluated equation by equation.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { Program } from '../../lang/program.ts'
import { isTypeOrExpr, leavesWithPath, typeLeaves } from '../../lang/tree.ts'
import { showNonFinite, traceNonFinite } from '../check/nonFinite.ts'
import { cost } from '../cost.ts'
import type { Runner } from './fold.ts'

/** Arithmetic that is evaluated equation by equation in about ten seconds. */
const limit = 3e8

const arraysOf = (tree: unknown): readonly ArrayLike<number>[] =>
  leavesWithPath(tree, (x) => isTypeOrExpr(x) || ArrayBuffer.isView(x)).map(([, leaf]) =>
    typeof leaf === 'number' ? [leaf] : (leaf as ArrayLike<number>),
  )
const isSound = (tree: unknown): boolean => arraysOf(tree).every((x) => Array.prototype.every.call(x, Number.isFinite))
const isSingle = (tree: unknown): boolean => arraysOf(tree).some((x) => x instanceof Float32Array)

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
        if (loss || state) return traced(program, step, before, after.right, batch, loss)
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
const traced = (
  program: Step,
  step: number,
  before: unknown,
  after: unknown,
  batch: unknown,
  loss: boolean,
): string => {
  if (cost(program).flops > limit)
    return `  from step ${step}, whose equations are too many to evaluate here: traceNonFinite(step, [state, batch])`
  const p = half(program, loss ? 1 : 0)
  const inputs = [before, batch] as never
  const found = traceNonFinite(p, inputs, isSingle(after) ? 'single' : 'double') ?? traceNonFinite(p, inputs)
  return found === undefined
    ? `  from step ${step}, though not in the reference, which adds in another order`
    : `  from step ${step}, seen in ${loss ? 'the loss' : `the new state, ${found.output}`}\n${showNonFinite(found)}`
}
