/**
 * A checkpoint: all that training needs to go on as if it had never stopped, in one file's bytes.
 *
 *   file = safetensors: the state's leaves by their paths, params.0.w; those of the state that is kept, where one is,
 *          as best/params.0.w; and as metadata
 *          sha256      of the file with this field's digits at 0
 *          version     of this layout
 *          checkpoint  JSON: what is trained (Identity), how far it is (Position), the epochs so far, the one kept
 *
 * Any program that reads safetensors can read the parameters. What is not exactly this run's is refused, with the first
 * difference: going on from it would give a third run.
 */
import * as E from 'fp-ts/lib/Either.js'
import { showShape, showType, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, isTypeOrExpr, leavesWithPath, memberAt, nameOf, refill } from '../../lang/syntax/tree.ts'
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

/** How far training has come: whole epochs, steps in all, and batches of an epoch that is under way with their losses' sum. */
export interface Position {
  readonly epochs: number
  readonly steps: number
  readonly batches: number
  readonly total: number
}
/** What a run is of, as name and value: the step program, the key, the examples. Two runs with one identity give the same bits. */
export type Identity = { readonly [what: string]: string }
/** The state after an epoch, kept as the answer so far. */
export interface Kept<S> {
  readonly epoch: number
  readonly state: S
}
export interface Checkpoint<S, Report> {
  readonly identity: Identity
  readonly position: Position
  /** The epochs that are done. */
  readonly history: readonly Report[]
  readonly state: S
  readonly best?: Kept<S>
}

const zeros = '0'.repeat(64)
const dtypes: { readonly [D in Type['dtype']]: readonly WeightType[] } = {
  real: ['f32', 'f64'],
  int: ['i32'],
  bool: ['bool'],
}
const named = (types: unknown): readonly (readonly [name: string, type: Type, path: readonly string[]])[] =>
  leavesWithPath(types, isTypeOrExpr).map(([path, leaf]) => [nameOf(path), leaf as Type, path])
/** Numbers that are no typed array are float64, as they are in JavaScript. */
const weightsOf = (type: Type, data: unknown): Weights => {
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
const tensorsOf = (types: unknown, state: unknown, prefix = ''): { readonly [name: string]: Weights } =>
  Object.fromEntries(
    named(types).map(([name, type, path]) => [`${prefix}${name}`, weightsOf(type, memberAt(state, path))]),
  )
const bestOnes = 'best/'

// the text that the digest replaces: the first of the metadata, so that no name can come before it
const field = (digest: string): string => `"sha256":"${digest}"`
const indexIn = (bytes: Uint8Array, part: Uint8Array): number => {
  const [first = 0] = part
  let at = bytes.indexOf(first)
  while (at >= 0 && part.some((b, i) => bytes[at + i] !== b)) at = bytes.indexOf(first, at + 1)
  return at
}

/** The bytes of a checkpoint. `types`: the tree that the state is of. */
export const encodeCheckpoint = <S, R>(types: S, c: Checkpoint<Arrays<S>, R>): Uint8Array => {
  const { identity, position, history, state, best } = c
  const tensors = { ...tensorsOf(types, state), ...(best && tensorsOf(types, best.state, bestOnes)) }
  const checkpoint = JSON.stringify({ identity, position, history, best: best?.epoch })
  const bytes = writeSafetensors({ tensors, metadata: { sha256: zeros, version, checkpoint } })
  bytes.set(bytesOf(field(digest(bytes))), indexIn(bytes, bytesOf(field(zeros))))
  return bytes
}

const damaged = (path: string, reason: string): E.Either<CheckpointError, never> =>
  E.left({ _tag: 'CheckpointDamaged', path, reason })
const foreign = (path: string, difference: string): E.Either<CheckpointError, never> =>
  E.left({ _tag: 'CheckpointForeign', path, difference })

/** The file's own digest is that of its bytes. */
const isWhole = (bytes: Uint8Array, said: string): boolean => {
  const at = indexIn(bytes, bytesOf(field(said)))
  if (at < 0) return false
  const copy = Uint8Array.from(bytes)
  copy.set(bytesOf(field(zeros)), at)
  return digest(copy) === said
}
type Said = {
  readonly identity: Identity
  readonly position: Position
  readonly history: readonly unknown[]
  readonly best?: number
}
const saidIn = (text: string): Said | undefined => {
  try {
    return JSON.parse(text) as Said
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
/** A leaf's data, or how it is not what the type says. */
const leafOf = (file: Safetensors, name: string, type: Type): Weights | string => {
  const found = Object.hasOwn(file.tensors, name) ? file.tensors[name] : undefined
  if (found === undefined) return `it has no ${name}`
  const fits = found.shape.length === type.shape.length && found.shape.every((n, i) => n === type.shape[i])
  return fits && dtypes[type.dtype].includes(found.type)
    ? found
    : `its ${name} is ${found.type}${showShape(found.shape)}, not ${showType(type)}`
}
/**
 * What the bytes say, for a run of this identity and these types.
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
  const said = saidIn(checkpoint)
  if (!isWhole(bytes, sha256) || said === undefined) return damaged(path, 'its checksum is not that of its bytes')
  const other = difference(identity, said.identity)
  if (other !== undefined) return foreign(path, other)
  const { best: epoch, history, ...rest } = said
  const expected = (epoch === undefined ? [''] : ['', bestOnes]).flatMap((prefix) =>
    named(types).map(([name, type]) => [`${prefix}${name}`, type] as const),
  )
  const leaves = expected.map(([name, type]) => leafOf(read.right, name, type))
  const wrong = leaves.find((leaf) => typeof leaf === 'string')
  if (typeof wrong === 'string') return foreign(path, wrong)
  const more = Object.keys(read.right.tensors).find((name) => expected.every(([known]) => known !== name))
  if (more !== undefined) return foreign(path, `it has a ${more} too much`)
  const stateOf = (from: readonly (Weights | string)[]): Arrays<S> =>
    refill(
      types,
      from.map((leaf) => (leaf as Weights).data),
    ) as Arrays<S>
  const size = named(types).length
  return E.right({
    ...rest,
    history: history as readonly R[],
    state: stateOf(leaves.slice(0, size)),
    ...(epoch !== undefined && { best: { epoch, state: stateOf(leaves.slice(size)) } }),
  })
}
