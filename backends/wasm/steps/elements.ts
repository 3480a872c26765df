/**
 * The elements of one kernel: in two rounds where that is less work, on the matrix core where that pays, else loop by loop.
 * How a kernel is written depends on its form and sizes alone, so its bits do not depend on the threads.
 */
import type { Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Contraction, contractionIn } from '../../rewrite/contraction.ts'
import { type Split, type Sums, splitProduct, splitReduction } from '../../rewrite/splitLong.ts'
import { splitShifts } from '../../rewrite/splitShifted.ts'
import { shortLoops } from '../../rewrite/unrollShort.ts'
import { flopsIn } from '../../schedule/cost.ts'
import { type Code, i32, none, seq, when } from '../assembler/index.ts'
import { writeGemm } from '../gemm/gemm.ts'
import { isWorthPacking } from '../gemm/tiling.ts'
import { type Written, writeKernel } from '../kernel/kernel.ts'
import { lower } from '../kernel/lower.ts'
import type { Place } from '../kernel/place.ts'
import type { Elements, Writer } from '../kernel/writer.ts'

/** Operations of a step that pay for sharing it. */
const largeStep = 20000
/** How many products of a sum over shifted operands pay for storing the pairs. */
const shiftGain = 1.5
/** Enough for threads to share. */
const sums: Sums = { long: 1 << 15, tooLong: Number.POSITIVE_INFINITY, parts: () => 64 }

/** out[axes] = body. */
export const writeElements = (w: Writer, s: Elements): Code => {
  if (s.axes.some((i) => i.size === 0)) return none
  const shifts = splitShifts(s.axes, s.body, s.reads.length, shiftGain)
  if (shifts) return writeParts(w, s, shifts)
  const c = contractionIn(s.axes, s.body)
  const long = c && isWorthPacking(c) ? splitProduct(s.axes, c, s.body, s.reads.length) : undefined
  if (long) return writeParts(w, s, long)
  const packs = c !== undefined && isWorthPacking(c) && c.finite.every((x) => x._tag === 'Load')
  if (packs && c.finite.length === 0) return writeProduct(w, c, s)
  if (packs) return whereFinite(w, c.finite, s.reads, writeProduct(w, c, s), writeLoops(w, s))
  const split = splitReduction(s.axes, s.body, s.reads.length, sums)
  return split ? writeParts(w, s, split) : writeLoops(w, s)
}
const writeProduct = (w: Writer, c: Contraction, s: Elements): Code => w.arena.inside(() => writeGemm(w, c, s))
const writeLoops = (w: Writer, s: Elements): Code => {
  const nest = lower(s.axes, shortLoops(s.body), s.shapes)
  const work = (1 + flopsIn(s.axes, s.body)) * sizeOf(s.axes.map((i) => i.size))
  return together(w, writeKernel(w.m, w.lib, { ...s, nest }), work)
}
/** The first where all that these scalars load is finite, else the second. */
const whereFinite = (w: Writer, loads: readonly Scalar[], reads: readonly Place[], yes: Code, no: Code): Code => {
  const places = loads.flatMap((x) => (x._tag === 'Load' ? [reads[x.source] as Place] : []))
  const asked = places.map((p) => w.finite().call(i32.const(p.base), i32.const(p.size)))
  return when(
    asked.reduce((a, b) => i32.and(a, b)),
    yes,
    no,
  )
}
const writeParts = (w: Writer, s: Elements, { axes, part, body }: Split): Code =>
  w.arena.inside(() => {
    const shape = axes.map((i) => i.size)
    const out = w.arena.take(sizeOf(shape))
    return seq(
      writeElements(w, { ...s, axes, body: part, out, dtype: part.dtype, label: `${s.label}: parts` }),
      writeElements(w, { ...s, body, shapes: [...s.shapes, shape], reads: [...s.reads, out] }),
    )
  })
/** A kernel by all threads where it is large, else by the first. */
const together = (w: Writer, { run, count, grain }: Written, work: number): Code =>
  work >= largeStep && count > grain
    ? w.team.shared(w.locals, count, grain, (_, from, to) => run.call(from, to))
    : run.call(i32.const(0), i32.const(count))
