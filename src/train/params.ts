/**
 * Parameters as the bytes of one safetensors file, without the rest of a training: the leaves by their paths, params.0.w and
 * state.1.mean, as a checkpoint names them. So a checkpoint is read as well: the state that a callback kept, else the last.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import { showShape, showType } from '../../lang/syntax/shape.ts'
import { type Arrays, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { DataError } from '../data/error.ts'
import { readSafetensors, type Weights } from '../data/safetensors.ts'
import { bestPrefix, isWhole, leafOf, misfitIn, named, sealed, tensorsOf } from './checkpoint.ts'

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

type Tensors = { readonly [name: string]: Weights }
const mapReals = (type: 'f16' | 'bf16', tensors: Tensors): Tensors =>
  pipe(
    tensors,
    R.map((w) => (w.type === 'f32' || w.type === 'f64' ? { ...w, type } : w)),
  )

/**
 * The bytes of a safetensors file with these parameters. `types`: a network, or the types of `params` and `state`. Its
 * metadata have the SHA-256 of the file, as those of a checkpoint.
 *
 * `storage`: 'bfloat16' or 'float16' rounds real numbers to 2 bytes each; by default no bit is lost. `decodeParams` gives them
 * as float32.
 *
 * Errors:  OtherWeights, for the first array that is missing or has another length than its type
 */
export const encodeParams = <P, S = null>(
  types: ParamTypes<P, S>,
  values: Params<P, S>,
  { storage }: { readonly storage?: 'bfloat16' | 'float16' } = {},
): E.Either<DataError, Uint8Array> => {
  const wanted = typesOf(types)
  const misfit = misfitIn(wanted, values)
  if (misfit === undefined) {
    const tensors = tensorsOf(wanted, values)
    return E.right(sealed(storage === undefined ? tensors : mapReals(storage === 'float16' ? 'f16' : 'bf16', tensors)))
  }
  const { name, type, length } = misfit
  const found = length === undefined ? 'nothing' : `${length} numbers`
  return E.left({ _tag: 'OtherWeights', where: 'values in memory', wanted: `${name}: ${showType(type)}`, found })
}

/**
 * The parameters in the bytes of a file of `encodeParams`, or in those of a checkpoint. `where` names the bytes in errors.
 *
 * Law:     decodeParams(types, bytes) = x, to the same bits, for the bytes of encodeParams(types, x)
 * Errors:  OtherWeights, for the first array that is missing or has another shape; NotSafetensors for bytes that are not
 *          those of the digest in the metadata; those of `readSafetensors`
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
      const { sha256 } = file.metadata
      if (sha256 !== undefined && !isWhole(bytes, sha256))
        return E.left<DataError>({ _tag: 'NotSafetensors', where, reason: 'its checksum is not that of its bytes' })
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
