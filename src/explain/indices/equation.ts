/**
 * Equations with their indices written out: s_k = sum_p w_pk o_p. They are read from the meanings of the operations. In
 * the kernel of a value, values without a symbol are replaced by their kernels: the result is a scalar of the output's
 * indices, which is written as mathematics.
 */

import { index, num } from '../../../lang/kernel/index.ts'
import { type Closed, typesOf } from '../../../lang/syntax/closed.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import type { Line } from '../words.ts'
import { indexed, type Notation } from './notation.ts'
import { sourcesOf } from './source.ts'
import { writer } from './write.ts'

/**
 * The equation of a value, over the values that the notation has symbols for. `letters`: names for its own axes, if not
 * those of the notation.
 */
export const indexEquation = (p: Closed, value: number, notation: Notation, letters?: string): Line => {
  const types = typesOf(p)
  const symbol = notation.symbol(value) ?? indexed({ text: `v${value}`, latex: `v_{${value}}` }, 5, '')
  const names = letters === undefined ? symbol.letters : [...letters]
  const own = (types[value] as Type).shape.map((n) => (n === 1 ? num(0, 'int') : index(n)))
  const free = new Map(own.flatMap((i, d) => (i._tag === 'Index' ? [[i, names[d] ?? '?'] as const] : [])))
  const source = sourcesOf(p, (v) => v !== value && notation.symbol(v) !== undefined)(value)
  const { text, latex } = writer(types, notation, free)(source.at(own))
  return { left: symbol.write([...free.values()].map((l) => ({ text: l, latex: l }))), right: { text, latex } }
}
