/**
 * Accumulators of reductions. Long sums of float32 are accumulated in double, so that they are right to the last place of
 * float32 at any length; everything else is accumulated in its own type. A sum along the columns of a large array first
 * adds up 8 rows at a time (`rows`, backends/rewrite/splitLong.ts): it may lose two places.
 */
import type { Monoid } from '../../../lang/kernel/index.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import {
  accessOf,
  type Code,
  type Element,
  f32,
  f32x4,
  f64,
  f64x2,
  float32,
  giving,
  i32,
  i32x4,
  type Local,
  type Locals,
  select,
  seq,
  v128,
} from '../assembler/index.ts'
import { asInt, asLanes, asReal, asSingle, type One } from './operators.ts'

type V = Code<'v128'>
type Int = Code<'i32'>
export interface Accumulator {
  readonly start: Code
  /** To a part, of an accumulator that has several: one addition does not wait for the one before. */
  readonly add: (x: V | One, part?: number) => Code
  /** The result; lanes where the accumulator has a result in each. */
  readonly result: () => V | One
}
const unit: { readonly [M in Monoid]: readonly [real: number, int: number] } = {
  add: [0, 0],
  mul: [1, 1],
  max: [Number.NEGATIVE_INFINITY, -2147483648],
  min: [Number.POSITIVE_INFINITY, 2147483647],
}
export const unitLanes = ({ each }: Element, by: Monoid, dtype: DType): V => {
  const [real, int] = unit[by]
  return dtype === 'real' ? each.const(real) : i32x4.const(int)
}
const joinInt =
  (by: Monoid) =>
  (x: Int, y: Int): Int =>
    by === 'add'
      ? i32.add(x, y)
      : by === 'mul'
        ? i32.mul(x, y)
        : select(by === 'max' ? i32.gt(x, y) : i32.lt(x, y), x, y)

/** One number at a time. */
export const single = (element: Element, by: Monoid, dtype: DType, long: boolean, local: Locals): Accumulator => {
  const [real, int] = unit[by]
  if (dtype !== 'real') {
    const sum = local('i32')
    return {
      start: sum.set(i32.const(int)),
      add: (x) => {
        const y = local('i32')
        return seq(y.set(asInt(x)), sum.set(joinInt(by)(sum.get, y.get)))
      },
      result: () => sum.get,
    }
  }
  if (by === 'add' && long && element.type === 'f32') {
    const sum = local('f64')
    return {
      start: sum.set(f64.const(0)),
      add: (x) => sum.set(f64.add(sum.get, f64.ofF32(asSingle(x)))),
      result: () => f32.ofF64(sum.get),
    }
  }
  const sum = local(element.type)
  return {
    start: sum.set(element.one.const(real)),
    add: (x) => sum.set(element.one[by](sum.get, asReal(x))),
    result: () => sum.get,
  }
}

type Sums = readonly [low: Local<'v128'>, high: Local<'v128'>]
/** A vector at a time: a result in each lane, or one where the sum runs over the lanes. */
export const lanes = (
  element: Element,
  by: Monoid,
  dtype: DType,
  long: boolean,
  across: boolean,
  local: Locals,
  parts = 1,
): Accumulator => {
  if (dtype === 'real' && by === 'add' && long && element.type === 'f32') {
    const x = local('v128')
    const sums = Array.from({ length: parts }, () => [local('v128'), local('v128')] as const)
    const [first, ...others] = sums as [Sums, ...Sums[]]
    const total = (half: 0 | 1): V => others.reduce((sum, s) => f64x2.add(sum, s[half].get), first[half].get)
    return {
      start: seq(...sums.flat().map((s) => s.set(f64x2.const(0)))),
      add: (v, part = 0) => {
        const [low, high] = sums[part] ?? first
        return seq(
          x.set(asLanes(v)),
          low.set(f64x2.add(low.get, f64x2.ofF32(x.get))),
          high.set(f64x2.add(high.get, f64x2.ofF32(v128.shuffle(x.get, x.get, [2, 3, 2, 3])))),
        )
      },
      result: () => {
        if (!across) return v128.shuffle(f32x4.ofF64(total(0)), f32x4.ofF64(total(1)), [0, 1, 4, 5])
        const both = f64x2.add(total(0), total(1))
        return f32.ofF64(f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1)))
      },
    }
  }
  const sum = local('v128')
  const join = dtype === 'real' ? element.each[by] : i32x4[by]
  const { order } = accessOf(element, dtype)
  const { start, add, total } =
    dtype === 'real' && (by === 'max' || by === 'min') && long && element.type === 'f32'
      ? extreme(by, sum, local)
      : {
          start: sum.set(unitLanes(element, by, dtype)),
          add: (v: V): Code => sum.set(join(sum.get, v)),
          total: sum.get,
        }
  return {
    start,
    add: (v) => add(asLanes(v)),
    result: () => {
      if (!across) return total
      // of four lanes first the two halves, then the halves of the sum
      const all = giving([sum.set(total)], sum.get)
      const swapped = (): V => join(sum.get, order(sum.get, [2, 3, 0, 1]))
      const first = element.lanes === 4 ? giving([sum.set(total)], sum.tee(swapped())) : all
      const rest = join(first, order(sum.get, element.lanes === 4 ? [1, 0, 3, 2] : [1, 0]))
      return dtype === 'real' ? element.each.lane(rest, 0) : i32x4.lane(rest, 0)
    },
  }
}
/**
 * The largest or smallest of many numbers by pmax and pmin, which are one instruction where max and min are eight, each
 * waiting for the one before. NaNs are noted apart, and so are signs: of zeros, 0 is larger than -0.
 */
const extreme = (by: 'max' | 'min', most: Local<'v128'>, local: Locals) => {
  const [nan, signs] = [local('v128'), local('v128')]
  const [x, zero] = [local('v128'), f32x4.const(0)]
  const ofZero = v128.and(signs.get, f32x4.const(-0))
  return {
    start: seq(most.set(unitLanes(float32, by, 'real')), nan.set(zero), signs.set(i32x4.const(by === 'max' ? -1 : 0))),
    add: (v: V): Code =>
      seq(
        x.set(v),
        most.set((by === 'max' ? f32x4.pmax : f32x4.pmin)(most.get, x.get)),
        nan.set(v128.or(nan.get, f32x4.ne(x.get, x.get))),
        signs.set((by === 'max' ? v128.and : v128.or)(signs.get, x.get)),
      ),
    total: v128.or(v128.select(f32x4.eq(most.get, zero), ofZero, most.get), nan.get),
  }
}
