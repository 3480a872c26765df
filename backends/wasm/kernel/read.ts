/**
 * Loads of one element, and of one in each lane. An address may be outside its buffer where a guard discards what is read.
 * The memory has margins for that. An address that may be further outside, or whose range is unknown, is clamped.
 */
import type { Index, Load, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import { coefficient, isIndex, type Linear, rangeOf } from '../../rewrite/linear.ts'
import { accessOf, type Code, type Element, i32, i32x4, select, v128 } from '../assembler/index.ts'
import type { LaneOf } from './demand.ts'
import { addressOf } from './lanes.ts'
import type { Lowered } from './lower.ts'
import { asInt, type One } from './operators.ts'
import { margin, type Region } from './region.ts'
import type { Scope } from './scope.ts'

type V = Code<'v128'>
type Int = Code<'i32'>

/** The loads of a kernel. `order`: its loops, the outermost first; more may join while the kernel is written. */
export const makeReader = (
  scope: Scope,
  element: Element,
  k: Lowered,
  reads: readonly Region[],
  laneOf: LaneOf,
  order: readonly Index[],
) => {
  const { position, address } = makeAddresses(scope, order)
  const regionOf = (s: Load): Region => reads[s.source] ?? bug('a load of an unknown source')

  const readOne = (s: Load): One => {
    const [a, region] = [addressOf(k, s), regionOf(s)]
    const load = s.dtype === 'real' ? element.one.load : i32.load
    if (isSafe(a, undefined, 1, region)) return load(...address(a, region))
    return load(shifted(bytes(clamped(scope, position(a), region), region.width), region), region.base)
  }
  /** One element in all lanes; undefined where its address must be clamped. */
  const readSplat = (s: Load): V | undefined => {
    const [a, region] = [addressOf(k, s), regionOf(s)]
    const { loadSplat } = accessOf(element, s.dtype)
    return isSafe(a, undefined, 1, region) ? loadSplat(...address(a, region)) : undefined
  }
  /** The elements for neighbours along `lane`, as many as there are lanes. */
  const readLanes = (s: Load, lane: Index): V => {
    const v = lanesAt(s.dtype, addressOf(k, s), regionOf(s), lane)
    return s.dtype === 'bool' ? element.maskOf(i32x4.ne(v, i32x4.const(0))) : v
  }
  const lanesAt = (dtype: DType, a: Linear, region: Region, lane: Index): V => {
    const { lanes } = element
    const isScattered = [...a.terms.keys()].some((t) => t !== lane && laneOf(t) !== undefined)
    if (isScattered || !isSafe(a, lane, lanes, region)) return loadScattered(scope, element, dtype, a, region)
    const by = coefficient(a, lane)
    if (by === 1) return accessOf(element, dtype).load(...address(a, region))
    if (by === 2 && region.width === 4 && lanes === 4) return loadEven(scope, address(a, region))
    return by === -1
      ? loadReversed(scope, element, dtype, address({ ...a, constant: a.constant - lanes + 1 }, region))
      : loadStrided(scope, element, dtype, address(a, region), by * region.width)
  }
  return { address, readOne, readLanes, readSplat }
}
export type Reader = ReturnType<typeof makeReader>

// -- addresses ---------------------------------------------------------------------------------------------------------

/** An address as code, and a constant offset, which is added without wrapping: neither is negative. */
type Address = readonly [at: Int, offset: number]

const bytes = (x: Int, by: number): Int =>
  by === 4 || by === 8 ? i32.shl(x, i32.const(by === 4 ? 2 : 3)) : i32.mul(x, i32.const(by))
const shifted = (x: Int, { shift }: Region): Int => (shift ? i32.add(shift, x) : x)
const total = (terms: readonly Int[]): Int =>
  terms.length === 0 ? i32.const(0) : terms.reduce((a, b) => i32.add(a, b))

/** Whether all elements that the lanes touch are inside the memory's margins. Without a lane, one element is touched. */
const isSafe = (a: Linear, lane: Index | undefined, lanes: number, { size, width }: Region): boolean => {
  const r = rangeOf(a)
  if (r === undefined) return false
  const over = lane === undefined ? 0 : lanes * Math.abs(coefficient(a, lane))
  return width * (r[0] - over) > -margin && width * (r[1] + over + 4 - size) < margin
}

/** Linear forms whose terms are single numbers, as code. A sum begins with the terms of the outermost loops. */
const makeAddresses = ({ one }: Scope, order: readonly Index[]) => {
  const rank = (t: Scalar): number => (isIndex(t) ? (order.indexOf(t) < 0 ? 1000 : order.indexOf(t)) : 500)
  const sorted = (a: Linear): readonly (readonly [Scalar, number])[] =>
    [...a.terms].sort(([s], [t]) => rank(s) - rank(t))
  /** The number of the element. */
  const position = (a: Linear): Int =>
    total([...sorted(a).map(([t, by]) => i32.mul(asInt(one(t)), i32.const(by))), i32.const(a.constant)])
  const address = (a: Linear, { base, shift, width }: Region): Address => {
    const dynamic = total([...(shift ? [shift] : []), ...sorted(a).map(([t, by]) => bytes(asInt(one(t)), width * by))])
    const low = rangeOf({ ...a, constant: 0 })?.[0] ?? -1
    const fixed = base + width * a.constant
    return low >= 0 && fixed >= 0 ? [dynamic, fixed] : [i32.add(dynamic, i32.const(fixed)), 0]
  }
  return { position, address }
}
/** The position, or the nearest one inside the buffer. */
const clamped = ({ keep }: Scope, position: Int, { size }: Region): Int => {
  const at = keep(position)
  const low = keep(select(i32.lt(at, i32.const(0)), i32.const(0), at))
  const last = i32.const(Math.max(0, size - 1))
  return select(i32.gt(low, last), last, low)
}

// -- an element in each lane -------------------------------------------------------------------------------------------

/** The numbers of the lanes after the first. */
const others = ({ lanes }: Element): readonly number[] => [1, 2, 3].slice(0, lanes - 1)
/** Adjacent elements, from the last to the first. */
const loadReversed = ({ keep }: Scope, element: Element, dtype: DType, [at, offset]: Address): V => {
  const { load, order } = accessOf(element, dtype)
  return order(keep(load(at, offset)), [0, ...others(element)].reverse())
}
/** Every second element of four bytes: two loads, of which the last element is not used. */
const loadEven = ({ keep }: Scope, [at, offset]: Address): V => {
  const start = keep(at)
  return v128.shuffle(v128.load(start, offset), v128.load(start, offset + 16), [0, 2, 4, 6])
}
/** Elements at distances of `by` bytes. */
const loadStrided = ({ keep }: Scope, element: Element, dtype: DType, [at, offset]: Address, by: number): V => {
  const access = accessOf(element, dtype)
  const start = keep(at)
  // a positive distance goes into the offset, if there is one; offsets cannot be negative
  const loadLane = (v: V, n: number): V =>
    by > 0 && offset > 0
      ? access.loadLane(v, n, start, offset + n * by)
      : access.loadLane(v, n, i32.add(start, i32.const(n * by)), offset)
  return others(element).reduce(loadLane, access.loadSplat(start, offset))
}
/** Elements at any positions, each clamped to the buffer. */
const loadScattered = (
  { inLanes, keep }: Scope,
  element: Element,
  dtype: DType,
  a: Linear,
  { base, size, width, shift }: Region,
): V => {
  const { loadLane, loadSplat } = accessOf(element, dtype)
  const term = (t: Scalar, by: number): V => (by === 1 ? inLanes(t) : i32x4.mul(inLanes(t), i32x4.const(by)))
  const sum = [...a.terms].reduce((v, [t, by]) => i32x4.add(v, term(t, by)), i32x4.const(a.constant))
  const inside = i32x4.max(i32x4.min(sum, i32x4.const(Math.max(0, size - 1))), i32x4.const(0))
  const place = i32x4.shl(inside, width === 8 ? 3 : 2)
  const at = keep(shift ? i32x4.add(place, i32x4.splat(shift)) : place)
  return others(element).reduce((v, n) => loadLane(v, n, i32x4.lane(at, n), base), loadSplat(i32x4.lane(at, 0), base))
}
