/** How much arithmetic a kernel does: real operations, index arithmetic and choices not counted. */
import { sizeOf, type Type } from '../syntax/shape.ts'
import type { Kernel } from './meaning.ts'
import { childrenOf, type Index, index, type Scalar } from './scalar.ts'

const counts = (s: Scalar): number =>
  s._tag === 'Reduce' ? (s.dtype === 'real' ? s.index.size : 0)
  : s._tag === 'Call' && s.dtype === 'real' && s.fn !== 'select' && s.fn !== 'toReal' ? 1
  : 0

/** Each scalar is computed once per value of the indices it depends on: what moves with no loop is outside of it. */
export const arithmeticOf = (out: Type, kernel: Kernel): number => {
  const indices = out.shape.map(index), free = new Map<Scalar, ReadonlySet<Index>>()
  let total = 0
  const visit = (s: Scalar): ReadonlySet<Index> => {
    const known = free.get(s)
    if (known !== undefined) return known
    const found = new Set<Index>(s._tag === 'Index' ? [s] : childrenOf(s).flatMap((c) => [...visit(c)]))
    if (s._tag === 'Reduce') found.delete(s.index)
    free.set(s, found)
    const loops = [...found].filter((i) => !indices.includes(i))
    total += counts(s) * sizeOf(loops.map((i) => i.size)) * sizeOf(out.shape)
    return found
  }
  visit(kernel.at(indices))
  return total
}
/** A kernel that only moves numbers: its result is one load, or a choice between loads and numbers. */
export const isView = (s: Scalar): boolean => {
  switch (s._tag) {
    case 'Num':
    case 'Load':
    case 'Index':  return true
    case 'Call':   return s.fn === 'select' && s.args.slice(1).every(isView)
    case 'Reduce': return false
  }
}
