/** Control: functions on trees of expressions made into single steps of a program. */
export { call, checkpoint } from './call.ts'
export { cond } from './cond.ts'
export { type CustomJvp, type CustomVjp, declareJvp, declareVjp, type Moved } from './custom.ts'
export { fori, type ScanOptions, type SegmentedOptions, scan, segmentedScan } from './scan.ts'
export type { AnyTree, Row, Stacked } from './types.ts'
export { boundedWhile, whileLoop } from './while.ts'
