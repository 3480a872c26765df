/**
 * Parameters as the bytes of one safetensors file, without the rest of a training: the leaves by their paths, params.0.w and
 * state.1.mean, as a checkpoint names them. So a checkpoint is read as well: the state that a callback kept, else the last.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { showShape, showType } from '../../lang/syntax/shape.ts'
import { type Arrays, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { DataError } from '../data/error.ts'
import { readSafetensors, type Weights, writeSafetensors } from '../data/safetensors.ts'
import { bestPrefix, leafOf, named, tensorsOf } from './checkpoint.ts'

/** The types of what is kept: a network, or `params` alone. */
export interface ParamTypes<P, S> {
  readonly params: P
  readonly state?: S
}
/** What is kept: parameters, and the layers' state where there is one. */
export interface Params<P, S = null> {
  readonly params: Arrays<P>
  readonly state: Arrays<S>
}
/** The types without the other fields of a network. */
const typesOf = ({ params, state = null }: ParamTypes<unknown, unknown>) => ({ params, state })

/** The bytes of a safetensors file with these parameters. `types`: a network, or the types of `params` and `state`. */
export const encodeParams = <P, S = null>(types: ParamTypes<P, S>, values: Params<P, S>): Uint8Array =>
  writeSafetensors({ tensors: tensorsOf(typesOf(types), values) })

/**
 * The parameters in the bytes of a file of `encodeParams`, or in those of a checkpoint. `where` names the bytes in errors.
 *
 * Law:     decodeParams(types, encodeParams(types, x)) = x, to the same bits
 * Errors:  OtherWeights, for the first array that is missing or has another shape; those of `readSafetensors`
 */
export const decodeParams = <P, S = null>(
  types: ParamTypes<P, S>,
  bytes: Uint8Array,
  where = 'bytes in memory',
): E.Either<DataError, Params<P, S>> => {
  const wanted = typesOf(types)
  return pipe(
    readSafetensors(bytes, where),
    E.chain((file) => {
      const prefix = Object.keys(file.tensors).some((name) => name.startsWith(bestPrefix)) ? bestPrefix : ''
      const leaves: Weights['data'][] = []
      for (const [name, type] of named(wanted)) {
        const found = leafOf(file, `${prefix}${name}`, type)
        if (typeof found === 'string') {
          const there = file.tensors[`${prefix}${name}`]
          const skipped = file.skipped?.[`${prefix}${name}`]
          const kind =
            there !== undefined
              ? `${there.type}${showShape(there.shape)}`
              : skipped === undefined
                ? 'nothing'
                : `${skipped.dtype}${showShape(skipped.shape)}`
          return E.left<DataError>({ _tag: 'OtherWeights', where, wanted: `${name}: ${showType(type)}`, found: kind })
        }
        leaves.push(found.data)
      }
      return E.right(typed<Params<P, S>>(refill(wanted, leaves)))
    }),
  )
}
