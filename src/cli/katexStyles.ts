/** KaTeX's stylesheet, with the fonts that explanations use embedded as data. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Upright and slanted letters, delimiters in every size, arrows and relations; no script, fraktur or typewriter. */
const wanted = /KaTeX_(?:Main-Regular|Main-Bold|Main-Italic|Math-Italic|AMS-Regular|Size[1-4]-Regular)\.woff2/

export const katexStyles = (): string => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('katex')), '.')
  const css = readFileSync(join(folder, 'katex.min.css'), 'utf8')
  return css.replaceAll(/@font-face\{[^}]*\}/g, (face) => {
    const file = wanted.exec(face)?.[0]
    if (file === undefined) return ''
    const data = readFileSync(join(folder, 'fonts', file)).toString('base64')
    return face.replace(/src:[^;}]*/, `src:url(data:font/woff2;base64,${data}) format("woff2")`)
  })
}
