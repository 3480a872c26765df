/** Sums of windows: for each value of the outer axes, the padding of the moving side, the tiles, and what follows the sums. */
import { type Index, load, type Scalar } from '../../../lang/kernel/index.ts'
import { strides } from '../../../lang/syntax/shape.ts'
import { type Linear, toScalar, without } from '../../rewrite/linear.ts'
import { replaced } from '../../rewrite/scalars.ts'
import { type Code, count, i32, memory, none, seq } from '../assembler/index.ts'
import { rowMajor } from '../kernel/lower.ts'
import { addressIn, type Region } from '../kernel/region.ts'
import { functionOnce, type KernelSpec, type Writer } from '../kernel/writer.ts'
import { single } from '../threads/team.ts'
import { product } from './blocks.ts'
import { offset } from './direct.ts'
import { iterationsOf, type Part, writePart } from './part.ts'
import { partialBytes, writeWindowCore } from './windowCore.ts'
import { isPadded, type Windows } from './windows.ts'

type Int = Code<'i32'>
/** From this many products on, threads gain more than synchronising them costs. */
const largeSum = 1 << 18
/** Scratch memory for each thread. */
const scratch = ({ arena, team }: Writer, size: number): Region => {
  if (team.threads === 1) return arena.take(size, 'real')
  const each = Math.ceil(size / 16) * 16
  const { base, width } = arena.take(each * team.threads, 'real')
  return { base, size, width, shift: i32.mul(team.me, i32.const(4 * each)) }
}
const sums = (w: Writer, x: Windows, s: KernelSpec, to: Linear, out: Region): Part => {
  const done = new Map<Scalar, Scalar>([[x.sum, load(s.reads.length, [toScalar(rowMajor(x.inner))], 'real')]])
  const elements: KernelSpec = {
    ...s,
    axes: x.inner,
    body: replaced(s.body, done),
    reads: [...s.reads, out],
    shapes: [...s.shapes, [out.size]],
    label: `${s.label}: finish`,
  }
  return writePart(w, x.outer, elements, to)
}
/** A side in memory: the kernel that copies it, and what clears the border of the copy. */
const sideOf = (w: Writer, x: Windows, s: KernelSpec, [side, address]: Windows['fixed']) => {
  if (!isPadded(side)) return { region: side, address, part: undefined, clear: none }
  const { axes, body, to, size } = side
  const region = scratch(w, size)
  const part = writePart(w, x.outer, { ...s, axes, body, out: region, dtype: 'real', label: `${s.label}: copy` }, to)
  const hasBorder = product(axes) < size
  const clear = hasBorder ? memory.fill(addressIn(region), i32.const(0), i32.const(4 * size)) : none
  return { region, address, part, clear }
}

export const writeWindows = (given: Writer, x: Windows, s: KernelSpec): Code => {
  const summed = product(x.summed)
  const outerCount = product(x.outer)
  const isLarge = outerCount > 1 && product([...x.outer, ...x.inner]) * summed >= largeSum
  const w: Writer = isLarge ? given : { ...given, team: single }
  const to = s.axes.filter((i) => i.size === 1).reduce(without, rowMajor(s.axes))
  const isDirect = s.body === x.sum && s.dtype === 'real' && s.out.shift === undefined
  const result = isDirect ? s.out : scratch(w, product(x.inner))
  const finish = isDirect ? undefined : sums(w, x, s, to, result)
  const [fixed, moving] = [sideOf(w, x, s, x.fixed), sideOf(w, x, s, x.moving)]
  const partial = scratch(w, partialBytes / 4)
  const loops = x.loops(isDirect ? to : rowMajor(x.inner))
  const label = `${s.label}: ${outerCount} x ${product(x.inner)} x ${summed}`
  const core = functionOnce(w, `windows ${JSON.stringify([loops, w.relaxed])}`, label, () =>
    writeWindowCore(w.m, loops, w.relaxed),
  )

  const by = strides(x.outer.map((i) => i.size))
  const at = (region: Region, a: Linear, iteration: Int): Int => {
    const value = (i: Index): Int =>
      i32.rem(i32.div(iteration, i32.const(by[x.outer.indexOf(i)] as number)), i32.const(i.size))
    return i32.add(i32.add(addressIn(region), i32.const(4 * a.constant)), offset(region, a, x.outer, value))
  }
  const all = (p: Part | undefined, iteration: Int): Code => {
    if (p === undefined) return none
    const first = i32.mul(iteration, i32.const(p.each))
    return p.kernel.run.call(first, i32.add(first, i32.const(iterationsOf(p)[0])))
  }
  return w.team.shared(w.locals, outerCount, 1, (inside, from, until) => {
    const i = inside('i32')
    const products = core.call(
      at(fixed.region, fixed.address, i.get),
      at(moving.region, moving.address, i.get),
      isDirect ? at(result, to, i.get) : addressIn(result),
      addressIn(partial),
    )
    const one = seq(all(fixed.part, i.get), all(moving.part, i.get), products, all(finish, i.get))
    return seq(fixed.clear, moving.clear, count(i, from, until, 1, one))
  })
}
