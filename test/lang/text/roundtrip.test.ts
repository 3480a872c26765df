/** parse(print(p)) = p on every example of every primitive, on their derivatives and maps, and on random programs. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { applyAll } from '../../../lang/primitives/entry.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { closeOver, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import type { Program } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { parseOrThrow } from '../../../lang/text/parse.ts'
import { print } from '../../../lang/text/print.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { vjp } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { textLaws } from '../../laws/text.ts'

type AnyProgram = Program<unknown, unknown>
const examples = entries.flatMap((entry) =>
  entry.examples.map(({ attrs, args }, k): readonly [string, AnyProgram] => {
    const outs = entry.type(attrs, args)
    const count = E.isRight(outs) ? outs.right.length : 0
    const inputs = args.map((type, i) => ({ name: `x${i}`, type }))
    const closed = closeOver(inputs, (xs) => applyAll(entry, attrs, xs, count))
    return [`${entry.name} ${k}`, { in: inTypes(closed), out: outTypes(closed), closed }]
  }),
)
const transformed = (p: AnyProgram): readonly AnyProgram[] => {
  const back = vjp(p)
  return [p, jvp(p), vmap(2)(p), jvp(jvp(p)), ...(E.isRight(back) ? [back.right as AnyProgram] : [])]
}
const cases = examples.map(([name, p]): readonly [string, readonly AnyProgram[]] => [name, transformed(p)])
const laws = Object.entries(textLaws)

describe.each(laws)('%s', (_, law) => {
  test.each(cases)('%s, its jvp, vjp and vmap', (_name, programs) => {
    expect(programs.filter((q) => !law(q)).map((q) => print(q))).toEqual([])
  })
  test('random programs', () => {
    fc.assert(fc.property(arbitraryProgram({ maxEquations: 10 }), law), { numRuns: 60 })
  })
  test('random programs, transformed', () => {
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 5 }), (p) => transformed(p).every(law)),
      { numRuns: 8 },
    )
  })
})
/** Where what is written looks like something else that may be written. */
const narrow: readonly (readonly [string, string])[] = [
  ['pow by an integer is no integerPow', 'pow(x, 2) + x^2 + pow(x, y) + x^y'],
  ['a power of a negative number', '(-2)^3 + (-0.5)^x + -2^2 * x'],
  ['the sign of a number that is negated', '-x + neg(2) + neg(-2) + neg(neg(3)) - -1'],
  ['towers', '(x^y)^x + x^y^x + (-x)^2 + -x^2 + x^-y + (x^2)^3'],
  ['groups', 'x - (y - x) - (x - y) + x / (y / x) / (x / y) - (x + y) * x'],
  ['comparisons of truth values', 'select((x < 2) == (y < 3), x, y) + select(!(x < y && x == y || x != y), 1, 0)'],
  ['truth values that are no plain ones', 'select(bool(-0), x, y) + select(bool(1), x, y) + select(true, x, y)'],
  [
    'constants of other types',
    'fn {x: real[2], i: int} -> [i + 1, x + 1, x * real[2](3), int[2](1), int(1), real[2](-0), bool[2](true)]',
  ],
  [
    'conversions of constants',
    'fn x: real -> [int(real(2)), real(int(x)), real(x), int(real[2](1.5)), bool(int(0)), convert{to: "int"}(3)]',
  ],
  [
    'only constants',
    'fn _ -> [2 + 3, real[2](2) + 1, select(true, 1, 2), sin(real[3](1)), int(2) + int(3), -real[2](2)]',
  ],
  [
    'arrays of few elements',
    'fn _ -> [real([2]), real[0]([]), real[2, 0]([]), int[1, 1]([[7]]), bool[2]([true, false]), real[0, 3]([])]',
  ],
  ['trees without leaves', 'fn [] -> {a: {}, b: [], c: _, d: [[_], {x: {}}]}'],
  ['an output that is an input, twice', 'fn {x: real, y: [_, real[2]]} -> [x, y.1, x, sin(x), sin(x)]'],
  ['Euler and a name of its own', 'fn {e: real, pi: real} -> e * pi'],
]
test.each(narrow)('%s', (_, text) => {
  const p = parseOrThrow(text)
  expect(laws.filter(([, law]) => !law(p)).map(([name]) => `${name}: ${print(p)}`)).toEqual([])
})
test('names that are not words, repeated names and unusual keys', () => {
  const names = [
    'a',
    "a'",
    'let',
    'in',
    '_',
    'NaN',
    'e',
    'pi',
    '',
    'two words',
    'x.0',
    '0',
    '"',
    '\\',
    '\n',
    '__proto__',
    'toString',
    'ä',
    '😀',
    "x'y",
    'a.',
  ]
  const inputs = names.map((name) => ({ name, type: real() }))
  const closed = closeOver(inputs, (xs) => xs)
  const flat = Object.fromEntries(names.filter((n) => n !== '__proto__').map((n) => [n, real()]))
  const tree = { in: inTypes(closed), out: outTypes(closed), closed }
  const record = closeOver(
    Object.keys(flat).map((name) => ({ name: `${name}!`, type: real() })),
    (xs) => xs,
  )
  const asRecord = { in: flat, out: flat, closed: record }
  expect(laws.flatMap(([name, law]) => [tree, asRecord].filter((p) => !law(p)).map(() => name))).toEqual([])
})
