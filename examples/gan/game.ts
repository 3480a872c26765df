/** Two players, each of which descends a loss of its own: both steps are one program. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Arrays, apply, type Expr, type Program, programOrThrow, type Type } from '../../src/index.ts'
import type { Optimizer } from '../../src/optim/index.ts'
import { type Key, uniform } from '../../src/random/index.ts'
import type { RunOptions } from '../../src/report/index.ts'
import { type Descent, descentStepOrThrow, showTrainError, train } from '../../src/train/index.ts'

type Scalar = Type<readonly [], 'real'>
/** A player's loss, of its own parameters; the parameters of the other player and the data are given. */
type Loss<Own, Other, Data> = Program<readonly [Own, { readonly other: Other; readonly data: Data }], Scalar>
export type Players<G, D, S extends string, T extends string> = {
  readonly generator: Descent<G, S>
  readonly discriminator: Descent<D, T>
}
/** A descent in expressions. */
interface Playing {
  readonly params: object
}
/**
 * One step of the game: the discriminator moves first, and the generator against the discriminator after its move.
 *
 *   (players, data) -> (players', [loss of the generator, loss of the discriminator])
 */
export const gameStep = <G, D, Data, S extends string, T extends string>(
  generator: { readonly loss: Loss<G, D, Data>; readonly optimizer: Optimizer<S> },
  discriminator: { readonly loss: Loss<D, G, Data>; readonly optimizer: Optimizer<T> },
): Program<readonly [Players<G, D, S, T>, Data], readonly [Players<G, D, S, T>, readonly [Scalar, Scalar]]> => {
  const first = descentStepOrThrow(discriminator.optimizer)(discriminator.loss)
  const second = descentStepOrThrow(generator.optimizer)(generator.loss)
  type Move = (x: readonly [Playing, object]) => readonly [Playing, Expr]
  // the players' trees are type parameters here, which `apply` and `programOrThrow` cannot look into
  const [judge, make] = [apply(first), apply(second)] as unknown as readonly [Move, Move]
  const types = [{ generator: second.in[0], discriminator: first.in[0] }, first.in[1].data]
  const play = ([players, data]: readonly [
    { readonly generator: Playing; readonly discriminator: Playing },
    object,
  ]) => {
    const [judging, lossD] = judge([players.discriminator, { other: players.generator.params, data }])
    const [making, lossG] = make([players.generator, { other: judging.params, data }])
    return [{ generator: making, discriminator: judging }, [lossG, lossD]]
  }
  return programOrThrow(types as never, play as never) as never
}

/** A key for a program: int [3]. */
export const wordsOf = (key: Key): Int32Array => Int32Array.from(uniform(3)(key), (u) => Math.floor(u * 2 ** 24))
/** The states after 0, 1, ... stages of so many steps; `dataAt` has the data of each step. */
export const played =
  (o: RunOptions, name: string) =>
  <S, Data>(
    step: Program<readonly [S, Data], readonly [S, unknown]>,
    start: Arrays<S>,
    {
      stages,
      steps,
      dataAt,
    }: {
      readonly stages: number
      readonly steps: number
      readonly dataAt: (k: number) => Arrays<Data>
    },
  ): TE.TaskEither<string, readonly Arrays<S>[]> => {
    const states = [start]
    const listeners = o.follow?.(name)
    const inStage = (stage: number) => Array.from({ length: steps }, (_, k) => (stage - 1) * steps + k)
    return pipe(
      train({
        backend: o.backend,
        step,
        start,
        epochs: stages,
        *batches(stage) {
          for (const k of inStage(stage)) yield dataAt(k)
        },
        onStep: (r) => listeners?.onStep?.({ ...r, epochs: stages, stepsPerEpoch: steps }) ?? (() => {}),
        onEpoch: ({ state, ...r }) =>
          pipe(
            state,
            TE.bimap(
              (error) => ({ _tag: 'BackendFailed', error }) as const,
              (now) => {
                states.push(now)
                return listeners?.onEpoch?.({ ...r, metrics: {} })() ?? 'continue'
              },
            ),
          ),
      }),
      TE.bimap(
        showTrainError((text: string) => text),
        () => states,
      ),
    )
  }
