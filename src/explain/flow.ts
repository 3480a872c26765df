/**
 * The numbers that flow through a derivation at a point: of every value its primal, its tangent or cotangent as the
 * result computes them, and the same derivative by finite differences of the source alone.
 *
 *   forward:   tangent of v     = d v(x + h dx) / dh at 0
 *   reverse:   cotangent of v   = d <ct, f> / d v, with v changed and everything before it held constant
 */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate, type Tensor, trace } from '../../lang/evaluate.ts'
import { type Closed, closeOver, inTypes, outTypes, typesOf } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow, type Problem } from '../../lang/syntax/error.ts'
import { type Expr, node } from '../../lang/syntax/expr.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import type { Derivation, EvaluationPoint, Flow, Kind } from './derivation.ts'
import { takes, withoutPart } from './options.ts'

const ones = (t: Type): Tensor => new Float64Array(sizeOf(t.shape)).fill(1)
const step = 1e-3
/** D(h) = f' + O(h^2), so (4 D(h/2) - D(h)) / 3 = f' + O(h^4). */
const slope = (f: (h: number) => Tensor): readonly number[] => {
  const central = (h: number): readonly number[] => {
    const [up, down] = [f(h), f(-h)]
    return [...up].map((u, k) => (u - (down[k] as number)) / (2 * h))
  }
  const wide = central(step)
  return central(step / 2).map((d, k) => (4 * d - (wide[k] as number)) / 3)
}

/** The program from one of its values on: that value is its last input. */
const from = (p: Closed, value: number): Closed => {
  const type = typesOf(p)[value] as Type
  return closeOver([...p.inputs, { name: '', type }], (inputs) => {
    const cut = inputs[p.inputs.length] as Expr
    const v: Expr[] = p.inputs.map((_, k) => (k === value ? cut : (inputs[k] as Expr)))
    for (const q of p.equations)
      node(
        q.op,
        q.attrs,
        q.args.map((a) => v[a] as Expr),
        q.outs,
      ).forEach((e, k) => {
        v.push(q.first + k === value ? cut : e)
      })
    return p.outputs.map((o) => v[o] as Expr)
  })
}
const dot = (xs: readonly Tensor[], ys: readonly (Tensor | undefined)[]): number =>
  xs.reduce((total, x, i) => total + x.reduce((s, e, k) => s + e * (ys[i]?.[k] ?? 0), 0), 0)
const spreadOver = (
  types: readonly (Type | undefined)[],
  given: readonly Tensor[] | undefined,
): readonly (Tensor | undefined)[] => {
  let next = 0
  return types.map((t) => (t !== undefined && isReal(t) ? (given?.[next++] ?? ones(t)) : undefined))
}

/** Values with more elements than this get no finite differences in reverse mode: an element costs four evaluations. */
const most = 64

const wrong = (d: Derivation, problems: readonly Problem[]): Diagnostics =>
  problems.map((problem) => ({ problem, op: 'flows', types: inTypes(d.source.closed), site: callSite() }))
/** The problem of arrays whose number or sizes differ from these types. */
const fitting = (what: string, types: readonly Type[], given: readonly Tensor[] | undefined): readonly Problem[] =>
  given === undefined || (given.length === types.length && types.every((t, k) => given[k]?.length === sizeOf(t.shape)))
    ? []
    : [{ _tag: 'BodyMismatch', what, expected: types, found: given.map((x) => ({ dtype: 'real', shape: [x.length] })) }]
const problemsOf = (d: Derivation, { at, along, from }: EvaluationPoint): readonly Problem[] => {
  const p = d.source.closed
  const moving = p.inputs.filter((_, k) => d.places[k]?.tangent !== undefined)
  return [
    ...withoutPart(d.kind, { at, along, from }),
    ...fitting('at', inTypes(p), at),
    ...(takes(d.kind, 'along')
      ? fitting(
          'along',
          moving.map((i) => i.type),
          along,
        )
      : []),
    ...(takes(d.kind, 'from') ? fitting('from', outTypes(p).filter(isReal), from) : []),
  ]
}

/**
 * One flow per value of the source. Without `differences` there are no finite differences: source and result are
 * evaluated once.
 *
 * Errors:  OptionWithoutPart, when the transformation does not use a part of the point; BodyMismatch
 */
export const flows = (
  d: Derivation,
  point: EvaluationPoint,
  differences = true,
): E.Either<Diagnostics, readonly Flow[]> => {
  const problems = problemsOf(d, point)
  return problems.length > 0 ? E.left(wrong(d, problems)) : E.right(computed(d, point, differences))
}
export const flowsOrThrow = (d: Derivation, point: EvaluationPoint, differences = true): readonly Flow[] =>
  orThrow(flows(d, point, differences))
const computed = (d: Derivation, point: EvaluationPoint, differences: boolean): readonly Flow[] => {
  const p = d.source.closed
  const types = typesOf(p)
  const outs = p.outputs.map((o) => types[o] as Type)
  const primals = trace(p, point.at)
  const moving = inTypes(p).map((t, k) => (d.places[k]?.tangent === undefined ? undefined : t))
  const tangents = spreadOver(moving, point.along)
  const cotangents =
    d.kind === 'gradient' ? outs.map((t, i) => (i === 0 ? ones(t) : undefined)) : spreadOver(outs, point.from)
  const given = (xs: readonly (Tensor | undefined)[]): readonly Tensor[] => xs.filter((x) => x !== undefined)
  const cts = given(cotangents)
  const inputs: { readonly [K in Kind]: readonly Tensor[] | undefined } = {
    forward: [...point.at, ...given(tangents)],
    reverse: [...point.at, ...cts],
    gradient: point.at,
    // the residuals stay; the cotangents take the positions of the tangents
    transpose: [...point.at.slice(0, d.result.closed.inputs.length - cts.length), ...cts],
    linearize: undefined,
    batch: undefined,
    simplify: undefined,
    compile: undefined,
  }
  const values = inputs[d.kind]
  const derived = values === undefined ? [] : trace(d.result.closed, values)
  const moved = (h: number): readonly Tensor[] =>
    trace(
      p,
      point.at.map((x, i) => x.map((e, k) => e + h * (tangents[i]?.[k] ?? 0))),
    )
  const along = d.kind === 'forward' && differences ? slopes(types, moved) : undefined
  const against = (value: number): readonly number[] | undefined => {
    const x = primals[value] as Tensor
    if (!differences || x.length > most || !isReal(types[value] as Type)) return undefined
    const rest = from(p, value)
    return [...x].flatMap((_, k) =>
      slope((h) => {
        const y = x.map((e, j) => (j === k ? e + h : e))
        return Float64Array.of(dot(evaluate(rest, [...point.at, y]), cotangents))
      }),
    )
  }
  const numbers = (value: number | undefined): readonly number[] | undefined =>
    value === undefined || derived[value] === undefined ? undefined : [...derived[value]]
  return d.places.map((place, value): Flow => {
    const tangent = numbers(place.tangent)
    const cotangent = numbers(place.cotangent)
    const difference = tangent !== undefined ? along?.[value] : cotangent !== undefined ? against(value) : undefined
    return {
      name: place.name,
      value,
      primal: [...(primals[value] as Tensor)],
      ...(tangent === undefined ? {} : { tangent }),
      ...(cotangent === undefined ? {} : { cotangent }),
      ...(difference === undefined ? {} : { difference }),
    }
  })
}
const slopes = (types: readonly Type[], f: (h: number) => readonly Tensor[]): readonly (readonly number[])[] => {
  const sizes = types.map((t) => sizeOf(t.shape))
  const flat = slope((h) => Float64Array.from(f(h).flatMap((x) => [...x])))
  return sizes.map((n, k) => {
    const start = sizes.slice(0, k).reduce((a, b) => a + b, 0)
    return flat.slice(start, start + n)
  })
}
