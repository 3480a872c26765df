/**
 * Tests whether all numbers of an array are of moderate size. Transformed tiles add up numbers of many outputs: one that is
 * not finite would reach all of them, and sums of large ones overflow. Such arrays are summed directly.
 */
import {
  type Code,
  choose,
  count,
  type Func,
  f32x4,
  giving,
  i32,
  type ModuleBuilder,
  v128,
} from '../assembler/index.ts'

/** (address, number of elements) -> 1 or 0. */
export type Moderate = Func<readonly ['i32', 'i32'], 'i32'>
/** A product of two, 2^100, times the transforms' factors, below 2^12, in a sum of 2^12 of them, is below 2^127. */
const largest = 2 ** 50

export const writeModerate = (m: ModuleBuilder): Moderate =>
  m.func(
    ['i32', 'i32'],
    'i32',
    (local, base, elements) => {
      const [i, whole] = [local('i32'), local('i32')]
      const all = local('v128')
      const at = i32.add(base.get, i32.shl(i.get, i32.const(2)))
      // false for NaN
      const test = (v: Code<'v128'>): Code => all.set(v128.and(all.get, f32x4.le(f32x4.abs(v), f32x4.const(largest))))
      return giving(
        [
          all.set(f32x4.eq(f32x4.const(0), f32x4.const(0))),
          whole.set(i32.and(elements.get, i32.const(-4))),
          count(i, i32.const(0), whole.get, 4, test(v128.load(at))),
          count(i, whole.get, elements.get, 1, test(v128.loadSplat(at))),
        ],
        choose(v128.any(v128.not(all.get)), i32.const(0), i32.const(1)),
      )
    },
    'moderate',
  )
