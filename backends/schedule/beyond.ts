/** A plan that needs more memory than there may be: how much, for what, and what would fit. */
import { showType, sizeOf } from '../../lang/syntax/shape.ts'
import { lastReads, type Plan, sizeAt, typeOf, writesOf } from './plan.ts'

/** A value among those that are alive when most memory is in use. */
interface LargeValue {
  readonly type: string
  /** The operations that compute it; 'an input' for inputs. */
  readonly by: string
  readonly bytes: number
}
export interface BeyondMemory {
  readonly _tag: 'BeyondMemory'
  readonly backend: string
  /** Bytes. */
  readonly needed: number
  readonly limit: number
  readonly largest: readonly LargeValue[]
  /** About so many instead of `of` along the first axis of the large values would fit; absent where not even one would. */
  readonly fits?: { readonly of: number; readonly size: number }
}

interface Alive extends LargeValue {
  /** The size of its first axis. */
  readonly first: number
}
/** The inputs, and the values that are alive at the step where they take most. `width`: the bytes of an element. */
const aliveAtPeak = (p: Plan, width: number): readonly Alive[] => {
  const last = lastReads(p)
  const spans = p.steps.flatMap((s, from) =>
    writesOf(s).map((v) => ({ v, from, to: last.get(v) ?? from, by: s._tag === 'Kernel' ? s.ops.join(' ') : s._tag })),
  )
  const change: number[] = []
  for (const { v, from, to } of spans) {
    change[from] = (change[from] ?? 0) + sizeAt(p, v)
    change[to + 1] = (change[to + 1] ?? 0) - sizeAt(p, v)
  }
  let [sum, most, peak] = [0, 0, 0]
  for (let k = 0; k < change.length; k++) {
    sum += change[k] ?? 0
    if (sum > most) [most, peak] = [sum, k]
  }
  const alive = spans.filter(({ from, to }) => from <= peak && peak <= to)
  return [...p.inputs.map((_, v) => ({ v, by: 'an input' })), ...alive].map(({ v, by }) => {
    const type = typeOf(p, v)
    return { type: showType(type), by, bytes: width * sizeOf(type.shape), first: type.shape[0] ?? 1 }
  })
}
/** Some packed operands keep their size. */
const careful = 0.9
/** The largest first size that fits, if all shrinks with the most frequent one but the values that do not have it. */
const fitting = (alive: readonly Alive[], needed: number, limit: number): BeyondMemory['fits'] => {
  const bytes = new Map<number, number>()
  for (const a of alive) if (a.first > 1) bytes.set(a.first, (bytes.get(a.first) ?? 0) + a.bytes)
  const [of, moving] = [...bytes].reduce((a, b) => (b[1] > a[1] ? b : a), [1, 0])
  const fixed = alive.reduce((n, a) => n + (a.first === of ? 0 : a.bytes), 0)
  const size = moving === 0 ? 0 : Math.floor((of * (careful * limit - fixed)) / (needed - fixed))
  return size > 0 ? { of, size } : undefined
}
/** Why a plan that needs so many bytes is beyond a limit; undefined where it is not. */
export const beyondMemory = (
  p: Plan,
  {
    backend,
    needed,
    limit,
    width = 4,
  }: Pick<BeyondMemory, 'backend' | 'needed' | 'limit'> & { readonly width?: number },
): BeyondMemory | undefined => {
  if (needed <= limit) return undefined
  const alive = aliveAtPeak(p, width)
  const fits = fitting(alive, needed, limit)
  const largest = [...alive]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
    .map(({ type, by, bytes }) => ({ type, by, bytes }))
  return { _tag: 'BeyondMemory', backend, needed, limit, largest, ...(fits && { fits }) }
}

/** 3157.7 MB */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
export const showLargest = ({ largest }: BeyondMemory): string =>
  largest.map(({ type, by, bytes }) => `${type}, ${by}: ${megabytes(bytes)}`).join('; ')
/** What to try. */
export const adviceFor = ({ fits }: BeyondMemory): string => {
  const smaller = fits
    ? `about ${fits.size} instead of ${fits.of} along the first axis, as a batch has`
    : 'smaller arrays'
  return `${smaller}; for a gradient, checkpoint around its layers`
}
