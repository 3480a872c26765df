/** Every system of the course, as a small run: its figures are met, and its pictures are valid files. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { french } from '../examples/french.ts'
import { systems } from '../examples/index.ts'
import { runSystem } from '../src/cli/run.ts'
import { partsOf, systemNamed } from '../src/cli/runFlags.ts'
import { close, same } from '../src/report/index.ts'
import { findingInFrench, inFrench, phraseOf } from '../src/systems/index.ts'

const folder = join(import.meta.dirname, '..', 'examples')
/** Formulas, which are the same in both languages. */
const isFormula = (what: string): boolean => !/[a-z]{4}/.test(what.replaceAll('sigmoid', ''))
const files = readdirSync(folder).filter((f) => /^[a-f]\d\d-/.test(f))

describe('the course', () => {
  test('every file is registered, in order, under its own code', () => {
    const codes = files.map((f) => `${f.slice(0, 1).toUpperCase()}${Number(f.slice(1, 3))}`)
    expect(systems.map((s) => s.code)).toEqual(codes)
    expect(new Set(systems.map((s) => s.name)).size).toBe(systems.length)
    for (const s of systems)
      expect([systemNamed(systems, s.name), systemNamed(systems, s.code.toLowerCase())]).toEqual([s, s])
  })
  test.each(files)('%s has at most 100 lines', (file) => {
    expect(readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(100)
  })
  const runs = systems.flatMap((s) =>
    (s.parts === undefined ? [''] : partsOf(s)).map((part) => [s.code, s.name, part, s] as const),
  )
  test.each(runs)('%s %s %s', async (_, __, part, system) => {
    const { outcome } = await runSystem(system, {
      data: 'generated',
      seed: 1,
      small: true,
      ...(part !== '' && { part }),
    })
    if (E.isLeft(outcome)) throw new Error(outcome.left)
    const { findings, pictures = [] } = outcome.right
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.filter((f) => !f.passed)).toEqual([])
    const english = [system.title, ...findings.flatMap((f) => [f.what, f.bar])].map(phraseOf)
    expect(english.filter((s) => !isFormula(s) && french[s] === undefined)).toEqual([])
    for (const { name, content } of pictures) {
      const text = typeof content === 'string'
      expect(name.endsWith(text ? '.svg' : '.png')).toBe(true)
      expect(text ? content : String.fromCharCode(...content.subarray(1, 4))).toMatch(
        text ? /^<svg [\s\S]*<\/svg>\n$/ : /^PNG$/,
      )
      if (text) expect(content).not.toMatch(/NaN|undefined|Infinity/)
    }
  })
})

describe('in French', () => {
  test('a sentence keeps its numbers, and one that the table lacks stays English', () => {
    const say = inFrench({ '# of # is 1e#': 'de #, # est 1e#', 'at most': 'au plus' })
    expect(say('3 of 4.5 is 1e#')).toBe('3 of 4.5 is 1e#')
    expect(inFrench(french)('accuracy on 2000 test images')).toBe('exactitude sur 2000 images de test')
    expect(say('something else 3')).toBe('something else 3')
    expect(say('constructor')).toBe('constructor')
  })
  test('a figure keeps its numbers and its verdict', () => {
    expect(findingInFrench(french)(close('mean of all seven', 1, 2, 0.5))).toEqual({
      what: 'moyenne des sept',
      expected: '1',
      found: '2',
      bar: 'à 0.5 près',
      passed: false,
    })
  })
  test('every # of a French sentence is a number of the English one', () => {
    const count = (s: string) => s.split('#').length
    expect(Object.entries(french).filter(([english, said]) => count(english) !== count(said))).toEqual([])
  })
})

describe('a missed figure is found', () => {
  test.each([
    close('another number', 1, 1.1, 0.05),
    close('fewer numbers', [1, 2], [1], 1),
    close('more numbers', [1], [1, 2], 1),
    close('not a number', 1, Number.NaN, 1),
    close('float32, too far', 1, Float32Array.of(1.00001), 0),
    same('text', 'a', 'b'),
  ])('$what', ({ passed }) => {
    expect(passed).toBe(false)
  })
  test('float32 is compared at its own precision', () => {
    expect(close('a third', 1 / 3, Float32Array.of(1 / 3), 1e-15).passed).toBe(true)
  })
})
