/**
 * Loads. An address may point outside its buffer where a guard discards what is read. The memory has margins for that; an
 * address that may point further, or that has no known range, is clamped to the buffer.
 */

import type { Index, Load, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { coefficient, isIndex, type Linear, rangeOf } from '../../rewrite/linear.ts'
import { type Code, f32, i32, i32x4, select, v128 } from '../assembler/index.ts'
import type { LaneOf } from './demand.ts'
import { addressOf } from './lanes.ts'
import type { Lowered } from './lower.ts'
import { asInt, type One } from './operators.ts'
import { margin, type Region } from './region.ts'
import type { Scope } from './scope.ts'

type V = Code<'v128'>
type Int = Code<'i32'>

/** `order`: the loops from the outside in, so that sums of addresses begin with what changes least. */
export const makeReader = (
  { one, four, keep }: Scope,
  k: Lowered,
  reads: readonly Region[],
  laneOf: LaneOf,
  order: readonly Index[],
) => {
  const bytes = (x: Int, by: number): Int => (by === 1 ? i32.shl(x, i32.const(2)) : i32.mul(x, i32.const(4 * by)))
  const total = (terms: readonly Int[]): Int =>
    terms.length === 0 ? i32.const(0) : terms.reduce((a, b) => i32.add(a, b))
  const sorted = (a: Linear): readonly (readonly [Scalar, number])[] => {
    const rank = (t: Scalar): number => (isIndex(t) ? (order.indexOf(t) < 0 ? 1000 : order.indexOf(t)) : 500)
    return [...a.terms].sort(([s], [t]) => rank(s) - rank(t))
  }
  /** The address of a form whose terms are all single numbers, and a constant offset. */
  const address = (a: Linear, { base, shift }: Region): readonly [Int, number] => {
    const dynamic = total([...(shift ? [shift] : []), ...sorted(a).map(([t, by]) => bytes(asInt(one(t)), by))])
    const low = rangeOf({ ...a, constant: 0 })?.[0] ?? -1
    const fixed = base + 4 * a.constant
    return low >= 0 && fixed >= 0 ? [dynamic, fixed] : [i32.add(dynamic, i32.const(fixed)), 0]
  }
  /** Are all addresses that four lanes touch inside the memory's margins? */
  const safe = (a: Linear, lane: Index | undefined, size: number): boolean => {
    const r = rangeOf(a)
    if (r === undefined) return false
    const over = lane === undefined ? 0 : 3 * Math.abs(coefficient(a, lane))
    return 4 * (r[0] - over) > -margin && 4 * (r[1] + over + 4 - size) < margin
  }
  const readOne = (s: Load): One => {
    const a = addressOf(k, s)
    const region = reads[s.source] ?? bug('a load of nothing')
    const load = s.dtype === 'real' ? f32.load : i32.load
    if (safe(a, undefined, region.size)) return load(...address(a, region))
    const at = keep(
      total([...sorted(a).map(([t, by]) => i32.mul(asInt(one(t)), i32.const(by))), i32.const(a.constant)]),
    )
    const low = keep(select(i32.lt(at, i32.const(0)), i32.const(0), at))
    const last = i32.const(Math.max(0, region.size - 1))
    return load(bytes(select(i32.gt(low, last), last, low), 1), region.base)
  }
  const asStored = (v: V, s: Scalar): V => (s.dtype === 'bool' ? i32x4.ne(v, i32x4.const(0)) : v)
  const readFour = (s: Load, lane: Index): V => {
    const a = addressOf(k, s)
    const region = reads[s.source] ?? bug('a load of nothing')
    const by = coefficient(a, lane)
    const scattered = [...a.terms.keys()].some((t) => t !== lane && laneOf(t) !== undefined)
    if (scattered || !safe(a, lane, region.size)) return asStored(readScattered(a, region), s)
    if (by === 1) return asStored(v128.load(...address(a, region)), s)
    if (by === -1) {
      const [at, offset] = address({ ...a, constant: a.constant - 3 }, region)
      const v = keep(v128.load(at, offset))
      return asStored(v128.shuffle(v, v, [3, 2, 1, 0]), s)
    }
    const [at, offset] = address(a, region)
    const start = keep(at)
    const spread = [1, 2, 3].reduce(
      (v, n) => {
        const next = offset + 4 * n * by
        return next >= 0 && by > 0 && offset > 0
          ? v128.loadLane(v, n, start, next)
          : v128.loadLane(v, n, i32.add(start, i32.const(4 * n * by)), offset)
      },
      v128.loadSplat(start, offset),
    )
    return asStored(spread, s)
  }
  /** Positions in four lanes, each clamped to the buffer. */
  const readScattered = (a: Linear, region: Region): V => {
    const term = (t: Scalar, by: number): V => (by === 1 ? four(t) : i32x4.mul(four(t), i32x4.const(by)))
    const sum = [...a.terms].reduce((v, [t, by]) => i32x4.add(v, term(t, by)), i32x4.const(a.constant))
    const inside = i32x4.max(i32x4.min(sum, i32x4.const(Math.max(0, region.size - 1))), i32x4.const(0))
    const at = keep(i32x4.shl(inside, 2))
    return [1, 2, 3].reduce(
      (v, n) => v128.loadLane(v, n, i32x4.lane(at, n), region.base),
      v128.loadSplat(i32x4.lane(at, 0), region.base),
    )
  }

  /** One number in all lanes; undefined where its address must be clamped. */
  const readSplat = (s: Load): V | undefined => {
    const a = addressOf(k, s)
    const region = reads[s.source] ?? bug('a load of nothing')
    return safe(a, undefined, region.size) ? v128.loadSplat(...address(a, region)) : undefined
  }
  return { address, readOne, readFour, readSplat }
}
export type Reader = ReturnType<typeof makeReader>
