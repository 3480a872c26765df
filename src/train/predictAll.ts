/** What a network answers to many examples, in mode 'eval', batch by batch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { type Arrays, typeLeaves } from '../../lang/syntax/tree.ts'
import { runs } from '../data/batches.ts'
import type { Layer } from '../nn/layer.ts'
import { predict } from '../nn/network.ts'
import type { FitsRule, Rule } from '../nn/rule.ts'
import { vmap } from '../transform/vmap.ts'
import { type Examples, rowsAt, wrongIn } from './examples.ts'
import type { Runner, TrainError } from './fold.ts'

export type AnswersError<BackendError> =
  | Extract<TrainError<BackendError>, { readonly _tag: 'BackendFailed' | 'WrongExamples' }>
  | { readonly _tag: 'IllTyped'; readonly diagnostics: Diagnostics }

/**
 * The answers of a network whose output is one array, one after the other: [count, ...output].
 *
 * Errors:  IllTyped, WrongExamples, BackendFailed
 *
 * @example
 * const network = sequential(dense(2, 2, { bias: false }))
 * const ask = answers(reference)(network, { x: real(2), batch: 2 })
 * const trained = { params: [{ w: [1, 0, 0, 2] }], state: [{}] } as const
 */
export const answers =
  <CompileError, RunError>(backend: Runner<CompileError, RunError>) =>
  <P, S, K, F extends Rule, const T>(
    network: Layer<P, S, K, F>,
    { x, batch }: { readonly x: T & FitsRule<F, T>; readonly batch: number },
  ) =>
  (
    trained: { readonly params: Arrays<P>; readonly state: Arrays<S> },
    examples: Examples,
  ): TE.TaskEither<AnswersError<CompileError | RunError>, Float32Array> =>
    pipe(
      TE.fromEither(predict(network, x)),
      TE.mapLeft((diagnostics): AnswersError<CompileError | RunError> => ({ _tag: 'IllTyped', diagnostics })),
      TE.chain((one) => async () => {
        const failed = (error: CompileError | RunError) => E.left({ _tag: 'BackendFailed', error } as const)
        const many = vmap(batch, { over: { params: false, state: false, x: true } as never })(
          one as UntypedProgram,
        ) as UntypedProgram
        const types = (many.in as { readonly x: unknown }).x
        const wrong = wrongIn({ x: types }, examples)
        if (wrong !== undefined) return E.left(wrong)
        const compiled = await backend.compile(many)()
        if (E.isLeft(compiled)) return failed(compiled.left)
        const width = sizeOf(typeLeaves(many.out)[0]?.shape.slice(1) ?? [])
        const out = new Float32Array(examples.count * width)
        try {
          for (const places of runs(examples.count, batch)) {
            const rows = rowsAt(types, examples.x, places)
            const inputs = { params: trained.params, state: trained.state, x: rows }
            const result = await compiled.right.run(inputs as never)()
            if (E.isLeft(result)) return failed(result.left)
            out.set((result.right as Float32Array).subarray(0, places.length * width), (places[0] ?? 0) * width)
          }
          return E.right(out)
        } finally {
          compiled.right.release()
        }
      }),
    )
