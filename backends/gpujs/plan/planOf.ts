/** The plan of a program as a mode runs it. */
import type { Closed } from '../../../lang/syntax/closed.ts'
import type { LongReductions } from '../../rewrite/splitLong.ts'
import type { Plan } from '../../schedule/plan.ts'
import { prepare } from '../../schedule/prepare.ts'
import { type Mode, traits } from '../device/modes.ts'

/**
 * A sum of n terms is split into sqrt(n) parts of sqrt(n) terms: for a million float32 numbers that saves two digits. On a
 * device, one thread that adds thousands of numbers is slower than a second kernel, and some drivers stop a loop after
 * 65,535 iterations without an error.
 */
const reductionsOn = (onDevice: boolean): LongReductions => ({
  long: onDevice ? 1 << 11 : 1 << 15,
  tooLong: onDevice ? 60_000 : Number.POSITIVE_INFINITY,
  parts: (iterations) => Math.floor(Math.sqrt(iterations)),
})

export const planOf = (p: Closed, mode: Mode): Plan => {
  const { limits, shiftGain, onDevice } = traits[mode]
  return prepare(p, { limits, shiftGain, refusesMoreArrays: onDevice, reductions: reductionsOn(onDevice) })
}
