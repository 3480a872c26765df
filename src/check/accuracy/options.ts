/** The options of `checkAccuracy`, checked. */
import * as E from 'fp-ts/lib/Either.js'
import { outTypes } from '../../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../../lang/syntax/error.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal } from '../../../lang/syntax/shape.ts'
import { leavesWithPath, memberAt, nameOf } from '../../../lang/syntax/tree.ts'
import { cost } from '../../transform/cost.ts'
import { type Ranges, rangesOf } from '../checkGradients.ts'
import type { Interval } from '../domain.ts'
import type { Compiler } from '../nonFinite/onBackend.ts'
import { coordinatesOf } from './quantities.ts'

/** Where accuracy is measured, to how many digits, and on which back ends. */
export interface AccuracyOptions<In = unknown, C = never, R = never> {
  /** How many digits of the exact numbers are right: from 20 to 300. Default: 30. */
  readonly digits?: number
  /** The interval for all real inputs, or a tree of intervals. Default: the ranges of the operations that read them. */
  readonly over?: Interval | Ranges<In>
  /** The back ends. Default: the reference, the language's own evaluator in float64. */
  readonly backends?: readonly (Compiler<C, R> & { readonly name: string })[]
  /** How many points. Default: 64, fewer where the program is large. */
  readonly points?: number
  /** By how many single numbers of the inputs derivatives are taken. Default: 8. */
  readonly coordinates?: number
  /** The same seed, the same points. Default: 1. */
  readonly seed?: number
}
/** The options with their defaults. */
export interface Setting {
  readonly digits: number
  readonly points: number
  readonly coordinates: number
  readonly seed: number
  readonly over: readonly (Interval | undefined)[]
}

export const refused = (what: string): Diagnostics => [
  { problem: { _tag: 'Malformed', what }, op: 'checkAccuracy', types: [], site: 'options' },
]
const isWholeFrom = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most
/** The work of all exact evaluations, in functions of real numbers: more would take longer than a minute. */
const affordable = 2e4
const usualPoints = (p: UntypedProgram, coordinates: number): number => {
  const work = (cost(p).flops + p.closed.equations.length + 1) * (coordinates + 1)
  return Math.max(4, Math.min(64, Math.floor(affordable / work)))
}
/** What is wrong with `over`: an unknown name, or what is no interval. */
const wrongIntervals = (p: UntypedProgram, over: unknown): readonly string[] => {
  const isArray = (x: unknown): boolean => Array.isArray(x) && x.every((v) => typeof v === 'number')
  return leavesWithPath(over, isArray).flatMap(([path, x]) => {
    if (memberAt(p.in, path) === undefined) return [`over names ${nameOf(path)}, and there is no such input`]
    const [low, high, ...rest] = isArray(x) ? (x as readonly number[]) : []
    const isInterval = Number.isFinite(low) && Number.isFinite(high) && (low ?? 0) <= (high ?? 0) && rest.length === 0
    const shown = isArray(x) ? `the interval ${(x as readonly number[]).join(' .. ')}` : String(x)
    return isInterval ? [] : [`over has ${shown}: two finite numbers, the smaller first`]
  })
}
export const settingOf = (p: UntypedProgram, options: AccuracyOptions): E.Either<Diagnostics, Setting> => {
  const { digits = 30, coordinates = 8, seed = 1 } = options
  const { points = usualPoints(p, Math.min(coordinates, coordinatesOf(p.closed, coordinates).length)) } = options
  const over = rangesOf(p, options.over)
  const [wrong] = wrongIntervals(p, options.over)
  if (!outTypes(p.closed).some(isReal)) return E.left(refused('no output is real: integers and truth values are exact'))
  if (!isWholeFrom(digits, 20, 300)) return E.left(refused(`digits is ${digits}: a whole number from 20 to 300`))
  if (!isWholeFrom(points, 1, 100_000)) return E.left(refused(`points is ${points}: a whole number from 1 to 100000`))
  if (!isWholeFrom(coordinates, 0, 100_000))
    return E.left(refused(`coordinates is ${coordinates}: a whole number from 0 to 100000`))
  if (wrong !== undefined) return E.left(refused(wrong))
  return E.right({ digits, points, coordinates, seed, over })
}
