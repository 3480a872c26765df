/** The primitives that are written as operators, and their precedence. All others are calls by name. */

interface Operator {
  readonly symbol: string
  readonly op: string
}
/** Binary operators from the loosest to the tightest. Comparisons do not chain; the others group to the left. */
export const levels: readonly { readonly chains: boolean; readonly operators: readonly Operator[] }[] = [
  { chains: true, operators: [{ symbol: '||', op: 'or' }] },
  { chains: true, operators: [{ symbol: '&&', op: 'and' }] },
  {
    chains: false,
    operators: [
      { symbol: '<', op: 'lt' },
      { symbol: '<=', op: 'le' },
      { symbol: '==', op: 'eq' },
      { symbol: '!=', op: 'ne' },
    ],
  },
  {
    chains: true,
    operators: [
      { symbol: '+', op: 'add' },
      { symbol: '-', op: 'sub' },
    ],
  },
  {
    chains: true,
    operators: [
      { symbol: '*', op: 'mul' },
      { symbol: '/', op: 'div' },
    ],
  },
]
/** a > b is parsed as b < a, and never printed. */
export const swapped: readonly Operator[] = [
  { symbol: '>', op: 'lt' },
  { symbol: '>=', op: 'le' },
]
export const prefixes: readonly Operator[] = [
  { symbol: '-', op: 'neg' },
  { symbol: '!', op: 'not' },
]
/** x^3, with an integer literal, is integerPow; every other power is pow. */
export const power = { symbol: '^', general: 'pow', integer: 'integerPow', attribute: 'n' } as const

/** Precedence: the levels above, then prefixes, then powers, then names, numbers and calls. */
export const tightness = { prefix: levels.length, power: levels.length + 1, atom: levels.length + 2 } as const
/** int(x): a type used as a function. */
export const conversion = { op: 'convert', attribute: 'to' } as const
