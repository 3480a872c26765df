/**
 * The scalar functions on two float64 at once, with errors of a few units in the last place: the reference uses Math. All
 * branches are computed, and lanes chosen.
 */
import { exponentials } from './preciseExponential.ts'
import { inverses } from './preciseInverse.ts'
import { logarithms } from './preciseLogarithm.ts'
import { normals } from './preciseNormal.ts'
import { powers } from './precisePower.ts'
import type { Precise, PreciseFamily } from './preciseSite.ts'
import { waves } from './preciseWave.ts'

/** All of them by name. */
export const precise: PreciseFamily<Precise> = {
  ...exponentials,
  ...logarithms,
  ...waves,
  ...inverses,
  ...powers,
  ...normals,
}
