/**
 * The IDX format: one array of numbers, as MNIST and Fashion-MNIST are published.
 *
 *   file  = 00 00 type rank  size{rank}  element{product of the sizes}
 *   type  = 08 u8 | 09 i8 | 0b i16 | 0c i32 | 0d f32 | 0e f64            one byte
 *   rank  = 1 .. 4                                                       one byte
 *   size  = 32 bits, unsigned                        everything big endian, the last axis runs fastest
 *
 * The announced size is compared with the length of the file before anything is allocated.
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", file formats
 */

import * as E from 'fp-ts/lib/Either.js'
import type { DataError } from './error.ts'

interface Elements<Type extends string, Data> {
  readonly type: Type
  readonly shape: readonly number[]
  readonly data: Data
}

/** An array of numbers, row by row. */
export type Idx =
  | Elements<'u8', Uint8Array>
  | Elements<'i8', Int8Array>
  | Elements<'i16', Int16Array>
  | Elements<'i32', Int32Array>
  | Elements<'f32', Float32Array>
  | Elements<'f64', Float64Array>

/**
 * The array in an IDX file. `where` names the bytes in errors.
 *
 * Errors:  NotIdx, RankOutOfRange, Truncated, TrailingBytes
 */
export const readIdx = (bytes: Uint8Array, where = 'bytes in memory'): E.Either<DataError, Idx> => {
  const [zero, alsoZero, code, rank] = bytes
  const format = formats.find((f) => f.code === code)
  const magic = Array.from(bytes.subarray(0, 4))
  // A prefix of a magic is a truncated file, not a file of another kind.
  if (magic.length < 4 && magic.every((byte, i) => i === 3 || byte === 0 || (i === 2 && format !== undefined)))
    return E.left({ _tag: 'Truncated', where, expected: 4, found: bytes.length })
  if (zero !== 0 || alsoZero !== 0 || format === undefined || rank === undefined)
    return E.left({ _tag: 'NotIdx', where, magic })
  if (rank < 1 || rank > 4) return E.left({ _tag: 'RankOutOfRange', where, rank })

  const header = 4 + 4 * rank
  if (bytes.length < header) return E.left({ _tag: 'Truncated', where, expected: header, found: bytes.length })

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  // At most (2^32)^4 * 8 = 2^131: a double does not hold it exactly, but no file is that long.
  const size = shape.reduce((product, n) => product * n, 1)
  const expected = header + size * format.width
  if (bytes.length < expected) return E.left({ _tag: 'Truncated', where, expected, found: bytes.length })
  if (bytes.length > expected) return E.left({ _tag: 'TrailingBytes', where, expected, found: bytes.length })
  return E.right(format.read(view, header, size, shape))
}

interface Format {
  readonly code: number
  /** Bytes of an element. */
  readonly width: number
  readonly read: (view: DataView, from: number, size: number, shape: readonly number[]) => Idx
}

const formats: readonly Format[] = [
  {
    code: 0x08,
    width: 1,
    read: (v, from, size, shape) => ({
      type: 'u8',
      shape,
      data: new Uint8Array(v.buffer, v.byteOffset + from, size).slice(),
    }),
  },
  {
    code: 0x09,
    width: 1,
    read: (v, from, size, shape) => ({
      type: 'i8',
      shape,
      data: filled(new Int8Array(size), (i) => v.getInt8(from + i)),
    }),
  },
  {
    code: 0x0b,
    width: 2,
    read: (v, from, size, shape) => ({
      type: 'i16',
      shape,
      data: filled(new Int16Array(size), (i) => v.getInt16(from + 2 * i)),
    }),
  },
  {
    code: 0x0c,
    width: 4,
    read: (v, from, size, shape) => ({
      type: 'i32',
      shape,
      data: filled(new Int32Array(size), (i) => v.getInt32(from + 4 * i)),
    }),
  },
  {
    code: 0x0d,
    width: 4,
    read: (v, from, size, shape) => ({
      type: 'f32',
      shape,
      data: filled(new Float32Array(size), (i) => v.getFloat32(from + 4 * i)),
    }),
  },
  {
    code: 0x0e,
    width: 8,
    read: (v, from, size, shape) => ({
      type: 'f64',
      shape,
      data: filled(new Float64Array(size), (i) => v.getFloat64(from + 8 * i)),
    }),
  },
]

/** out[i] = element(i), for a new array. */
const filled = <A extends { [i: number]: number; readonly length: number }>(
  out: A,
  element: (i: number) => number,
): A => {
  for (let i = 0; i < out.length; i++) out[i] = element(i)
  return out
}
