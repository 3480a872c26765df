/** The Sort form: a stable bottom-up merge sort of positions; NaN is last in either direction. */
import type { DType } from '../../../lang/syntax/shape.ts'
import {
  type Code,
  choose,
  count,
  type Element,
  type Func,
  i32,
  type ModuleBuilder,
  memory,
  select,
  seq,
  when,
  whileDo,
  widthOf,
} from '../assembler/index.ts'

type Int = Code<'i32'>
/** (keys, order, spare, n): writes the order of n keys; `spare` is scratch memory of n words. */
export type Sorter = Func<readonly ['i32', 'i32', 'i32', 'i32'], 'none'>

export const writeSorter = (m: ModuleBuilder, element: Element, dtype: DType, descending: boolean): Sorter =>
  m.func(['i32', 'i32', 'i32', 'i32'], 'none', (local, keys, order, spare, n) => {
    const int = () => local('i32')
    const [width, start, middle, end, i, j, k, take, at] = [
      int(),
      int(),
      int(),
      int(),
      int(),
      int(),
      int(),
      int(),
      int(),
    ]
    const word = (base: Int, index: Int): Int => i32.add(base, i32.shl(index, i32.const(2)))
    const position = (index: Int): Int => i32.load(word(order.get, index))
    const least = (x: Int, y: Int): Int => select(i32.lt(x, y), x, y)
    /** Whether the key at position j must come before the one at position i. */
    const strictly = (): Int => {
      const shift = i32.const(widthOf(element, dtype) === 8 ? 3 : 2)
      const key = (index: Int): Int => i32.add(keys.get, i32.shl(position(index), shift))
      if (dtype !== 'real') {
        const [a, b] = [i32.load(key(i.get)), i32.load(key(j.get))]
        return descending ? i32.gt(b, a) : i32.lt(b, a)
      }
      const { load, gt, lt, ne, eq } = element.one
      const [a, b] = [load(key(i.get)), load(key(j.get))]
      const ordered = descending ? gt(b, a) : lt(b, a)
      return i32.or(ordered, i32.and(ne(a, a), eq(b, b)))
    }
    const step = (x: typeof i): Code => seq(at.set(position(x.get)), x.set(i32.add(x.get, i32.const(1))))
    const merge = seq(
      i.set(start.get),
      j.set(middle.get),
      count(
        k,
        start.get,
        end.get,
        1,
        seq(
          take.set(i32.lt(j.get, end.get)),
          when(
            i32.and(take.get, i32.lt(i.get, middle.get)),
            take.set(choose(i32.lt(i.get, middle.get), strictly(), i32.const(1))),
          ),
          when(take.get, step(j), step(i)),
          i32.store(word(spare.get, k.get), at.get),
        ),
      ),
    )
    const pass = seq(
      start.set(i32.const(0)),
      whileDo(
        i32.lt(start.get, n.get),
        seq(
          middle.set(least(i32.add(start.get, width.get), n.get)),
          end.set(least(i32.add(middle.get, width.get), n.get)),
          merge,
          start.set(end.get),
        ),
      ),
      memory.copy(order.get, spare.get, i32.shl(n.get, i32.const(2))),
      width.set(i32.shl(width.get, i32.const(1))),
    )
    return seq(
      count(k, i32.const(0), n.get, 1, i32.store(word(order.get, k.get), k.get)),
      width.set(i32.const(1)),
      whileDo(i32.lt(width.get, n.get), pass),
    )
  })
