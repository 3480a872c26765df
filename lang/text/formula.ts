/**
 * An expression as one nested formula, in plain text and in LaTeX. A sub-expression that has a name is written as its
 * name. Plain text follows the grammar. LaTeX fills the templates of the entries, and derives from a template where an
 * argument needs parentheses: `$0 + $1` binds less tightly than `\sin $0`, and `\frac{$0}{$1}` encloses its arguments.
 */

import { constantEntry } from '../primitives/constant.ts'
import { entryOf } from '../primitives/index.ts'
import type { Expr } from '../syntax/expr.ts'
import type { Attrs } from '../syntax/plain.ts'
import { atom, type Piece, printCall, printLiteral } from './call.ts'
import { latexName, latexNumber, latexPlain, scripted } from './latex.ts'
import { quote } from './names.ts'
import { printNumber } from './printType.ts'

/** The name of an expression; undefined where it has none. */
type NameOf = (e: Expr) => string | undefined
/** Deeper nesting is written as an ellipsis, since a formula is for reading. */
const deepest = 12
const ellipsis = '...'

const constantOf = ({ node }: Expr): number | undefined =>
  node._tag === 'Apply' && node.op === constantEntry.name ? Number(node.attrs.value) : undefined
/** The named form of an expression, or its written form one level deeper. */
type Written<P> = (e: Expr, depth: number) => P

// -- plain text ------------------------------------------------------------------------------------------------------

const short = 28
const attributes = (attrs: object): string => {
  const text = Object.values(attrs).every((v) => typeof v !== 'object' || Array.isArray(v))
    ? `{${Object.entries(attrs)
        .map(([k, v]) => `${k}: ${Array.isArray(v) ? `[${v.join(', ')}]` : typeof v === 'number' ? printNumber(v) : v}`)
        .join(', ')}}`
    : ''
  return text.length > 0 && text.length <= short ? text : `{${ellipsis}}`
}
const textPiece =
  (nameOf: NameOf): Written<Piece> =>
  (e, depth) => {
    const { node } = e
    const value = constantOf(e)
    if (value !== undefined)
      return printLiteral(e.type.dtype === 'bool' && (value === 0 || value === 1) ? value === 1 : value)
    const named: Written<Piece> = (a, d) => {
      const name = nameOf(a)
      return name === undefined ? textPiece(nameOf)(a, d) : atom(name)
    }
    switch (node._tag) {
      case 'Input':
        return atom(quote(node.name))
      case 'Poison':
        return atom(ellipsis)
      case 'Item':
        return atom(`${named(node.of, depth + 1).text}[${node.index}]`)
      case 'Apply': {
        if (depth > deepest) return atom(ellipsis)
        const args = node.args.map((a) => named(a, depth + 1))
        return printCall(node, args, node.args.map(constantOf), () => attributes(node.attrs))
      }
    }
  }
/** The expression as text, in terms of the values that have names. */
export const formula = (e: Expr, nameOf: NameOf): string => textPiece(nameOf)(e, 0).text

// -- LaTeX -----------------------------------------------------------------------------------------------------------

const loose = 0,
  additive = 1,
  multiplicative = 2,
  applied = 3,
  raised = 4,
  whole = 5
interface Held {
  readonly latex: string
  readonly tight: number
}
/** The template without everything between brackets. */
const outermost = (template: string): string => {
  let depth = 0
  let text = ''
  for (const c of template.replaceAll(/\\l(?:floor|eft)/g, '(').replaceAll(/\\r(?:floor|ight)/g, ')')) {
    if (c === '{' || c === '(' || c === '[') depth++
    if (depth === 0) text += c
    if (c === '}' || c === ')' || c === ']') depth--
  }
  return text.replaceAll(/\|[^|]*\|/g, '')
}
const tightOf = (template: string): number => {
  const top = outermost(template)
  if (/ [<=?] |\\(?:le|ne|land|lor)\b|\\[,;] ?[?:]|\?/.test(top)) return loose
  if (/(?:^| )[-+] ?/.test(top)) return additive
  if (/\\cdot|\\bmod|\\, ?\$|\^ \$/.test(top)) return multiplicative
  if (/^\$0\s*[\^_]/.test(top)) return raised
  return /\$\d/.test(top) ? applied : whole
}
const opening = /[{([|]$|[,;] $|\\lfloor $|\\ldots $/,
  closing = /^(?:[})\]|,;]| \\rfloor)/
const needed = (tight: number, place: number): number =>
  tight === additive
    ? place === 0
      ? additive
      : multiplicative
    : tight === multiplicative
      ? place === 0
        ? multiplicative
        : applied
      : tight === loose
        ? additive
        : whole
const within = (least: number, { latex, tight }: Held): string => (tight < least ? `\\left(${latex}\\right)` : latex)
const filled = (template: string, attrs: Attrs, args: readonly Held[]): Held => {
  const [only] = args
  if (template === '$0' && only !== undefined) return only
  const tight = tightOf(template)
  const latex = template.replaceAll(/\$(\d+|[A-Za-z]+)/g, (match, key: string, at: number) => {
    if (!/^\d/.test(key)) return latexPlain(attrs[key])
    const arg = args[Number(key)] ?? { latex: '\\cdot', tight: whole }
    const fenced = opening.test(template.slice(0, at)) && closing.test(template.slice(at + match.length))
    const held = within(fenced ? loose : template.startsWith('-') ? multiplicative : needed(tight, Number(key)), arg)
    return scripted(held, template.slice(at + match.length))
  })
  return args.length === 0 || /\$\d/.test(template)
    ? { latex, tight }
    : { latex: `${latex}(${args.map((a) => a.latex).join(', ')})`, tight: whole }
}
const latexHeld =
  (nameOf: NameOf): Written<Held> =>
  (e, depth) => {
    const { node } = e
    const value = constantOf(e)
    if (value !== undefined) {
      const latex = latexNumber(value)
      return { latex, tight: latex.startsWith('-') ? additive : latex.includes('\\cdot') ? multiplicative : whole }
    }
    const named: Written<Held> = (a, d) => {
      const name = nameOf(a)
      return name === undefined ? latexHeld(nameOf)(a, d) : { latex: name, tight: whole }
    }
    switch (node._tag) {
      case 'Input':
        return { latex: latexName(node.name), tight: whole }
      case 'Poison':
        return { latex: '\\ldots', tight: whole }
      case 'Item':
        return { latex: `{${named(node.of, depth + 1).latex}}_{[${node.index}]}`, tight: raised }
      case 'Apply':
        if (depth > deepest) return { latex: '\\ldots', tight: whole }
        return filled(
          entryOf(node.op).latex,
          node.attrs,
          node.args.map((a) => named(a, depth + 1)),
        )
    }
  }
/** The expression in LaTeX, in terms of the values that have names. */
export const latexFormula = (e: Expr, nameOf: NameOf): string => latexHeld(nameOf)(e, 0).latex
