/**
 * The memory of stored values, laid out before anything runs. A value is live from the step that writes it until the last
 * step that reads it. Two values share one live range where the second overwrites the first, element by element.
 */
import { sizeOf } from '../../lang/syntax/shape.ts'
import { mayOverwrite } from './overwrite.ts'
import { lastReads, type Plan, type Step, sizeAt, subplansOf, writesOf } from './plan.ts'

interface Layout {
  /** For every value that a step writes, the number of elements before it. Inputs have none: the caller owns them. */
  readonly offsetOf: ReadonlyMap<number, number>
  /** Elements that all offsets together span. */
  readonly extent: number
  /** Bytes in use at once: inputs, the stored values, and those inside forms. */
  readonly peak: number
}
const bytes = 4
/** Offsets are multiples of this many elements, so that none shares a line of the cache. */
const line = 16
const whole = (n: number): number => Math.ceil(n / line) * line

/** Memory that is needed from one step to another, both included. */
interface LiveRange {
  readonly size: number
  readonly from: number
  readonly to: number
}
/** The live ranges of all values, and by value the number of its live range. */
const liveRangesOf = (p: Plan, elsewhere: ReadonlySet<number>) => {
  const last = lastReads(p)
  const ranges: LiveRange[] = []
  const rangeOf = new Map<number, number>()
  /** The live range of a value that ends here and that the step may overwrite. */
  const ending = (s: Step, k: number): number | undefined => {
    if (s._tag !== 'Kernel' && s._tag !== 'Scatter') return undefined
    // a Scatter overwrites only the array into which it joins rows: to overwrite another it would copy
    const reads = s._tag === 'Kernel' ? s.reads : s.into === undefined ? [] : [s.into.value]
    const v = reads.find((r) => rangeOf.has(r) && last.get(r) === k && mayOverwrite(p, s, r))
    return v === undefined ? undefined : rangeOf.get(v)
  }
  p.steps.forEach((s, k) => {
    for (const v of writesOf(s)) {
      if (elsewhere.has(v)) continue
      const to = last.get(v) ?? k
      const n = ending(s, k) ?? ranges.length
      ranges[n] = { size: whole(sizeAt(p, v)), from: ranges[n]?.from ?? k, to }
      rangeOf.set(v, n)
    }
  })
  return { ranges, rangeOf }
}

/** The gaps below `end`, by position. Neighbours are joined. */
interface Gap {
  readonly at: number
  readonly size: number
}
const makeGaps = () => {
  const gaps: Gap[] = []
  let end = 0
  /** The first gap at or after a position. */
  const after = (at: number): number => {
    let [low, high] = [0, gaps.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((gaps[middle] as Gap).at < at) low = middle + 1
      else high = middle
    }
    return low
  }
  const smallest = (size: number): number => {
    let best = -1
    gaps.forEach((g, k) => {
      if (g.size >= size && (best < 0 || g.size < (gaps[best] as Gap).size)) best = k
    })
    return best
  }
  return {
    end: (): number => end,
    /** The start of the smallest gap that is large enough; where there is none, the last gap grows, or a new one ends it. */
    take: (size: number): number => {
      const k = smallest(size)
      const gap = gaps[k]
      if (gap !== undefined) {
        const rest = gap.size - size
        gaps.splice(k, 1, ...(rest === 0 ? [] : [{ at: gap.at + size, size: rest }]))
        return gap.at
      }
      const last = gaps.at(-1)
      const at = last !== undefined && last.at + last.size === end ? (gaps.pop() as Gap).at : end
      end = at + size
      return at
    },
    give: (at: number, size: number): void => {
      if (size === 0) return
      const k = after(at)
      const [before, behind] = [gaps[k - 1], gaps[k]]
      const joinsBefore = before !== undefined && before.at + before.size === at
      const joinsBehind = behind !== undefined && at + size === behind.at
      const first = joinsBefore ? before.at : at
      const until = joinsBehind ? behind.at + behind.size : at + size
      gaps.splice(k - Number(joinsBefore), Number(joinsBefore) + Number(joinsBehind), {
        at: first,
        size: until - first,
      })
    },
  }
}

interface Packed {
  readonly offsets: readonly number[]
  readonly extent: number
}
/** Best fit in the order of time. */
const pack = (ranges: readonly LiveRange[], steps: number): Packed => {
  const [starting, ended] = [0, 1].map(() => Array.from({ length: steps + 2 }, (): number[] => [])) as [
    number[][],
    number[][],
  ]
  ranges.forEach(({ from, to }, n) => {
    starting[from]?.push(n)
    ended[to + 1]?.push(n)
  })
  const [gaps, offsets] = [makeGaps(), ranges.map(() => 0)]
  for (let k = 0; k <= steps; k++) {
    for (const n of ended[k] ?? []) gaps.give(offsets[n] as number, (ranges[n] as LiveRange).size)
    for (const n of starting[k] ?? []) offsets[n] = gaps.take((ranges[n] as LiveRange).size)
  }
  return { offsets, extent: gaps.end() }
}
/**
 * The better of two packings, one in the order of time and one from the end: gradients free what the forward part keeps in
 * the reverse order, and then the second has no gaps.
 */
const best = (ranges: readonly LiveRange[], steps: number): Packed => {
  const forward = pack(ranges, steps)
  const backward = pack(
    ranges.map(({ size, from, to }) => ({ size, from: steps - to, to: steps - from })),
    steps,
  )
  return backward.extent < forward.extent ? backward : forward
}

/**
 * The layout of a plan's values. What a step reads is free after the step, so nothing is overwritten before it is read,
 * except by a kernel that may. `elsewhere`: values that have memory of their own.
 */
export const memoryOf = (p: Plan, elsewhere: ReadonlySet<number> = new Set()): Layout => {
  const { ranges, rangeOf } = liveRangesOf(p, elsewhere)
  const { offsets, extent } = best(ranges, p.steps.length)
  const inputs = p.inputs.reduce((n, t) => n + sizeOf(t.shape), 0)
  const inner = p.steps.flatMap(subplansOf).reduce((most, q) => Math.max(most, memoryOf(q).peak), 0)
  return {
    offsetOf: new Map([...rangeOf].map(([v, n]) => [v, offsets[n] as number])),
    extent,
    peak: (inputs + extent) * bytes + inner,
  }
}
