/** What is worth sharing between threads: waking one takes microseconds, in which one thread does thousands of operations. */
import { flopsPerElement } from '../../../lang/kernel/count.ts'
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { costOf } from '../../schedule/cost.ts'
import { type KernelStep, type Plan, plansWithin, typeOf } from '../../schedule/plan.ts'

/** A step with this many operations. */
export const largeStep = 20000
/** A program with this many operations; a number that is read or stored counts as one. */
const largeProgram = 2e6

/** Of a kernel; an element that is stored counts as one. */
export const kernelWork = (axes: readonly Index[], body: Scalar): number =>
  (1 + flopsPerElement(axes, body)) * sizeOf(axes.map((i) => i.size))
/** Comparisons of all rows. */
export const sortWork = (rows: number, length: number): number => rows * length * Math.log2(length + 1)
const sortsOf = (p: Plan): number =>
  p.steps.reduce((sum, s) => {
    if (s._tag !== 'Sort') return sum
    const { shape } = typeOf(p, s.arg)
    const length = shape.at(-1) ?? 1
    return sum + (length === 0 ? 0 : sortWork(sizeOf(shape) / length, length))
  }, 0)
export const isLargeProgram = (p: Plan): boolean => {
  const { flops, bytes } = costOf(p)
  return flops + bytes / 4 + plansWithin(p).reduce((sum, q) => sum + sortsOf(q), 0) >= largeProgram
}

/** Lines of a printed plan: why a kernel, or the whole program, stays on one thread. */
export const aboutThreads = (k: KernelStep): readonly string[] => {
  const work = kernelWork(k.indices, k.body)
  return work < largeStep ? [`on one thread: ${work} operations are fewer than ${largeStep}`] : []
}
export const threadsLine = (p: Plan, asked: number): string =>
  isLargeProgram(p)
    ? `${asked} threads share the steps of ${largeStep} operations or more`
    : `one thread: the program has fewer than ${largeProgram} operations, numbers read and stored included`
