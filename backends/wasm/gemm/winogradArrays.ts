/** The arrays at the ends of a short convolution: where they are stored, or in scratch memory, with the kernels that copy them. */
import { guard, type Index, index, load, offset, type Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { boundsOf } from '../../rewrite/bounds.ts'
import { coefficient, constantOf, type Linear, sum, toScalar, without } from '../../rewrite/linear.ts'
import { replaced } from '../../rewrite/scalars.ts'
import { substitute } from '../../rewrite/substitute.ts'
import { type Code, i32, memory, none } from '../assembler/index.ts'
import { rowMajor } from '../kernel/lower.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec, Writer } from '../kernel/writer.ts'
import { product, strideOf } from './blocks.ts'
import { type Part, writePart } from './part.ts'
import type { Winograd } from './winograd.ts'
import { imageOf } from './winogradLayout.ts'

/** An array that a transform reads or writes, with the kernel that copies it, and what clears its border. */
export interface TiledArray {
  readonly region: Region
  readonly address: Linear
  readonly part?: Part
  readonly clear: Code
}
/** The positions that pass the tests, as ranges; undefined where tests are about more. */
const validIn = ({ tests, slides }: Winograd): readonly (readonly [number, number])[] | undefined => {
  const { bounds, all } = boundsOf(tests)
  const positions = slides.map((s) => s.position)
  const isRange = bounds.every(({ form }) => {
    const [[i, by] = []] = form.terms
    return form.terms.size === 1 && Math.abs(by ?? 0) === 1 && positions.includes(i as Index)
  })
  if (!all || !isRange) return undefined
  return positions.map((p) =>
    bounds.reduce<readonly [number, number]>(
      ([low, high], { form, below }) => {
        const by = coefficient(form, p)
        if (by === 0) return [low, high]
        const [a, b] = by > 0 ? [-form.constant, below - 1 - form.constant] : [form.constant - below + 1, form.constant]
        return [Math.max(low, a), Math.min(high, b)]
      },
      [0, p.size - 1],
    ),
  )
}
const clearOf = ({ base, size }: Region): Code => memory.fill(i32.const(base), i32.const(0), i32.const(4 * size))
const copied = (
  w: Writer,
  f: Winograd,
  s: KernelSpec,
  axes: readonly Index[],
  body: Scalar,
  to: Linear,
  size: number,
): TiledArray => {
  const region = w.arena.take(size, 'real')
  const part = writePart(w, f.outer, { ...s, axes, body, out: region, dtype: 'real', label: `${s.label}: copy` }, to)
  return { region, address: to, part, clear: product(axes) < size ? clearOf(region) : none }
}
/** The data inside a border of zeros; what a last tile reads behind the image is zero too. */
export const dataOf = (w: Writer, f: Winograd, s: KernelSpec): TiledArray => {
  const valid = validIn(f)
  const positions = f.slides.map((x) => x.position)
  const ranges = valid ?? positions.map((p) => [0, p.size - 1] as const)
  const inside = ranges.map(([low, high]) => index(high - low + 1))
  const others = [...f.images, ...f.channels]
  const size = [...others.map((i) => i.size), ...imageOf(f)]
  const at = new Map(positions.map((p, k) => [p, offset(inside[k] as Index, ranges[k]?.[0] ?? 0)]))
  const body = substitute(valid ? f.data : guard(f.tests, f.data), at)
  const axes = [...others, ...inside]
  const place = rowMajor(axes, size)
  const first = inside.reduce((n, i, k) => n + coefficient(place, i) * (ranges[k]?.[0] ?? 0), 0)
  // a vector may be read behind the last row
  return copied(w, f, s, axes, body, sum(place, constantOf(first)), sizeOf(size) + 4)
}
/** The filter where it is stored; where its own tiles would exceed it, a copy that zeros follow. */
export const filterOf = (w: Writer, f: Winograd, s: KernelSpec): TiledArray => {
  const taps = f.slides.map((x) => x.tap)
  const [region, address] = f.stored
  if (f.tiled === 'outputs' || taps.every((t, k) => t.size === f.step * (f.tiles[k] ?? 0)))
    return { region, address, clear: none }
  const axes = [...f.images, ...f.ofFilter, ...taps]
  const size = [...f.images, ...f.ofFilter].map((i) => i.size).concat(f.tiles.map((t) => t * f.step))
  return copied(w, f, s, axes, f.filter, rowMajor(axes, size), sizeOf(size) + 4)
}

/** The output itself if tiles fill it and nothing follows the sums, else scratch memory, and the kernel that reads it. */
export const resultOf = (w: Writer, f: Winograd, s: KernelSpec): TiledArray => {
  const to = s.axes.filter((i) => i.size === 1).reduce(without, rowMajor(s.axes))
  const outs = f.slides.map((x) => x.out)
  const fills = f.tiled === 'taps' || outs.every((o, k) => o.size === f.step * (f.tiles[k] ?? 0))
  const isPlain = s.body === f.sum && s.out.shift === undefined
  const strided = [f.ofData, f.ofFilter].every((is) => strideOf(to, is) !== undefined)
  if (isPlain && fills && strided) return { region: s.out, address: to, clear: none }
  const others = [...f.ofData, ...f.ofFilter]
  const size = [
    ...others.map((i) => i.size),
    ...outs.map((o, k) => (f.tiled === 'taps' ? o.size : f.step * (f.tiles[k] ?? 0))),
  ]
  const region = w.arena.take(sizeOf(size), 'real')
  const address = rowMajor([...others, ...outs], size)
  const done = new Map<Scalar, Scalar>([[f.sum, load(s.reads.length, [toScalar(address)], 'real')]])
  const elements: KernelSpec = {
    ...s,
    axes: s.axes.filter((i) => i.size > 1 && !f.outer.includes(i)),
    body: replaced(s.body, done),
    reads: [...s.reads, region],
    shapes: [...s.shapes, [region.size]],
    label: `${s.label}: finish`,
  }
  return { region, address, part: writePart(w, f.outer, elements, to), clear: none }
}
