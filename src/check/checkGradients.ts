/**
 * Are a program's derivatives right? In float64, by the language's own evaluator, from an explicit seed:
 *
 *   forward          df(x) v against finite differences of f along v
 *   reverse          <df(x) v, w> = <v, df(x)^T w>
 *   coordinates      d<w, f(x)>/dx_i, from both modes, against finite differences in x_i alone
 *   second forward   the push of the gradient x -> df(x)^T w against its finite differences
 *   second reverse   the same identity for the gradient's own derivative
 *   exact            with `precise`: the gradient, and the second derivative's diagonal, in arbitrary precision, against
 *                    those of the program on numbers that carry their derivatives (accuracy/jet.ts): to the last digits
 *   Taylor           |f(x + hv) - f(x) - h df(x) v| shrinks as h^2, and as h^3 with the second derivative
 *
 * A disagreement counts only beyond the estimated error of the finite difference itself (judge.ts).
 */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Tensor } from '../../lang/evaluate.ts'
import { counted, type Diagnostics } from '../../lang/syntax/error.ts'
import { nth } from '../../lang/syntax/list.ts'
import { flatAt } from '../../lang/syntax/nested.ts'
import { eitherOfProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program, UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { type Data, isTypeOrExpr, leavesWithPath, typeLeaves } from '../../lang/syntax/tree.ts'
import { foldIn, type Key, randomKey } from '../random/key.ts'
import { cost } from '../transform/cost.ts'
import { exactChecks } from './accuracy/rules.ts'
import { aroundKink } from './atKink.ts'
import { type Budget, type EvaluationMeter, meterOf, within } from './budget.ts'
import { coordinates } from './coordinates.ts'
import { drawPoint, type Interval } from './domain.ts'
import type { Ruling } from './judge.ts'
import { type Bounds, claimOf, gradientOf, type Modes, modesOf, scalesAt } from './modes.ts'
import { direction, type Point } from './point.ts'
import type { Check, Coordinates, GradientReport, Kink, Slopes, Verdict, Worst } from './report.ts'
import { forward, inputLeaves, type JudgedCheck, outputLeaves, reverse } from './sample.ts'
import { suspectIn } from './suspect.ts'
import { taylor } from './taylor.ts'

/** The interval that each input is drawn from. Inputs left out have the default. */
export type Ranges<T> = T extends Type ? Interval : T extends null ? null : { readonly [K in keyof T]?: Ranges<T[K]> }
/** How `checkGradients` draws its points, and what it checks there. */
export interface CheckOptions<In = unknown> extends Budget {
  /** The same seed, the same report. Default: 1. */
  readonly seed?: number
  /** How many points are checked. Default: 3, or 1 with `at`. */
  readonly samples?: number
  /** The point to check at: a tree of arrays like the program's inputs. Default: points are drawn. */
  readonly at?: Data<In>
  /**
   * The interval for all real inputs, or a tree of intervals. Points are drawn inside, and differences stay inside; a
   * tree bounds integers too. Default: points in the ranges of the operations that read the inputs, and no bounds.
   */
  readonly range?: Interval | Ranges<In>
  /** Whether second derivatives are checked. Default: true. */
  readonly second?: boolean
  /** Whether reverse mode is checked. Default: true. False admits programs that have no reverse derivative. */
  readonly reverse?: boolean
  /** How many single coordinates are checked, over all inputs. Default: up to 24, fewer where the program is large. */
  readonly coordinates?: number
  /** Whether a wrong derivative is followed by a search for the equation at fault. Default: true. */
  readonly suspect?: boolean
  /** Whether derivatives are compared to the last digits too, in arbitrary precision. Default: false. */
  readonly precise?: boolean
}
interface Plan {
  readonly seed: number
  readonly samples: number
  readonly at: Point | undefined
  readonly ranges: Bounds
  /** Of integers. */
  readonly whole: Bounds
  readonly meter: EvaluationMeter
  readonly second: boolean
  readonly coordinates: number
  readonly suspect: boolean
  readonly precise: boolean
}

// -- options ---------------------------------------------------------------------------------------------------------

const isArray = (x: unknown): boolean =>
  typeof x === 'number' || ArrayBuffer.isView(x) || (Array.isArray(x) && x.every((v) => typeof v === 'number'))
const malformed = (what: string): Diagnostics => [
  { problem: { _tag: 'Malformed', what }, op: 'checkGradients', types: [], site: 'options.at' },
]
const elements = (x: unknown): Tensor =>
  typeof x === 'number' ? Float64Array.of(x) : Float64Array.from(x as ArrayLike<number>)
/** The arrays of a tree, checked against the program's inputs. */
const given = (p: UntypedProgram, point: unknown): E.Either<Diagnostics, Point> => {
  const types = typeLeaves(p.in)
  const flat = flatAt('checkGradients', p.in, point)
  if (E.isLeft(flat)) return flat
  const tree = flat.right
  const found = leavesWithPath(tree, isArray)
  if (found.length !== types.length || found.some(([, x]) => !isArray(x)))
    return E.left(
      malformed(`the point has ${counted(found.length, 'array')}, the program ${counted(types.length, 'input')}`),
    )
  const x = found.map(([, leaf]) => elements(leaf))
  const bad = x.findIndex((a, i) => a.length !== sizeOf(nth(types, i).shape))
  return bad < 0
    ? E.right(x)
    : E.left(
        malformed(
          `the input ${p.closed.inputs[bad]?.name} has ${counted(x[bad]?.length ?? 0, 'number')} instead of ${sizeOf(nth(types, bad).shape)}`,
        ),
      )
}
const isInterval = (x: unknown): x is Interval =>
  Array.isArray(x) && x.length === 2 && x.every((v) => typeof v === 'number')
export const rangesOf = (p: UntypedProgram, range: unknown): Bounds => {
  const within = (tree: unknown, path: readonly string[]): Interval | undefined => {
    if (isInterval(tree)) return tree
    const [head, ...rest] = path
    return head === undefined || typeof tree !== 'object' || tree === null
      ? undefined
      : within((tree as { readonly [key: string]: unknown })[head], rest)
  }
  return leavesWithPath(p.in, isTypeOrExpr).map(([path]) => within(range, path))
}
/** How many evaluations of the program one coordinate needs, and the limit on the arithmetic of all together. */
const perCoordinate = 40
const budget = 2e8
const affordable = (p: UntypedProgram): number => {
  const work = perCoordinate * (cost(p).flops + 2000 * p.closed.equations.length + 1)
  return Math.max(1, Math.min(24, Math.floor(budget / work)))
}

// -- one point -------------------------------------------------------------------------------------------------------

interface Sampled {
  readonly x: Point
  readonly ruling: Ruling
  readonly checks: readonly Check[]
  readonly coordinates: readonly Coordinates[]
  /** Of a given point at a kink. */
  readonly kink?: Kink
}
const rank: { readonly [F in Ruling]: number } = { right: 0, unclear: 1, kink: 2, wrong: 3 }
const worstOf = (rulings: readonly Ruling[]): Ruling => rulings.reduce((a, b) => (rank[b] > rank[a] ? b : a), 'right')
const directions = (m: Modes, x: Point, key: Key) => ({
  v: direction(foldIn(0)(key), m.ins.filter(isReal), scalesAt(m, x)),
  w: weights(m, foldIn(1)(key)),
})
/** The outputs' weights in the sum that is differentiated: random, or 1 where there is one output. */
const weights = (m: Modes, key: Key): Point => {
  const outs = m.outs.filter(isReal)
  const [one] = outs
  return outs.length === 1 && one !== undefined && sizeOf(one.shape) === 1 ? [Float64Array.of(1)] : direction(key, outs)
}

/** Undefined where the program is not finite around the point. */
const sample = (
  m: Modes,
  gradient: Modes | undefined,
  x: Point,
  many: number,
  key: Key,
  label: string,
  redrawn: boolean,
): Sampled | undefined => {
  const { doing } = m.meter
  const { v, w } = directions(m, x, key)
  doing(`${label}: forward`)
  const ahead = forward('forward', m, x, v, outputLeaves(m.outs.filter(isReal)), foldIn(2)(key))
  if (ahead === undefined) return undefined
  const back = reverse('reverse', m, x, v, w, foldIn(3)(key))
  if (ahead.ruling === 'kink' && back?.ruling !== 'wrong') {
    if (redrawn) return { x, ruling: 'kink', checks: [], coordinates: [] }
    doing(`${label}: around a kink`)
    return besideKink(x, back, aroundKink(m, gradient, x, { v, w }, many, key))
  }
  doing(`${label}: coordinates`)
  const ones = many === 0 ? [] : coordinates(m, x, w, many, foldIn(4)(key))
  const judged: (JudgedCheck | undefined)[] = [ahead, back, ones.length === 0 ? undefined : together(ones)]
  if (gradient !== undefined) {
    doing(`${label}: second order`)
    const xw = [...x, ...w]
    const vw = [...v, ...direction(foldIn(5)(key), m.outs.filter(isReal))]
    const bent = forward('second forward', gradient, xw, vw, inputLeaves(m), foldIn(6)(key))
    const u = direction(foldIn(7)(key), m.ins.filter(isReal))
    // where the gradient is not finite, the first-order checks have reported it
    if (bent !== undefined) judged.push(bent, reverse('second reverse', gradient, xw, vw, u, foldIn(8)(key)))
  }
  const present = judged.filter((o): o is JudgedCheck => o !== undefined)
  return { x, ruling: worstOf(present.map((o) => o.ruling)), checks: present.map((o) => o.check), coordinates: ones }
}
/** A kink is no verdict, but what is wrong beside it is one. */
const besideKink = (x: Point, back: JudgedCheck | undefined, around: ReturnType<typeof aroundKink>): Sampled => {
  const ones = around.coordinates.length === 0 ? [] : [together(around.coordinates)]
  const judged = [...(back ? [back] : []), ...ones, ...around.judged]
  return {
    x,
    ruling: judged.some((o) => o.ruling === 'wrong') ? 'wrong' : 'kink',
    checks: judged.map((o) => o.check),
    coordinates: around.coordinates,
    kink: around.kink,
  }
}
const errorOf = ({ analytic, numeric }: Worst): number => {
  const error = Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), Math.abs(numeric), Number.MIN_VALUE)
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
}
/** The coordinates of all inputs as one check. */
const together = (ones: readonly (Coordinates & { readonly ruling: Ruling })[]): JudgedCheck => {
  const worst = ones.reduce((a, b) => (worseInput(b, a) ? b : a)).worst
  const size = Math.max(
    ...ones.map((o) => Math.max(Math.abs(o.worst.numeric) || 0, Math.abs(o.worst.analytic) || 0)),
    Number.MIN_VALUE,
  )
  const check: Check = {
    name: 'coordinates',
    passed: ones.every((o) => o.passed),
    error: ones.reduce((e, o) => Math.max(e, Math.abs(o.worst.analytic - o.worst.numeric) / size || 0), 0),
    resolution: ones.reduce((e, o) => Math.max(e, o.worst.bar / size), 0),
    worst,
  }
  return { check, ruling: worstOf(ones.map((o) => o.ruling)) }
}
const worseInput = (a: Coordinates, b: Coordinates): boolean =>
  a.passed !== b.passed ? !a.passed : errorOf(a.worst) > errorOf(b.worst)

// -- all points ------------------------------------------------------------------------------------------------------

const worse = (a: Check, b: Check): Check => (a.passed !== b.passed ? (a.passed ? b : a) : a.error >= b.error ? a : b)
const joinInputs = (all: readonly (readonly Coordinates[])[]): readonly Coordinates[] =>
  (all.find((c) => c.length > 0) ?? []).map((c, i) => {
    const here = all.flatMap((s) => s[i] ?? [])
    const worst = here.reduce((a, b) => (worseInput(b, a) ? b : a), c)
    return { ...worst, checked: here.reduce((n, o) => n + o.checked, 0) }
  })
/** At most so many points are drawn for each one that is checked. */
const redraws = 8
/** The points that were checked, and how many were drawn but not checked. */
interface Samples {
  readonly found: readonly Sampled[]
  /** Points where the program is not smooth. */
  readonly kinks: number
  /** The given point, if it is one. */
  readonly kinked: Sampled | undefined
  /** Points near which it is not finite. */
  readonly blanks: number
}
/** The sample with the exact checks, which decide. At a kink there is nothing to compare. */
const toLastDigits = (m: Modes, s: Sampled, plan: Plan): Sampled => {
  const exact = s.ruling === 'kink' ? [] : exactChecks(m.f, s.x, plan.coordinates, plan.second)
  const ruling = exact.length === 0 || s.ruling === 'wrong' ? s.ruling : worstOf(exact.map((o) => o.ruling))
  return { ...s, ruling, checks: [...s.checks, ...exact.map((o) => o.check)] }
}
/** Draws points until enough are checked, or one shows a wrong derivative. */
const drawSamples = (m: Modes, gradient: Modes | undefined, plan: Plan, root: Key): Samples => {
  const found: Sampled[] = []
  let kinks = 0
  let kinked: Sampled | undefined
  let blanks = 0
  const draws = plan.at === undefined ? redraws : 1
  const tried = (k: number, key: Key): Sampled | undefined => {
    const label = `point ${k + 1} of ${plan.samples}`
    m.meter.doing(label)
    const x = plan.at ?? drawPoint(m.f, foldIn(0)(key), plan.ranges, k % 2 === 0, m.meter.traceNonFinite, plan.whole)
    // single coordinates at the first point only
    const many = found.length === 0 ? plan.coordinates : 0
    return x && sample(m, gradient, x, many, foldIn(1)(key), label, plan.at === undefined)
  }
  const isDone = (): boolean => found.at(-1)?.ruling === 'wrong' || m.meter.spent().exhausted
  for (let k = 0; k < plan.samples && !isDone(); k++)
    for (let n = 0; n < draws; n++) {
      const rough = within(() => tried(k, foldIn(n)(foldIn(k)(root))))
      if (m.meter.spent().exhausted) break
      const s = rough && plan.precise ? toLastDigits(m, rough, plan) : rough
      if (s === undefined) blanks++
      else if (s.ruling === 'kink') {
        kinks++
        if (plan.at !== undefined) kinked ??= s
      } else {
        found.push(s)
        break
      }
    }
  return { found, kinks, kinked, blanks }
}
const isUnclear = (s: Sampled): boolean => s.ruling === 'unclear'
const verdictOf = ({ found, kinks }: Samples, exhausted: boolean): Verdict => {
  if (found.some((s) => s.ruling === 'wrong')) return 'wrong'
  if (found.some((s) => !isUnclear(s))) return 'correct'
  if (exhausted) return 'unfinished'
  if (kinks > 0) return 'non-smooth'
  return found.length === 0 ? 'not finite' : 'unclear'
}
/** All points together. `bad`: the one that shows a wrong derivative. */
const examine = (p: UntypedProgram, m: Modes, gradient: Modes | undefined, plan: Plan): GradientReport => {
  const root = randomKey(plan.seed)
  const samples = drawSamples(m, gradient, plan, root)
  const { found, kinks, kinked, blanks } = samples
  const bad = found.find((s) => s.ruling === 'wrong')
  const shown = bad ?? found[0]
  const seen = found.length === 0 && kinked ? [kinked] : found
  // a later point has not been examined coordinate by coordinate
  const located =
    bad !== undefined && bad.coordinates.length === 0 && plan.coordinates > 0
      ? (within(() => locateAt(m, bad.x, plan, root)) ?? [])
      : []
  const inputs = joinInputs([...seen.map((s) => s.coordinates), located])
  const checks = joinAll(seen)
  const kink = seen.find((s) => s.kink)?.kink
  const suspect =
    bad !== undefined && plan.suspect
      ? within(() => suspectIn(p.closed, bad.x, foldIn((1 << 20) + 1)(root), plan.second, plan.meter))
      : undefined
  const slopes = shown && within(() => slopesAt(m, gradient, shown.x, foldIn(1 << 20)(root)))
  const spent = plan.meter.spent()
  return {
    verdict: verdictOf(samples, spent.exhausted),
    seed: plan.seed,
    samples: found.length,
    kinks,
    ...(kink && { kink }),
    blanks,
    unclear: found.filter(isUnclear).length,
    spent,
    checks,
    coordinates: inputs,
    worst: worstPlace(checks, inputs),
    slopes,
    suspect,
    point: (shown?.x ?? kinked?.x ?? []).map((values, i) => ({
      name: p.closed.inputs[i]?.name ?? '',
      values: [...values],
    })),
    program: p,
  }
}
/** Checks by name, the worst of every point: not every point has all. */
const joinAll = (found: readonly Sampled[]): readonly Check[] => {
  const names = [...new Set(found.flatMap((s) => s.checks.map((c) => c.name)))]
  return names.map((name) => found.flatMap((s) => s.checks.filter((c) => c.name === name)).reduce(worse))
}
const locateAt = (m: Modes, x: Point, plan: Plan, root: Key): readonly Coordinates[] =>
  coordinates(m, x, directions(m, x, foldIn(2)(root)).w, plan.coordinates, foldIn(3)(root))
const slopesAt = (m: Modes, gradient: Modes | undefined, x: Point, key: Key): Slopes => {
  const { v, w } = directions(m, x, key)
  return taylor(m, gradient, x, v, w, foldIn(2)(key))
}
/** The worst single coordinate; where only a whole direction fails, that. */
const worstPlace = (checks: readonly Check[], inputs: readonly Coordinates[]): Worst | undefined => {
  const [first, ...rest] = inputs
  const worst = first && rest.reduce((a, b) => (worseInput(b, a) ? b : a), first)
  const failing = checks.find((c) => !c.passed)
  return worst !== undefined && (!worst.passed || failing === undefined) ? worst.worst : failing?.worst
}

/**
 * Whether the derivatives of a program are right. The report holds the verdict and the evidence; `showReport` writes it
 * as text, `gradientPage` as a page. When the budget is spent, the check ends with what it has found by then.
 *
 * Errors:  NotReversible, when the program has no reverse derivative (say `reverse: false`); Malformed, when `at` does
 *          not fit the inputs
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
 * const checked = checkGradients(f, { range: [-1, 1] })
 * E.isRight(checked) && checked.right.verdict // => 'correct'
 */
export const checkGradients = eitherOfProgram(
  'checkGradients(f: program, options?)',
  <In, Out>(program: Program<In, Out>, options: CheckOptions<In> = {}): E.Either<Diagnostics, GradientReport> =>
    checked(program, options),
)
const checked = (p: UntypedProgram, options: CheckOptions): E.Either<Diagnostics, GradientReport> => {
  const { seed = 1, samples = options.at === undefined ? 3 : 1, reverse: back = true } = options
  const { suspect = true, precise = false } = options
  const second = (options.second ?? true) && back
  const meter = meterOf(options)
  const ranges = rangesOf(p, options.range)
  return pipe(
    E.Do,
    E.apS('at', options.at === undefined ? E.right(undefined) : given(p, options.at)),
    E.apS(
      'm',
      pipe(
        claimOf(p, back),
        E.map((claim) => modesOf(claim, meter, ranges)),
      ),
    ),
    E.bind('gradient', () =>
      second
        ? pipe(
            gradientOf(p),
            E.chain((g) => claimOf(g)),
            E.map((claim) => modesOf(claim, meter, ranges)),
          )
        : E.right(undefined),
    ),
    E.map(({ at, m, gradient }) =>
      examine(p, m, gradient, {
        seed,
        samples,
        at,
        ranges,
        whole: isInterval(options.range) ? [] : ranges,
        meter,
        second,
        coordinates: options.coordinates ?? affordable(p),
        suspect,
        precise,
      }),
    ),
  )
}
