/** Control: functions on trees of expressions made into single steps of a program. */

export { type AssociativeOptions, associativeScan } from './associative.ts'
export { call, checkpoint } from './call.ts'
export { cond, switchCase } from './cond.ts'
export { type CustomJvp, type CustomVjp, declareJvp, declareVjp, type Tangents } from './custom.ts'
export { customVmap } from './customVmap.ts'
export { mapBlocks, mapRows } from './map.ts'
export { type OdeOptions, odeint } from './ode.ts'
export { fori, type ScanOptions, type SegmentedOptions, scan, segmentedScan } from './scan.ts'
export type { AnyTree, Row, Rows } from './types.ts'
export { boundedWhile, type WhileOptions, whileLoop } from './while.ts'
