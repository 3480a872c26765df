/** Operands that are read without packing, and results that the core writes to the output itself. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import type { Contraction } from '../../rewrite/contraction.ts'
import { coefficient, isIndex, type Linear } from '../../rewrite/linear.ts'
import { addressesIn } from '../../rewrite/shortestIndices.ts'
import { type Code, i32 } from '../assembler/index.ts'
import { margin, type Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { type Cut, product, strideOf } from './blocks.ts'
import { type PanelLayout, tall } from './core.ts'

type Int = Code<'i32'>
/** An operand that is read from its own array. */
interface Direct {
  readonly region: Region
  readonly address: Linear
  readonly layout: PanelLayout
}
/** The address of a side that is one load and whose address is linear in the indices. */
export const plain = (
  side: Scalar,
  s: KernelSpec,
  indices: readonly Index[],
): readonly [Region, Linear] | undefined => {
  if (side._tag !== 'Load' || side.dtype !== 'real') return undefined
  const [address, ...others] = addressesIn(side, s.shapes)
  const region = s.reads[side.source]
  if (address === undefined || others.length > 0 || region === undefined) return undefined
  const linear = [...address.terms.keys()].every((t) => isIndex(t) && indices.includes(t))
  return linear && region.shift === undefined ? [region, address] : undefined
}
/** Rows of the left side whose elements are adjacent along the sum. */
export const directRows = (c: Contraction, s: KernelSpec): Direct | undefined => {
  const found = plain(c.left, s, [...c.batch, ...c.rows, ...c.summed])
  if (found === undefined) return undefined
  const [region, address] = found
  const { width } = region
  const [row, step] = [strideOf(address, c.rows), strideOf(address, c.summed)]
  // the last panel may read past the last row
  if (row === undefined || step !== 1 || width * tall * Math.abs(row) >= margin || row <= 0) return undefined
  return { region, address, layout: { panel: width * tall * row, step: width, row: width * row } }
}
/** The distance of the output's rows, if the core can write the sums to the output itself. */
export const directResult = (
  c: Contraction,
  s: KernelSpec,
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
export const offset = ({ width }: Region, a: Linear, indices: readonly Index[], value: (i: Index) => Int): Int =>
  indices.reduce<Int>((total, i) => {
    const by = coefficient(a, i)
    return by === 0 || i.size === 1 ? total : i32.add(total, i32.mul(value(i), i32.const(width * by)))
  }, i32.const(0))
