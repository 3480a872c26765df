/** The plan of a program on a mode: kernels fused within its limits, and those in two rounds that are better so. */
import type { Closed } from '../../lang/closed.ts'
import { simplifyClosed } from '../../src/simplify/index.ts'
import { splitShifts } from '../kernel/shift.ts'
import { splitReduction } from '../kernel/split.ts'
import { inParts } from '../schedule/parts.ts'
import type { Plan } from '../schedule/plan.ts'
import { schedule } from '../schedule/schedule.ts'
import { type Mode, traits } from './modes.ts'

export const planOf = (p: Closed, mode: Mode): Plan => {
  const { limits, shiftGain } = traits[mode]
  return inParts(
    schedule(simplifyClosed(p), limits),
    ({ indices, body, reads }) =>
      splitShifts(indices, body, reads.length, shiftGain) ?? splitReduction(indices, body, reads.length),
  )
}
