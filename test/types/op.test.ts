/** The names of the primitives are a type: a table over all of them that forgets one does not compile. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { entries } from '../../lang/primitives/index.ts'
import { compile, importTypes, same } from './compile.ts'

const root = join(import.meta.dirname, '../..')
const head = `
${importTypes}
import type { Op } from ${JSON.stringify(join(root, 'lang/primitives/index.ts'))}
type Exporter = { readonly [O in Op]: string }
declare const all: Exporter
const { erf, ...others } = all
export const whole: Exporter = { ...others, erf }
`
const names = entries.map(({ name }) => `'${name}'`).join(' | ')
const right = same('Op', names)
const wrong: readonly (readonly [what: string, line: string, says: RegExp])[] = [
  ['an exporter that forgets a primitive', 'export const a: Exporter = others', /'erf' is missing/],
  ['one that invents a name', "export const b: Exporter = { ...all, sine: 'Sin' }", /'sine' does not exist/],
]

test('Op is the names of all entries: a table over it is exhaustive', { timeout: 120_000 }, () => {
  const compiled = compile([head, right, ...wrong.map(([, line]) => line)].join('\n'))
  const errors = compiled.errors.filter((e) => e.includes('generated.mts'))
  expect([errors.length, errors]).toEqual([wrong.length, errors])
  wrong.forEach(([, , says], k) => {
    expect(errors[k]).toMatch(says)
  })
})
