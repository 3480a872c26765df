/** The outputs of a network for many examples, in mode 'eval', batch by batch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { Program, UntypedProgram } from '../../lang/syntax/program.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { Arrays } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { runs } from '../data/batches.ts'
import type { Examples } from '../data/dataset.ts'
import type { Layer } from '../nn/layer.ts'
import { predict } from '../nn/network.ts'
import type { FitsRule, TypeRule } from '../nn/rule.ts'
import { vmap } from '../transform/vmap.ts'
import { batchAt, wrongIn } from './examples.ts'
import type { Runner, TrainError } from './fold.ts'

export type PredictAllError<BackendError> =
  | Extract<TrainError<BackendError>, { readonly _tag: 'BackendFailed' | 'WrongExamples' }>
  | { readonly _tag: 'IllTyped'; readonly diagnostics: Diagnostics }

/** A network's program on a batch. Its output is one array. */
type Batches = Program<{ readonly params: unknown; readonly state: unknown; readonly x: unknown }, Type>
const batched = (one: UntypedProgram, batch: number): Batches =>
  typed(vmap(batch, { over: typed({ params: false, state: false, x: true }) })(one))

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
      TE.chain((one) => async () => {
        const failed = (error: CompileError | RunError) => E.left({ _tag: 'BackendFailed', error } as const)
        const many = batched(one, batch)
        const types = { x: many.in.x }
        const wrong = wrongIn(types, examples)
        if (wrong !== undefined) return E.left(wrong)
        const compiled = await backend.compile(many)()
        if (E.isLeft(compiled)) return failed(compiled.left)
        const width = sizeOf(many.out.shape.slice(1))
        const out = new Float32Array(examples.count * width)
        try {
          for (const indices of runs(examples.count, batch)) {
            const inputs = { params: trained.params, state: trained.state, ...batchAt(types, examples, indices) }
            const result = await compiled.right.run(typed(inputs))()
            if (E.isLeft(result)) return failed(result.left)
            out.set(result.right.subarray(0, indices.length * width), (indices[0] ?? 0) * width)
          }
          return E.right(out)
        } finally {
          compiled.right.release()
        }
      }),
    )
