/** parse(print(p)) = p on every example of every primitive, on their derivatives and maps, and on random programs. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { closeOver, inTypes, outTypes } from '../../../lang/closed.ts'
import { applyAll } from '../../../lang/entry.ts'
import { entries } from '../../../lang/primitives/index.ts'
import type { Program } from '../../../lang/program.ts'
import { real } from '../../../lang/shape.ts'
import { print } from '../../../lang/text/print.ts'
import { vmap } from '../../../src/batch.ts'
import { jvp } from '../../../src/jvp.ts'
import { vjp } from '../../../src/vjp.ts'
import { arbitraryProgram } from '../../arbitrary/program.ts'
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
    fc.assert(fc.property(arbitraryProgram({ maxEquations: 10 }), law), { numRuns: 100 })
  })
  test('random programs, transformed', () => {
    fc.assert(
      fc.property(arbitraryProgram({ maxEquations: 5 }), (p) => transformed(p).every(law)),
      { numRuns: 15 },
    )
  })
})
test('names that are no words, repeated names and odd keys', () => {
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
