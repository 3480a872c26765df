/**
 * Steps whose state stays in the back end's memory. Checks and the order of calls are the same for every back end. A back
 * end loads a state, runs a step and reads the state; for one that cannot, the state is kept in a variable.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../lang/syntax/program.ts'
import { showType, sizeOf } from '../lang/syntax/shape.ts'
import { typeLeaves } from '../lang/syntax/tree.ts'
import type { Resident } from './backend.ts'
import { checkInputs, type Elements, type Floats, toResults } from './boundary.ts'
import type { CompileError } from './error.ts'
import { calls, copied, type Target } from './executable.ts'

type Awaitable<A> = A | Promise<A>
/** A step on a device, over the leaves of its trees in order. The initial state is 0. */
export interface Held extends Pick<Target, 'backend' | 'reason' | 'ints' | 'release'> {
  /** Copies. */
  readonly load: (state: readonly Elements[]) => Awaitable<void>
  /** Advances the state. Each result is in memory that nothing else writes to. */
  readonly step: (data: readonly Elements[]) => Awaitable<readonly Floats[]>
  readonly read: () => Awaitable<readonly Floats[]>
}
export type StepProgram = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
/** The number of first inputs, and of first outputs, that are the state. */
export const carriedBy = (step: StepProgram): number => typeLeaves(step.in[0]).length

const isPair = (tree: unknown): boolean => Array.isArray(tree) && tree.length === 2
/** The error of a program that is no step, or whose state has other types after it than before. */
export const unlikeState = (name: string, step: StepProgram): CompileError | undefined => {
  if (!isPair(step.in) || !isPair(step.out))
    return {
      _tag: 'Unsupported',
      what: 'a step that does not map a pair to a pair',
      backend: name,
      instead: 'a program of [state, data] to [state, results]',
    }
  const [before, after] = [step.in[0], step.out[0]].map((s) => typeLeaves(s).map(showType).join(', '))
  return before === after
    ? undefined
    : {
        _tag: 'Unsupported',
        what: `a step from a state of ${before} to one of ${after}`,
        backend: name,
        instead: 'a state that has the same types before and after',
      }
}

/** From a target that takes the state as inputs and returns the next state with every call. */
export const inVariable = (step: StepProgram, { call, ...target }: Target): Held => {
  const carried = carriedBy(step)
  let state: readonly Elements[] = typeLeaves(step.in[0]).map((t) => new Float64Array(sizeOf(t.shape)))
  return {
    ...target,
    load: (given) => {
      state = given.map(copied)
    },
    step: async (data) => {
      const outputs = await call([...state, ...data])
      state = outputs.slice(0, carried)
      return outputs.slice(carried)
    },
    read: () => state.map(copied),
  }
}
export const resident = (step: StepProgram, held: Held): Resident<unknown, unknown, unknown> => {
  const { backend, reason, ints } = held
  const [toState, toStepResults] = [toResults(step.out[0], ints), toResults(step.out[1], ints)]
  const [checkState, checkData] = [checkInputs(step.in[0], ints), checkInputs(step.in[1], ints)]
  const { queued, taken, release } = calls(held)
  return {
    backend,
    reason,
    load: (given) => () => taken(checkState(given), async (state) => E.right(await held.load(state))),
    // the trees of step.out, and of the state
    step: (given) => () => taken(checkData(given), async (data) => toStepResults(await held.step(data)) as never),
    read: () => queued(async () => toState(await held.read()) as never),
    release,
  }
}
