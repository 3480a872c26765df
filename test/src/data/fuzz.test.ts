/**
 * Readers against damaged and hostile files: whatever the bytes, an answer with no more numbers than the file has bytes, or
 * a typed error; never an exception. Files are sound ones with bytes changed, cut out, doubled, or set to huge sizes.
 */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { readCsv, readCsvNumbers } from '../../../src/data/csv.ts'
import { type DataError, showDataError } from '../../../src/data/error.ts'
import { readIdx } from '../../../src/data/idx.ts'
import { readMnist } from '../../../src/data/mnist.ts'
import { readNpy } from '../../../src/data/npy.ts'
import { readSafetensors, writeSafetensors } from '../../../src/data/safetensors.ts'
import { writeIdx } from './writeIdx.ts'

const npyHeader = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n"
const npy = Uint8Array.of(
  0x93,
  ...Buffer.from('NUMPY'),
  1,
  0,
  npyHeader.length,
  0,
  ...Buffer.from(npyHeader),
  ...new Uint8Array(24),
)
const text = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes)

interface Reader {
  readonly name: string
  readonly sound: Uint8Array
  /** How many numbers or fields were read. */
  readonly read: (bytes: Uint8Array) => E.Either<DataError, number>
}
const readers: readonly Reader[] = [
  {
    name: 'IDX',
    sound: writeIdx({ type: 'i16', shape: [2, 3], data: Int16Array.of(1, 2, 3, 4, 5, 6) }),
    read: (bytes) => E.map((x: { readonly data: ArrayLike<number> }) => x.data.length)(readIdx(bytes)),
  },
  {
    name: 'MNIST',
    sound: writeIdx({ type: 'u8', shape: [2, 2, 3], data: new Uint8Array(12) }),
    read: (data) =>
      E.map((d: { readonly x: Float32Array }) => d.x.length)(
        readMnist(
          { where: 'images', data },
          { where: 'labels', data: writeIdx({ type: 'u8', shape: [2], data: Uint8Array.of(7, 1) }) },
        ),
      ),
  },
  {
    name: 'NPY',
    sound: npy,
    read: (bytes) => E.map((x: { readonly data: ArrayLike<number> }) => x.data.length)(readNpy(bytes)),
  },
  {
    name: 'safetensors',
    sound: writeSafetensors({
      tensors: {
        w: { type: 'f32', shape: [2, 3], data: new Float32Array(6) },
        b: { type: 'bf16', shape: [3], data: new Float32Array(3) },
      },
      metadata: { by: 'a test' },
    }),
    read: (bytes) =>
      E.map((x: { readonly tensors: object }) =>
        Object.values(x.tensors).reduce((n: number, t: { readonly data: ArrayLike<number> }) => n + t.data.length, 0),
      )(readSafetensors(bytes)),
  },
  {
    name: 'CSV',
    sound: Buffer.from('a,"b ""c"""\r\n1,2\n3,4\n'),
    read: (bytes) => E.map((rows: readonly (readonly string[])[]) => rows.flat().length)(readCsv(text(bytes))),
  },
  {
    name: 'CSV of numbers',
    sound: Buffer.from('a,b\n1,2e5\n-3,4\n'),
    read: (bytes) => E.map((x: { readonly data: ArrayLike<number> }) => x.data.length)(readCsvNumbers(text(bytes))),
  },
]

type Damage = (bytes: readonly number[]) => readonly number[]
const at = (n: number, share: number): number => Math.floor(share * n)
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
/** Numbers that headers should not hold, as bytes and as digits. */
const hostile = [
  [255, 255, 255, 255],
  [127, 255, 255, 255, 255, 255, 255, 255],
  [0, 0, 0, 0],
  ...['9'.repeat(30), '-1', '1e400', '4294967296', '2147483648', '[', '{', '"', "'", '(', '__proto__'].map((s) => [
    ...Buffer.from(s),
  ]),
]
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(share, fc.nat(255)).map(
    ([p, byte]): Damage =>
      (b) =>
        b.map((x, i) => (i === at(b.length, p) ? byte : x)),
  ),
  share.map(
    (p): Damage =>
      (b) =>
        b.slice(0, at(b.length, p)),
  ),
  fc.tuple(share, share).map(
    ([p, q]): Damage =>
      (b) => [...b.slice(0, at(b.length, p)), ...b.slice(at(b.length, q))],
  ),
  fc.tuple(share, fc.constantFrom(...hostile)).map(
    ([p, put]): Damage =>
      (b) => {
        const from = at(b.length, p)
        return [...b.slice(0, from), ...put, ...b.slice(from + put.length)]
      },
  ),
)
const damaged = (sound: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .array(damage, { minLength: 1, maxLength: 4 })
        .map((ds) => Uint8Array.from(ds.reduce((b, d) => d(b), [...sound] as readonly number[]))),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
  )

describe.each(readers)('$name', ({ sound, read }) => {
  test('the sound file is read', () => expect(read(sound)).toMatchObject({ _tag: 'Right' }))
  test('3,000 damaged files', () => {
    const seen = { errors: 0 }
    fc.assert(
      fc.property(damaged(sound), (bytes) => {
        const answer = read(bytes)
        if (E.isRight(answer)) return answer.right <= bytes.length + 1
        seen.errors++
        return showDataError(answer.left).includes('\n  try  ')
      }),
      { seed: 20261121, numRuns: 3000 },
    )
    expect(seen.errors).toBeGreaterThan(100)
  })
})
