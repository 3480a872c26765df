/** Something that runs programs: the reference, or a back end at the precision it says. */
import * as E from 'fp-ts/lib/Either.js'
import { type Backend, type Executable, showBackendError } from '../../backends/index.ts'
import { evaluate } from '../../lang/evaluate.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { refill } from '../../lang/syntax/tree.ts'
import { backendNamed } from '../backends/named.ts'

export type Run = (inputs: readonly Float64Array[]) => Promise<readonly Float64Array[]>
export interface Runner {
  readonly name: string
  readonly precision: 'float64' | 'float32'
  /** Compiles, hands over, and gives memory back. */
  readonly using: <A>(p: Program<unknown, unknown>, f: (run: Run) => Promise<A>) => Promise<A>
}

export const reference: Runner = {
  name: 'reference',
  precision: 'float64',
  using: (p, f) => f(async (inputs) => evaluate(p.closed, inputs)),
}

const flatten = (tree: unknown): readonly Float64Array[] =>
  tree === null || tree === undefined
    ? []
    : ArrayBuffer.isView(tree)
      ? [Float64Array.from(tree as Float32Array)]
      : typeof tree === 'number'
        ? [Float64Array.of(tree)]
        : Object.values(tree as object).flatMap(flatten)

/** Throws, with the back end's own words, when it refuses. */
export const runnerOf = (b: Backend, precision: Runner['precision']): Runner => ({
  name: b.name,
  precision,
  using: async (p, f) => {
    const compiled = await b.compile(p)()
    if (E.isLeft(compiled)) throw new Error(showBackendError(compiled.left))
    const executable = compiled.right as unknown as Executable<unknown, unknown>
    try {
      return await f(async (inputs) => {
        const result = await executable.run(refill(p.in, inputs) as never)()
        if (E.isLeft(result)) throw new Error(showBackendError(result.left))
        return flatten(result.right)
      })
    } finally {
      executable.release()
    }
  },
})

/** By a name of backends/named.ts; the reference in float64, without the interface between. */
export const runnerNamed = (name: string): Runner =>
  name === 'reference' ? reference : { ...runnerOf(backendNamed(name), 'float32'), name }
