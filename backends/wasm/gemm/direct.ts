/** Operands and results of a product that need no copy: read where they stand, written where they belong. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import type { Contraction } from '../../rewrite/contraction.ts'
import { coefficient, isIndex, type Linear } from '../../rewrite/linear.ts'
import { addressesIn } from '../../rewrite/shortestIndices.ts'
import { type Code, i32 } from '../assembler/index.ts'
import { margin, type Place } from '../kernel/place.ts'
import type { Elements } from '../kernel/writer.ts'
import { type Cut, product, strideOf } from './blocks.ts'
import { type Layout, tall } from './core.ts'

type Int = Code<'i32'>
/** An operand as it stands in memory. */
export interface Direct {
  readonly place: Place
  readonly address: Linear
  readonly layout: Layout
}
/** The address of a plain load that moves in equal steps. */
const plain = (side: Scalar, s: Elements, indices: readonly Index[]): readonly [Place, Linear] | undefined => {
  if (side._tag !== 'Load' || side.dtype !== 'real') return undefined
  const [address, ...others] = addressesIn(side, s.shapes)
  const place = s.reads[side.source]
  if (address === undefined || others.length > 0 || place === undefined) return undefined
  const linear = [...address.terms.keys()].every((t) => isIndex(t) && indices.includes(t))
  return linear && place.shift === undefined ? [place, address] : undefined
}
/** Rows of the left side whose elements stand next to one another along the sum. */
export const directRows = (c: Contraction, s: Elements): Direct | undefined => {
  const found = plain(c.left, s, [...c.batch, ...c.rows, ...c.summed])
  if (found === undefined) return undefined
  const [place, address] = found
  const [row, step] = [strideOf(address, c.rows), strideOf(address, c.summed)]
  // the last panel may read rows that are not there
  if (row === undefined || step !== 1 || 4 * tall * Math.abs(row) >= margin || row <= 0) return undefined
  return { place, address, layout: { panel: 4 * tall * row, step: 4, row: 4 * row } }
}
/** Where the sums go straight to the output: its rows as multiples of a line. */
export const directResult = (
  c: Contraction,
  s: Elements,
  to: Linear,
  columns: Cut,
  breadth: number,
): number | undefined => {
  const row = strideOf(to, c.rows)
  const plainly = s.body === c.sum && s.dtype === 'real' && s.out.shift === undefined
  const fits = product(c.rows) % tall === 0 && product(columns.rest) === breadth
  return plainly && fits && row !== undefined && row > 0 && strideOf(to, c.columns) === 1 ? row : undefined
}
/** The terms of some indices, as code, in bytes. */
export const offset = (a: Linear, indices: readonly Index[], value: (i: Index) => Int): Int =>
  indices.reduce<Int>((total, i) => {
    const by = coefficient(a, i)
    return by === 0 || i.size === 1 ? total : i32.add(total, i32.mul(value(i), i32.const(4 * by)))
  }, i32.const(0))
