/** Counts a kernel's arithmetic: operations on reals, without index arithmetic, comparisons and selects. */
import { sizeOf, type Type } from '../syntax/shape.ts'
import { makeLoops } from './loops.ts'
import type { Kernel } from './meaning.ts'
import { childrenOf, type Index, index, type Scalar } from './scalar.ts'

const isArithmetic = (s: Scalar): boolean =>
  s._tag === 'Call' && s.dtype === 'real' && s.fn !== 'select' && s.fn !== 'toReal'

/**
 * Operations for one element. Each scalar is computed once per iteration of the innermost loop that it depends on.
 * Directly nested loops of the same reduction share one accumulator: one operation per term, however many the loops.
 */
export const flopsPerElement = (indices: readonly Index[], body: Scalar): number => {
  const loops = makeLoops(), seen = new Set<Scalar>()
  loops.bind(indices)
  let flops = 0
  const visit = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (s._tag === 'Reduce') {
      const { iterations } = loops.enter(s.index, [s.body]), inner = s.body
      const shares = inner._tag === 'Reduce' && inner.by === s.by && loops.free(inner).includes(s.index)
      if (s.dtype === 'real' && !shares) flops += iterations
    } else if (isArithmetic(s)) flops += loops.nestOf([s]).iterations
    for (const c of childrenOf(s)) visit(c)
  }
  visit(body)
  return flops
}
/** Operations of a kernel, for all its elements. */
export const arithmeticOf = (out: Type, kernel: Kernel): number => {
  const indices = out.shape.map(index)
  return flopsPerElement(indices, kernel.at(indices)) * sizeOf(out.shape)
}
/** Whether a kernel does no arithmetic: its result is a number, a load, an index, or a select between such. */
export const isView = (s: Scalar): boolean => {
  switch (s._tag) {
    case 'Num':
    case 'Load':
    case 'Index':  return true
    case 'Call':   return s.fn === 'select' && s.args.slice(1).every(isView)
    case 'Reduce': return false
  }
}
