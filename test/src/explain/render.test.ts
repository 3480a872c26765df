/** One document, four renderings: each is complete, and the program that reads it accepts it. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import katex from 'katex'
import { expect, describe as group, test } from 'vitest'
import { parseOrThrow } from '../../../lang/text/index.ts'
import { katexStyles } from '../../../src/cli/katexStyles.ts'
import {
  describe,
  explain,
  explainOrThrow,
  flowsOrThrow,
  graphOf,
  languages,
  place,
  renderHtml,
  renderLatex,
  renderSvg,
  renderText,
} from '../../../src/explain/index.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'

const p = parseOrThrow('x*sin(x*y)')
const derivation = explainOrThrow(p, { _tag: 'gradient' })
const found = flowsOrThrow(derivation, { at: [Float64Array.of(1.2), Float64Array.of(0.5)] })
const documents = languages.map((language) => describe(derivation, { language, flows: found }))

group('a terminal', () => {
  const [english = '', french = ''] = documents.map(renderText)
  test('shows every step, its rule, its local derivative and its result', () => {
    for (const part of ['Product rule', 'db/da = cos(a)', 'a_bar = b_bar * cos(a)', 'x_bar   = x_bar.1 + x_bar.2'])
      expect(english).toContain(part)
    expect(english).toMatch(/x +– +1\.2 +1\.05984 +1\.05984/)
  })
  test('in French', () => {
    expect(french).toContain('Règle du produit')
    expect(french).toContain('La sortie est c ; sa cotangente c_bar vaut 1.')
    expect(french).not.toMatch(/\b(the|its|gives)\b/)
  })
  test('no line is longer than 100 columns, except those of programs', () => {
    expect(english.split('\n').filter((l) => l.length > 100 && !l.startsWith('    '))).toEqual([])
  })
})

test('a linearisation shows forward mode, then in which program each of its equations is computed', () => {
  const text = renderText(describe(explainOrThrow(p, { _tag: 'linearize' }), { graph: false }))
  expect(text.indexOf('First forward mode')).toBeLessThan(text.indexOf('Then its program, cut in two'))
  expect(text).toMatch(/^ +i = cos\(a\) +once, at the point +d = cos\(a\)$/m)
  expect(text).toMatch(/^ +j = h \* i +in the linear program +f = d \* r3$/m)
})
group('a page', () => {
  const page = renderHtml(documents[0] as (typeof documents)[0], katexStyles())
  test('is self-contained: it fetches and runs nothing', () => {
    const bare = page.replaceAll(/base64,[^)]*/g, 'base64,')
    expect(bare.match(/<script|<link|src="|url\((?!data:|#)[^)]*|https?:\/\/(?!www\.w3\.org)[^"]*/g)).toBe(null)
    expect(bare.match(/font\/woff2;base64,/g)?.length).toBe(9)
    expect(page).toContain('<html lang="en">')
  })
  test('what is not mathematics is escaped', () => {
    const sharp = describe(derivation, { title: ['<b> & "c"'], graph: false })
    expect(renderHtml(sharp, '')).toContain('<h1>&lt;b&gt; &amp; &quot;c&quot;</h1>')
  })
})

group('a drawing', () => {
  test('boxes do not overlap, and every value and edge is drawn', () => {
    const graph = graphOf(derivation, found)
    const { nodes, edges } = place(graph)
    expect(nodes.map((n) => n.name.text)).toEqual(['x', 'y', 'a', 'b', 'c'])
    expect(edges.filter((e) => e.reverse).length).toBe(5)
    for (const a of nodes)
      for (const b of nodes)
        if (a !== b)
          expect(
            Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2,
          ).toBe(true)
    const svg = renderSvg(graph, 'graph')
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
    expect(svg).not.toMatch(/NaN|undefined/)
    expect(svg).toContain('cos(a)')
  })
})

test('KaTeX sets every formula of random derivations', () => {
  fc.assert(
    fc.property(arbitraryProgram(), (random) => {
      for (const t of ['forward', 'reverse', 'simplify'] as const) {
        const e = explain(random as never, { _tag: t })
        if (E.isLeft(e)) continue
        for (const s of e.right.steps)
          katex.renderToString(s.latex, { throwOnError: true, strict: 'ignore', displayMode: true })
        expect(renderText(describe(e.right))).not.toMatch(/undefined|\[object/)
      }
    }),
    { seed: 3, numRuns: 40 },
  )
})

const hasLatex = ((): boolean => {
  try {
    execFileSync('pdflatex', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
if (!hasLatex) console.log('skipped: pdflatex is not installed, so the LaTeX documents are not compiled')
group.skipIf(!hasLatex)('paper: pdflatex compiles it without complaint', () => {
  const programs = ['x*sin(x*y)', 'exp(-x^2)/(1 + y^2)', 'log(abs(x_1)) - max(x_1, theta)']
  test.each(languages)('%s', { timeout: 60_000 }, (language) => {
    const folder = mkdtempSync(join(tmpdir(), 'adjoint-'))
    try {
      for (const text of programs)
        for (const t of ['gradient', 'forward', 'linearize', 'simplify'] as const) {
          const d = explainOrThrow(parseOrThrow(text), { _tag: t })
          writeFileSync(join(folder, 'a.tex'), renderLatex(describe(d, { language })))
          execFileSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'a.tex'], {
            cwd: folder,
            stdio: 'ignore',
          })
          expect(readFileSync(join(folder, 'a.log'), 'utf8')).not.toMatch(/^!|Missing character/m)
        }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
