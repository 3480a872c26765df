/**
 * Everything the formula room shows, computed from a text and a point by the library: the program, its two derivations
 * with the numbers that flow through them, the partial derivative on every edge of its graph, and its Taylor polynomials.
 * All in float64, by the evaluator that defines what programs mean.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Derivation, explain, type Flow, flowsOrThrow } from '../../../src/explain/index.ts'
import {
  type Closed,
  type Diagnostics,
  type Equation,
  evaluate,
  type ParseError,
  parseFormula,
  vmap,
} from '../../../src/index.ts'
import { gradientOf, hessianOf, type Untyped } from '../page/untyped.ts'

export interface Lesson {
  readonly text: string
  readonly program: Untyped
  readonly inputs: readonly string[]
  readonly forward: Derivation
  readonly reverse: Derivation
  readonly gradient: Untyped
  readonly curvature: Untyped
}
export type Fault =
  | { readonly _tag: 'Text'; readonly errors: readonly ParseError[] }
  /** Derivatives are of one real number. */
  | { readonly _tag: 'Derivative'; readonly diagnostics: Diagnostics }
  | { readonly _tag: 'NoInputs' }

const derivative = E.mapLeft((diagnostics: Diagnostics): Fault => ({ _tag: 'Derivative', diagnostics }))
export const lessonOf = (text: string): E.Either<Fault, Lesson> => {
  const parsed = parseFormula(text)
  if (E.isLeft(parsed)) return E.left({ _tag: 'Text', errors: parsed.left })
  const program = parsed.right
  const inputs = program.closed.inputs.map((i) => i.name)
  if (inputs.length === 0) return E.left({ _tag: 'NoInputs' })
  const reverse = derivative(explain(program, { _tag: 'gradient' }))
  if (E.isLeft(reverse)) return reverse
  const forward = derivative(explain(program, { _tag: 'forward' }))
  if (E.isLeft(forward)) return forward
  const gradient = derivative(gradientOf(program))
  if (E.isLeft(gradient)) return gradient
  const curvature = derivative(hessianOf(program))
  if (E.isLeft(curvature)) return curvature
  return E.right({
    text,
    program,
    inputs,
    forward: forward.right,
    reverse: reverse.right,
    gradient: gradient.right,
    curvature: curvature.right,
  })
}

const tensors = (xs: readonly number[]) => xs.map((x) => Float64Array.of(x))

// -- the numbers on the edges ----------------------------------------------------------------------------------------

/** d (to) / d (from) by from and to, where both are single numbers. */
export type Partials = ReadonlyMap<string, number>
export const between = (from: number, to: number): string => `${from} ${to}`

/** One equation as a program by itself. */
const alone = (q: Equation, types: readonly Equation['outs'][number][]): Untyped => {
  const inputs = q.args.map((a, k) => ({ name: `a${k}`, type: types[a] ?? q.outs[0] })) as Closed['inputs']
  const n = inputs.length
  const closed: Closed = { inputs, equations: [{ ...q, args: q.args.map((_, k) => k), first: n }], outputs: [n] }
  return { in: inputs.map((i) => i.type), out: q.outs[0], closed }
}
const typesOf = (p: Closed) => [...p.inputs.map((i) => i.type), ...p.equations.flatMap((q) => q.outs)]
/** For a value that an equation reads twice, the sum of both derivatives. */
const partialsOf = ({ closed }: Untyped, values: readonly Flow[]): Partials => {
  const types = typesOf(closed)
  const found = new Map<string, number>()
  for (const q of closed.equations) {
    const g = q.outs.length === 1 ? gradientOf(alone(q, types)) : E.left(undefined)
    if (E.isLeft(g)) continue
    const at = q.args.map((a) => Float64Array.from(values[a]?.primal ?? []))
    const partials = evaluate(g.right.closed, at)
    const reals = q.args.filter((a) => types[a]?.dtype === 'real')
    reals.forEach((from, k) => {
      const key = between(from, q.first)
      if (types[from]?.shape.length === 0) found.set(key, (found.get(key) ?? 0) + (partials[k]?.[0] ?? Number.NaN))
    })
  }
  return found
}

// -- at a point ------------------------------------------------------------------------------------------------------

export interface Numbers {
  readonly value: number
  readonly gradient: readonly number[]
  /** Finite differences, one per input. */
  readonly differences: readonly number[]
  readonly forward: readonly Flow[]
  readonly reverse: readonly Flow[]
  readonly partials: Partials
}
/** `about`: the input along which forward mode moves. */
export const numbersAt = (l: Lesson, at: readonly number[], about: number): Numbers => {
  const point = tensors(at)
  const along = l.inputs.map((_, k) => Float64Array.of(k === about ? 1 : 0))
  const forward = flowsOrThrow(l.forward, { at: point, along })
  const reverse = flowsOrThrow(l.reverse, { at: point })
  const out = l.program.closed.outputs[0] ?? 0
  return {
    value: forward[out]?.primal[0] ?? Number.NaN,
    gradient: l.inputs.map((_, k) => reverse[k]?.cotangent?.[0] ?? 0),
    differences: l.inputs.map((_, k) => reverse[k]?.difference?.[0] ?? 0),
    forward,
    reverse,
    partials: partialsOf(l.program, forward),
  }
}

// -- Taylor ----------------------------------------------------------------------------------------------------------

export interface Taylor {
  readonly x: readonly number[]
  readonly f: readonly number[]
  readonly first: readonly number[]
  readonly second: readonly number[]
  readonly h: readonly number[]
  readonly remainder1: readonly number[]
  readonly remainder2: readonly number[]
}
const count = 161
const sizes = Array.from({ length: 41 }, (_, k) => 10 ** (-4 + k / 10))
const along = (l: Lesson, at: readonly number[], about: number, hs: readonly number[]): readonly number[] => {
  const many = vmap(hs.length)(l.program)
  const inputs = at.map((x, k) => Float64Array.from(hs, (h) => (k === about ? x + h : x)))
  return [...(evaluate(many.closed, inputs)[0] ?? [])]
}
/** Along one input, from -reach to reach around the point. */
export const taylorOf = (l: Lesson, at: readonly number[], about: number, reach: number): Taylor => {
  const point = tensors(at)
  const slope = evaluate(l.gradient.closed, point)[about]?.[0] ?? Number.NaN
  const bend = evaluate(l.curvature.closed, point)[about * l.inputs.length + about]?.[0] ?? Number.NaN
  const [here = Number.NaN] = along(l, at, about, [0])
  const first = (h: number): number => here + h * slope
  const second = (h: number): number => first(h) + (h * h * bend) / 2
  const hs = Array.from({ length: count }, (_, k) => reach * ((2 * k) / (count - 1) - 1))
  const near = along(l, at, about, sizes)
  return {
    x: hs.map((h) => (at[about] ?? 0) + h),
    f: along(l, at, about, hs),
    first: hs.map(first),
    second: hs.map(second),
    h: sizes,
    remainder1: sizes.map((h, k) => Math.abs((near[k] ?? 0) - first(h))),
    remainder2: sizes.map((h, k) => Math.abs((near[k] ?? 0) - second(h))),
  }
}
