/** One operation as text: an operator between its arguments, or a call by name. */
import type { Attrs } from '../syntax/plain.ts'
import { fill } from './layout.ts'
import type { Literal } from './operands.ts'
import { conversion, levels, power, prefixes, tightness } from './operators.ts'
import { printNumber } from './printType.ts'

/** A text and how tightly its outermost operator binds. */
export interface Piece {
  readonly text: string
  readonly tight: number
}
export const atom = (text: string): Piece => ({ text, tight: tightness.atom })
const within = (least: number, { text, tight }: Piece): string => (tight < least ? `(${text})` : text)
export const printLiteral = (x: Literal): Piece => {
  const text = typeof x === 'number' ? printNumber(x) : String(x)
  return text.startsWith('-') ? { text, tight: tightness.prefix } : atom(text)
}
const binary = new Map(
  levels.flatMap(({ chains, operators }, tight) => operators.map((o) => [o.op, { ...o, chains, tight }] as const)),
)
const unary = new Map(prefixes.map((o) => [o.op, o.symbol]))

/** The right side of an equation, from its arguments. `bare`: the arguments that are literals without a type. */
export const printCall = (
  q: { readonly op: string; readonly attrs: Attrs },
  args: readonly Piece[],
  bare: readonly (Literal | undefined)[],
  /** The attributes as text; called only where there are some. */
  attributesText: () => string,
): Piece => {
  const [x, y] = args
  const attributes = Object.keys(q.attrs)
  const call = (): Piece =>
    atom(
      q.op +
        (attributes.length === 0 ? '' : attributesText()) +
        fill(
          '(',
          args.map((a) => a.text),
          ')',
        ),
    )
  if (x === undefined || args.length > 2) return call()
  if (y === undefined) {
    const { n, to } = q.attrs
    if (q.op === power.integer && attributes.length === 1 && typeof n === 'number' && Number.isInteger(n))
      return { text: `${within(tightness.atom, x)}${power.symbol}${printNumber(n)}`, tight: tightness.power }
    if (q.op === conversion.op && bare[0] === undefined && attributes.length === 1)
      return atom(`${String(to)}(${x.text})`)
    const symbol = attributes.length === 0 && typeof bare[0] !== 'number' ? unary.get(q.op) : undefined
    return symbol === undefined ? call() : { text: symbol + within(tightness.prefix, x), tight: tightness.prefix }
  }
  if (attributes.length > 0) return call()
  if (q.op === power.general && !Number.isInteger(bare[1]))
    return { text: `${within(tightness.atom, x)}${power.symbol}${within(tightness.prefix, y)}`, tight: tightness.power }
  const o = binary.get(q.op)
  if (o === undefined) return call()
  const left = within(o.chains ? o.tight : o.tight + 1, x)
  return { text: `${left} ${o.symbol} ${within(o.tight + 1, y)}`, tight: o.tight }
}
