/** Programs on flat arrays: on a back end, or by the language's own evaluator. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { evaluate } from '../../../lang/evaluate.ts'
import type { Closed } from '../../../lang/syntax/closed.ts'
import { leavesWithPath } from '../../../lang/syntax/tree.ts'
import type { Compiler } from '../nonFinite/onBackend.ts'
import { type Point, treeOf } from '../point.ts'
import { programOf } from '../suspect.ts'
import { type FloatFormat, float32, float64 } from './bits.ts'

/** The outputs for some inputs, and the format of their reals. */
export interface Computed {
  readonly outs: readonly ArrayLike<number>[]
  readonly format: FloatFormat
}
/** Runs a program at every point. */
export interface Engine<Error> {
  readonly name: string
  readonly run: (p: Closed, points: readonly Point[]) => TE.TaskEither<Error, readonly Computed[]>
}
/** The language's own evaluator: the reference. */
export const evaluator: Engine<never> = {
  name: 'reference',
  run: (p, points) => TE.right(points.map((x) => ({ outs: evaluate(p, x), format: float64 }))),
}
const arraysOf = (tree: unknown): readonly ArrayLike<number>[] =>
  leavesWithPath(tree, ArrayBuffer.isView).map(([, x]) => x as Float64Array)
export const engineOf = <C, R>(backend: Compiler<C, R> & { readonly name: string }): Engine<C | R> => ({
  name: backend.name,
  run: (p, points) => {
    const program = programOf(p)
    return pipe(
      backend.compile(program),
      TE.chainW((made) => async () => {
        const results: Computed[] = []
        for (const x of points) {
          const result = await made.run(treeOf(program, x))()
          if (E.isLeft(result)) {
            made.release()
            return result
          }
          const outs = arraysOf(result.right)
          results.push({ outs, format: outs.some((y) => y instanceof Float32Array) ? float32 : float64 })
        }
        made.release()
        return E.right(results)
      }),
    )
  },
})
