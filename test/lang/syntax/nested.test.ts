/** Nested arrays: their shape, their elements in row-major order, and what is wrong with others; in types and at run time. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect, expectTypeOf, test } from 'vitest'
import { reference } from '../../../backends/reference/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul } from '../../../lang/primitives/elementwise.ts'
import { flatAt, unnest } from '../../../lang/syntax/nested.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import type { Data } from '../../../lang/syntax/tree.ts'
import { serve } from '../../../src/train/index.ts'

const nestedOf = (shape: readonly number[], flat: readonly number[]): unknown => {
  const [n, ...rest] = shape
  if (n === undefined) return flat[0]
  const width = flat.length / n
  return Array.from({ length: n }, (_, k) => nestedOf(rest, flat.slice(k * width, (k + 1) * width)))
}
test('unnest has the shape and the elements of what was nested', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), (shape) => {
      const flat = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k)
      const found = unnest(nestedOf(shape, flat))
      expect(found).toMatchObject({ shape })
      expect('values' in found && Array.from(found.values)).toEqual(flat)
    }),
  ))
test.each([
  [[[1], [2, 3]], { _tag: 'RaggedRows', row: '[1]', expected: [1], found: [2] }],
  [
    [
      [[1], [2]],
      [[3], [4, 5]],
    ],
    { _tag: 'RaggedRows', row: '[1][1]', expected: [1], found: [2] },
  ],
  [[[1], 2], { _tag: 'RaggedRows', row: '[1]', expected: [1], found: [] }],
  [[[1], ['x']], { _tag: 'NotNumbers' }],
  [[[1], null], { _tag: 'NotNumbers' }],
  [[new Uint16Array(1), [1]], { _tag: 'NotNumbers' }],
  [[[], []], { shape: [2, 0] }],
  [[[Number.NaN, -0]], { shape: [1, 2] }],
])('%j', (data, expected) => expect(unnest(data)).toMatchObject(expected))
test('flatAt leaves other data as they are, and names what does not fit', () => {
  const types = { a: real(2, 2), b: [real(3), int()], c: null } as const
  const b = [Float32Array.of(1, 2, 3), 4] as const
  const tree = {
    a: [
      [1, 2],
      [3, 4],
    ],
    b,
    c: null,
  } as const
  expect(flatAt('x', types, tree)).toEqual(E.right({ a: Float64Array.of(1, 2, 3, 4), b, c: null }))
  const wrong = flatAt('x', types, { ...tree, a: [[1, 2, 3, 4]] })
  expect(E.isLeft(wrong) && wrong.left[0]?.problem).toEqual({
    _tag: 'Malformed',
    what: 'the input a has the shape [1, 4]; expected [2, 2]',
  })
})
test('types: as deep as the shape has axes', () => {
  const types = { x: real(2, 3), v: real(2), s: real() } as const
  const use = (data: Data<typeof types>): unknown => data
  const m = [Float32Array.of(1, 2, 3), [4, 5, 6]]
  const plain = [[1, 2, 3]].concat([[4, 5, 6]])
  use({ x: m, v: Float64Array.of(1, 2), s: [1] })
  use({ x: plain, v: [1, 2], s: 1 })
  use({ x: [1, 2, 3, 4, 5, 6], v: [1, 2], s: 1 })
  // @ts-expect-error one axis too many
  use({ x: plain, v: [[1], [2]], s: 1 })
  // @ts-expect-error one axis too many
  use({ x: [plain], v: [1, 2], s: 1 })
  // @ts-expect-error no number
  use({ x: [['1', 2, 3]], v: [1, 2], s: 1 })
  expectTypeOf<Data<typeof types>>().not.toBeAny()
})
test('a served program takes nested examples of its shape', async () => {
  const p = programOrThrow({ w: real(2), x: real(2) }, ({ w, x }) => sum()(mul(w, x)))
  const served = await serve(reference, { batch: [2] })(p, { w: [1, 10] })()
  if (E.isLeft(served)) throw new Error('not served')
  const run = async (x: unknown) => {
    const found = await served.right.run({ x } as never)()
    return E.isRight(found) ? Array.from(found.right as ArrayLike<number>) : found.left
  }
  expect(
    await run([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
  ).toEqual([21, 43, 65])
  expect(await run([[1, 2, 3, 4]])).toMatchObject({ _tag: 'WrongExamples', found: 'examples of shape [4]' })
  expect(await run([[1, 2], [3]])).toMatchObject({ _tag: 'WrongExamples' })
})
