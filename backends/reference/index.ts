/** The evaluator that defines what programs mean, behind the common interface. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { evaluate } from '../../lang/evaluate.ts'
import type { Backend } from '../backend.ts'
import { define } from '../define.ts'

/**
 * The back end that defines what programs mean: float64, plain, slow. Every other one is tested against it.
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(mul(x, x)))
 * const compiled = await reference.compile(f)()
 * const result = E.isRight(compiled) ? await compiled.right.run({ x: [1, 2, 3] })() : compiled
 * E.isRight(result) && result.right // => [14]
 */
export const reference: Backend = define('reference', {
  open: (p) =>
    TE.right({
      backend: 'reference',
      reason: 'asked for',
      // copies, because an output may be the same array as an input or another output
      call: (xs) =>
        evaluate(
          p.closed,
          xs.map((x) => new Float64Array(x)),
        ).map((y) => y.slice()),
      release: () => {},
    }),
})
