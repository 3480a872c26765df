/** Systems: what the examples are made of. */
export { atLeast, atMost, close, type Finding, holds, same } from './finding.ts'
export { learn, type Shown } from './learn.ts'
export { nearestDistance } from './nearest.ts'
export { type Pictures, picturesFor } from './pictures.ts'
export { componentErrors } from './principal.ts'
export { compute, passed, showFailure, study } from './study.ts'
export type { DataName, Machine, Outcome, Picture, Precision, RunOptions, System } from './system.ts'
