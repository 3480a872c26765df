/** Attributes as text. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyOf, type Plain, parseJSON, sameAttrs, toJSON } from '../../../lang/syntax/plain.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'

const specials = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  0,
  5e-324,
  1.7976931348623157e308,
  0.1,
]
const number = fc.oneof(fc.constantFrom(...specials), fc.double())
const { plain } = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('plain'), { maxLength: 3 }),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 3 }).filter((k) => k !== '$' && k !== '__proto__'),
      tie('plain'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
}))

describe('laws', () => {
  test('parseJSON(toJSON(x)) = x', () =>
    fc.assert(
      fc.property(plain, (x) => {
        expect(parseJSON(toJSON(x))).toEqual(x)
      }),
    ))
  test('also for every random program', () =>
    fc.assert(
      fc.property(arbitraryProgram(), ({ closed }) => {
        expect(parseJSON(toJSON(closed))).toEqual(closed)
      }),
      { numRuns: 100, seed: 5 },
    ))
  test('the text is JSON', () =>
    fc.assert(fc.property(plain, (x) => typeof JSON.stringify(JSON.parse(toJSON(x))) === 'string')))
})
test.each(specials)('%d survives, inside arrays and records', (v) => {
  expect(parseJSON(toJSON({ a: [v, { b: v }] }))).toEqual({ a: [v, { b: v }] })
})
test('special floats have distinct keys', () =>
  expect(new Set(specials.map((v) => keyOf({ v }))).size).toBe(specials.length))
test('equal attributes are the same, different ones are not', () => {
  expect(sameAttrs({ axes: [0, 1] }, { axes: [0, 1] })).toBe(true)
  expect(sameAttrs({ axes: [0, 1] }, { axes: [1, 0] })).toBe(false)
})
test('text that is not JSON throws a SyntaxError', () => expect(() => parseJSON('{"a":')).toThrow(SyntaxError))
