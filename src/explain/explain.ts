/** explain: runs a transformation and turns the events that it reports into a derivation. */
import * as E from 'fp-ts/lib/Either.js'
import { inTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow, type Problem } from '../../lang/syntax/error.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program, UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { isObject } from '../../lang/syntax/tree.ts'
import { described } from '../../lang/syntax/wrongCall.ts'
import type { Told } from '../../lang/tell.ts'
import { jvp } from '../transform/jvp.ts'
import type { Derivation } from './derivation.ts'
import { derive } from './derive.ts'
import { optionsOf, withoutPart } from './options.ts'
import { perform, type Transformation } from './transformation.ts'

const wrong = (p: UntypedProgram, problems: readonly Problem[]): Diagnostics =>
  problems.map((problem) => ({ problem, op: 'explain', types: inTypes(p.closed), site: callSite() }))
/** TypeScript knows that it is a transformation, JavaScript does not. */
const unknownKind = (t: unknown): Problem | undefined => {
  const tag = isObject(t) && '_tag' in t ? t._tag : undefined
  if (typeof tag === 'string' && Object.hasOwn(optionsOf, tag)) return undefined
  const kinds = Object.keys(optionsOf).join(', ')
  return {
    _tag: 'Malformed',
    what: `a transformation is { _tag: 'gradient' }, with a _tag of ${kinds}; found ${described(t)}`,
  }
}
const problemsOf = (p: UntypedProgram, t: Transformation): readonly Problem[] => {
  const unknown = unknownKind(t)
  if (unknown !== undefined) return [unknown]
  const { _tag, ...options } = t
  const known = p.closed.inputs.filter((i) => isReal(i.type)).map((i) => i.name)
  const names = 'wrt' in t ? (t.wrt ?? []).filter((name) => !known.includes(name)) : []
  return [
    ...withoutPart(_tag, options),
    ...(names.length === 0 ? [] : [{ _tag: 'UnknownInput', names, known } as const]),
  ]
}

/**
 * What a transformation does to a program, rule by rule.
 *
 * Law:     explain(p, t).result = t(p); each of its equations is a copy, a zero, or produced by one step
 * Errors:  OptionWithoutPart, UnknownInput; those of the transformation: NotScalar, NotReversible, NotLinear, NotAPair
 *
 * @example
 * explain(programOrThrow({ x: real() }, ({ x }) => sin(x)), { _tag: 'gradient' })
 */
export const explain = eitherOfProgram(
  'explain(f: program, transformation)',
  <In, Out>(p: Program<In, Out>, t: Transformation): E.Either<Diagnostics, Derivation> => derivation(p, t),
)
export const explainOrThrow = ofProgram(
  'explainOrThrow(f: program, transformation)',
  <In, Out>(p: Program<In, Out>, t: Transformation): Derivation => orThrow(explain(p, t)),
)
const derivation = (source: UntypedProgram, t: Transformation): E.Either<Diagnostics, Derivation> => {
  const problems = problemsOf(source, t)
  if (problems.length > 0) return E.left(wrong(source, problems))
  const told: Told[] = []
  return E.map((done: Parameters<typeof derive>[2]): Derivation => {
    if (t._tag !== 'linearize') return derive(t._tag, source, done, told)
    // the equations that are split are those of forward mode
    const forward = jvp(source) as UntypedProgram
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
