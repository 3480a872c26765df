/** One operation on one back end. Inputs and results stay where it computes, so that reading them back is not timed. */
import type { Backend } from '../../../backends/index.ts'
import { callClosed } from '../../../lang/primitives/call.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow, type UntypedProgram } from '../../../lang/syntax/program.ts'
import { int, real, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { typeLeaves } from '../../../lang/syntax/tree.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { checksums } from '../data.ts'
import { type HeldStep, noteOf, orFail } from '../held.ts'
import type { Measured } from '../line.ts'
import { measure } from '../measure.ts'
import { hashed, labels } from '../models/numbers.ts'
import { type Input, type Op, opOf } from './list.ts'

type Build = (types: unknown, f: (xs: never) => unknown) => UntypedProgram
const build = programOrThrow as unknown as Build
const typeOf = (x: Input): Type => ('below' in x ? int(...x.shape) : real(...x))
/** (inputs, cotangent) -> the gradients alone, or (inputs) -> the value. */
const programOf = ({ inputs, f, back }: Op, part: string): UntypedProgram => {
  const value = build(inputs.map(typeOf), (xs: readonly Expr[]) => f(...xs))
  if (part === 'forward') return value
  const both = vjpOrThrow(value as never) as unknown as UntypedProgram
  const outputs = both.closed.outputs.slice(1, 1 + back)
  return { ...both, out: inputs.slice(0, back).map(typeOf), closed: { ...both.closed, outputs } }
}
/** The results as state beside the inputs. */
const heldStep = (p: UntypedProgram): HeldStep => {
  const [ins, outs] = [typeLeaves(p.in), typeLeaves(p.out)]
  const run = callClosed(p.closed)
  return build([[ins, outs], []], ([[xs]]: readonly [readonly [readonly Expr[]]]) => [[xs, run(...xs)], []]) as never
}
/** The program that is measured. */
export const opProgram = (workload: string): HeldStep => heldStep(programOf(...opOf(workload)))

export const runOp = async (b: Backend, workload: string): Promise<Measured> => {
  const p = programOf(...opOf(workload))
  const [op] = opOf(workload)
  const held = orFail(await b.resident(heldStep(p))())
  const numbers = typeLeaves(p.in).map(({ shape, dtype }, k) => {
    const input = op.inputs[k]
    return dtype === 'int' && input !== undefined && 'below' in input
      ? labels(sizeOf(shape), k, input.below)
      : hashed(sizeOf(shape), k, 1)
  })
  const results = typeLeaves(p.out).map(({ shape, dtype }) =>
    dtype === 'real' ? new Float32Array(sizeOf(shape)) : new Int32Array(sizeOf(shape)),
  )
  orFail(await held.load([numbers, results] as never)())
  const once = async (): Promise<unknown> => orFail(await held.step([] as never)())
  await once()
  const [, found] = orFail(await held.read()) as unknown as readonly [unknown, readonly ArrayLike<number>[]]
  return { times: await measure(once), checks: checksums(found), ...noteOf(held) }
}
