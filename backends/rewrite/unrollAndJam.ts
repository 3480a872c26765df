/** Several neighbours along an axis of the output, computed together, so that what they share is read once. */
import { type Index, index, plus, type Reduce, type Scalar, times, whole } from '../../lang/kernel/index.ts'
import { makeLoops } from '../../lang/kernel/loops.ts'
import { bug } from '../../lang/syntax/error.ts'
import { groupsOf } from './codeMotion.ts'
import { makeInterner } from './intern.ts'
import { substitution } from './substitute.ts'

interface Neighbours {
  readonly indices: readonly Index[]
  /** The elements by * i, by * i + 1, ... along the axis. */
  readonly bodies: readonly Scalar[]
}
/** `by` must divide the size of the axis. The copies share loops, and scalars that do not depend on the axis. */
export const unrollAndJam = (indices: readonly Index[], body: Scalar, axis: number, by: number): Neighbours => {
  const old = indices[axis] ?? bug('an axis that the kernel lacks')
  const fresh = index(old.size / by)
  const { canonical } = makeInterner()
  const copy = (c: number): Scalar => substitution(new Map([[old, plus(times(fresh, by), whole(c))]]), canonical)(body)
  return {
    indices: indices.map((i, d) => (d === axis ? fresh : i)),
    bodies: Array.from({ length: by }, (_, c) => copy(c)),
  }
}
/** Whether reductions over one index, in several elements, depend on the same loops, so that they can share one. */
export const canShareLoops = (indices: readonly Index[], bodies: readonly Scalar[]): boolean => {
  const loops = makeLoops()
  loops.bind(indices)
  const alike = (r: Reduce, first: Reduce): boolean => {
    const [mine, its] = [loops.free(r), loops.free(first)]
    return mine.length === its.length && mine.every((i) => its.includes(i))
  }
  return [...groupsOf(bodies).values()].every((group) => group.every((r) => alike(r, group[0])))
}
