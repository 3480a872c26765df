/**
 * Descent as programs of the library: the surface over a grid, and the whole path of an optimiser as one scan,
 *
 *   (p, rate, state) -> p_0, p_1, ... and f(p_0), f(p_1), ...      p_k+1 = the optimiser's rule at p_k and grad f(p_k)
 *
 * so that moving the start or the rate only runs a program that is already compiled.
 */
import * as E from 'fp-ts/lib/Either.js'
import {
  type Diagnostics,
  type Expr,
  type ParseError,
  parseFormula,
  real,
  scan,
  take,
  vmap,
} from '../../../src/index.ts'
import { startState, stateTypes, update } from '../../../src/optim/index.ts'
import { type OptimiserName, optimiserOf } from '../page/optimisers.ts'
import { build, call, gradientOf, type Untyped } from '../page/untyped.ts'

export interface Preset {
  readonly name: 'lecture' | 'rosenbrock' | 'himmelblau' | 'saddle' | 'hills' | 'kink'
  readonly formula: string
  /** The surface is drawn over [-reach, reach]^2. */
  readonly reach: number
  readonly start: readonly [number, number]
  readonly rate: number
}
export const presets: readonly Preset[] = [
  { name: 'lecture', formula: 'x^2 + 4*y^2 - x*y', reach: 3, start: [2.5, 1.5], rate: 0.125 },
  { name: 'rosenbrock', formula: '(1 - x)^2 + 20*(y - x^2)^2', reach: 2, start: [-1.5, 1.2], rate: 0.005 },
  { name: 'himmelblau', formula: '(x^2 + y - 11)^2 + (x + y^2 - 7)^2', reach: 5, start: [0.2, -0.5], rate: 0.01 },
  { name: 'saddle', formula: 'x^2 - y^2 + y^4 / 4', reach: 2.5, start: [2, 0.01], rate: 0.1 },
  { name: 'hills', formula: 'sin(2*x)*cos(2*y) + (x^2 + y^2) / 8', reach: 3, start: [1.6, 2.4], rate: 0.1 },
  { name: 'kink', formula: 'abs(x) + 3*abs(y - x/2)', reach: 3, start: [-2.4, 2], rate: 0.1 },
]

export const side = 96
export const steps = 120

export interface Surface {
  /** { p: [side^2, 2] } -> [side^2] */
  readonly field: Untyped
  /** { p, rate, state } -> { points: [steps, 2], values: [steps] } */
  readonly path: (name: OptimiserName) => Untyped
}
export type SurfaceProblem =
  | { readonly _tag: 'Text'; readonly errors: readonly ParseError[] }
  | { readonly _tag: 'Names'; readonly names: readonly string[] }
  | { readonly _tag: 'Derivative'; readonly diagnostics: Diagnostics }

const places: readonly string[] = ['x', 'y']
const point = { p: real(2) }

export const stateOf = (name: OptimiserName): unknown => startState(optimiserOf(name, 1))(point)

/** A formula in x, in y, or in both. */
export const surfaceOf = (text: string): E.Either<SurfaceProblem, Surface> => {
  const parsed = parseFormula(text)
  if (E.isLeft(parsed)) return E.left({ _tag: 'Text', errors: parsed.left })
  const names = Object.keys(parsed.right.in as object)
  const others = names.filter((n) => !places.includes(n))
  if (others.length > 0) return E.left({ _tag: 'Names', names: others })
  const of = call<unknown, Expr>(parsed.right)
  const f = build<{ readonly p: Expr }>(point, ({ p }) =>
    of(Object.fromEntries(names.map((n) => [n, take(0, places.indexOf(n))(p)]))),
  )
  const gradient = gradientOf(f)
  if (E.isLeft(gradient)) return E.left({ _tag: 'Derivative', diagnostics: gradient.left })
  const at = call<{ readonly p: Expr }, Expr>(f)
  const slope = call<{ readonly p: Expr }, { readonly p: Expr }>(gradient.right)
  return E.right({
    field: vmap(side * side)(f),
    path: (name) =>
      build<{ readonly p: Expr; readonly rate: Expr; readonly state: never }>(
        { ...point, rate: real(), state: stateTypes(optimiserOf(name, 1))(point) },
        ({ p, rate, state }) => {
          // the state's type depends on the optimiser that the visitor chose
          const rule = update(optimiserOf(name, () => rate as never))
          const move = ([q, s]: readonly [{ readonly p: Expr }, never]) => [
            rule(q, slope(q) as never, s),
            { point: q.p, value: at(q) },
          ]
          const [, rows] = scan(move as never, { length: steps })([{ p }, state] as never, null as never)
          return rows
        },
      ),
  })
}
