/** The places of a Scatter: integers, of which one outside means the nearest end. */
import { type Code, choose, count, i32, type Locals, seq } from '../assembler/index.ts'
import type { Region } from '../kernel/region.ts'

type Int = Code<'i32'>
export interface Places {
  readonly index: Region
  readonly batches: number
  /** The places of one batch, and the size of the axis that they count. */
  readonly each: number
  readonly size: number
}
/** A step with this many elements is worth sharing between threads. */
export const large = 20000
/** The address of an element of some bytes. */
export const word = (base: number, index: Int, width: 4 | 8 = 4): Int =>
  i32.add(i32.const(base), i32.shl(index, i32.const(width === 8 ? 3 : 2)))

/** Runs the code for the number of each row and its place among those of all batches, in order or backwards. */
export const forEachPlace = (
  locals: Locals,
  { index, batches, each, size }: Places,
  write: (row: Int, place: Int) => Code,
  backwards = false,
): Code => {
  const [above, inner, j, k] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const turned = (i: Int, length: number): Int => (backwards ? i32.sub(i32.const(length - 1), i) : i)
  const batch = (): Int => turned(above.get, batches)
  const one = seq(
    j.set(i32.add(i32.mul(batch(), i32.const(each)), turned(inner.get, each))),
    k.set(i32.load(word(index.base, j.get))),
    k.set(choose(i32.lt(k.get, i32.const(0)), i32.const(0), k.get)),
    k.set(choose(i32.gt(k.get, i32.const(size - 1)), i32.const(size - 1), k.get)),
    k.set(i32.add(k.get, i32.mul(batch(), i32.const(size)))),
    write(j.get, k.get),
  )
  return count(above, i32.const(0), i32.const(batches), 1, count(inner, i32.const(0), i32.const(each), 1, one))
}
