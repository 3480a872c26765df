/** What is wrong with a formula is said in French too: none of the library's English words are left. */
import { describe, expect, test } from 'vitest'
import { frenchAdvice, frenchDiagnostic } from '../../../examples/playground/text/problems.ts'
import { type Diagnostic, grad, type ParseError, parseFormula } from '../../../src/index.ts'

const wrong = (text: string): Diagnostic => {
  const parsed = parseFormula(text)
  const all = (parsed._tag === 'Left' ? parsed.left : []) as readonly ParseError[]
  const found = all.flatMap(({ problem }) => (problem._tag === 'IllTyped' ? [problem.diagnostic] : []))[0]
  if (found === undefined) throw new Error(`${text} is well-typed`)
  return found
}
describe('an ill-typed formula', () => {
  test.each([
    [
      'select(x, 1, 2)',
      'select(real, real, real) : éléments de type real, real, real ; attendu : bool, real, real',
      'convertissez avec toReal, toInt ou toBool',
    ],
    ['sin(x, y)', 'sin(real, real) : il faut 1 argument, non 2', undefined],
    ['max(x)', 'max(real) : il faut 2 arguments, non 1', undefined],
    [
      'softmax(x)',
      'softmax(real) : [-1] ne sont pas des axes distincts d’un tableau de rang 0',
      'un nombre seul n’a pas d’axe',
    ],
    ['matmul(x, y)', 'matmul(real, real) : [] est de rang 0 ; attendu : 1', undefined],
    ['argmax(x)', 'argmax(real) : l’attribut axis manque', undefined],
  ])('%s', (text, what, advice) => {
    const d = wrong(text)
    expect(frenchDiagnostic(d).replaceAll('\u00a0', ' ')).toBe(what)
    expect(frenchAdvice(d.problem)).toBe(advice)
  })
})
test('a program without a reverse derivative', () => {
  const parsed = parseFormula('x < y')
  const refused = parsed._tag === 'Right' ? grad(parsed.right as never) : undefined
  const [d] = refused?._tag === 'Left' ? refused.left : []
  expect(frenchDiagnostic({ ...(d as Diagnostic), types: [] }).replaceAll('\u00a0', ' ')).toBe(
    'grad : un gradient demande un seul nombre réel en sortie, non bool',
  )
})
