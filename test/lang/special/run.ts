/** A case's value and derivatives, by the reference or by a back end, beside what is expected. */
import * as E from 'fp-ts/lib/Either.js'
import type { Backend } from '../../../backends/backend.ts'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { type Closed, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import { differentiation } from '../../../src/transform/vmap.ts'
import { compiled } from '../../backends/execution.ts'
import type { Case } from './case.ts'

type Numbers = readonly number[]
/** One of up to three questions that a case asks. */
export interface Question {
  readonly what: 'value' | 'forward' | 'reverse'
  readonly program: Closed
  readonly inputs: readonly Numbers[]
  readonly expected: readonly Numbers[]
}
const present = <A>(xs: readonly (A | null)[]): readonly A[] => xs.filter((x): x is A => x !== null)
const marks = (xs: readonly unknown[]): readonly boolean[] => xs.map((x) => x !== null)
const { jvp, vjp } = differentiation()
const orFail = (result: ReturnType<typeof vjp>): Closed => {
  if (E.isRight(result)) return result.right
  throw new Error(showDiagnostics(result.left))
}

export const questions = ({ program, x, y, forward, reverse }: Case): readonly Question[] => [
  { what: 'value', program, inputs: x, expected: y },
  ...(forward
    ? [
        {
          what: 'forward' as const,
          program: jvp(program, marks(forward.v)).body,
          inputs: [...x, ...present(forward.v)],
          expected: forward.dy,
        },
      ]
    : []),
  ...(reverse
    ? [
        {
          what: 'reverse' as const,
          program: orFail(vjp(program, marks(reverse.dx), marks(reverse.w))),
          inputs: [...x, ...present(reverse.w)],
          expected: present(reverse.dx),
        },
      ]
    : []),
]

/** What was found, with the expected number in place of one that is near enough: then one comparison shows what is not. */
const settled = (
  found: readonly ArrayLike<number>[],
  expected: readonly Numbers[],
  near: (e: number) => number,
): readonly Numbers[] =>
  found.map((a, i) =>
    Array.from(a, (f, k) => {
      const e = expected[i]?.[k] as number
      return f !== e && Math.abs(f - e) <= near(e) ? e : f
    }),
  )
const tensors = (xs: readonly Numbers[]): readonly Tensor[] => xs.map((x) => Float64Array.from(x))

export interface Found {
  readonly found: readonly Numbers[]
  readonly expected: readonly Numbers[]
}
/** In float64, to two units in the last place; special floats and the sign of zero exactly. */
export const byReference = ({ program, inputs, expected }: Question): Found => ({
  found: settled(evaluate(program, tensors(inputs)), expected, (e) => 1e-14 * Math.abs(e)),
  expected,
})

/** Whether float32 holds every input as it is, and integers to 2^24. */
export const heldByFloat32 = ({ program, inputs }: Question): boolean =>
  inTypes(program).every(({ dtype }, i) =>
    (inputs[i] as Numbers).every((x) => (dtype === 'int' ? Math.abs(x) <= 2 ** 24 : Object.is(Math.fround(x), x))),
  )
/** In float32. */
export const byBackend =
  (backend: Backend) =>
  async ({ program, inputs, expected }: Question): Promise<Found> => {
    const types = outTypes(program)
    const runner = await compiled(backend, { in: inTypes(program), out: types, closed: program })
    const ys = await runner.run(tensors(inputs))
    runner.release()
    const single = expected.map((xs, i) => (types[i]?.dtype === 'real' ? xs.map(Math.fround) : xs))
    return { found: settled(ys, single, (e) => 1e-6 * Math.abs(e) + 1.5e-45), expected: single }
  }
