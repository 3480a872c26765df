/** explain: a transformation, run with somebody listening. */
import * as E from 'fp-ts/lib/Either.js'
import { type Diagnostics, orThrow } from '../../lang/error.ts'
import type { Program } from '../../lang/program.ts'
import type { Told } from '../../lang/tell.ts'
import { jvp } from '../jvp.ts'
import type { AnyProgram, Derivation } from './derivation.ts'
import { derive } from './derive.ts'
import { perform, type Transformation } from './transformation.ts'

/**
 * What a transformation does to a program, rule by rule.
 *
 * Law:     explain(p, t).result = t(p); each of its equations is a copy, a zero, or produced by one step
 * Errors:  those of the transformation: NotScalar, NotReversible, NotLinear
 *
 * @example
 * explain(programOrThrow({ x: real() }, ({ x }) => sin(x)), { _tag: 'gradient' })
 */
export const explain = <In, Out>(p: Program<In, Out>, t: Transformation): E.Either<Diagnostics, Derivation> => {
  const source = p as unknown as AnyProgram
  const told: Told[] = []
  return E.map((done: Parameters<typeof derive>[2]): Derivation => {
    if (t._tag !== 'linearize') return derive(t._tag, source, done, told)
    // the equations that are split are those of forward mode
    const forward = jvp(source) as AnyProgram
    return {
      ...derive(
        'linearize',
        forward,
        done,
        told.filter((e) => e._tag === 'Split'),
      ),
      before: derive(
        'forward',
        source,
        { result: forward },
        told.filter((e) => e._tag !== 'Split'),
      ),
    }
  })(perform(source, t, (e) => told.push(e)))
}
export const explainOrThrow = <In, Out>(p: Program<In, Out>, t: Transformation): Derivation => orThrow(explain(p, t))
