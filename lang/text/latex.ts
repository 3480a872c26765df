/**
 * Programs as LaTeX: each equation by the template of its entry, values with the names that `print` gives them. In a
 * template $0 and $1 are arguments, and $name is an attribute.
 */

import { constantEntry } from '../primitives/constant.ts'
import { entryOf } from '../primitives/index.ts'
import type { Closed, Equation } from '../syntax/closed.ts'
import { nth } from '../syntax/list.ts'
import { ofProgram } from '../syntax/ofProgram.ts'
import type { Plain } from '../syntax/plain.ts'
import type { UntypedProgram } from '../syntax/program.ts'
import { valueNames } from './valueNames.ts'

const greek: ReadonlySet<string> = new Set(
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega'.split(
    ' ',
  ),
)
const escapes: { readonly [character: string]: string } = { '\\': '\\backslash ', '^': '\\wedge ', '~': '\\sim ' }
const escaped = (text: string): string => text.replaceAll(/[\\^~#$%&_{}]/g, (c) => escapes[c] ?? `\\${c}`)
const symbolOf = (word: string): string => {
  const [, letter, digits] = /^(\p{L})(\d+)$/u.exec(word) ?? []
  if (letter !== undefined) return `${letter}_{${digits}}`
  return greek.has(word) ? `\\${word}` : [...word].length === 1 ? escaped(word) : `\\mathit{${escaped(word)}}`
}
/** A name as a symbol: x_{0}, \theta, \mathit{loss}, x'. */
export const latexName = (name: string): string => {
  const primes = /'*$/.exec(name)?.[0] ?? ''
  return symbolOf(name.slice(0, name.length - primes.length)) + primes
}
/** A number, with its exponent as a power of ten. */
export const latexNumber = (x: number): string => {
  if (Number.isNaN(x)) return '\\mathrm{NaN}'
  if (!Number.isFinite(x)) return x > 0 ? '\\infty' : '-\\infty'
  const [mantissa = '', exponent] = (Object.is(x, -0) ? '-0' : String(x)).split('e')
  if (exponent === undefined) return mantissa
  const power = `10^{${Number(exponent)}}`
  return mantissa === '1' ? power : mantissa === '-1' ? `-${power}` : `${mantissa} \\cdot ${power}`
}

/** How many numbers of an array are written. */
const shown = 6
const isList = (x: object): x is readonly Plain[] => Array.isArray(x)
export const latexPlain = (x: Plain | undefined): string => {
  if (typeof x === 'number') return latexNumber(x)
  if (typeof x === 'string') return escaped(x)
  if (x === null || typeof x !== 'object') return `\\mathrm{${String(x)}}`
  if (!isList(x)) return '\\cdot'
  return [...x.slice(0, shown).map(latexPlain), ...(x.length > shown ? ['\\ldots'] : [])].join(', ')
}
/** A negative number in brackets, so that its minus does not follow an operator. */
const guarded = (text: string): string => (text.startsWith('-') ? `(${text})` : text)

/** The text as a group, if a second sub- or superscript follows: x_{1}_{0} is not valid LaTeX. */
export const scripted = (text: string, next: string): string =>
  /^[_^]/.test(next) && /[_^']/.test(text) ? `{${text}}` : text

/**
 * The right side of an equation, from its arguments in LaTeX. Without arguments in the template they follow as a
 * list.
 */
export const latexCall = (q: Equation, args: readonly string[]): string => {
  const template = entryOf(q.op).latex
  const filled = template.replaceAll(/\$(\d+|[A-Za-z]+)/g, (match, key: string, at: number) =>
    /^\d/.test(key)
      ? scripted(guarded(args[Number(key)] ?? '\\cdot'), template.slice(at + match.length))
      : latexPlain(q.attrs[key]),
  )
  return args.length === 0 || /\$\d/.test(template) ? filled : `${filled}(${args.join(', ')})`
}

/** The two sides of the equation of every value that has a name: a and \sin x. */
const latexEquations = (p: Closed): readonly (readonly [left: string, right: string])[] => {
  const symbols = valueNames(p).map((name) => (name === undefined ? '' : name === '_' ? '\\_' : latexName(name)))
  const lines: (readonly [string, string])[] = []
  for (const q of p.equations) {
    const right = latexCall(
      q,
      q.args.map((k) => nth(symbols, k)),
    )
    const left = q.outs.map((_, k) => nth(symbols, q.first + k))
    if (q.op === constantEntry.name) symbols[q.first] = right
    else lines.push([left.length === 1 ? left.join() : `(${left.join(', ')})`, right])
  }
  return lines
}
/**
 * The equations of a program in LaTeX, aligned, for an environment of mathematics.
 *
 * @example
 * latex(programOrThrow({ x: real() }, ({ x }) => sin(x))).includes('\\sin x') // => true
 */
export const latex = ofProgram(
  'latex(f: program)',
  ({ closed }: UntypedProgram): string =>
    `\\begin{aligned}\n${latexEquations(closed)
      .map(([left, right]) => `  ${left} &= ${right}`)
      .join(' \\\\\n')}\n\\end{aligned}`,
)
