/** The axes of the output as loops: one by one, or four elements at a time along one of them. */

import type { LoopStatement } from '../../rewrite/codeMotion.ts'
import { type Code, count, i32, select, seq, when } from '../assembler/index.ts'
import type { ActiveLanes, Context, WriteBlock } from './context.ts'

type Int = Code<'i32'>
/** Innermost axes up to this size are unrolled. */
const unrolled = 4

/** `from`, `to`: the range of the outermost axis. */
export const makeAxes = (
  { nest, reads, out, locals, scope }: Context,
  [from, to]: readonly [Int, Int],
  writeBlock: WriteBlock,
): ((s: LoopStatement, active: ActiveLanes) => void) => {
  const { emit, nested } = scope
  return (s, active) => {
    const i = locals('i32')
    scope.count(s.index, i)
    const outermost = s.index === nest.axes[0]
    const n = s.index.size
    const [first, last] = outermost ? [from, to] : [i32.const(0), i32.const(n)]
    if (!nest.lanes.has(s.index)) {
      if (outermost || n > unrolled || !s.body.every((x) => x._tag === 'Let')) {
        const body = nested(() => writeBlock(s.body, active))
        emit(count(i, first, last, 1, body))
        return
      }
      for (let k = 0; k < n; k++) {
        emit(i.set(i32.const(k)))
        writeBlock(s.body, active)
      }
      return
    }
    const at = locals('i32')
    const fourAt = (start: Int, stored: number): Code => {
      const body = nested(() => writeBlock(s.body, { ...active, stored }))
      return seq(i.set(start), body)
    }
    const overlaps = n % 4 !== 0 && n >= 4
    if (overlaps && reads.some((r) => r.base === out.base)) {
      // in place, no element may be computed twice: the last iteration stores only what is left
      const whole = i32.const(n - (n % 4))
      emit(count(at, first, select(i32.gt(last, whole), whole, last), 4, fourAt(at.get, 4)))
      emit(when(i32.gt(last, whole), fourAt(whole, n % 4)))
      return
    }
    // the last iteration of a row starts earlier, to end with the row: it computes some elements again
    const start = overlaps ? select(i32.gt(at.get, i32.const(n - 4)), i32.const(n - 4), at.get) : at.get
    emit(count(at, first, last, 4, fourAt(start, 4)))
  }
}
