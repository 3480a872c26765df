/**
 * Sums of products in which one side is read through windows that overlap: depthwise and grouped convolutions, and their
 * gradients. As a matrix product most of the time would go into copying the windows. Here the moving side gets a border of
 * zeros, in scratch memory, and is read from there without tests.
 */
import { guard, type Index, index, inside, offset, type Scalar } from '../../../lang/kernel/index.ts'
import { type Bound, boundsOf, solved } from '../../rewrite/bounds.ts'
import { productSumIn } from '../../rewrite/contraction.ts'
import { coefficient, isIndex, type Linear, rangeOf, scale, sum, without } from '../../rewrite/linear.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { simplified } from '../../rewrite/shortestIndices.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { rowMajor } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { product } from './blocks.ts'
import { plain } from './direct.ts'
import type { Step, WindowLoops } from './windowCore.ts'

/** The moving side with its border: a kernel over these axes. */
export interface Padded {
  readonly axes: readonly Index[]
  readonly body: Scalar
  readonly size: number
}
export interface Windows {
  readonly sum: Scalar
  /** A sum of windows for each value of these. */
  readonly outer: readonly Index[]
  readonly inner: readonly Index[]
  readonly summed: readonly Index[]
  readonly fixed: readonly [Region, Linear]
  /** The moving side where it is stored; or the address in its padded copy. */
  readonly moving: readonly [Region | Padded, Linear]
  readonly loops: (to: Linear) => WindowLoops
  /** Must be finite, for the border multiplies it by 0. */
  readonly finite: readonly Scalar[]
}
export const isPadded = (x: Region | Padded): x is Padded => 'axes' in x
/** Elements of a padded copy, which stays in a second-level cache. */
const mostPadded = 1 << 17

/** Each bound is on indices of its own; the positions from the least to the greatest, and the index that each replaces. */
const copyOf = (moving: Scalar, bounds: readonly Bound[], all: readonly Index[], outer: (i: Index) => boolean) => {
  const own = bounds.map((b) => [...b.form.terms.keys()])
  if (!own.flat().every(isIndex) || new Set(own.flat()).size !== own.flat().length) return undefined
  const chosen = (b: Bound): Index | undefined => [...b.form.terms].find(([, c]) => Math.abs(c) === 1)?.[0] as Index
  const { by, back } = solved(bounds, chosen)
  if (back.size !== bounds.length) return undefined
  const at = simplified(substitute(moving, by))
  if (own.flat().some((i) => mentions(at, i as Index))) return undefined
  const positions = [...back.keys()].map((reach, k) => {
    const { form, below } = bounds[k] as Bound
    const [low, high] = rangeOf(form) ?? [0, below - 1]
    const e = index(high - low + 1)
    return { reach, e, form, value: offset(e, low), below, low }
  })
  const others = all.filter((i) => !own.flat().includes(i) && mentions(at, i) && !outer(i))
  const axes = [...others, ...positions.map((p) => p.e)]
  const body = guard(
    positions.flatMap((p) => inside(p.value, p.below)),
    substitute(at, new Map(positions.map((p) => [p.reach, p.value]))),
  )
  const where = rowMajor(axes)
  const address = positions.reduce<Linear>((a, p) => {
    const n = coefficient(where, p.e)
    return sum(without(a, p.e), scale({ ...p.form, constant: p.form.constant - p.low }, n))
  }, where)
  return { padded: { axes, body, size: product(axes) }, address }
}

/** A kernel whose last axis moves along one side only, the other side of which is stored. */
export const windowsIn = (s: KernelSpec): Windows | undefined => {
  const found = productSumIn(s.body)
  const live = s.axes.filter((i) => i.size > 1)
  const lane = live.at(-1)
  if (found === undefined || lane === undefined) return undefined
  const { summed, factors, tests } = found
  const moves = factors.map((x) => mentions(x, lane))
  if (moves[0] === moves[1]) return undefined
  const [fixed, moving] = moves[0] ? [factors[1], factors[0]] : factors
  const all = [...live, ...summed]
  const stored = plain(fixed, s, all)
  const { bounds, all: areBounds } = boundsOf(tests)
  const isTied = (i: Index): boolean => tests.some((t) => mentions(t, i))
  if (stored === undefined || !areBounds || all.some((i) => isTied(i) && !mentions(moving, i))) return undefined
  const [onFixed, onMoving] = [live.filter((i) => mentions(fixed, i)), live.filter((i) => mentions(moving, i))]
  const rows = onFixed.filter((i) => !onMoving.includes(i))
  const columns = onMoving.filter((i) => !onFixed.includes(i) && (bounds.length === 0 || isTied(i)))
  const inner = live.filter((i) => rows.includes(i) || columns.includes(i))
  const outer = live.filter((i) => !inner.includes(i))
  const where = movingSide(s, moving, bounds, all, outer)
  if (where === undefined || !columns.includes(lane) || coefficient(where[1], lane) !== 1) return undefined
  const [m, t] = [rows.at(-1), columns.at(-2)]
  const loops = (to: Linear): WindowLoops => {
    const step = (i: Index | undefined): Step =>
      i === undefined
        ? { size: 1, fixed: 0, moving: 0, to: 0 }
        : {
            size: i.size,
            fixed: 4 * coefficient(stored[1], i),
            moving: 4 * coefficient(where[1], i),
            to: 4 * coefficient(to, i),
          }
    return {
      plain: inner.filter((i) => i !== m && i !== t && i !== lane).map(step),
      m: step(m),
      t: step(t),
      lane: step(lane),
      summed: summed.map(step),
    }
  }
  const ahead = [m, t].every((i) => i === undefined || coefficient(i === m ? stored[1] : where[1], i) >= 0)
  return ahead
    ? {
        sum: found.sum,
        outer,
        inner,
        summed,
        fixed: stored,
        moving: where,
        loops,
        finite: tests.length > 0 ? [fixed] : [],
      }
    : undefined
}
const movingSide = (
  s: KernelSpec,
  moving: Scalar,
  bounds: readonly Bound[],
  all: readonly Index[],
  outer: readonly Index[],
): readonly [Region | Padded, Linear] | undefined => {
  if (bounds.length === 0) return plain(moving, s, all)
  const copy = copyOf(moving, bounds, all, (i) => outer.includes(i))
  return copy && copy.padded.size <= mostPadded ? [copy.padded, copy.address] : undefined
}
/** Whether tiles pay for their preparation, and a window is long enough for a tile. */
export const areWorthTiling = ({ outer, inner, summed }: Windows): boolean =>
  product(summed) >= 4 && product([...inner, ...summed]) >= 128 && product([...outer, ...inner, ...summed]) >= 8192
