/** Safetensors: reads what it writes, by type; any bytes give arrays or a typed error. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { bfloatToNumber, halfToNumber, numberToBfloat, numberToHalf } from '../../../src/data/half.ts'
import { readSafetensors, type Safetensors, type Weights, writeSafetensors } from '../../../src/data/safetensors.ts'

const file = (header: string, data: number, length = header.length): Uint8Array => {
  const bytes = new Uint8Array(8 + header.length + data)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(new TextEncoder().encode(header), 8)
  return bytes
}
const tagOf = (bytes: Uint8Array): string => {
  const read = readSafetensors(bytes)
  return E.isLeft(read) ? read.left._tag : 'sound'
}
const shapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
const weights: fc.Arbitrary<Weights> = fc
  .tuple(
    fc.constantFrom('f64' as const, 'f32' as const, 'f16' as const, 'bf16' as const, 'i32' as const, 'bool' as const),
    shapes,
  )
  .chain(([type, shape]) => {
    const size = shape.reduce((n, s) => n * s, 1)
    // small whole numbers fit every type but one
    const least = type === 'bool' ? 0 : -128
    const values = fc.array(fc.integer({ min: least, max: type === 'bool' ? 1 : 128 }), {
      minLength: size,
      maxLength: size,
    })
    const arrays = {
      f64: Float64Array,
      f32: Float32Array,
      f16: Float32Array,
      bf16: Float32Array,
      i32: Int32Array,
      bool: Uint8Array,
    }
    return values.map((v): Weights => ({ type, shape, data: arrays[type].from(v) }))
  })
const files: fc.Arbitrary<Safetensors> = fc.record({
  tensors: fc.dictionary(
    fc.string({ minLength: 1 }).filter((n) => n !== '__metadata__' && n !== '__proto__'),
    weights,
    { maxKeys: 4, noNullPrototype: true },
  ),
  metadata: fc.dictionary(
    fc.string().filter((n) => n !== '__proto__'),
    fc.string(),
    { maxKeys: 3, noNullPrototype: true },
  ),
})

describe('a sound file', () => {
  test('reads back what was written', () =>
    fc.assert(
      fc.property(files, (f) => {
        expect(readSafetensors(writeSafetensors(f))).toEqual(E.right(f))
      }),
    ))
  test('is read if another program wrote it', () => {
    const header =
      '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[1,1],"data_offsets":[8,10]}}'
    const bytes = file(header, 10)
    const view = new DataView(bytes.buffer, 8 + header.length)
    view.setFloat32(0, 1.5, true)
    view.setFloat32(4, -2, true)
    view.setUint16(8, 0x3555, true)
    const read = readSafetensors(bytes)
    if (E.isLeft(read)) throw new Error(read.left._tag)
    expect(read.right.tensors.w).toEqual({ type: 'f32', shape: [2], data: Float32Array.of(1.5, -2) })
    expect(read.right.tensors.h?.data[0]).toBeCloseTo(1 / 3, 3)
    expect(read.right).not.toHaveProperty('skipped')
  })
  test('skips arrays of the types that are not read, and lists them', () => {
    const widths = { I64: 8, U64: 8, C64: 8, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, F8_E4M3: 1, F8_E5M2: 1 }
    for (const [dtype, width] of Object.entries(widths)) {
      const end = 3 * width
      const before = `"n":{"dtype":"${dtype}","shape":[3],"data_offsets":[0,${end}]}`
      const bytes = file(`{${before},"w":{"dtype":"F32","shape":[],"data_offsets":[${end},${end + 4}]}}`, end + 4)
      new DataView(bytes.buffer).setFloat32(bytes.length - 4, 1.5, true)
      expect(readSafetensors(bytes)).toEqual(
        E.right({
          tensors: { w: { type: 'f32', shape: [], data: Float32Array.of(1.5) } },
          metadata: {},
          skipped: { n: { dtype, shape: [3] } },
        }),
      )
    }
    expect(tagOf(file('{"n":{"dtype":"F4","shape":[4],"data_offsets":[0,2]}}', 2))).toBe('sound')
  })
})

describe('a hostile header is refused before anything is allocated', () => {
  const one = (more: string, data = 8): string => tagOf(file(`{"w":${more}}`, data))
  test.each([
    ['an enormous length', () => tagOf(file('{}', 0, 2 ** 52)), 'NotSafetensors'],
    ['a length past the end', () => tagOf(file('{}', 0, 100)), 'Truncated'],
    ['nothing', () => tagOf(new Uint8Array()), 'Truncated'],
    ['no JSON', () => tagOf(file('{"w"', 0)), 'NotSafetensors'],
    ['a list', () => tagOf(file('[]', 0)), 'NotSafetensors'],
    ['an unknown type', () => one('{"dtype":"I65","shape":[1],"data_offsets":[0,8]}'), 'NotSafetensors'],
    ['a type of every object', () => one('{"dtype":"constructor","shape":[1],"data_offsets":[0,8]}'), 'NotSafetensors'],
    [
      'a skipped array of another length',
      () => one('{"dtype":"I64","shape":[2],"data_offsets":[0,8]}'),
      'NotSafetensors',
    ],
    ['half a byte', () => one('{"dtype":"F4","shape":[3],"data_offsets":[0,1]}', 1), 'NotSafetensors'],
    [
      'an enormous shape',
      () => one('{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}'),
      'NotSafetensors',
    ],
    [
      'an enormous shape with offsets to match',
      () => one('{"dtype":"F32","shape":[1125899906842624],"data_offsets":[0,4503599627370496]}'),
      'Truncated',
    ],
    ['a negative size', () => one('{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}'), 'NotSafetensors'],
    ['a fraction', () => one('{"dtype":"F32","shape":[0.5,4],"data_offsets":[0,8]}'), 'NotSafetensors'],
    ['offsets backwards', () => one('{"dtype":"F32","shape":[2],"data_offsets":[8,0]}'), 'NotSafetensors'],
    ['a gap', () => one('{"dtype":"F32","shape":[1],"data_offsets":[4,8]}'), 'NotSafetensors'],
    [
      'an overlap',
      () =>
        one('{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}'),
      'NotSafetensors',
    ],
    ['bytes that no array has', () => one('{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'), 'TrailingBytes'],
    ['metadata that are no strings', () => tagOf(file('{"__metadata__":{"a":1}}', 0)), 'NotSafetensors'],
  ])('%s', (_, found, expected) => {
    expect(found()).toBe(expected)
  })
  test('any bytes, and any damage to a sound file, give arrays or a typed error', () => {
    const sound = writeSafetensors({
      tensors: {
        a: { type: 'f32', shape: [2, 3], data: new Float32Array(6) },
        b: { type: 'bf16', shape: [], data: Float32Array.of(1) },
      },
    })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof tagOf(bytes) === 'string'))
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: sound.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: sound.length }),
        (at, byte, end) => {
          const damaged = sound.slice(0, end)
          if (at < end) damaged[at] = byte
          return end < sound.length ? tagOf(damaged) !== 'sound' : typeof tagOf(damaged) === 'string'
        },
      ),
    )
  })
})

describe('numbers in 16 bits', () => {
  test('each of them is read and written without change', () => {
    const wrong = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => {
      const [h, b] = [halfToNumber(bits), bfloatToNumber(bits)]
      return (!Number.isNaN(h) && numberToHalf(h) !== bits) || (!Number.isNaN(b) && numberToBfloat(b) !== bits)
    })
    expect(wrong).toEqual([])
  })
  test.each([
    [1 / 3, 0x3555, 0x3eab],
    [65519, 0x7bff, 0x4780],
    [65520, 0x7c00, 0x4780],
    [2 ** -25, 0, 0x3300],
    [1.5 * 2 ** -24, 2, 0x33c0],
    [1 + 2 ** -11, 0x3c00, 0x3f80],
    [1 + 3 * 2 ** -11, 0x3c02, 0x3f80],
    [Number.NaN, 0x7e00, 0x7fc0],
  ])('%d to the nearest, ties to even', (x, half, bfloat) => {
    expect([numberToHalf(x), numberToBfloat(x)]).toEqual([half, bfloat])
  })
})
