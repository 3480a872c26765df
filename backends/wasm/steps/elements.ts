/**
 * The elements of one kernel: on the matrix core where that pays, else loop by loop. How a kernel is written depends on its
 * form and sizes alone, so its bits do not depend on the number of threads.
 */
import { flopsPerElement } from '../../../lang/kernel/count.ts'
import type { Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Contraction, contractionIn } from '../../rewrite/contraction.ts'
import { unrollShort } from '../../rewrite/unrollShort.ts'
import { type Code, i32, when } from '../assembler/index.ts'
import { writeGemm } from '../gemm/gemm.ts'
import { isWorthPacking } from '../gemm/tiling.ts'
import { type KernelFunction, writeKernel } from '../kernel/kernel.ts'
import { lower } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'

/** Operations from which a step is shared between threads. */
const largeStep = 20000

/** out[axes] = body. */
export const writeElements = (w: Writer, s: KernelSpec): Code => {
  const c = contractionIn(s.axes, s.body)
  if (c === undefined || !isWorthPacking(c) || !c.finite.every((x) => x._tag === 'Load')) return writeLoops(w, s)
  if (c.finite.length === 0) return writeProduct(w, c, s)
  return whereFinite(w, c.finite, s.reads, writeProduct(w, c, s), writeLoops(w, s))
}
const writeProduct = (w: Writer, c: Contraction, s: KernelSpec): Code => w.arena.inside(() => writeGemm(w, c, s))
const writeLoops = (w: Writer, s: KernelSpec): Code => {
  const nest = lower(s.axes, unrollShort(s.body), s.shapes)
  const work = (1 + flopsPerElement(s.axes, s.body)) * sizeOf(s.axes.map((i) => i.size))
  return together(w, writeKernel(w.m, w.lib, { ...s, nest }), work)
}
/** `yes` where all elements of the arrays that these scalars load are finite, else `no`. */
const whereFinite = (w: Writer, loads: readonly Scalar[], reads: readonly Region[], yes: Code, no: Code): Code => {
  const regions = loads.flatMap((x) => (x._tag === 'Load' ? [reads[x.source] as Region] : []))
  const tests = regions.map((p) => w.finite().call(i32.const(p.base), i32.const(p.size)))
  return when(
    tests.reduce((a, b) => i32.and(a, b)),
    yes,
    no,
  )
}
/** Runs a kernel on all threads where it is large, else on the first. */
const together = (w: Writer, { run, count, grain }: KernelFunction, work: number): Code =>
  work >= largeStep && count > grain
    ? w.team.shared(w.locals, count, grain, (_, from, to) => run.call(from, to))
    : run.call(i32.const(0), i32.const(count))
