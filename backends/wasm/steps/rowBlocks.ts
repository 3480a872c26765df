/**
 * Kernels that follow one another row by row, such as the maximum, the exponentials, their sum and the quotients of a
 * softmax: they run together on blocks of rows that fit the cache, so that what one writes the next one finds there.
 *
 *   for all rows: a; for all rows: b    becomes    for blocks of rows: { for rows in the block: a; for rows in the block: b }
 */
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { partsOf } from '../../rewrite/scalars.ts'
import { type KernelStep, type Plan, type Step, sizeAt, typeOf } from '../../schedule/plan.ts'
import { all, type Code, i32, type Locals, seq, when, whileDo } from '../assembler/index.ts'
import type { KernelFunction } from '../kernel/kernel.ts'
import type { Region } from '../kernel/region.ts'
import { at, type Regions, type Writer } from '../kernel/writer.ts'

/** Kernels that share their first axes. Each reads what the others write only in its own row. */
export interface RowGroup {
  readonly _tag: 'Rows'
  readonly steps: readonly KernelStep[]
  /** The number of rows. */
  readonly rows: number
  /** The elements that all of them read or write in one row. */
  readonly width: number
}
/** Elements of a block that stay in the cache, of the longest row, and of an array that is worth blocks. */
const [near, longest, large] = [1 << 13, 1 << 18, 1 << 15]

/** The steps, with kernels in groups. `loops`: whether a kernel runs as loops. */
export const rowGroups = (
  p: Plan,
  regions: Regions,
  loops: (s: KernelStep) => boolean,
): readonly (Step | RowGroup)[] => {
  const found: (Step | RowGroup)[] = []
  let open: readonly KernelStep[] = []
  const close = (): void => {
    const group = open.length > 1 ? groupOf(p, open) : undefined
    if (group) found.push(group)
    else for (const s of open) found.push(s)
    open = []
  }
  for (const s of p.steps) {
    if (s._tag !== 'Kernel' || !loops(s)) {
      close()
      found.push(s)
      continue
    }
    if (!follows(p, regions, open, s)) close()
    open = [...open, s]
  }
  close()
  return found
}
/** Whether a kernel reads what the kernels of a group write, in its own row, and may run before they are done. */
const follows = (p: Plan, regions: Regions, group: readonly KernelStep[], s: KernelStep): boolean => {
  const written = group.map((g) => g.out)
  const next = [...group, s]
  return s.reads.some((v) => written.includes(v)) && groupOf(p, next) !== undefined && !overwrites(p, regions, next)
}
const groupOf = (p: Plan, steps: readonly KernelStep[]): RowGroup | undefined => {
  const depth = sharedAxes(p, steps)
  const rows = sizeOf(typeOf(p, steps[0]?.out ?? 0).shape.slice(0, depth))
  const values = new Set(steps.flatMap((s) => [s.out, ...s.reads]))
  const width = [...values].reduce((n, v) => n + (sizeAt(p, v) % rows === 0 ? sizeAt(p, v) / rows : 0), 0)
  const gains = steps.slice(0, -1).some((s) => sizeAt(p, s.out) >= large)
  return depth > 0 && rows >= 8 && width <= longest && gains ? { _tag: 'Rows', steps, rows, width } : undefined
}
/** How many axes all outputs have in common, at which all values of the group are read. */
const sharedAxes = (p: Plan, steps: readonly KernelStep[]): number => {
  const written = new Set(steps.map((s) => s.out))
  const shapes = steps.map((s) => typeOf(p, s.out).shape)
  const own = steps.flatMap((s) =>
    [...partsOf(s.body)].flatMap((x) =>
      x._tag === 'Load' && written.has(s.reads[x.source] ?? -1)
        ? [prefix((d) => x.at[d] === s.indices[d], x.at.length)]
        : [],
    ),
  )
  const [first = []] = shapes
  const alike = prefix((d) => shapes.every((shape) => shape[d] === first[d]), least(shapes.map((x) => x.length)))
  return least([alike, ...own])
}
const least = (xs: readonly number[]): number => xs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const prefix = (holds: (d: number) => boolean, most: number): number => {
  let d = 0
  while (d < most && holds(d)) d++
  return d
}
/**
 * Whether a value of the group shares memory with another one in a way that blocks of rows would disturb. Two values with
 * rows of one size may share their place, if the group reads both only in their own row. The size is that in bytes: with
 * float64 a row of reals is twice as long as one of integers.
 */
const overwrites = (p: Plan, regions: Regions, steps: readonly KernelStep[]): boolean => {
  const written = new Set(steps.map((s) => s.out))
  const values = [...new Set(steps.flatMap((s) => [s.out, ...s.reads]))]
  const depth = sharedAxes(p, steps)
  const overlap = (x: Region, y: Region): boolean =>
    x.base < y.base + y.width * y.size && y.base < x.base + x.width * x.size
  const inOwnRow = (v: number): boolean =>
    steps.every((s) =>
      [...partsOf(s.body)].every(
        (x) =>
          x._tag !== 'Load' || s.reads[x.source] !== v || prefix((d) => x.at[d] === s.indices[d], x.at.length) >= depth,
      ),
    )
  return [...written].some((v) =>
    values.some((w) => {
      const [x, y] = [at(regions, v), at(regions, w)]
      if (v === w || !overlap(x, y)) return false
      const samePlace = x.base === y.base && x.size === y.size && x.width === y.width
      return !(samePlace && (written.has(w) || inOwnRow(w)))
    }),
  )
}

/** Runs the kernels block by block; undefined where one cannot run on a range of rows. */
export const writeRows = (
  w: Writer,
  g: RowGroup,
  kernels: readonly KernelFunction[],
  shared: boolean,
): Code | undefined => {
  // the last four of a row of lanes may begin in the block before, whose values are gone
  if (kernels.some((k) => k.count % g.rows !== 0 || k.count % k.grain !== 0)) return undefined
  // a kernel that computes four rows, or four elements across rows, at once needs blocks of whole fours
  const grain = kernels.some((k) => k.grain > 1 && (k.count / g.rows) % k.grain !== 0) ? 4 : 1
  const block = Math.max(grain, Math.floor(near / g.width / grain) * grain)
  const range = (locals: Locals, from: Code<'i32'>, to: Code<'i32'>): Code => {
    const [start, end] = [locals('i32'), locals('i32')]
    const scaled = (x: Code<'i32'>, k: KernelFunction): Code<'i32'> => i32.mul(x, i32.const(k.count / g.rows))
    return seq(
      start.set(from),
      whileDo(
        i32.lt(start.get, to),
        seq(
          end.set(i32.add(start.get, i32.const(block))),
          when(i32.gt(end.get, to), end.set(to)),
          all(kernels.map((k) => k.run.call(scaled(start.get, k), scaled(end.get, k)))),
          start.set(end.get),
        ),
      ),
    )
  }
  return shared && g.rows > grain
    ? w.team.shared(w.locals, g.rows, grain, range)
    : range(w.locals, i32.const(0), i32.const(g.rows))
}
