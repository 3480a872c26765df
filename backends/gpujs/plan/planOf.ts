/** The plan of a program on a mode: kernels fused within its limits, and those in rounds that are better so. */
import type { Closed } from '../../../lang/syntax/closed.ts'
import { simplifyClosed } from '../../../src/transform/simplify/index.ts'
import { splitArrays } from '../../rewrite/limitSources.ts'
import { type Sums, splitReduction } from '../../rewrite/splitLong.ts'
import { splitShifts } from '../../rewrite/splitShifted.ts'
import { inParts } from '../../schedule/parts.ts'
import type { Plan } from '../../schedule/plan.ts'
import { schedule } from '../../schedule/schedule.ts'
import { type Mode, traits } from '../device/modes.ts'

/**
 * Both rounds of the same length: a million float32 numbers then lose two digits less than in one. On a device a thread
 * that adds thousands of numbers alone takes longer than another kernel, and some stop after 65,535 turns and say nothing.
 */
const sumsOn = (onDevice: boolean): Sums => ({
  long: onDevice ? 1 << 11 : 1 << 15,
  tooLong: onDevice ? 60_000 : Number.POSITIVE_INFINITY,
  parts: (turns) => Math.floor(Math.sqrt(turns)),
})

export const planOf = (p: Closed, mode: Mode): Plan => {
  const { limits, shiftGain, onDevice } = traits[mode]
  const sums = sumsOn(onDevice)
  return inParts(
    schedule(simplifyClosed(p), limits),
    ({ indices, body, reads }) =>
      splitShifts(indices, body, reads.length, shiftGain) ??
      splitReduction(indices, body, reads.length, sums) ??
      (onDevice ? splitArrays(indices, body, reads.length, limits.arrays) : undefined),
  )
}
