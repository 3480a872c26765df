/**
 * Safetensors: named arrays in one file, the format of published weights.
 *
 *   file   = length header data                 length: 64 bits, unsigned, little endian
 *   header = JSON {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ..., "__metadata__": {...}}
 *
 * Offsets count from the end of the header. Arrays must cover the data without gap or overlap, as the format demands;
 * any other header is refused before anything is allocated. Files of other programs also hold arrays of types that no
 * network here has, such as counters in I64: they are skipped, and listed by name.
 *
 * Source: github.com/huggingface/safetensors
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DataError } from './error.ts'
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from './half.ts'

/** The element type of an array; bool: a byte each, 0 or 1. */
export type WeightType = 'f64' | 'f32' | 'f16' | 'bf16' | 'i32' | 'bool'
/** An array of a file. */
export interface Weights {
  readonly type: WeightType
  readonly shape: readonly number[]
  /** Row by row; f16 and bf16 are converted to float32. */
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array
}
/** An array of a file whose type is not read. */
export interface SkippedWeights {
  /** As the file spells it: I64. */
  readonly dtype: string
  readonly shape: readonly number[]
}
/** What a file holds. */
export interface Safetensors {
  readonly tensors: { readonly [name: string]: Weights }
  readonly metadata: { readonly [name: string]: string }
  /** The arrays that were not read, if there are any. */
  readonly skipped?: { readonly [name: string]: SkippedWeights }
}
interface Format {
  readonly width: number
  readonly empty: (n: number) => Weights['data']
  readonly read: (v: DataView, at: number) => number
  readonly write: (v: DataView, at: number, x: number) => void
}
const [single, double] = [(n: number) => new Float32Array(n), (n: number) => new Float64Array(n)]
const formats: { readonly [T in WeightType]: Format } = {
  f64: {
    width: 8,
    empty: double,
    read: (v, at) => v.getFloat64(at, true),
    write: (v, at, x) => v.setFloat64(at, x, true),
  },
  f32: {
    width: 4,
    empty: single,
    read: (v, at) => v.getFloat32(at, true),
    write: (v, at, x) => v.setFloat32(at, x, true),
  },
  f16: {
    width: 2,
    empty: single,
    read: (v, at) => halfToNumber(v.getUint16(at, true)),
    write: (v, at, x) => v.setUint16(at, numberToHalf(x), true),
  },
  bf16: {
    width: 2,
    empty: single,
    read: (v, at) => bfloatToNumber(v.getUint16(at, true)),
    write: (v, at, x) => v.setUint16(at, numberToBfloat(x), true),
  },
  i32: {
    width: 4,
    empty: (n) => new Int32Array(n),
    read: (v, at) => v.getInt32(at, true),
    write: (v, at, x) => v.setInt32(at, x, true),
  },
  bool: {
    width: 1,
    empty: (n) => new Uint8Array(n),
    read: (v, at) => (v.getUint8(at) === 0 ? 0 : 1),
    write: (v, at, x) => v.setUint8(at, x),
  },
}
const types: readonly WeightType[] = ['f64', 'f32', 'f16', 'bf16', 'i32', 'bool']
const names: { readonly [dtype: string]: WeightType | undefined } = Object.fromEntries(
  types.map((type) => [type.toUpperCase(), type]),
)
/** Bits of a number, for the types of the format that are not read. */
const skippedBits: { readonly [dtype: string]: number | undefined } = {
  ...{ I64: 64, U64: 64, C64: 64, U32: 32, I16: 16, U16: 16, I8: 8, U8: 8 },
  ...{ F8_E5M2: 8, F8_E4M3: 8, F8_E5M2FNUZ: 8, F8_E4M3FNUZ: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
}
/** The reference implementation's own limit. */
const largestHeader = 100_000_000
const highestRank = 16

const isRecord = (x: unknown): x is { readonly [key: string]: unknown } =>
  typeof x === 'object' && x !== null && !Array.isArray(x)
const isStrings = (x: unknown): x is { readonly [key: string]: string } =>
  isRecord(x) && Object.values(x).every((v) => typeof v === 'string')
const isCounts = (x: unknown): x is readonly number[] =>
  Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0)

interface Entry {
  readonly name: string
  readonly dtype: string
  /** undefined: it is skipped. */
  readonly type: WeightType | undefined
  readonly shape: readonly number[]
  readonly from: number
  readonly to: number
}
/** An entry of the header, or what is wrong with it. */
const entryOf = (name: string, value: unknown): Entry | string => {
  if (!isRecord(value)) return 'is not an object'
  const { dtype, shape, data_offsets: offsets } = value
  const known = typeof dtype === 'string' ? dtype : ''
  const type = Object.hasOwn(names, known) ? names[known] : undefined
  const bits =
    type !== undefined ? 8 * formats[type].width : Object.hasOwn(skippedBits, known) ? skippedBits[known] : undefined
  if (bits === undefined) return `has the type ${String(dtype).slice(0, 20)}, which the format does not know`
  if (!isCounts(shape) || shape.length > highestRank) return 'has no sound shape'
  if (!isCounts(offsets) || offsets.length !== 2) return 'has no sound data_offsets'
  const [from = 0, to = 0] = offsets
  const bytes = shape.reduce((n, s) => n * s, bits) / 8
  if (to - from !== bytes) return `has ${to - from} bytes where its type and shape need ${bytes}`
  return { name, dtype: known, type, shape, from, to }
}
const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
/**
 * The arrays and metadata of a file. `where` names the bytes in errors. An array of a type that is not read, such as I64, is
 * among `skipped`.
 *
 * Errors:  Truncated, TrailingBytes, NotSafetensors
 */
export const readSafetensors = (bytes: Uint8Array, where = 'bytes in memory'): E.Either<DataError, Safetensors> => {
  const bad = (reason: string): E.Either<DataError, Safetensors> => E.left({ _tag: 'NotSafetensors', where, reason })
  const short = (expected: number): E.Either<DataError, Safetensors> =>
    E.left({ _tag: 'Truncated', where, expected, found: bytes.length })
  if (bytes.length < 8) return short(8)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length > largestHeader) return bad(`a header of ${length} bytes`)
  const start = 8 + length
  if (bytes.length < start) return short(start)
  const header = jsonOf(textOf(bytes.subarray(8, start)) ?? '')
  if (!isRecord(header)) return bad('its header is not a JSON object')
  const entries: Entry[] = []
  const metadata: (readonly [string, string])[] = []
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isStrings(value)) return bad('its __metadata__ is not a table of strings')
      metadata.push(...Object.entries(value))
      continue
    }
    const entry = entryOf(name, value)
    if (typeof entry === 'string') return bad(`${JSON.stringify(name.slice(0, 60))} ${entry}`)
    entries.push(entry)
  }
  const ordered = [...entries].sort((a, b) => a.from - b.from || a.to - b.to)
  let covered = 0
  for (const e of ordered) {
    if (e.from !== covered)
      return bad(`${JSON.stringify(e.name.slice(0, 60))} begins at ${e.from}, where ${covered} bytes are taken`)
    covered = e.to
  }
  if (bytes.length < start + covered) return short(start + covered)
  if (bytes.length > start + covered)
    return E.left({ _tag: 'TrailingBytes', where, expected: start + covered, found: bytes.length })
  const tensors = entries.flatMap(({ name, type, shape, from, to }) => {
    if (type === undefined) return []
    const { width, read, empty } = formats[type]
    const size = (to - from) / width
    const data = empty(size)
    for (let i = 0; i < size; i++) data[i] = read(view, start + from + i * width)
    return [[name, { type, shape, data }] as const]
  })
  const skipped = entries.flatMap(({ name, dtype, type, shape }) =>
    type === undefined ? [[name, { dtype, shape }] as const] : [],
  )
  return E.right({
    tensors: Object.fromEntries(tensors),
    metadata: Object.fromEntries(metadata),
    ...(skipped.length > 0 && { skipped: Object.fromEntries(skipped) }),
  })
}

/**
 * The bytes of a file with these arrays, and with metadata if any. Numbers are rounded to the type of their array.
 *
 * Law:     readSafetensors(writeSafetensors(x)) = x, if all numbers fit their types
 */
export const writeSafetensors = ({
  tensors,
  metadata,
}: {
  readonly tensors: Safetensors['tensors']
  readonly metadata?: Safetensors['metadata']
}): Uint8Array => {
  let at = 0
  const entries = Object.entries(tensors).map(([name, w]) => {
    const from = at
    at += w.data.length * formats[w.type].width
    return [name, { dtype: w.type.toUpperCase(), shape: w.shape, data_offsets: [from, at] }] as const
  })
  const described = Object.fromEntries([
    ...(metadata === undefined ? [] : [['__metadata__', metadata] as const]),
    ...entries,
  ])
  const json = new TextEncoder().encode(JSON.stringify(described))
  // padded with spaces, so that the data begin at a multiple of 8
  const length = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + length + at).fill(0x20, 8, 8 + length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(length), true)
  bytes.set(json, 8)
  let to = 8 + length
  for (const { type, data } of Object.values(tensors)) {
    const { width, write } = formats[type]
    for (const x of data) {
      write(view, to, x)
      to += width
    }
  }
  return bytes
}
