/** The Scatter form where rows are short and many: sums and products of reals are accumulated in an array of float64. */
import { unitOf } from '../../../lang/kernel/functions.ts'
import type { ScatterStep } from '../../schedule/plan.ts'
import { type Code, count, f32, f64, i32, type Locals, seq } from '../assembler/index.ts'
import type { Region } from '../kernel/region.ts'
import type { Writer } from '../kernel/writer.ts'
import { forEachPlace, large, type Places, word } from './places.ts'

type Int = Code<'i32'>

/** `elements`: of the array. It is read and written once more than by lists, so it must not be much larger than the rows. */
export const suitsDoubles = (row: number, places: number, elements: number): boolean =>
  row <= 3 && elements <= 4 * row * places

/** `value`: the array into which the result is joined. */
export const writeInDoubles = (
  w: Writer,
  s: ScatterStep & { readonly by: 'add' | 'mul' },
  places: Places,
  row: number,
  [rows, value, out]: readonly [Region, Region | undefined, Region],
): Code => {
  const sums = w.arena.take(2 * out.size, 'real')
  const sum = (k: Int): Int => i32.add(i32.const(sums.base), i32.shl(k, i32.const(3)))
  const [from, to, i] = [w.locals('i32'), w.locals('i32'), w.locals('i32')]
  const join = Array.from({ length: row }, (_, r) => {
    const x = f64.ofF32(f32.load(from.get, 4 * r))
    return f64.store(to.get, f64[s.by](f64.load(to.get, 8 * r), x), 8 * r)
  })
  const finish = (locals: Locals, first: Int, last: Int): Code => {
    const k = locals('i32')
    return count(
      k,
      first,
      last,
      1,
      f32.store(word(out.base, k.get), f32.ofF64(joined(s, value, k.get, f64.load(sum(k.get))))),
    )
  }
  return seq(
    count(i, i32.const(0), i32.const(out.size), 1, f64.store(sum(i.get), f64.const(unitOf[s.by]))),
    forEachPlace(w.locals, places, (j, place) =>
      seq(from.set(word(rows.base, i32.mul(j, i32.const(row)))), to.set(sum(i32.mul(place, i32.const(row)))), ...join),
    ),
    out.size >= large
      ? w.team.shared(w.locals, out.size, 1024, finish)
      : finish(w.locals, i32.const(0), i32.const(out.size)),
  )
}
const joined = ({ into }: ScatterStep, value: Region | undefined, k: Int, sum: Code<'f64'>): Code<'f64'> => {
  if (into === undefined || value === undefined) return sum
  const x = f64.ofF32(f32.load(word(value.base, k)))
  const scaled = into.factor === 1 ? sum : f64.mul(sum, f64.const(into.factor))
  return into.by === 'sub' ? f64.sub(x, scaled) : into.by === 'mul' ? f64.mul(x, scaled) : f64.add(x, scaled)
}
