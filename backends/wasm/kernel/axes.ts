/** The axes of the output as loops: one by one, or a vector of elements at a time along one of them. */

import type { LoopStatement } from '../../rewrite/codeMotion.ts'
import { type Code, count, i32, select, seq, when } from '../assembler/index.ts'
import type { ActiveLanes, Context, WriteBlock } from './context.ts'
import { isAtStart } from './region.ts'

type Int = Code<'i32'>
/** Innermost axes up to this size are unrolled. */
const unrolled = 4

/** `from`, `to`: the range of the outermost axis. */
export const makeAxes = (
  { nest, reads, out, locals, scope, lib }: Context,
  [from, to]: readonly [Int, Int],
  writeBlock: WriteBlock,
): ((s: LoopStatement, active: ActiveLanes) => void) => {
  const { emit, nested } = scope
  const { lanes } = lib.element
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
    const someAt = (start: Int, stored: number): Code => {
      const body = nested(() => writeBlock(s.body, { ...active, stored }))
      return seq(i.set(start), body)
    }
    const overlaps = n % lanes !== 0 && n >= lanes
    if (overlaps && reads.some((r) => isAtStart(r, out))) {
      // in place, no element may be computed twice: the last iteration stores only what is left
      const whole = i32.const(n - (n % lanes))
      emit(count(at, first, select(i32.gt(last, whole), whole, last), lanes, someAt(at.get, lanes)))
      emit(when(i32.gt(last, whole), someAt(whole, n % lanes)))
      return
    }
    // the last iteration of a row starts earlier, to end with the row: it computes some elements again
    const final = i32.const(n - lanes)
    const start = overlaps ? select(i32.gt(at.get, final), final, at.get) : at.get
    emit(count(at, first, last, lanes, someAt(start, lanes)))
  }
}
