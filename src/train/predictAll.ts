/** The outputs of a network for many examples, in mode 'eval', batch by batch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { stacked } from '../../lang/primitives/broadcast.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { runs } from '../data/batches.ts'
import type { Examples } from '../data/dataset.ts'
import type { Layer } from '../nn/layer.ts'
import { predict } from '../nn/network.ts'
import type { FitsRule, TypeRule } from '../nn/rule.ts'
import { batchAt, wrongIn } from './examples.ts'
import type { Runner } from './fold.ts'
import { type ServeError, serve } from './serve.ts'

export type PredictAllError<BackendError> = ServeError<BackendError>

/** A network's program on one example. Its output is one array. */
type Question = Program<{ readonly params: unknown; readonly state: unknown; readonly x: unknown }, Type>

/**
 * The outputs of a network for all examples, in mode 'eval', one after the other: [count, ...output]. The output of the
 * network is one array. `batch`: how many examples are computed at once.
 *
 * Errors:  IllTyped, WrongExamples, BackendFailed
 *
 * @example
 * const network = sequential(dense(2, 2, { bias: false }))
 * const predict = predictAll(reference)(network, { x: real(2), batch: 2 })
 * const trained = { params: [{ w: [1, 0, 0, 2] }], state: [null] } as const
 * const found = await predict(trained, { x: Float32Array.of(1, 2, 3, 4), y: Int32Array.of(0, 1), count: 2 })()
 * found._tag // => 'Right'
 */
export const predictAll =
  <CompileError, RunError>(backend: Runner<CompileError, RunError>) =>
  <P, S, K, F extends TypeRule, const T>(
    network: Layer<P, S, K, F>,
    { x, batch }: { readonly x: T & FitsRule<F, T>; readonly batch: number },
  ) =>
  (
    trained: { readonly params: Arrays<P>; readonly state: Arrays<S> },
    examples: Examples,
  ): TE.TaskEither<PredictAllError<CompileError | RunError>, Float32Array> =>
    pipe(
      TE.fromEither(predict(network, x)),
      TE.mapLeft((diagnostics): PredictAllError<CompileError | RunError> => ({ _tag: 'IllTyped', diagnostics })),
      TE.chain((found) => async () => {
        const one = typed<Question>(found)
        const types = { x: refill(x, typeLeaves(x).map(stacked(batch))) }
        const wrong = wrongIn(types, examples)
        if (wrong !== undefined) return E.left(wrong)
        const known = typed<{ readonly params: object; readonly state: object }>({
          params: trained.params,
          state: trained.state,
        })
        const served = await serve(backend, { batch })(one, known)()
        if (E.isLeft(served)) return served
        const width = sizeOf(one.out.shape)
        const out = new Float32Array(examples.count * width)
        try {
          for (const indices of runs(examples.count, batch)) {
            const result = await served.right.run(typed(batchAt(types, examples, indices)))()
            if (E.isLeft(result)) return result
            out.set(result.right.subarray(0, indices.length * width), (indices[0] ?? 0) * width)
          }
          return E.right(out)
        } finally {
          served.right.release()
        }
      }),
    )
