/**
 * A step whose state stays: the checks and the order of what is done are the same for every back end, which says only how
 * it loads a state, makes a step, and reads. A back end that says nothing keeps the state in a variable.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../lang/syntax/program.ts'
import { showType, sizeOf } from '../lang/syntax/shape.ts'
import { typeLeaves } from '../lang/syntax/tree.ts'
import type { Resident } from './backend.ts'
import { checkInputs, type Elements, type Floats, toResults } from './boundary.ts'
import type { CompileError, RunError } from './error.ts'
import { guard, type Target } from './executable.ts'

type Maybe<A> = A | Promise<A>
/** A step on a device, over the leaves of its trees in order. The state is 0 until one is loaded. */
export interface Held extends Pick<Target, 'backend' | 'reason' | 'ints' | 'release'> {
  /** Copies. */
  readonly load: (state: readonly Elements[]) => Maybe<void>
  /** The results, each in memory of its own that nothing else will write to; the state moves on. */
  readonly step: (data: readonly Elements[]) => Maybe<readonly Floats[]>
  readonly read: () => Maybe<readonly Floats[]>
}
export type Step = Program<readonly [unknown, unknown], readonly [unknown, unknown]>
/** How many of the first inputs, and of the first outputs, are the state. */
export const carriedBy = (step: Step): number => typeLeaves(step.in[0]).length

/** Why a program is no step: the state that it gives is of another type than the one that it takes. */
export const unlikeState = (name: string, step: Step): CompileError | undefined => {
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

/** From a target that takes the state in and gives the next one out with every call. */
export const inVariable = (step: Step, { call, ...target }: Target): Held => {
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
/** In its own precision: that of a back end's results stays theirs. */
const copied = (x: Elements): Floats => (x instanceof Float32Array ? x.slice() : Float64Array.from(x))

export const resident = (step: Step, held: Held): Resident<unknown, unknown, unknown> => {
  const { backend, reason, ints } = held
  const [toState, toStepResults] = [toResults(step.out[0], ints), toResults(step.out[1], ints)]
  const [checkState, checkData] = [checkInputs(step.in[0], ints), checkInputs(step.in[1], ints)]
  const { attempt, release } = guard(held)
  let last: Promise<unknown> = Promise.resolve()
  let ahead = 0
  /** One after another; at once where nothing is ahead, so that the caller's arrays are read before anybody can write. */
  const inTurn = <A>(act: Parameters<typeof attempt<A>>[0]): ReturnType<typeof attempt<A>> => {
    const mine = ahead === 0 ? attempt(act) : last.then(() => attempt(act))
    ahead++
    last = mine.then(() => {
      ahead--
    })
    return mine
  }
  /** What waits for its turn is a copy. */
  const taken = <B>(
    checked: E.Either<RunError, readonly Elements[]>,
    act: (given: readonly Elements[]) => Promise<E.Either<RunError, B>>,
  ): Promise<E.Either<RunError, B>> => {
    if (E.isLeft(checked)) return inTurn(() => checked)
    const given = ahead === 0 ? checked.right : checked.right.map(copied)
    return inTurn(() => act(given))
  }
  return {
    backend,
    reason,
    load: (given) => () => taken(checkState(given), async (state) => E.right(await held.load(state))),
    step: (given) => () => taken(checkData(given), async (data) => toStepResults(await held.step(data)) as never),
    read: () => inTurn(async () => toState(await held.read()) as never),
    release,
  }
}
