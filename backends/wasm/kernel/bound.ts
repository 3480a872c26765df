/**
 * What a module computes once for each state that is loaded, not in every run: what depends on inputs alone that no run
 * changes, such as the weights of a network that answers. It has memory of its own, behind everything else.
 */
import { type Code, i32, seq } from '../assembler/index.ts'
import type { Finite } from '../functions/finite.ts'
import { words } from '../threads/protocol.ts'
import type { Region } from './region.ts'

type Int = Code<'i32'>
export interface BoundWork {
  /** Whether no run changes an array. */
  readonly has: (r: Region) => boolean
  /** Memory that nothing else uses. */
  readonly take: (size: number, width: 4 | 8) => Region
  /** Runs code once for each state that is loaded. */
  readonly first: (code: Code) => void
  /** Whether such an array passes a test of all its elements. */
  readonly passes: (r: Region, test: Finite) => Int
}
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64
/** `fixed`: the arrays that no run changes. */
export const makeBound = (fixed: readonly Region[]) => {
  const codes: Code[] = []
  const flags = new Map<Finite, Map<number, Region>>()
  let bytes = 0
  // where this memory begins is known when everything else has its place
  const shift = i32.load(i32.const(0), words.bound)
  const take: BoundWork['take'] = (size, width) => {
    const base = bytes
    bytes += aligned(size * width)
    return { base, size, width, shift }
  }
  const bound: BoundWork = {
    has: (r) => r.shift === undefined && fixed.some((f) => f.base === r.base && f.size === r.size),
    take,
    first: (code) => codes.push(code),
    passes: (r, test) => {
      const known = flags.get(test) ?? new Map<number, Region>()
      const flag = known.get(r.base) ?? take(1, 4)
      const address = i32.add(shift, i32.const(flag.base))
      if (!known.has(r.base)) codes.push(i32.store(address, test.call(i32.const(r.base), i32.const(r.size))))
      flags.set(test, known.set(r.base, flag))
      return i32.load(address)
    },
  }
  return {
    bound,
    /** Bytes of its memory. */
    bytes: (): number => bytes,
    /** The code that runs for each state; undefined where there is nothing to do. */
    code: (start: number): Code | undefined =>
      codes.length === 0 ? undefined : seq(i32.store(i32.const(0), i32.const(start), words.bound), ...codes),
  }
}
