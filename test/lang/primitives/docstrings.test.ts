/**
 * What an editor shows for a function opens with the sentence of its entry: "Adds along axes." for 'adds along axes'.
 * Red? Copy the sentence of the entry into the docstring, or the docstring's into the entry.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entries, type Op } from '../../../lang/primitives/index.ts'

const root = join(import.meta.dirname, '../../..')
const folder = 'lang/primitives'

/** Functions that have another name than their primitive. */
const functions: { readonly [O in Op]?: string } = {
  pow: 'power',
  literal: 'tensor',
  call: 'callClosed',
  checkpoint: 'checkpointClosed',
  dynamicPad: 'padFrom',
  cond: 'condClosed',
  scan: 'scanClosed',
  while: 'whileClosed',
  customJvp: 'customJvpClosed',
  customVjp: 'customVjpClosed',
  customVmap: 'customVmapClosed',
  linearSolve: 'linearSolveClosed',
  ode: 'odeClosed',
  cholesky: 'factorCholesky',
  lu: 'factorLU',
  triangularSolve: 'solveTriangular',
}

const declaration = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n(?:export )?const (\w+)\b/g
/** The docstrings of a source, by the name of what they describe, each as one line. */
const docstringsIn = (text: string): readonly (readonly [name: string, docstring: string])[] =>
  [...text.matchAll(declaration)].map(([, doc = '', name = '']) => [
    name,
    doc
      .replaceAll(/\s*\n\s*\*?/g, ' ')
      .replaceAll(/ +/g, ' ')
      .trim(),
  ])
const docstrings = new Map(
  readdirSync(join(root, folder)).flatMap((file) => docstringsIn(readFileSync(join(root, folder, file), 'utf8'))),
)
const spoken = (sentence: string): string => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`

test.each(entries)("the docstring of $name's function opens with the sentence of its entry", ({ name, sentence }) => {
  const docstring = docstrings.get(functions[name] ?? name) ?? ''
  expect(docstring.slice(0, spoken(sentence).length)).toBe(spoken(sentence))
})
test('every function that users import from a primitives file has a docstring', () => {
  const index = readFileSync(join(root, 'lang/index.ts'), 'utf8')
  const exported = [...index.matchAll(/export \{([^}]*)\} from '\.\/primitives\/(?!index)/g)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
  expect(exported.length).toBeGreaterThan(60)
  expect(exported.filter((name) => !docstrings.has(name))).toEqual([])
})
test('a docstring that says something else is seen', () => {
  const [[name, docstring] = []] = docstringsIn(
    '/**\n * Sine of an angle.\n *\n * Law: none\n */\nexport const sin = 1',
  )
  expect([name, docstring]).toEqual(['sin', 'Sine of an angle. Law: none'])
})
