import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { type Idx, readIdx } from '../../../src/data/idx.ts'
import { writeIdx } from './writeIdx.ts'

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 })

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** An array of one of the six types, special floats included. */
const arrays: fc.Arbitrary<Idx> = shapes.chain((shape) => {
  const exactly = { minLength: sizeOf(shape), maxLength: sizeOf(shape) }
  return fc.oneof(
    fc.uint8Array(exactly).map((data): Idx => ({ type: 'u8', shape, data })),
    fc.int8Array(exactly).map((data): Idx => ({ type: 'i8', shape, data })),
    fc.int16Array(exactly).map((data): Idx => ({ type: 'i16', shape, data })),
    fc.int32Array(exactly).map((data): Idx => ({ type: 'i32', shape, data })),
    fc.float32Array(exactly).map((data): Idx => ({ type: 'f32', shape, data })),
    fc.float64Array(exactly).map((data): Idx => ({ type: 'f64', shape, data })),
  )
})

const same = (a: Idx, b: Idx): boolean =>
  a.type === b.type &&
  a.shape.join() === b.shape.join() &&
  a.data.length === b.data.length &&
  a.data.every((v, i) => Object.is(v, b.data[i]))

const tagOf = (bytes: Uint8Array): string => {
  const read = readIdx(bytes)
  return E.isLeft(read) ? read.left._tag : read.right.type
}

describe('a sound file', () => {
  test('reads back what was written, at any offset in a buffer', () =>
    fc.assert(
      fc.property(arrays, fc.integer({ min: 0, max: 9 }), (array, before) => {
        const file = writeIdx(array)
        const buffer = new Uint8Array(before + file.length + 3)
        buffer.set(file, before)
        const read = readIdx(buffer.subarray(before, before + file.length))
        return E.isRight(read) && same(read.right, array)
      }),
    ))

  test('the array does not share the memory of the file', () => {
    const file = Uint8Array.of(0, 0, 0x08, 1, 0, 0, 0, 2, 7, 8)
    const read = readIdx(file)
    file.fill(0)
    expect(read).toEqual(E.right({ type: 'u8', shape: [2], data: Uint8Array.of(7, 8) }))
  })

  test('numbers are big endian', () => {
    expect(readIdx(Uint8Array.of(0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 255, 254))).toEqual(
      E.right({ type: 'i16', shape: [2], data: Int16Array.of(258, -2) }),
    )
  })
})

describe('an unsound file', () => {
  test('is Truncated if it is cut at any byte', () =>
    fc.assert(
      fc.property(arrays, (array) => {
        const file = writeIdx(array)
        return Array.from(file.keys()).every((length) => {
          const read = readIdx(file.subarray(0, length))
          return (
            E.isLeft(read) &&
            read.left._tag === 'Truncated' &&
            read.left.found === length &&
            read.left.expected > length
          )
        })
      }),
    ))

  test('has TrailingBytes if bytes follow it', () =>
    fc.assert(
      fc.property(arrays, fc.uint8Array({ minLength: 1, maxLength: 5 }), (array, rest) => {
        const file = writeIdx(array)
        const read = readIdx(Uint8Array.of(...file, ...rest))
        return (
          E.isLeft(read) && read.left._tag === 'TrailingBytes' && read.left.found - read.left.expected === rest.length
        )
      }),
    ))

  test('with random bytes changed it is an error, or an array of the size of its shape', () =>
    fc.assert(
      fc.property(arrays, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 }), (array, changes) => {
        const file = writeIdx(array)
        for (const [at, byte] of changes) file[at % file.length] = byte
        const read = readIdx(file)
        return E.isLeft(read) || read.right.data.length === sizeOf(read.right.shape)
      }),
      { numRuns: 500 },
    ))

  test('random bytes are an error or an array, never an exception', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = readIdx(bytes)
        return E.isLeft(read) || read.right.data.length === sizeOf(read.right.shape)
      }),
    ))

  test('a header that announces 2^131 bytes allocates nothing', () => {
    const header = Uint8Array.of(0, 0, 0x0e, 4, ...new Uint8Array(16).fill(255))
    const read = readIdx(header, 'bomb')
    expect(read).toEqual(E.left({ _tag: 'Truncated', where: 'bomb', expected: expect.any(Number), found: 20 }))
    expect(E.isLeft(read) && read.left._tag === 'Truncated' ? read.left.expected : 0).toBeGreaterThan(1e39)
  })

  test('with a size 0 the array is empty, however large the other sizes', () => {
    expect(tagOf(Uint8Array.of(0, 0, 0x0e, 2, 255, 255, 255, 255, 0, 0, 0, 0))).toBe('f64')
  })

  test.each([
    ['nothing', [], 'Truncated'],
    ['a foreign first byte', [1], 'NotIdx'],
    ['gzip', [0x1f, 0x8b, 8, 0, 0], 'NotIdx'],
    ['no such type', [0, 0, 0x0a, 1, 0, 0, 0, 0], 'NotIdx'],
    ['no such type, cut', [0, 0, 0x07], 'NotIdx'],
    ['rank 0', [0, 0, 0x08, 0], 'RankOutOfRange'],
    ['rank 5', [0, 0, 0x08, 5], 'RankOutOfRange'],
    ['rank 255', [0, 0, 0x08, 255], 'RankOutOfRange'],
  ])('%s', (_name, bytes, tag) => {
    expect(tagOf(Uint8Array.from(bytes))).toBe(tag)
  })
})
