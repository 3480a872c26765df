/**
 * The elements of one kernel: on the matrix core where that pays, else by loops. The choice depends only on the form and
 * the sizes of the kernel, and on what no run changes, so the bits do not depend on the number of threads.
 */
import type { Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Contraction, canTestFinite, contractionIn, productSumIn } from '../../rewrite/contraction.ts'
import { dividedInPlace } from '../../rewrite/residues.ts'
import { chooseShort } from '../../rewrite/shortIndices.ts'
import { unrollShort } from '../../rewrite/unrollShort.ts'
import { all, type Code, type Element, i32, seq, when } from '../assembler/index.ts'
import type { Finite } from '../functions/finite.ts'
import { writeGemm } from '../gemm/gemm.ts'
import {
  afterSums,
  type FewRows,
  fewRowsIn,
  orderOf,
  type RowProduct,
  rowProductOf,
  writeRowProduct,
} from '../gemm/rowProduct.ts'
import { isWorthPacking } from '../gemm/tiling.ts'
import { areWorthTiling, type Windows, windowsIn } from '../gemm/windows.ts'
import { type Winograd, winogradOf } from '../gemm/winograd.ts'
import { writeWindows } from '../gemm/writeWindows.ts'
import { writeWinograd } from '../gemm/writeWinograd.ts'
import type { KernelFunction } from '../kernel/kernel.ts'
import { type Lowered, lower } from '../kernel/lower.ts'
import { isAtStart, type Region } from '../kernel/region.ts'
import { writeOnce } from '../kernel/shared.ts'
import { tiled } from '../kernel/tiles.ts'
import { formOfSpec, type KernelSpec, type Writer } from '../kernel/writer.ts'
import { type RowGroup, writeRows } from './rowBlocks.ts'
import { kernelWork, largeStep } from './worth.ts'

/** A product of fewer rows takes longer to pack than to multiply. */
const fewRows = 12

/** How a kernel runs: as loops, or as sums of products in one of four forms. */
type DirectWay =
  | { readonly _tag: 'Loops' }
  | { readonly _tag: 'Row'; readonly row: Row }
  | { readonly _tag: 'Windows'; readonly windows: Windows; readonly spec: KernelSpec }
  | { readonly _tag: 'Product'; readonly product: Contraction; readonly spec: KernelSpec }
type Way =
  | DirectWay
  | { readonly _tag: 'Tiles'; readonly tiles: Winograd; readonly spec: KernelSpec; readonly otherwise: DirectWay }
/** Some vectors times a matrix that is read where it lies. */
interface Row {
  readonly sums: FewRows
  readonly product: RowProduct
}
const rowOf = (s: KernelSpec): Row | undefined => {
  const c = contractionIn(s.axes, s.body)
  const [found] = (c ? fewRowsIn(c) : []).flatMap((sums): readonly Row[] => {
    const product = rowProductOf(sums, s)
    return product ? [{ sums, product }] : []
  })
  return found
}
/** Rows, windows and transformed tiles are written for float32 only. */
const wayOf = (w: Writer, s: KernelSpec): Way => {
  const { element } = w.lib
  const way = w.once(`way ${formOfSpec(s)}`, () => findWay(element, s))
  switch (way._tag) {
    case 'Loops':
      return way
    case 'Product':
      return { ...way, spec: { ...s, axes: way.spec.axes, body: way.spec.body } }
    // these know the addresses
    case 'Row':
    case 'Windows':
    case 'Tiles':
      return findWay(element, s)
  }
}
const findWay = (element: Element, s: KernelSpec): Way => {
  const otherwise = directWayOf(element, s)
  if (element.type !== 'f32' || (otherwise._tag !== 'Product' && otherwise._tag !== 'Windows')) return otherwise
  const tiles = winogradOf(otherwise.spec)
  return tiles ? { _tag: 'Tiles', tiles, spec: otherwise.spec, otherwise } : otherwise
}
const directWayOf = (element: Element, given: KernelSpec): DirectWay => {
  if (productSumIn(given.body) === undefined) return { _tag: 'Loops' }
  const isSingle = element.type === 'f32'
  const row = isSingle ? rowOf(given) : undefined
  if (row) return { _tag: 'Row', row }
  const spec = { ...given, ...dividedInPlace(given.axes, given.body) }
  const c = contractionIn(spec.axes, spec.body)
  const product = c !== undefined && isWorthPacking(element, c) && canTestFinite(c) ? c : undefined
  const isTall = product !== undefined && sizeOf(product.rows.map((i) => i.size)) >= fewRows
  const windows = isTall || !isSingle ? undefined : windowsIn(spec)
  if (windows && areWorthTiling(windows) && windows.finite.every((f) => f._tag === 'Load'))
    return { _tag: 'Windows', windows, spec }
  return product ? { _tag: 'Product', product, spec } : { _tag: 'Loops' }
}
export const runsAsLoops = (w: Writer, s: KernelSpec): boolean => wayOf(w, s)._tag === 'Loops'

/** out[axes] = body. */
export const writeElements = (w: Writer, s: KernelSpec): Code => writeBy(w, s, wayOf(w, s))
const writeBy = (w: Writer, s: KernelSpec, way: Way): Code => {
  const asLoops = (): Code => writeLoops(w, s)
  switch (way._tag) {
    case 'Loops':
      return asLoops()
    case 'Row':
      return w.arena.inside(() => writeRow(w, way.row, s))
    case 'Windows':
      return whereFinite(w, way.windows.finite, s.reads, writeSums(w, way.windows, way.spec), asLoops)
    case 'Product':
      return whereFinite(w, way.product.finite, s.reads, writeProduct(w, way.product, way.spec), asLoops)
    case 'Tiles':
      return when(
        passes(w, w.moderate(), [way.tiles.data, way.tiles.filter], s.reads),
        writeTiles(w, way.tiles, way.spec),
        writeBy(w, s, way.otherwise),
      )
  }
}
const writeSums = (w: Writer, x: Windows, s: KernelSpec): Code => w.arena.inside(() => writeWindows(w, x, s))
const writeProduct = (w: Writer, c: Contraction, s: KernelSpec): Code => w.arena.inside(() => writeGemm(w, c, s))
const writeTiles = (w: Writer, x: Winograd, s: KernelSpec): Code => w.arena.inside(() => writeWinograd(w, x, s))
/** Some vectors times a matrix, and a kernel for what follows the sums. */
const writeRow = (w: Writer, { sums: c, product: p }: Row, s: KernelSpec): Code => {
  const order = orderOf(c)
  const inOrder = s.axes.filter((i) => i.size > 1).every((i, d) => i === order[d])
  const alone = s.body === c.sum && s.out.shift === undefined && inOrder
  const sums = alone ? s.out : w.arena.take(p.rows * p.columns, 'real')
  const run = shareIfLarge(w, writeRowProduct(w.m, p, sums, s.label), 2 * p.rows * p.columns * p.depth)
  return alone ? run : seq(run, writeLoops(w, afterSums(c, s, sums)))
}
const lowered = (s: KernelSpec): Lowered => lower(s.axes, unrollShort(chooseShort(s.body)), s.shapes)
const writeLoops = (w: Writer, s: KernelSpec): Code => {
  const inPlace = s.reads.some((r) => isAtStart(r, s.out))
  return shareIfLarge(
    w,
    writeOnce(w, s, formIn('tiles', s), () => tiled(lowered(s), !inPlace)),
    workOf(w, s),
  )
}
const formIn = (kind: string, s: KernelSpec): string | undefined =>
  s.repeated ? `${kind} ${formOfSpec(s)}` : undefined
const workOf = (w: Writer, s: KernelSpec): number => w.once(`work ${formOfSpec(s)}`, () => kernelWork(s.axes, s.body))
/** Kernels that follow one another row by row, each of which runs as loops. */
export const writeRowGroup = (w: Writer, rows: RowGroup, specs: readonly KernelSpec[]): Code => {
  // without tiles: their outermost axis is not the rows
  const kernels = specs.map((s) => writeOnce(w, s, formIn('rows', s), () => lowered(s)))
  const works = specs.map((s) => workOf(w, s))
  const total = works.reduce((a, b) => a + b, 0)
  return (
    writeRows(w, rows, kernels, total >= largeStep) ?? all(kernels.map((k, n) => shareIfLarge(w, k, works[n] ?? 0)))
  )
}
/** Runs `yes` if all elements of the arrays that these scalars load are finite, else `no`. */
const whereFinite = (
  w: Writer,
  loads: readonly Scalar[],
  reads: readonly Region[],
  yes: Code,
  no: () => Code,
): Code => {
  if (loads.length === 0) return yes
  return when(passes(w, w.finite(), loads, reads), yes, no())
}
/** Whether all arrays that these scalars load pass a test. Those that no run changes are tested once. */
const passes = (w: Writer, test: Finite, loads: readonly Scalar[], reads: readonly Region[]): Code<'i32'> =>
  loads
    .flatMap((x) => (x._tag === 'Load' ? [reads[x.source] ?? bug('a load of an unknown source')] : []))
    .map((p) => (w.bound.has(p) ? w.bound.passes(p, test) : test.call(i32.const(p.base), i32.const(p.size))))
    .reduce((a, b) => i32.and(a, b))
/** Runs a kernel on all threads if it is large, else on the first. */
const shareIfLarge = (w: Writer, { run, count, grain }: KernelFunction, work: number): Code =>
  work >= largeStep && count > grain
    ? w.team.shared(w.locals, count, grain, (_, from, to) => run.call(from, to))
    : run.call(i32.const(0), i32.const(count))
