/** The parameters of a network in a file, each way in one line. */
import { readFile } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../data/error.ts'
import { decodeParams, encodeParams, type Params, type ParamTypes } from '../train/params.ts'
import { reasonOf, writeWhole } from './whole.ts'

/**
 * Writes the parameters of a network, and its state if it has one, as a safetensors file: `saveParams(path)(network, fitted.state)`.
 * The file is complete at any instant. `types`: the network, or the types of `params` and `state`.
 *
 * Errors:  OtherWeights, for the first array that is missing or has another length; Unwritable. The file is then what it was
 *          before
 *
 * @example
 * const network = sequential(dense(2, 1))
 * const trained = network.init(randomKey(1))
 * const path = '/tmp/adjoint-example/two.safetensors'
 * await saveParams(path)(network, trained)()
 * const loaded = await loadParams(path)(network)()
 * const same = loaded._tag === 'Right' && loaded.right.params[0].w[0] === trained.params[0].w[0]
 * same // => true
 */
export const saveParams =
  (path: string) =>
  <P, S = null>(types: ParamTypes<P, S>, values: Params<P, S>): TE.TaskEither<DataError, void> =>
    pipe(
      // encoded when the task runs, as the file is written
      TE.fromIOEither(() => encodeParams(types, values)),
      TE.chain((bytes) =>
        pipe(
          writeWhole(path, bytes),
          TE.mapLeft(({ reason }): DataError => ({ _tag: 'Unwritable', path, reason })),
        ),
      ),
    )
/**
 * Reads the parameters of a network from a file of `saveParams` or from a checkpoint of `fit`. The result is what `predictAll`,
 * `serve` and `predict` take.
 *
 * Errors:  FileMissing, Unreadable; OtherWeights, for the first array that is missing or has another shape; NotSafetensors, also
 *          where the checksum is not that of the bytes, and Truncated
 */
export const loadParams =
  (path: string) =>
  <P, S = null>(types: ParamTypes<P, S>): TE.TaskEither<DataError, Params<P, S>> =>
    pipe(
      TE.tryCatch(
        () => readFile(path),
        (error): DataError => {
          const reason = reasonOf(error)
          return reason === 'ENOENT'
            ? { _tag: 'FileMissing', path, tried: [path] }
            : { _tag: 'Unreadable', path, reason }
        },
      ),
      TE.chainEitherK((bytes) => decodeParams(types, bytes, path)),
    )
