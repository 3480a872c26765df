/** Equations in LaTeX. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { constantEntry } from '../../../lang/primitives/constant.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { typesOf } from '../../../lang/syntax/closed.ts'
import { latex, latexCall, latexName, latexNumber } from '../../../lang/text/latex.ts'
import { parseOrThrow } from '../../../lang/text/parse.ts'
import { print } from '../../../lang/text/print.ts'
import { valueNames } from '../../../lang/text/valueNames.ts'

test('a program', () => {
  expect(latex(parseOrThrow('x * sin(x * y) - 2^-x / 1e-7'))).toMatchInlineSnapshot(`
    "\\begin{aligned}
      a &= x \\cdot y \\\\
      b &= \\sin a \\\\
      c &= x \\cdot b \\\\
      d &= -x \\\\
      f &= 2^{d} \\\\
      g &= \\frac{f}{10^{-7}} \\\\
      h &= c - g
    \\end{aligned}"
  `)
})
test('sums, loops and constants', () => {
  const text = `fn {theta: real[3], params: {w: real[3]}} ->
    let [s: real, _: real[3]] = scan{length: 3, reverse: false, carries: 1, rows: 1, body: fn [c: real, x: real] -> [c + x]}(-1, theta)
    in [s, sum{axes: [0]}(theta * params.w), [1, 2, 3, 4, 5, 6, 7] * 2]`
  expect(latex(parseOrThrow(text.replace('[1, 2', 'real[7]([1, 2').replace('7] *', '7]) *')))).toMatchInlineSnapshot(`
    "\\begin{aligned}
      (a, \\_) &= \\mathrm{scan}(-1, \\theta) \\\\
      b &= \\theta \\cdot \\mathit{params.w} \\\\
      c &= \\sum_{0} b \\\\
      d &= 1, 2, 3, 4, 5, 6, \\ldots \\\\
      f &= d \\cdot 2
    \\end{aligned}"
  `)
})
test('a negative number after an operator is bracketed', () => {
  expect(latex(parseOrThrow('x - -2'))).toContain('x - (-2)')
})
test('names', () => {
  expect(['x', 'x0', "dx'", 'theta', "x''", 'params.0.w', 'a_b', '%', 'ä1'].map(latexName)).toEqual([
    'x',
    'x_{0}',
    "\\mathit{dx}'",
    '\\theta',
    "x''",
    '\\mathit{params.0.w}',
    '\\mathit{a\\_b}',
    '\\%',
    'ä_{1}',
  ])
})
test('numbers', () => {
  expect([2, -0.5, 1e-7, -1e21, 2.5e300, Number.NaN, Number.NEGATIVE_INFINITY, -0].map(latexNumber)).toEqual([
    '2',
    '-0.5',
    '10^{-7}',
    '-10^{21}',
    '2.5 \\cdot 10^{300}',
    '\\mathrm{NaN}',
    '-\\infty',
    '-0',
  ])
})
const balanced = (text: string): boolean => {
  const plain = text.replaceAll(/\\[{}]/g, '')
  return [...plain].filter((c) => c === '{').length === [...plain].filter((c) => c === '}').length
}
describe.each(entries.map((e) => [e.name, e] as const))('%s', (_, entry) => {
  test('every example fills its template, and its braces balance', () => {
    for (const { attrs, args } of entry.examples) {
      const outs = entry.type(attrs, args)
      const text = latexCall(
        { op: entry.name, attrs, args: [], outs: E.isRight(outs) ? outs.right : [], first: 0 },
        args.map((__, k) => `x_{${k}}`),
      )
      expect(text).not.toMatch(/\$|undefined|object/)
      expect(balanced(text)).toBe(true)
    }
  })
})
test('names are those that print gives', () => {
  const p = parseOrThrow('fn {a: real[3], c: real} -> [sin(a) * 2 + a, cos(c), sum(a)]')
  const names = valueNames(p.closed)
  const printed = [...print(p).matchAll(/(?:let |^ {6})(\w+):/gm)].map((m) => m[1])
  const constants = p.closed.equations.filter((q) => q.op === constantEntry.name).length
  expect(names.filter((n) => n !== undefined).slice(2)).toEqual(printed)
  expect(names.length).toBe(typesOf(p.closed).length)
  expect(names.filter((n) => n === undefined).length).toBe(constants)
})
