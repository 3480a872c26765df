/**
 * A checkpoint: all that training needs to resume as if it had never stopped, as the bytes of one file.
 *
 *   file = safetensors: the leaves of the state by their paths, params.0.w; the leaves of the best state, if a callback
 *          keeps one, as best/params.0.w; and metadata
 *          sha256      of the file with this field's digits at 0
 *          version     of this layout
 *          checkpoint  JSON: what is trained (Identity), how far it is (Position), the epochs so far, the best epoch
 *
 * Any program that reads safetensors can read the parameters. The checkpoint of another run is refused, with the first
 * difference: resuming from it would be a third run.
 */
import * as E from 'fp-ts/lib/Either.js'
import { showShape, showType, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { showDataError } from '../data/error.ts'
import {
  readSafetensors,
  type Safetensors,
  type Weights,
  type WeightType,
  writeSafetensors,
} from '../data/safetensors.ts'
import { type CheckpointError, version } from './checkpointError.ts'
import { bytesOf, digest } from './digest.ts'

/** How far training has come. */
export interface Position {
  /** Complete epochs. */
  readonly epochs: number
  /** Steps over all epochs. */
  readonly steps: number
  /** Batches of the epoch that is not complete. */
  readonly batches: number
  /** The sum of the losses of those batches. */
  readonly total: number
}
/** What determines a run, by name: the step program, the key, the number of examples. Equal runs give equal bits. */
export type Identity = { readonly [what: string]: string }
/** The state after the epoch that a callback keeps as the result so far. */
export interface Kept<S> {
  readonly epoch: number
  readonly state: S
}
/** A run that can be resumed. */
export interface Checkpoint<S, Report> {
  readonly identity: Identity
  readonly position: Position
  /** The reports of the complete epochs. */
  readonly history: readonly Report[]
  readonly state: S
  readonly best?: Kept<S>
}

const zeros = '0'.repeat(64)
const dtypes: { readonly [D in Type['dtype']]: readonly WeightType[] } = {
  real: ['f32', 'f64', 'f16', 'bf16'],
  int: ['i32'],
  bool: ['bool'],
}
/** The leaves of a tree of types, by the names that files give them. */
export const named = (types: unknown): readonly (readonly [name: string, type: Type, path: readonly string[]])[] =>
  // the leaves of a tree of types are types
  leavesWithPath(types, isTypeOrExpr).map(([path, leaf]) => [nameOf(path), leaf as Type, path])
/** Numbers outside typed arrays are float64, as in JavaScript. */
const weightsOf = (type: Type, data: unknown): Weights => {
  // the leaves of data are numbers and arrays of numbers
  const values = typeof data === 'number' ? [data] : (data as ArrayLike<number>)
  const single = values instanceof Float32Array
  switch (type.dtype) {
    case 'real':
      return { type: single ? 'f32' : 'f64', shape: type.shape, data: single ? values : Float64Array.from(values) }
    case 'int':
      return { type: 'i32', shape: type.shape, data: Int32Array.from(values) }
    case 'bool':
      return { type: 'bool', shape: type.shape, data: Uint8Array.from(values) }
  }
}
/** A tree of data as the arrays of a file. */
export const tensorsOf = (types: unknown, state: unknown, prefix = ''): { readonly [name: string]: Weights } =>
  Object.fromEntries(
    named(types).map(([name, type, path]) => [`${prefix}${name}`, weightsOf(type, memberAt(state, path))]),
  )
/** The first leaf whose data have another length than its type, or are missing: its name, type and length. */
export const misfitIn = (
  types: unknown,
  state: unknown,
): { readonly name: string; readonly type: Type; readonly length: number | undefined } | undefined => {
  const lengthAt = (path: readonly string[]): number | undefined => {
    const found = memberAt(state, path)
    return typeof found === 'number' ? 1 : (found as ArrayLike<number> | null | undefined)?.length
  }
  return named(types)
    .map(([name, type, path]) => ({ name, type, length: lengthAt(path) }))
    .find(({ type, length }) => length !== sizeOf(type.shape))
}
/** Before the names of the state that a callback keeps. */
export const bestPrefix = 'best/'

// the text that holds the digest: the first of the metadata, so that no name can precede it
const field = (digest: string): string => `"sha256":"${digest}"`
const indexIn = (bytes: Uint8Array, part: Uint8Array): number => {
  const [first = 0] = part
  let at = bytes.indexOf(first)
  while (at >= 0 && part.some((b, i) => bytes[at + i] !== b)) at = bytes.indexOf(first, at + 1)
  return at
}

/** The bytes of a file whose metadata begin with the digest of the whole. */
export const sealed = (tensors: Safetensors['tensors'], metadata: Safetensors['metadata'] = {}): Uint8Array => {
  const bytes = writeSafetensors({ tensors, metadata: { sha256: zeros, ...metadata } })
  bytes.set(bytesOf(field(digest(bytes))), indexIn(bytes, bytesOf(field(zeros))))
  return bytes
}
/** The bytes of a checkpoint. `types`: the types of the state. */
export const encodeCheckpoint = <S, R>(types: S, c: Checkpoint<Arrays<S>, R>): Uint8Array => {
  const { identity, position, history, state, best } = c
  const tensors = { ...tensorsOf(types, state), ...(best && tensorsOf(types, best.state, bestPrefix)) }
  const checkpoint = JSON.stringify({ identity, position, history, best: best?.epoch })
  return sealed(tensors, { version, checkpoint })
}

const damaged = (path: string, reason: string): E.Either<CheckpointError, never> =>
  E.left({ _tag: 'CheckpointDamaged', path, reason })
const foreign = (path: string, difference: string): E.Either<CheckpointError, never> =>
  E.left({ _tag: 'CheckpointForeign', path, difference })

/** Whether the digest that the file states is that of its bytes. */
export const isWhole = (bytes: Uint8Array, stated: string): boolean => {
  const at = indexIn(bytes, bytesOf(field(stated)))
  if (at < 0) return false
  const copy = Uint8Array.from(bytes)
  copy.set(bytesOf(field(zeros)), at)
  return digest(copy) === stated
}
/** The JSON of a checkpoint. */
type Stated<R> = {
  readonly identity: Identity
  readonly position: Position
  readonly history: readonly R[]
  readonly best?: number
}
const statedIn = <R>(text: string): Stated<R> | undefined => {
  try {
    // the checksum proves that `encodeCheckpoint` wrote it
    return JSON.parse(text) as Stated<R>
  } catch {
    return undefined
  }
}
const difference = (here: Identity, there: Identity): string | undefined => {
  const what = [...new Set([...Object.keys(here), ...Object.keys(there)])].find((k) => here[k] !== there[k])
  return what === undefined
    ? undefined
    : `its ${what} is ${there[what] ?? 'not said'}, here ${here[what] ?? 'not said'}`
}
/** The data of a leaf, or how they differ from the type. */
export const leafOf = (file: Safetensors, name: string, type: Type): Weights | string => {
  const found = Object.hasOwn(file.tensors, name) ? file.tensors[name] : undefined
  if (found === undefined) return `it has no ${name}`
  const fits = found.shape.length === type.shape.length && found.shape.every((n, i) => n === type.shape[i])
  return fits && dtypes[type.dtype].includes(found.type)
    ? found
    : `its ${name} is ${found.type}${showShape(found.shape)}, not ${showType(type)}`
}
/**
 * The checkpoint in the bytes, for a run of this identity and these types. `path` names the bytes in errors.
 *
 * Law:     decode(types, identity, encode(types, c)) = c, to the same bits
 * Errors:  CheckpointDamaged, CheckpointVersion, CheckpointForeign
 */
export const decodeCheckpoint = <S, R>(
  types: S,
  identity: Identity,
  bytes: Uint8Array,
  path = 'bytes in memory',
): E.Either<CheckpointError, Checkpoint<Arrays<S>, R>> => {
  const read = readSafetensors(bytes, path)
  if (E.isLeft(read)) return damaged(path, showDataError(read.left).split('\n')[0] ?? '')
  const { sha256 = '', version: written, checkpoint } = read.right.metadata
  if (written === undefined || checkpoint === undefined) return damaged(path, 'a safetensors file of something else')
  if (written !== version) return E.left({ _tag: 'CheckpointVersion', path, version: written })
  const stated = statedIn<R>(checkpoint)
  if (!isWhole(bytes, sha256) || stated === undefined) return damaged(path, 'its checksum is not that of its bytes')
  const other = difference(identity, stated.identity)
  if (other !== undefined) return foreign(path, other)
  const { best: epoch, ...rest } = stated
  const expected = (epoch === undefined ? [''] : ['', bestPrefix]).flatMap((prefix) =>
    named(types).map(([name, type]) => [`${prefix}${name}`, type] as const),
  )
  const leaves: Weights['data'][] = []
  for (const [name, type] of expected) {
    const leaf = leafOf(read.right, name, type)
    if (typeof leaf === 'string') return foreign(path, leaf)
    leaves.push(leaf.data)
  }
  const more = Object.keys(read.right.tensors).find((name) => expected.every(([known]) => known !== name))
  if (more !== undefined) return foreign(path, `it has a ${more} too much`)
  const stateOf = (data: readonly Weights['data'][]): Arrays<S> => typed(refill(types, data))
  const size = named(types).length
  return E.right({
    ...rest,
    state: stateOf(leaves.slice(0, size)),
    ...(epoch !== undefined && { best: { epoch, state: stateOf(leaves.slice(size)) } }),
  })
}
