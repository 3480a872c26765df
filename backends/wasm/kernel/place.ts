/** Where values stand in memory. */
import type { Code } from '../assembler/index.ts'

/** Where a value stands in memory: the address of its first element, and how many there are. */
export interface Place {
  readonly base: number
  readonly size: number
  /** Added to every address: a thread's own part of a block. */
  readonly shift?: Code<'i32'>
}
/** Bytes before the first buffer and after the last that may be read, though nothing is there. */
export const margin = 1 << 16
