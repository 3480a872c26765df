/**
 * Every operation at 0, -0, infinities, NaN, subnormal numbers, kinks and ties: its value and its derivative in both
 * modes, against tables of numbers written out. What is neither IEEE-754 nor JavaScript's Math has a line in
 * docs/conventions.md.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { traits } from '../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { entries } from '../../lang/primitives/index.ts'
import { specials } from './special/case.ts'
import { deviations } from './special/deviations.ts'
import { binary, unary } from './special/elementwise.ts'
import { cases } from './special/index.ts'
import { byBackend, byReference, heldByFloat32, questions } from './special/run.ts'

const asked = cases.flatMap((c, k) =>
  questions(c).map((q) => [`${k} ${c.name}${c.rule === undefined ? '' : ` (${c.rule})`}: ${q.what}`, q] as const),
)
test.each(asked)('%s', (_, q) => {
  const { found, expected } = byReference(q)
  expect(found).toEqual(expected)
})

/** What a red test tells somebody who has added a primitive. */
const addCase =
  'add its values and derivatives at 0, -0, infinities and NaN to a table in test/lang/special, to elementwise.ts for a ' +
  'function of one or two real numbers'
describe('the cases are complete', () => {
  test('every primitive has a case', () => {
    const spoken = new Set(cases.flatMap((c) => c.of))
    const without = entries.map((e) => e.name).filter((name) => !spoken.has(name))
    expect(without.map((name) => `${name} has no case: ${addCase}`)).toEqual([])
    const known = new Set<string>(entries.map((e) => e.name))
    const unknown = [...spoken].filter((name) => !known.has(name))
    expect(unknown.map((name) => `${name} has cases in test/lang/special, but is no primitive`)).toEqual([])
  })
  test('every function of one real number, at every special point', () => {
    const missing = unary.flatMap(({ of, rows, ruled = {} }) => {
      const met = [...rows, ...Object.values(ruled).flat()].map(([x]) => x)
      return specials
        .filter((s) => !met.some((x) => Object.is(x, s)))
        .map((s) => `${of} has no row at ${s} in test/lang/special/elementwise.ts`)
    })
    expect(missing).toEqual([])
  })
  test('every function of two, at every special point of either argument', () => {
    const missing = binary.flatMap(({ of, rows, ruled = {} }) => {
      const met = [...rows, ...Object.values(ruled).flat()]
      const places = ([0, 1] as const).flatMap((k) => specials.map((s) => [k, s] as const))
      return places
        .filter(([k, s]) => !met.some((r) => Object.is(r[k], s)))
        .map(([k, s]) => `${of} has no row with ${s} as argument ${k} in test/lang/special/elementwise.ts`)
    })
    expect(missing).toEqual([])
  })
  test('every real function has a case for its derivative, in both modes', () => {
    const both = new Set(cases.flatMap((c) => (c.forward && c.reverse ? c.of : [])))
    const real = entries.filter((e) =>
      e.examples.some(({ attrs, args }) => {
        const outs = e.type(attrs, args)
        return outs._tag === 'Right' && [args, outs.right].every((ts) => ts.some((t) => t.dtype === 'real'))
      }),
    )
    const silent = real.map((e) => e.name).filter((name) => !both.has(name))
    // convert only changes the element type; while has no reverse derivative
    const known = ['convert', 'while']
    expect(silent.filter((name) => known.includes(name))).toEqual(known)
    const others = silent.filter((name) => !known.includes(name))
    expect(others.map((name) => `${name} has no case with forward and reverse: ${addCase}`)).toEqual([])
  })
  test('functions that JavaScript has agree with Math, except for the listed conventions', () => {
    const math = Math as unknown as { readonly [name: string]: unknown }
    const other = [...unary, ...binary].flatMap(({ of, rows }) => {
      const f = math[of]
      const arity = (rows[0]?.length ?? 0) === 5 ? 2 : 1
      if (typeof f !== 'function') return []
      return rows.flatMap((r) => {
        const [got, want] = [f(...r.slice(0, arity)) as number, r[arity] as number]
        const near = Object.is(got, want) || Math.abs(got - want) <= 1e-15 * Math.abs(want)
        return near ? [] : [`${of}(${r.slice(0, arity)}) is ${got}`]
      })
    })
    expect(other).toEqual([])
  })
})

test('every convention of a case is on the page, and every line of the page has a case', () => {
  const page = readFileSync(new URL('../../docs/conventions.md', import.meta.url), 'utf8')
  const lines = [...page.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, name]) => name)
  const followed = new Set(cases.flatMap((c) => (c.rule === undefined ? [] : [c.rule])))
  expect([...followed].sort()).toEqual([...lines].sort())
  // one page
  expect(page.split('\n').length).toBeLessThan(80)
})

describe.each(['cpu', 'webasm'] as const)('gpujs %s, in float32', (mode) => {
  const run = byBackend(gpujs({ mode }))
  const taken = asked.filter(([, q]) => heldByFloat32(q))
  const large = /integers wrap|convert to integers, beyond/
  const held = taken.filter(([name]) => !large.test(name))
  test.each(taken.filter(([name]) => large.test(name)))('%s: refused', async (_, q) => {
    await expect(run(q)).rejects.toThrow('16777216')
  })
  test.each(held)('%s', async (name, q) => {
    const { found, expected } = await run(q)
    const deviation = deviations.find((d) => d.mode === mode && name.endsWith(d.question))
    if (deviation === undefined) expect(found).toEqual(expected)
    else {
      expect(found).not.toEqual(expected)
      expect(traits[mode].deviations.join('; ')).toContain(deviation.declared)
    }
  })
  test('every deviation belongs to a case', () => {
    const mine = deviations.filter((d) => d.mode === mode)
    expect(mine.filter((d) => !held.some(([name]) => name.endsWith(d.question)))).toEqual([])
  })
})
