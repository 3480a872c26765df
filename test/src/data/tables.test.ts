/** CSV and NPY: read what was written; any bytes give an array or a typed error. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { readCsv, readCsvNumbers } from '../../../src/data/csv.ts'
import { readNpy } from '../../../src/data/npy.ts'

describe('CSV', () => {
  const quote = (f: string): string => `"${f.replaceAll('"', '""')}"`
  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((n) => fc.array(fc.array(fc.string(), { minLength: n, maxLength: n }), { maxLength: 5 }))
  test('quoted fields are read back, with either newline, with or without one at the end', () =>
    fc.assert(
      fc.property(tables, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, newline, ended) => {
        const text = rows.map((r) => r.map(quote).join(',')).join(newline) + (ended && rows.length > 0 ? newline : '')
        expect(readCsv(text)).toEqual(E.right(rows))
      }),
    ))
  test.each([
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,\r\n,b\r\n',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a,', [['a', '']]],
    ['\ufeffx\n"1,""2"""\n', [['x'], ['1,"2"']]],
    ['', []],
  ])('%j', (text, rows) => {
    expect(readCsv(text)).toEqual(E.right(rows))
  })
  test.each([
    ['a,b\n1', 2, /1 fields where the first row has 2/],
    ['a\n"b', 2, /no end/],
    ['"a"b', 1, /after a quoted/],
    ['"a\nb"\nc"d', 3, /a quote inside/],
  ])('%j is refused with its line', (text, line, reason) => {
    expect(readCsv(text)).toMatchObject({ left: { _tag: 'MalformedCsv', line, reason: expect.stringMatching(reason) } })
  })
  test('numbers, with and without names', () => {
    expect(readCsvNumbers('u,v\n1,-2.5\n3e2,0')).toEqual(
      E.right({ names: ['u', 'v'], data: Float64Array.of(1, -2.5, 300, 0), rows: 2, columns: 2 }),
    )
    expect(readCsvNumbers('1;2', 'x', { separator: ';' })).toEqual(
      E.right({ names: [], data: Float64Array.of(1, 2), rows: 1, columns: 2 }),
    )
    expect(readCsvNumbers('u\n1\nx')).toMatchObject({ left: { _tag: 'MalformedCsv', line: 3 } })
    expect(readCsvNumbers('"u\nv","w"\n1,2\n3,x')).toMatchObject({ left: { _tag: 'MalformedCsv', line: 4 } })
  })
  test('any text gives a table or a typed error', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r') }), (text) => {
        const read = readCsvNumbers(text)
        return E.isLeft(read)
          ? read.left._tag === 'MalformedCsv'
          : read.right.data.length === read.right.rows * read.right.columns
      }),
      { numRuns: 1000 },
    ))
})

describe('NPY', () => {
  const npy = (header: string, data: Uint8Array, version = 1): Uint8Array => {
    const start = version === 1 ? 10 : 12
    const bytes = new Uint8Array(start + header.length + data.length)
    bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0])
    const view = new DataView(bytes.buffer)
    if (version === 1) view.setUint16(8, header.length, true)
    else view.setUint32(8, header.length, true)
    bytes.set(new TextEncoder().encode(header), start)
    bytes.set(data, start + header.length)
    return bytes
  }
  const header = (descr: string, shape: string, fortran = 'False'): string =>
    `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`
  const bytesOf = (x: Float32Array | Float64Array): Uint8Array => new Uint8Array(x.buffer)
  const tagOf = (bytes: Uint8Array): string => {
    const read = readNpy(bytes)
    return E.isLeft(read) ? read.left._tag : 'sound'
  }
  test('float32, float64, bytes, half and big-endian integers', () => {
    const values = Float32Array.of(1, -2, 0.5, 4, 5, 6)
    expect(readNpy(npy(header('<f4', '(2, 3)'), bytesOf(values)))).toEqual(
      E.right({ type: 'f4', shape: [2, 3], data: values }),
    )
    expect(readNpy(npy(header('<f8', '(1,)'), bytesOf(Float64Array.of(Math.PI)), 2))).toEqual(
      E.right({ type: 'f8', shape: [1], data: Float64Array.of(Math.PI) }),
    )
    expect(readNpy(npy(header('|u1', '()'), Uint8Array.of(7)))).toEqual(
      E.right({ type: 'u1', shape: [], data: Uint8Array.of(7) }),
    )
    expect(readNpy(npy(header('<f2', '(1,)'), Uint8Array.of(0, 0x3c)))).toEqual(
      E.right({ type: 'f2', shape: [1], data: Float32Array.of(1) }),
    )
    expect(readNpy(npy(header('>i4', '(1,)'), Uint8Array.of(0, 0, 1, 0)))).toEqual(
      E.right({ type: 'i4', shape: [1], data: Int32Array.of(256) }),
    )
  })
  test.each([
    ['a foreign file', Uint8Array.of(1, 2, 3), 'NotNpy'],
    ['nothing', new Uint8Array(), 'Truncated'],
    ['a version that is not known', npy(header('<f4', '(0,)'), new Uint8Array(), 9), 'NotNpy'],
    ['a header without shape', npy("{'descr': '<f4', 'fortran_order': False}", new Uint8Array()), 'NotNpy'],
    ['objects', npy(header('|O8', '(1,)'), new Uint8Array(8)), 'WrongKind'],
    ['columns first', npy(header('<f4', '(1, 1)', 'True'), new Uint8Array(4)), 'WrongKind'],
    ['an enormous shape', npy(header('<f8', '(99999999999, 99999999999)'), new Uint8Array(8)), 'Truncated'],
    ['a shape beyond numbers', npy(header('<f8', `(1${'0'.repeat(400)},)`), new Uint8Array(8)), 'Truncated'],
    ['zero times infinity', npy(header('<f8', `(0, 1${'0'.repeat(400)})`), new Uint8Array(8)), 'Truncated'],
    ['too few bytes', npy(header('<f4', '(2,)'), new Uint8Array(7)), 'Truncated'],
    ['too many', npy(header('<f4', '(2,)'), new Uint8Array(9)), 'TrailingBytes'],
  ])('%s', (_, bytes, tag) => {
    expect(tagOf(bytes)).toBe(tag)
  })
  test('any damage to a sound file gives an array or a typed error', () => {
    const sound = npy(header('<f4', '(2, 3)'), bytesOf(new Float32Array(6)))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sound.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = sound.slice()
        damaged[at] = byte
        return (
          typeof tagOf(damaged) === 'string' &&
          tagOf(damaged.subarray(0, at)) === (at === 0 ? 'Truncated' : tagOf(damaged.subarray(0, at)))
        )
      }),
      { numRuns: 1000 },
    )
  })
})
