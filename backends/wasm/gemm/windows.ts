/**
 * Sums of products in which one side is read through windows that overlap: depthwise and grouped convolutions, and their
 * gradients. As a matrix product most of the time would go into copying the windows. Here the moving side gets a border of
 * zeros, in scratch memory, and is read from there without tests.
 */
import { guard, type Index, index, offset, type Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { type Bound, boundsOf, solved } from '../../rewrite/bounds.ts'
import { type ProductSum, productSumIn } from '../../rewrite/contraction.ts'
import { coefficient, constantOf, isIndex, type Linear, rangeOf, scale, sum, without } from '../../rewrite/linear.ts'
import { mentions } from '../../rewrite/scalars.ts'
import { simplified } from '../../rewrite/shortestIndices.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { rowMajor } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { product } from './blocks.ts'
import { plain } from './direct.ts'
import { longSum, type Stride, type WindowLoops } from './windowCore.ts'

/** A copy of a side; the moving side is inside a border of zeros, and a kernel over these axes writes what is inside. */
interface Padded extends Pick<KernelSpec, 'axes' | 'body'> {
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
  readonly fixed: Place
  readonly moving: Place
  readonly loops: (to: Linear) => WindowLoops
  /** Must be finite, for the other side is 0 where a test of its own fails. */
  readonly finite: readonly Scalar[]
}
export const isPadded = (x: Region | Padded): x is Padded => 'axes' in x
/** Elements of a padded copy, which stays in a second-level cache. */
const mostPadded = 1 << 17
const mostFixed = 1 << 14

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

/** The factors of a sum, each with the tests that it passes. */
interface Sides {
  readonly fixed: Scalar
  readonly moving: Scalar
  readonly onFixed: readonly Scalar[]
  readonly onMoving: readonly Scalar[]
}
/** The last axis moves along one side only; a test belongs to the other if that has all of its indices. */
const sidesOf = ({ factors, tests }: ProductSum, lane: Index, all: readonly Index[]): Sides | undefined => {
  const moves = factors.map((x) => mentions(x, lane))
  if (moves[0] === moves[1]) return undefined
  const [fixed, moving] = moves[0] ? [factors[1], factors[0]] : factors
  const has = (x: Scalar, t: Scalar): boolean => all.every((i) => !mentions(t, i) || mentions(x, i))
  const [onFixed, onMoving] = [tests.filter((t) => has(fixed, t)), tests.filter((t) => !has(fixed, t))]
  return onMoving.every((t) => has(moving, t)) ? { fixed, moving, onFixed, onMoving } : undefined
}
/** A side where it is stored, or a copy of what it has for some outer indices. */
type Place = readonly [Region | Padded, Linear]
const fixedSide = (
  s: KernelSpec,
  { fixed, onFixed }: Sides,
  all: readonly Index[],
  inner: readonly Index[],
): Place | undefined => {
  const stored = onFixed.length === 0 ? plain(fixed, s, all) : undefined
  if (stored) return stored
  const axes = inner.filter((i) => mentions(fixed, i))
  const size = product(axes)
  return size <= mostFixed
    ? [{ axes, body: guard(onFixed, fixed), to: rowMajor(axes), size }, rowMajor(axes)]
    : undefined
}
const movingSide = (
  s: KernelSpec,
  { moving, onMoving }: Sides,
  all: readonly Index[],
  outer: readonly Index[],
): Place | undefined => {
  const { bounds, all: areBounds } = boundsOf(onMoving)
  if (!areBounds) return undefined
  if (bounds.length === 0) return plain(moving, s, all)
  const copy = copyOf(moving, bounds, all, (i) => outer.includes(i))
  const fits = copy && copy.padded.size <= mostPadded && copy.padded.axes.every((i) => i.size > 0)
  return fits ? [copy.padded, copy.address] : undefined
}
/** A kernel whose last axis moves along one side only. */
export const windowsIn = (s: KernelSpec): Windows | undefined => {
  const found = productSumIn(s.body)
  const live = s.axes.filter((i) => i.size > 1)
  const lane = live.at(-1)
  const all = [...live, ...(found?.summed ?? [])]
  const sides = found && lane && sidesOf(found, lane, all)
  if (found === undefined || lane === undefined || sides === undefined) return undefined
  const { sum, summed } = found
  const { onFixed, onMoving } = sides
  const inFixed = live.filter((i) => mentions(sides.fixed, i))
  const inMoving = live.filter((i) => mentions(sides.moving, i))
  const isTied = (i: Index): boolean => onMoving.length === 0 || onMoving.some((t) => mentions(t, i))
  const rows = inFixed.filter((i) => !inMoving.includes(i))
  const columns = inMoving.filter((i) => !inFixed.includes(i) && isTied(i))
  const inner = live.filter((i) => rows.includes(i) || columns.includes(i))
  const outer = live.filter((i) => !inner.includes(i))
  const [fixed, moving] = [fixedSide(s, sides, all, [...rows, ...summed]), movingSide(s, sides, all, outer)]
  if (fixed === undefined || moving === undefined || !columns.includes(lane)) return undefined
  const by = (i: Index | undefined, place: Place): number => (i ? coefficient(place[1], i) : 0)
  const [m, t] = [rows.at(-1), columns.at(-2)]
  if (by(lane, moving) !== 1 || by(m, fixed) < 0 || by(t, moving) < 0) return undefined
  // neighbours share what they read, and a long sum has parts
  const overlap = summed.some((k) => by(k, moving) !== 0 && Math.abs(by(k, moving)) < lane.size)
  if (!overlap || (summed.length === 1 && product(summed) > longSum)) return undefined
  const finite = [...(onMoving.length > 0 ? [sides.fixed] : []), ...(onFixed.length > 0 ? [sides.moving] : [])]
  const loops = (to: Linear): WindowLoops => {
    const step = (i: Index | undefined): Stride => ({
      size: i?.size ?? 1,
      fixed: 4 * by(i, fixed),
      moving: 4 * by(i, moving),
      to: i ? 4 * coefficient(to, i) : 0,
    })
    const plainly = inner.filter((i) => i !== m && i !== t && i !== lane)
    return { plain: plainly.map(step), m: step(m), t: step(t), lane: step(lane), summed: summed.map(step) }
  }
  return { sum, outer, inner, summed, fixed, moving, loops, finite }
}
/** Whether tiles pay for their preparation. */
export const areWorthTiling = ({ outer, inner, summed }: Windows): boolean =>
  product([...inner, ...summed]) >= 128 && product([...outer, ...inner, ...summed]) >= 8192
