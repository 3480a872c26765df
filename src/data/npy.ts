/**
 * NPY, NumPy's file format for one array.
 *
 *   file   = 93 'NUMPY' major minor length header data
 *   length = 16 bits (version 1) or 32 bits (2, 3), little endian
 *   header = {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }      a Python dictionary
 *
 * Supported: bool, integers of up to 32 bits, f2, f4 and f8, little or big endian, in row-major order. The announced
 * size is compared with the length of the file before anything is allocated.
 *
 * Source: NumPy Enhancement Proposal 1
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DataError } from './error.ts'
import { halfToNumber } from './half.ts'

/** An array, row by row. */
export interface Npy {
  /** NumPy's name without the byte order: f4, i2, u1, b1. */
  readonly type: string
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array
}
type Read = (v: DataView, at: number, little: boolean) => number
const readers: { readonly [type: string]: readonly [width: number, read: Read] } = {
  b1: [1, (v, at) => (v.getUint8(at) === 0 ? 0 : 1)],
  u1: [1, (v, at) => v.getUint8(at)],
  i1: [1, (v, at) => v.getInt8(at)],
  u2: [2, (v, at, l) => v.getUint16(at, l)],
  i2: [2, (v, at, l) => v.getInt16(at, l)],
  i4: [4, (v, at, l) => v.getInt32(at, l)],
  f2: [2, (v, at, l) => halfToNumber(v.getUint16(at, l))],
  f4: [4, (v, at, l) => v.getFloat32(at, l)],
  f8: [8, (v, at, l) => v.getFloat64(at, l)],
}
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const largestHeader = 65_536
const emptyOf = (type: string, size: number): Npy['data'] =>
  type === 'f8'
    ? new Float64Array(size)
    : type.startsWith('f')
      ? new Float32Array(size)
      : type === 'b1' || type === 'u1'
        ? new Uint8Array(size)
        : new Int32Array(size)

interface Header {
  readonly type: string
  readonly little: boolean
  readonly fortran: boolean
  readonly shape: readonly number[]
}
const field = (text: string, name: string, value: string): string | undefined =>
  new RegExp(`'${name}'\\s*:\\s*${value}`).exec(text)?.[1]
const parse = (text: string): Header | undefined => {
  const descr = field(text, 'descr', `'([<>|=]?[A-Za-z]\\d+)'`)
  const fortran = field(text, 'fortran_order', '(True|False)')
  const shape = field(text, 'shape', '\\(([\\d,\\s]*)\\)')
  if (descr === undefined || fortran === undefined || shape === undefined) return undefined
  const sizes = shape.split(',').flatMap((s) => (s.trim() === '' ? [] : [Number(s)]))
  return {
    type: descr.replace(/^[<>|=]/, ''),
    little: !descr.startsWith('>'),
    fortran: fortran === 'True',
    shape: sizes,
  }
}
/**
 * The array in an NPY file. `where` names the bytes in errors.
 *
 * Errors:  NotNpy, Truncated, TrailingBytes, WrongKind
 */
export const readNpy = (bytes: Uint8Array, where = 'bytes in memory'): E.Either<DataError, Npy> => {
  const bad = (reason: string): E.Either<DataError, Npy> => E.left({ _tag: 'NotNpy', where, reason })
  const short = (expected: number): E.Either<DataError, Npy> =>
    E.left({ _tag: 'Truncated', where, expected, found: bytes.length })
  if (magic.some((b, i) => i < bytes.length && bytes[i] !== b)) return bad('it does not begin with 93 NUMPY')
  if (bytes.length < 10) return short(10)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3) return bad(`version ${version} is not known`)
  const start = version === 1 ? 10 : 12
  if (bytes.length < start) return short(start)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > largestHeader) return bad(`a header of ${length} bytes`)
  const from = start + length
  if (bytes.length < from) return short(from)
  const header = parse(new TextDecoder('latin1').decode(bytes.subarray(start, from)))
  if (header === undefined) return bad('its header does not say descr, fortran_order and shape')
  const [width, read] = readers[header.type] ?? [0, undefined]
  const wanted = 'b1, u1, i1, u2, i2, i4, f2, f4 or f8 in row-major order'
  if (read === undefined || (header.fortran && header.shape.length > 1))
    return E.left({
      _tag: 'WrongKind',
      where,
      wanted,
      found: `of ${header.type}${header.fortran ? ' in column-major order' : ''}`,
    })
  const size = header.shape.reduce((n, s) => n * s, 1)
  const expected = from + size * width
  if (!(expected <= bytes.length)) return short(expected)
  if (bytes.length > expected) return E.left({ _tag: 'TrailingBytes', where, expected, found: bytes.length })
  const data = emptyOf(header.type, size)
  for (let i = 0; i < size; i++) data[i] = read(view, from + i * width, header.little)
  return E.right({ type: header.type, shape: header.shape, data })
}
