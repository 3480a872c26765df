/** Index arithmetic in shortest form has the values that it had. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { residuesIn } from '../../../backends/rewrite/residues.ts'
import { partsOf } from '../../../backends/rewrite/scalars.ts'
import { simplified } from '../../../backends/rewrite/shortestIndices.ts'
import { substitute } from '../../../backends/rewrite/substitute.ts'
import {
  type Index,
  idiv,
  index,
  load,
  mod,
  offset,
  plus,
  type Reduce,
  type Scalar,
  times,
  whole,
} from '../../../lang/kernel/index.ts'
import { seed } from '../../seed.ts'

const [i, j] = [index(7), index(3)]
/** A number, not -0. */
const numberOf = (s: Scalar): number => (s._tag === 'Num' ? s.value + 0 : Number.NaN)
const value = (s: Scalar, a: number, b: number): number => {
  const at = new Map<Index, Scalar>([
    [i, whole(a)],
    [j, whole(b)],
  ])
  return numberOf(substitute(s, at))
}
const { arithmetic } = fc.letrec<{ arithmetic: Scalar }>((tie) => {
  const inner = tie('arithmetic')
  const small = fc.integer({ min: 1, max: 6 })
  return {
    arithmetic: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom<Scalar>(i, j),
      fc.tuple(inner, inner).map(([a, b]) => plus(a, b)),
      fc.tuple(inner, fc.integer({ min: -4, max: 4 })).map(([a, n]) => times(a, n)),
      fc.tuple(inner, fc.integer({ min: -9, max: 9 })).map(([a, n]) => offset(a, n)),
      fc.tuple(inner, small).map(([a, n]) => idiv(a, n)),
      fc.tuple(inner, small).map(([a, n]) => mod(a, n)),
    ),
  }
})
test('random sums, multiples, quotients and remainders', () =>
  fc.assert(
    fc.property(arithmetic, (s) => {
      const short = simplified(s)
      for (let a = 0; a < 7; a++) for (let b = 0; b < 3; b++) expect(value(short, a, b)).toBe(value(s, a, b))
    }),
    { numRuns: 2000, seed },
  ))

const sizes = fc.record({
  size: fc.integer({ min: 1, max: 9 }),
  c: fc.integer({ min: -7, max: 7 }),
  d: fc.integer({ min: -9, max: 9 }),
  s: fc.integer({ min: 2, max: 5 }),
})
const sumOf = (k: Index, body: Scalar): Reduce => ({ _tag: 'Reduce', dtype: 'real', by: 'add', index: k, body })
test('an axis in a remainder is divided: the remainder becomes an index, and both indices come back', () =>
  fc.assert(
    fc.property(sizes, ({ size, c, d, s }) => {
      const [h, k] = [index(size), index(4)]
      const remainder = mod(offset(times(h, c), d), s)
      const found = residuesIn([h], sumOf(k, load(0, [h, remainder, k], 'real')))
      fc.pre(found !== undefined)
      const [m, q] = found.axes as [Index, Index]
      const [loaded] = [...partsOf(found.sum)].filter((x) => x._tag === 'Load')
      expect(loaded?.at[1]).toBe(m)
      for (let n = 0; n < size; n++) {
        const at = new Map([[h, whole(n)]])
        const back = new Map([m, q].map((x) => [x, substitute(found.back.get(x) as Scalar, at)]))
        expect(numberOf(substitute(loaded?.at[0] as Scalar, back))).toBe(n)
        expect(numberOf(back.get(m) as Scalar)).toBe(numberOf(substitute(remainder, at)))
      }
    }),
    { numRuns: 500, seed },
  ))
