/**
 * Sums of products in which one side is read through windows that overlap: depthwise and grouped convolutions, and their
 * gradients. As a matrix product most of the time would go into copying the windows. Here the moving side gets a border of
 * zeros, in scratch memory, and is read from there without tests.
 */
import { type Index, index, offset, type Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Bound, boundsOf, solved } from '../../rewrite/bounds.ts'
import { productSumIn } from '../../rewrite/contraction.ts'
import { coefficient, constantOf, isIndex, type Linear, rangeOf, scale, sum, without } from '../../rewrite/linear.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { simplified } from '../../rewrite/shortestIndices.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { rowMajor } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { product } from './blocks.ts'
import { plain } from './direct.ts'
import { longSum, type Step, type WindowLoops } from './windowCore.ts'

/** The moving side inside a border of zeros: a kernel over these axes writes what is inside. */
export interface Padded extends Pick<KernelSpec, 'axes' | 'body'> {
  readonly to: Linear
  /** Elements, the border included. */
  readonly size: number
}
/** A position on the moving side, from the least that is read on. */
interface Position {
  /** The valid positions, as the copied scalar mentions them. */
  readonly reach: Index
  readonly form: Linear
  readonly low: number
  /** How many are read, the border included. */
  readonly all: number
  /** The first valid one that is read, and all of these. */
  readonly first: number
  readonly inside: Index
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
  const positions = [...back.keys()].map((reach, k): Position => {
    const { form, below } = bounds[k] as Bound
    const [low, high] = rangeOf(form) ?? [0, below - 1]
    const first = Math.max(0, low)
    return { reach, form, low, all: high - low + 1, first, inside: index(Math.min(high, below - 1) - first + 1) }
  })
  const others = all.filter((i) => !own.flat().includes(i) && mentions(at, i) && !outer(i))
  const axes = [...others, ...positions.map((p) => p.inside)]
  const size = [...others.map((i) => i.size), ...positions.map((p) => p.all)]
  const place = rowMajor(axes, size)
  const moved = (p: Position, form: Linear): Linear => scale(form, coefficient(place, p.inside))
  const shifted = positions.map((p) => moved(p, constantOf(p.first - p.low)))
  const read = positions.map((p) => moved(p, sum(p.form, constantOf(-p.low))))
  const padded: Padded = {
    axes,
    body: substitute(at, new Map(positions.map((p) => [p.reach, offset(p.inside, p.first)]))),
    to: shifted.reduce(sum, place),
    size: sizeOf(size),
  }
  return { padded, address: read.reduce(sum, positions.map((p) => p.inside).reduce(without, place)) }
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
  // neighbours share what they read, and a long sum has parts
  const overlap = summed.some((k) => isBetween(Math.abs(coefficient(where[1], k)), lane.size))
  if (!overlap || (summed.length === 1 && product(summed) > longSum)) return undefined
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
  return copy && copy.padded.size <= mostPadded && sizeOf(copy.padded.axes.map((i) => i.size)) > 0
    ? [copy.padded, copy.address]
    : undefined
}
/** Whether tiles pay for their preparation. */
export const areWorthTiling = ({ outer, inner, summed }: Windows): boolean =>
  product([...inner, ...summed]) >= 128 && product([...outer, ...inner, ...summed]) >= 8192
const isBetween = (n: number, size: number): boolean => n > 0 && n < size
