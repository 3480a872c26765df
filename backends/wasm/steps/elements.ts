/**
 * The elements of one kernel: on the matrix core where that pays, else by loops. The choice depends only on the form and
 * the sizes of the kernel, so the bits do not depend on the number of threads.
 */
import { flopsPerElement } from '../../../lang/kernel/count.ts'
import type { Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Contraction, canTestFinite, contractionIn } from '../../rewrite/contraction.ts'
import { chooseShort } from '../../rewrite/shortIndices.ts'
import { unrollShort } from '../../rewrite/unrollShort.ts'
import { type Code, i32, seq, when } from '../assembler/index.ts'
import { writeGemm } from '../gemm/gemm.ts'
import { afterSums, type RowProduct, rowProductOf, writeRowProduct } from '../gemm/rowProduct.ts'
import { isWorthPacking } from '../gemm/tiling.ts'
import { type KernelFunction, writeKernel } from '../kernel/kernel.ts'
import { type Lowered, lower } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import { tiled } from '../kernel/tiles.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'
import { type RowGroup, writeRows } from './rowBlocks.ts'

/** A kernel with this many operations is worth sharing between threads. */
const largeKernel = 20000

/** The product that the matrix core computes for a kernel; undefined where the kernel runs as loops. */
const productOf = ({ axes, body }: Pick<KernelSpec, 'axes' | 'body'>): Contraction | undefined => {
  const c = contractionIn(axes, body)
  return c !== undefined && isWorthPacking(c) && canTestFinite(c) ? c : undefined
}
interface Row {
  readonly sums: Contraction
  readonly product: RowProduct
}
/** A vector times a matrix that is read where it lies. */
const rowOf = (s: KernelSpec): Row | undefined => {
  const sums = contractionIn(s.axes, s.body)
  const product = sums && rowProductOf(sums, s)
  return sums && product && { sums, product }
}
export const runsAsLoops = (s: KernelSpec): boolean => rowOf(s) === undefined && productOf(s) === undefined

/** out[axes] = body. */
export const writeElements = (w: Writer, s: KernelSpec): Code => {
  const row = rowOf(s)
  if (row) return w.arena.inside(() => writeRow(w, row, s))
  const c = productOf(s)
  if (c === undefined) return writeLoops(w, s)
  if (c.finite.length === 0) return writeProduct(w, c, s)
  return whereFinite(w, c.finite, s.reads, writeProduct(w, c, s), writeLoops(w, s))
}
const writeProduct = (w: Writer, c: Contraction, s: KernelSpec): Code => w.arena.inside(() => writeGemm(w, c, s))
/** A vector times a matrix, and a kernel for what follows the sums. */
const writeRow = (w: Writer, { sums: c, product: p }: Row, s: KernelSpec): Code => {
  const alone = s.body === c.sum && s.out.shift === undefined
  const sums = alone ? s.out : w.arena.take(p.columns)
  const run = shareIfLarge(w, writeRowProduct(w.m, p, sums, s.label), 2 * p.columns * p.depth)
  return alone ? run : seq(run, writeLoops(w, afterSums(c, s, sums)))
}
const lowered = (s: KernelSpec): Lowered => lower(s.axes, unrollShort(chooseShort(s.body)), s.shapes)
const writeLoops = (w: Writer, s: KernelSpec): Code => {
  const inPlace = s.reads.some((r) => r.base === s.out.base)
  return shareIfLarge(w, writeKernel(w.m, w.lib, { ...s, nest: tiled(lowered(s), !inPlace) }), workOf(s))
}
const workOf = (s: KernelSpec): number => (1 + flopsPerElement(s.axes, s.body)) * sizeOf(s.axes.map((i) => i.size))
/** Kernels that follow one another row by row, each of which runs as loops. */
export const writeRowGroup = (w: Writer, rows: RowGroup, specs: readonly KernelSpec[]): Code => {
  // without tiles: their outermost axis is not the rows
  const kernels = specs.map((s) => writeKernel(w.m, w.lib, { ...s, nest: lowered(s) }))
  const works = specs.map(workOf)
  const total = works.reduce((a, b) => a + b, 0)
  return (
    writeRows(w, rows, kernels, total >= largeKernel) ??
    seq(...kernels.map((k, n) => shareIfLarge(w, k, works[n] ?? 0)))
  )
}
/** Runs `yes` if all elements of the arrays that these scalars load are finite, else `no`. */
const whereFinite = (w: Writer, loads: readonly Scalar[], reads: readonly Region[], yes: Code, no: Code): Code => {
  const regions = loads.flatMap((x) =>
    x._tag === 'Load' ? [reads[x.source] ?? bug('a load of an unknown source')] : [],
  )
  const tests = regions.map((p) => w.finite().call(i32.const(p.base), i32.const(p.size)))
  return when(
    tests.reduce((a, b) => i32.and(a, b)),
    yes,
    no,
  )
}
/** Runs a kernel on all threads if it is large, else on the first. */
const shareIfLarge = (w: Writer, { run, count, grain }: KernelFunction, work: number): Code =>
  work >= largeKernel && count > grain
    ? w.team.shared(w.locals, count, grain, (_, from, to) => run.call(from, to))
    : run.call(i32.const(0), i32.const(count))
