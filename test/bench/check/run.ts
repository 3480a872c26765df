/**
 * One check of gradients, as a user runs it on a large program: one point, both modes, both orders, in float64. The times
 * are the processor's, of a check that follows another one; the first is told beside them.
 */
import { evaluator } from '../../../backends/index.ts'
import { checkGradients } from '../../../src/check/index.ts'
import { orFail } from '../held.ts'
import type { Measured } from '../line.ts'
import { seconds } from '../measure.ts'
import { checkCase } from './list.ts'

const processor = <A>(f: () => A): readonly [A, milliseconds: number] => {
  const before = process.cpuUsage()
  const found = f()
  const { user, system } = process.cpuUsage(before)
  return [found, (user + system) / 1000]
}
export const runCheck = (workload: string): Measured => {
  const [p, where] = checkCase(workload)
  const on = evaluator()
  const once = () => processor(() => orFail(checkGradients(p as never, { ...where, on })).verdict)
  const [verdict, first] = once()
  if (verdict !== 'correct') throw new Error(`the verdict is ${verdict}`)
  const times: number[] = []
  const start = performance.now()
  while (times.length < 2 || (performance.now() - start < seconds * 1000 && times.length < 1000)) times.push(once()[1])
  return { times: { times, cpu: Number.NaN }, checks: {}, note: `first ${first.toFixed(0)} ms` }
}
