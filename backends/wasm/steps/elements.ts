/**
 * The elements of one kernel: on the matrix core where that pays, else by loops. The choice depends only on the form and
 * the sizes of the kernel, so the bits do not depend on the number of threads.
 */
import { flopsPerElement } from '../../../lang/kernel/count.ts'
import type { Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Contraction, canTestFinite, contractionIn } from '../../rewrite/contraction.ts'
import { unrollShort } from '../../rewrite/unrollShort.ts'
import { type Code, i32, when } from '../assembler/index.ts'
import { writeGemm } from '../gemm/gemm.ts'
import { isWorthPacking } from '../gemm/tiling.ts'
import { type KernelFunction, writeKernel } from '../kernel/kernel.ts'
import { lower } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'

/** A kernel with this many operations is worth sharing between threads. */
const largeKernel = 20000

/** out[axes] = body. */
export const writeElements = (w: Writer, s: KernelSpec): Code => {
  const c = contractionIn(s.axes, s.body)
  if (c === undefined || !isWorthPacking(w.lib.element, c) || !canTestFinite(c)) return writeLoops(w, s)
  if (c.finite.length === 0) return writeProduct(w, c, s)
  return whereFinite(w, c.finite, s.reads, writeProduct(w, c, s), writeLoops(w, s))
}
const writeProduct = (w: Writer, c: Contraction, s: KernelSpec): Code => w.arena.inside(() => writeGemm(w, c, s))
const writeLoops = (w: Writer, s: KernelSpec): Code => {
  const nest = lower(s.axes, unrollShort(s.body), s.shapes)
  const work = (1 + flopsPerElement(s.axes, s.body)) * sizeOf(s.axes.map((i) => i.size))
  return shareIfLarge(w, writeKernel(w.m, w.lib, { ...s, nest }), work)
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
