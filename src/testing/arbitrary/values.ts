/**
 * Inputs for a list of types. `values` draws anything in a range; `spread` keeps all real numbers apart from one
 * another and from the ends of the range, so that max, sort and comparisons are away from ties and kinks;
 * `plantedFrom` draws ties, zeros and units; `specialsFrom` draws floats at which rules break.
 */
import * as fc from 'fast-check'
import type { Tensor } from '../../../lang/evaluate.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { isReal, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import type { Interval } from '../../check/domain.ts'

export type { Interval }
export const unit: Interval = [-1, 1]

/** Uniform numbers in [0, 1) from a seed: the same seed, the same numbers (mulberry32). */
const uniforms = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const a = Math.imul(state ^ (state >>> 15), 1 | state)
    const b = (a + Math.imul(a ^ (a >>> 7), 61 | a)) ^ a
    return ((b ^ (b >>> 14)) >>> 0) / 4294967296
  }
}
const filled = (t: Type, next: () => number): Tensor => Float64Array.from({ length: sizeOf(t.shape) }, next)
/** Truth values, and integers that point inside small arrays and just outside. */
const discrete = (t: Type, next: () => number): number =>
  t.dtype === 'bool' ? Math.floor(2 * next()) : Math.floor(6 * next()) - 1

/** Independent numbers in a range. */
export const valuesFrom = (seed: number, types: readonly Type[], [lo, hi]: Interval = unit): readonly Tensor[] => {
  const next = uniforms(seed)
  return types.map((t) => filled(t, () => (isReal(t) ? lo + (hi - lo) * next() : discrete(t, next))))
}
/** N numbers in N cells of equal width, shuffled, each in the middle half of its cell. */
export const spreadFrom = (seed: number, types: readonly Type[], [lo, hi]: Interval = unit): readonly Tensor[] => {
  const next = uniforms(seed)
  const count = types.filter(isReal).reduce((n, t) => n + sizeOf(t.shape), 0)
  const cells = Array.from({ length: count }, (_, k) => k)
  for (let k = count - 1; k > 0; k--) {
    const j = Math.floor((k + 1) * next())
    const kept = nth(cells, k)
    cells[k] = nth(cells, j)
    cells[j] = kept
  }
  const real = (): number => lo + ((hi - lo) * ((cells.pop() as number) + 0.25 + 0.5 * next())) / count
  return types.map((t) => filled(t, isReal(t) ? real : () => discrete(t, next)))
}

/** Seeds do not shrink: a smaller seed is not a simpler point. */
export const seeds: fc.Arbitrary<number> = fc.noShrink(fc.noBias(fc.integer()))

const elements = (t: Type, [lo, hi]: Interval): fc.Arbitrary<number> => {
  switch (t.dtype) {
    case 'real':
      return fc.double({ min: lo, max: hi, noNaN: true })
    case 'int':
      return fc.integer({ min: -1, max: 4 })
    case 'bool':
      return fc.integer({ min: 0, max: 1 })
  }
}
const tensorsOf = (
  types: readonly Type[],
  element: (t: Type) => fc.Arbitrary<number>,
): fc.Arbitrary<readonly Tensor[]> =>
  fc.tuple(
    ...types.map((t) => {
      const size = sizeOf(t.shape)
      return fc.array(element(t), { minLength: size, maxLength: size }).map((xs) => Float64Array.from(xs))
    }),
  )
/** An array of a type, its numbers in a range; shrinks towards zeros. */
export const arbitraryTensor = (type: Type, range: Interval = unit): fc.Arbitrary<Tensor> =>
  tensorsOf([type], (t) => elements(t, range)).map((xs) => nth(xs, 0))
export const values = (types: readonly Type[], range: Interval = unit): fc.Arbitrary<readonly Tensor[]> =>
  tensorsOf(types, (t) => elements(t, range))
/** All real numbers of all arrays pairwise distinct and away from the ends of the range. */
export const spread = (types: readonly Type[], range: Interval = unit): fc.Arbitrary<readonly Tensor[]> =>
  seeds.map((seed) => spreadFrom(seed, types, range))

const special = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  1e308,
  -1e308,
  5e-324,
  0.1,
  709.8,
  2147483648,
]
const planted = [0, -0, 1, -1, 2, 3, 0.5]
const extremes = [0, 1, -1, 2, 3, 2147483647, -2147483648, 65536]
const drawnFrom = (seed: number, types: readonly Type[], reals: readonly number[], ints: readonly number[]) => {
  const next = uniforms(seed)
  const one = (from: readonly number[]): number => nth(from, Math.floor(from.length * next()))
  return types.map((t) => filled(t, () => one(isReal(t) ? reals : t.dtype === 'int' ? ints : [0, 1])))
}
/** Few small numbers, so that many are 0, 1, or equal to one another: points of measure zero. */
export const plantedFrom = (seed: number, types: readonly Type[]): readonly Tensor[] =>
  drawnFrom(seed, types, planted, [0, 1, 2, 3])
/** Floats and integers at which rules break: NaN, infinities, -0, the largest and the smallest. */
export const specialsFrom = (seed: number, types: readonly Type[]): readonly Tensor[] =>
  drawnFrom(seed, types, special, extremes)
