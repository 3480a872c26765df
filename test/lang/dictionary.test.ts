/** Every law on every example of every primitive: a new primitive is tested by existing. */
import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { dictionary, entries } from '../../lang/primitives/index.ts'
import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import { showProblem } from '../../lang/syntax/error.ts'
import { parseJSON, sameAttrs, toJSON } from '../../lang/syntax/plain.ts'
import { isReal } from '../../lang/syntax/shape.ts'
import { seeds, unit, values } from '../../src/testing/arbitrary/values.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjpOrThrow } from '../../src/transform/vjp.ts'
import { vmapIsMap } from '../laws/batching.ts'
import { type AnyProgram, adjointness, primal, realsOf, reversible, wellTyped } from '../laws/derivative.ts'
import { guardsAroundProducts } from '../laws/guards.ts'
import { laws, pointFrom } from '../laws/table.ts'

const cases = entries.flatMap((entry) =>
  entry.examples.map((example, k) => {
    const { attrs, args } = example
    const outs = entry.type(attrs, args)
    if (E.isLeft(outs)) throw new Error(`example ${k} of ${entry.name} is ill-typed: ${showProblem(outs.left)}`)
    const closed: Closed = {
      inputs: args.map((type, i) => ({ name: `x${i}`, type })),
      equations: [{ op: entry.name, attrs, args: args.map((_, i) => i), outs: outs.right, first: args.length }],
      outputs: outs.right.map((_, i) => args.length + i),
    }
    const program: AnyProgram = { in: args, out: outs.right, closed }
    return { name: `${entry.name} ${k}`, entry, example, program, range: example.range ?? unit }
  }),
)
/** The file of an entry, found by how entries are written; its folder, where the name is computed. */
const primitives = new URL('../../lang/primitives/', import.meta.url)
const sources = readdirSync(primitives).map((file) => [file, readFileSync(new URL(file, primitives), 'utf8')] as const)
const fileOf = (name: string): string => {
  const written = new RegExp(`\\bname: '${name}'|Entry\\('${name}'|^  ${name}: +\\[\\w+, `, 'm')
  return `lang/primitives/${sources.find(([, text]) => written.test(text))?.[0] ?? ''}`
}
/** What a red law tells somebody who has added or changed an entry. */
const advice = (name: string, law: string): string =>
  `the entry of ${name}, in ${fileOf(name)}, breaks the law "${law}". Correct \`derivative\` for a law of tangents, ` +
  'cotangents or differences, `batch` for one of vmap, `type` for one of typing, else `meaning`; or correct the ' +
  "example's range, if it meets a kink"

const difference = 'finite difference: J v = (f(x + h v) - f(x - h v)) / 2h'

test('every primitive has an example, and a name of its own', () => {
  const without = entries.filter((e) => e.examples.length === 0)
  expect(without.map((e) => `${e.name}: give its entry in lang/primitives an example`)).toEqual([])
  const names = entries.map((e) => e.name)
  expect(names.filter((name, k) => names.indexOf(name) !== k).map((name) => `two entries are called ${name}`)).toEqual(
    [],
  )
  expect(dictionary.size).toBe(entries.length)
})
test('finite differences are asked of every example but those of declared derivatives', () => {
  const without = cases.filter((c) => c.example.declared).map((c) => c.entry.name)
  // their values are those of another operation: the identity, or a program given beside the derivative
  for (const name of without) expect(entries.find((e) => e.name === name)?.sentence).toMatch(/derivative/)
})
test('a primitive that reads and gives real numbers has a derivative in some example', () => {
  const silent = cases.filter(({ program }) => {
    const ins = inTypes(program.closed)
    return ins.some(isReal) && outTypes(program.closed).some(isReal) && !reversible(program)
  })
  // only a loop of unknown length may refuse reverse mode, and says so
  const others = silent.filter((c) => !/while|until/.test(c.entry.sentence))
  expect(others.map((c) => `the entry of ${c.name} has no derivative that reverse mode can use`)).toEqual([])
})

describe.each(cases)('$name', ({ program, range, example, entry }) => {
  const ins = inTypes(program.closed)
  const outs = outTypes(program.closed)
  const asked = Object.entries(laws).filter(([name]) => !(name === difference && example.declared))
  test.each(asked)('%s', (name, law) => {
    const holds = law(program)
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(holds(pointFrom(program, seed, range)), advice(entry.name, name)).toBe(true)
      }),
      { numRuns: 5 },
    )
  })
  test('the same at the edges of the range', () => {
    const typed = wellTyped(program)
    const forward = primal(program)
    const adjoint = adjointness(program)
    const map = vmapIsMap(program, 2)
    const point = fc.tuple(values(ins, range), values(ins, range), values(realsOf(ins)), values(realsOf(outs)))
    const all = fc.property(point, ([x, y, v, w]) => typed(x) && forward(x, v) && adjoint(x, v, w) && map([x, y]))
    fc.assert(all, { numRuns: 8 })
  })
  test('no guard around a product: guard the argument, so that second derivatives stay', () => {
    const rules = [jvp(program), ...(reversible(program) ? [vjpOrThrow(program)] : [])]
    const given = inTypes(program.closed).map(isReal)
    const found = rules.flatMap((rule) =>
      guardsAroundProducts(
        rule.closed,
        rule.closed.inputs.map((_, i) => given[i] === true),
      ),
    )
    expect(found).toEqual([])
  })
  test('attributes are plain data: JSON there and back', () => {
    expect(sameAttrs(parseJSON(toJSON(example.attrs)) as object, example.attrs)).toBe(true)
    expect(E.isRight(entry.type(parseJSON(toJSON(example.attrs)) as typeof example.attrs, example.args))).toBe(true)
  })
  test('too many arguments, or of other types, are refused or typed, never an exception', () => {
    const others = [...example.args, ...example.args].slice(1).map((t) => ({ ...t, shape: [...t.shape, 7] }))
    expect(() => entry.type(example.attrs, others.length === 0 ? example.args : others)).not.toThrow()
  })
})
