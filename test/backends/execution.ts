/** Programs compiled once and run on flat inputs, for the tests of back ends. */
import * as E from 'fp-ts/lib/Either.js'
import type { Backend, Executable } from '../../backends/backend.ts'
import { showBackendError } from '../../backends/error.ts'
import type { Entry, Example } from '../../lang/primitives/entry.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { node } from '../../lang/syntax/expr.ts'
import type { Attrs } from '../../lang/syntax/plain.ts'
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import { leavesWithPath, refill } from '../../lang/syntax/tree.ts'
import type { Values } from '../laws/close.ts'

export type AnyProgram = Program<unknown, unknown>
export const orFail = <L, A>(result: E.Either<L, A>): A => {
  if (E.isRight(result)) return result.right
  throw new Error(showBackendError(result.left as never))
}
/** An example of an entry as a program of its arguments. */
export const programOf = (entry: Entry, { attrs, args }: Example<Attrs>): AnyProgram => {
  const outs = entry.type(attrs, args)
  if (E.isLeft(outs)) throw new Error(`the example of ${entry.name} is ill-typed`)
  const names = args.map((type, k) => ({ name: `x${k}`, type }))
  const made = makeNamed(args, names, (xs) => node(entry.name, attrs, xs as never, outs.right))
  if (E.isLeft(made)) throw new Error(`the example of ${entry.name} does not close`)
  return made.right
}
export interface Runner {
  readonly executable: Executable<unknown, unknown>
  readonly run: (xs: Values) => Promise<Values>
  readonly release: () => void
}
const isArray = (x: unknown): boolean => ArrayBuffer.isView(x)
/** Outputs in the arrays that the executable returned. */
export const compiled = async (backend: Backend, p: AnyProgram): Promise<Runner> => {
  const executable = orFail(await backend.compile(p)())
  return {
    executable,
    run: async (xs) => {
      const outputs = orFail(await executable.run(refill(p.in, xs) as never)())
      return leavesWithPath(outputs, isArray).map(([, y]) => y) as unknown as Values
    },
    release: executable.release,
  }
}
/** Reals as a float32 back end sees them. */
export const rounded = (p: AnyProgram, xs: Values): Values =>
  xs.map((x, i) => (inTypes(p.closed)[i]?.dtype === 'real' ? Float64Array.from(Float32Array.from(x)) : x))
