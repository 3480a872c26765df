/** The columns of a product: the order in which they are packed, and their blocks. */
import type { Index } from '../../../lang/kernel/index.ts'
import type { Shape } from '../../../lang/syntax/shape.ts'
import type { Contraction } from '../../rewrite/contraction.ts'
import { coefficient, isIndex } from '../../rewrite/linear.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { addressesIn } from '../../rewrite/shortestIndices.ts'
import type { Element } from '../assembler/index.ts'
import { blockSize, type Cut, cut, product } from './blocks.ts'
import { wideOf } from './core.ts'

/** Puts the index last along which the columns of a tile are cheapest to read: adjacent in memory, in whole panels. */
export const ordered = (element: Element, c: Contraction, shapes: readonly Shape[]): readonly Index[] => {
  const addresses = addressesIn(c.right, shapes)
  const score = (i: Index): number => {
    if (i.size % element.lanes !== 0 && i.size < 4 * element.lanes) return 0
    const jumps = addresses.some((a) => [...a.terms.keys()].some((t) => !isIndex(t) && mentions(t, i)))
    const inRows = addresses.every((a) => Math.abs(coefficient(a, i)) <= 1)
    return jumps ? 0 : (inRows ? 4 : 0) + (i.size % wideOf(element) === 0 ? 2 : 1)
  }
  const best = [...c.columns].reverse().reduce((a, i) => (score(i) > score(a) ? i : a))
  return [...c.columns.filter((i) => i !== best), best]
}
/** Blocks that fit the cache, that the threads can share evenly, and that need few columns of padding. */
export const cutColumns = (
  element: Element,
  columns: readonly Index[],
  depth: number,
  batches: number,
  threads: number,
): Cut => {
  const wide = wideOf(element)
  const breadth = (n: number): number => Math.ceil(n / wide) * wide
  const whole = breadth(product(columns))
  const inCache = (n: number): boolean => n * depth <= blockSize(element)
  const even = (blocks: number): boolean => (batches * blocks) % threads === 0 || batches * blocks >= 4 * threads
  const many = (blocks: number): boolean => threads === 1 || batches * blocks >= 4 * threads
  const small = (n: number, blocks: number): boolean => inCache(n) && breadth(n) * blocks <= 1.1 * whole
  return (
    cut(columns, (n, blocks) => small(n, blocks) && n >= 4 * wide && many(blocks)) ??
    cut(columns, (n, blocks) => small(n, blocks) && even(blocks)) ??
    cut(columns, small) ??
    cut(columns, inCache) ??
    (cut(columns, (n) => n * (columns[0] as Index).size === product(columns)) as Cut)
  )
}
