/** A product in the core's tiles: rows and columns rounded up, columns in blocks, and how threads share them. */
import { type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import type { Contraction } from '../../rewrite/contraction.ts'
import type { Element } from '../assembler/index.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { type Cut, product, roomFor } from './blocks.ts'
import { cutColumns } from './columns.ts'
import { tall, wideOf } from './core.ts'

export interface Tiling {
  readonly of: Contraction
  /** Rows in whole tiles, and the number of terms of each sum. */
  readonly rows: number
  readonly depth: number
  /** The columns in blocks; the padded sizes of their axes in a block, and their product in whole tiles. */
  readonly columns: Cut
  readonly room: Shape
  readonly breadth: number
  /** Blocks of all batches. */
  readonly blocks: number
  /** Whether each thread runs some blocks, in its own scratch memory; else all threads share every block. */
  readonly apart: boolean
}
const inTiles = (n: number, size: number): number => Math.ceil(n / size) * size

export const tilingOf = (element: Element, c: Contraction, threads: number): Tiling => {
  const [depth, batches] = [product(c.summed), product(c.batch)]
  const columns = cutColumns(element, c.columns, depth, batches, threads)
  const room = roomFor(element, columns.rest)
  const blocks = batches * columns.block.size
  return {
    of: c,
    rows: inTiles(product(c.rows), tall),
    depth,
    columns,
    room,
    breadth: inTiles(sizeOf(room), wideOf(element)),
    blocks,
    apart: threads > 1 && blocks > 1 && (blocks % threads === 0 || blocks >= 4 * threads),
  }
}

/** Whether there is enough arithmetic to pay for packing, and little of it is padding of tiles. */
export const isWorthPacking = (element: Element, c: Contraction): boolean => {
  const [m, n, k] = [product(c.rows), product(c.columns), product(c.summed)]
  const padded = inTiles(m, tall) * inTiles(n, wideOf(element))
  return m * n * k >= 8192 && k >= 8 && m >= 3 && n >= 4 && padded <= 2.2 * m * n
}

/** From this many products on, threads gain more than synchronising them costs. */
const largeProduct = 1 << 18
/** The same for arrays of more elements than a core's cache holds, which must move between cores. */
const largeUncached = 1 << 21
const cached = 1 << 16
export const isWorthSharing = (c: Contraction, s: KernelSpec): boolean => {
  const products = product([...c.batch, ...c.rows, ...c.columns, ...c.summed])
  const largest = [...s.reads, s.out].reduce((n, p) => Math.max(n, p.size), 0)
  return products >= (largest > cached ? largeUncached : largeProduct)
}
