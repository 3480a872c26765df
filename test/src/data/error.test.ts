import { expect, test } from 'vitest'
import { type DataError, showDataError } from '../../../src/data/error.ts'

/** One of each, under its own name, so that a new error without an example does not compile. */
const examples: { readonly [Tag in DataError['_tag']]: Extract<DataError, { readonly _tag: Tag }> } = {
  FileMissing: { _tag: 'FileMissing', path: 'mnist', tried: ['a', 'a.gz'] },
  Unreadable: { _tag: 'Unreadable', path: 'mnist/a', reason: 'EACCES' },
  CorruptGzip: { _tag: 'CorruptGzip', where: 'mnist/a.gz', reason: 'Z_DATA_ERROR' },
  TooLarge: { _tag: 'TooLarge', where: 'mnist/a.gz', limit: 134217728 },
  NotIdx: { _tag: 'NotIdx', where: 'mnist/a', magic: [0x3c, 0x21, 0x64, 0x6f] },
  RankOutOfRange: { _tag: 'RankOutOfRange', where: 'mnist/a', rank: 5 },
  Truncated: { _tag: 'Truncated', where: 'mnist/a', expected: 20, found: 12 },
  TrailingBytes: { _tag: 'TrailingBytes', where: 'mnist/a', expected: 20, found: 21 },
  WrongKind: { _tag: 'WrongKind', where: 'mnist/a', wanted: 'u8 of rank 3', found: 'u8 of rank 1' },
  OtherWeights: { _tag: 'OtherWeights', where: 'mnist/f', wanted: 'params.0.w: real[2]', found: 'nothing' },
  CountMismatch: { _tag: 'CountMismatch', where: 'mnist/b', images: 3, labels: 2 },
  LabelOutOfRange: { _tag: 'LabelOutOfRange', where: 'mnist/b', index: 1, label: 10 },
  MalformedCsv: { _tag: 'MalformedCsv', where: 'mnist/c.csv', line: 3, reason: 'a quoted field has no end' },
  NotNpy: { _tag: 'NotNpy', where: 'mnist/d.npy', reason: 'version 9 is not known' },
  NotSafetensors: { _tag: 'NotSafetensors', where: 'mnist/e', reason: 'its header is not a JSON object' },
  NotObtained: {
    _tag: 'NotObtained',
    name: 'mnist',
    folder: 'mnist',
    missing: [{ name: 'a.gz', bytes: 12, sha256: '00ff' }],
    tried: [{ url: 'https://example.org/a.gz', reason: 'ENOTFOUND' }],
  },
  Unwritable: { _tag: 'Unwritable', path: 'mnist', reason: 'ENOSPC' },
}
/** Those that need lists need more lines. */
const long: readonly string[] = ['NotObtained']

test.each(Object.values(examples).filter((e) => !long.includes(e._tag)))(
  '$_tag is shown in three lines: what, where, what to try',
  (error) => {
    expect(showDataError(error)).toMatch(/^[^\n]+\n {2}in {3}mnist[^\n]*\n {2}try {2}[^\n]+$/)
  },
)

test('a missing file is asked for by its path, or by the names that a folder may have it under', () => {
  expect(showDataError(examples.FileMissing)).toMatch(/in {3}mnist\n {2}try {2}put one of a, a\.gz there$/)
  const one = { ...examples.FileMissing, path: 'w.safetensors', tried: ['w.safetensors'] }
  expect(showDataError(one)).toMatch(/in {3}w\.safetensors\n {2}try {2}check the path/)
})

test('the text of one', () => {
  expect(showDataError(examples.NotIdx)).toMatchInlineSnapshot(`
    "not an IDX file: it begins with [3c 21 64 6f]
      in   mnist/a
      try  an IDX file begins with 00 00, a type of 08, 09 or 0b to 0e, and a rank; check the download"
  `)
})

test('a dataset that no mirror provides: the mirrors, the files, and where they belong', () => {
  expect(showDataError(examples.NotObtained)).toMatchInlineSnapshot(`
    "mnist could not be fetched
      from https://example.org/a.gz: ENOTFOUND
      in   mnist
      try  again with a connection (what was received is kept); or put these files there yourself, or name their folder (--dir):
           a.gz  12 bytes  SHA-256 00ff"
  `)
})
