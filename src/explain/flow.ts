/**
 * The numbers that flow through a derivation at a point: of every value its primal, its tangent or cotangent as the result
 * computes them, and the same derivative by finite differences of the source alone.
 *
 *   forward:   tangent of v     = d v(x + h dx) / dh at 0
 *   reverse:   cotangent of v   = d <ct, f> / d v, with v changed and everything before it held
 */
import { type Closed, closeOver, inTypes, typesOf } from '../../lang/closed.ts'
import { evaluate, type Tensor, trace } from '../../lang/evaluate.ts'
import { type Expr, node } from '../../lang/expr.ts'
import { isReal, sizeOf, type Type } from '../../lang/shape.ts'
import type { Derivation, Flow } from './derivation.ts'

export interface Point {
  /** One array per input of the source. */
  readonly at: readonly Tensor[]
  /** Forward: tangents of the inputs that move; ones where absent. */
  readonly along?: readonly Tensor[]
  /** Reverse: cotangents of the real outputs; ones where absent. */
  readonly from?: readonly Tensor[]
}
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

/** Values with more elements than this get no finite difference of their cotangents: one costs two evaluations. */
const most = 64

/** One flow per value of the source; without differences the point is computed once and no more. */
export const flows = (d: Derivation, point: Point, differences = true): readonly Flow[] => {
  const p = d.source.closed,
    types = typesOf(p),
    outs = p.outputs.map((o) => types[o] as Type)
  const primals = trace(p, point.at)
  const moving = inTypes(p).map((t, k) => (d.places[k]?.tangent === undefined ? undefined : t))
  const tangents = spreadOver(moving, point.along)
  const cotangents =
    d.kind === 'gradient' ? outs.map((t, i) => (i === 0 ? ones(t) : undefined)) : spreadOver(outs, point.from)
  const given = (xs: readonly (Tensor | undefined)[]): readonly Tensor[] => xs.filter((x) => x !== undefined)
  const computed: readonly Tensor[] =
    d.kind === 'forward'
      ? trace(d.result.closed, [...point.at, ...given(tangents)])
      : d.kind === 'reverse'
        ? trace(d.result.closed, [...point.at, ...given(cotangents)])
        : d.kind === 'gradient'
          ? trace(d.result.closed, point.at)
          : []
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
    value === undefined || computed[value] === undefined ? undefined : [...computed[value]]
  return d.places.map((place, value): Flow => {
    const tangent = numbers(place.tangent),
      cotangent = numbers(place.cotangent)
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
