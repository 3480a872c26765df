/** Plans whose integers float32 cannot hold are refused: indices, sizes and constants beyond 2^24. */
import { childrenOf, type Scalar } from '../../lang/kernel/index.ts'
import { sizeOf } from '../../lang/shape.ts'
import type { CompileError } from '../error.ts'
import { type Plan, plansWithin } from '../schedule/plan.ts'

const integersOf = (root: Scalar): number => {
  const seen = new Set<Scalar>()
  let largest = 0
  const go = (s: Scalar): void => {
    if (seen.has(s)) return
    seen.add(s)
    if (s._tag === 'Num' && s.dtype === 'int') largest = Math.max(largest, Math.abs(s.value))
    if (s._tag === 'Index') largest = Math.max(largest, s.size)
    for (const c of childrenOf(s)) go(c)
  }
  go(root)
  return largest
}
export const tooLarge = (plan: Plan, limit: number): CompileError | undefined => {
  const over = (what: string, size: number): CompileError | undefined =>
    size > limit ? { _tag: 'TooLarge', what, size, limit } : undefined
  for (const p of plansWithin(plan)) {
    for (const t of p.types) {
      const found = over('the number of elements of an array', sizeOf(t.shape))
      if (found) return found
    }
    for (const s of p.steps) {
      const ints =
        s._tag === 'Kernel'
          ? integersOf(s.body)
          : s._tag === 'Data' && p.types[s.out]?.dtype === 'int'
            ? s.values.reduce((a, v) => Math.max(a, Math.abs(v)), 0)
            : 0
      const found = over('an integer of the program', ints)
      if (found) return found
    }
  }
  return undefined
}
