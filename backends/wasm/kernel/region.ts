/** Regions of memory. */
import { type Code, i32 } from '../assembler/index.ts'

/** A value in memory: the address of its first element, and the number of elements. */
export interface Region {
  readonly base: number
  readonly size: number
  /** Bytes of an element. */
  readonly width: 4 | 8
  /** Added to every address: the offset of a thread's own part. */
  readonly shift?: Code<'i32'>
}
/** Whether two regions begin at one address. */
export const isAtStart = (x: Region, y: Region): boolean => x.base === y.base && x.shift === y.shift
/** The address of a region's first element. */
export const addressIn = ({ base, shift }: Region): Code<'i32'> =>
  shift ? i32.add(shift, i32.const(base)) : i32.const(base)
/** Bytes before the first buffer and after the last that loads may touch. */
export const margin = 1 << 16
