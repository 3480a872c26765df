/** What every back end must do: one function per law, over a program that is compiled once. */

import type { Backend } from '../../backends/backend.ts'
import { freeAxes } from '../../lang/axes.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { type AnyProgram, compiled, type Runner, rounded } from '../backends/execution.ts'
import { closeAll, same, type Values } from './close.ts'

/** A program on a back end, with the reference beside it. */
export interface Subject extends Runner {
  readonly program: AnyProgram
}
/** A back end refuses an axis that no vmap maps: a batch of one means the same, and has the same elements. */
export const withoutFreeAxes = (free: AnyProgram): AnyProgram =>
  freeAxes(free.closed).reduce<AnyProgram>((p, axis) => vmap(1, { axis })(p), free)
export const subject = async (backend: Backend, free: AnyProgram): Promise<Subject> => {
  const program = withoutFreeAxes(free)
  return { program, ...(await compiled(backend, program)) }
}

/** run(p)(x) = evaluate(p)(x), bit for bit */
export const isReference = async (s: Subject, x: Values): Promise<boolean> =>
  same(await s.run(x), evaluate(s.program.closed, x))
/** run(p)(x) = evaluate(p)(x) within a tolerance, x rounded to float32 first, which float64 holds too */
export const agrees = async (s: Subject, x: Values, within: number): Promise<boolean> => {
  const inputs = rounded(s.program, x)
  return closeAll(await s.run(inputs), evaluate(s.program.closed, inputs), within)
}
/** The same inputs give the same bits. */
export const deterministic = async (s: Subject, x: Values): Promise<boolean> => same(await s.run(x), await s.run(x))
/** Running writes to no input. */
export const keepsInputs = async (s: Subject, x: Values): Promise<boolean> => {
  const before = x.map((a) => a.slice())
  await s.run(x)
  return same(x, before)
}
/** A run never writes to the results of an earlier one. */
export const keepsOutputs = async (s: Subject, x: Values, y: Values): Promise<boolean> => {
  const first = await s.run(x)
  const before = first.map((a) => a.slice())
  await s.run(y)
  return same(first, before)
}
