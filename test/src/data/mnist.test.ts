/** MNIST from bytes: what a page fetches and decompresses itself is read without a disk. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { type NamedBytes, readMnist, showDataError } from '../../../src/data/index.ts'
import { writeIdx } from './writeIdx.ts'

const images: NamedBytes = {
  where: 'pictures',
  data: writeIdx({ type: 'u8', shape: [2, 2, 3], data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i) }),
}
const labelled = (...labels: readonly number[]): NamedBytes => ({
  where: 'answers',
  data: writeIdx({ type: 'u8', shape: [labels.length], data: Uint8Array.from(labels) }),
})
const expected = E.right({
  x: Float32Array.from({ length: 12 }, (_, i) => (20 * i) / 255),
  y: Int32Array.of(9, 0),
  count: 2,
  rows: 2,
  columns: 3,
})

test('pixels become 0 .. 1, labels stay', () => expect(readMnist(images, labelled(9, 0))).toEqual(expected))
test('are read after fetch and DecompressionStream, as in a page', async () => {
  const server = createServer((q, a) => a.end(gzipSync(q.url === '/images.gz' ? images.data : labelled(9, 0).data)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const fetched = async (name: string): Promise<NamedBytes> => {
    const where = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`
    const body = (await fetch(where)).body?.pipeThrough(new DecompressionStream('gzip'))
    const data = await new Response(body ?? null).arrayBuffer()
    return { where, data: new Uint8Array(data) }
  }
  try {
    expect(readMnist(await fetched('images.gz'), await fetched('labels.gz'))).toEqual(expected)
  } finally {
    server.close()
  }
})
test.each<readonly [string, NamedBytes, NamedBytes, object]>([
  ['too few labels', images, labelled(1), { _tag: 'CountMismatch', where: 'answers', images: 2, labels: 1 }],
  ['a label that is no digit', images, labelled(1, 10), { _tag: 'LabelOutOfRange', where: 'answers', index: 1 }],
  ['files that changed places', labelled(1, 2), images, { _tag: 'WrongKind', where: 'answers' }],
  ['labels of rank 3', images, images, { _tag: 'WrongKind', where: 'pictures', wanted: 'u8 of rank 1' }],
])('%s', (_, pictures, labels, error) =>
  expect(readMnist(pictures, labels)).toMatchObject({ _tag: 'Left', left: error }),
)
test('bytes that are still gzipped are an error that says what to do', () => {
  const read = readMnist({ ...images, data: gzipSync(images.data) }, labelled(9, 0))
  expect(E.isLeft(read) && showDataError(read.left)).toMatch(
    /begins with \[1f 8b .*\n {2}in {3}pictures\n {2}try .*gzipped/,
  )
})
