/**
 * Tests whether all numbers of an array are finite. On the matrix core, a product that a guard excludes is 0 times the
 * other factor: NaN, if that factor is not finite. So the product of such an array is computed by loops.
 */
import {
  type Code,
  choose,
  count,
  type Element,
  type Func,
  giving,
  i32,
  type ModuleBuilder,
  v128,
} from '../assembler/index.ts'

/** (address, number of elements) -> 1 or 0. */
export type Finite = Func<readonly ['i32', 'i32'], 'i32'>

export const writeFinite = (m: ModuleBuilder, { each, reals, lanes }: Element): Finite =>
  m.func(
    ['i32', 'i32'],
    'i32',
    (local, base, elements) => {
      const [i, whole] = [local('i32'), local('i32')]
      const sum = local('v128')
      const zero = each.const(0)
      // 0 x is 0, or NaN
      const add = (v: Code<'v128'>): Code => sum.set(each.add(sum.get, each.mul(v, zero)))
      const at = (): Code<'i32'> => i32.add(base.get, i32.shl(i.get, i32.const(lanes === 4 ? 2 : 3)))
      return giving(
        [
          sum.set(zero),
          whole.set(i32.and(elements.get, i32.const(-lanes))),
          count(i, i32.const(0), whole.get, lanes, add(reals.load(at()))),
          count(i, whole.get, elements.get, 1, add(reals.loadSplat(at()))),
        ],
        choose(v128.any(each.ne(sum.get, sum.get)), i32.const(0), i32.const(1)),
      )
    },
    'finite',
  )
