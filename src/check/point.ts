/** Points and directions: flat arrays, one per input or output leaf of a program. */
import { type Closed, inTypes } from '../../lang/closed.ts'
import { evaluate, type Tensor } from '../../lang/evaluate.ts'
import { isReal, sizeOf, type Type } from '../../lang/shape.ts'
import { child, type Key, normals, uniforms } from '../data/key.ts'

export type Point = readonly Tensor[]
export const realOnly = <T>(types: readonly Type[], xs: readonly T[]): readonly T[] => xs.filter((_, i) => isReal(types[i] as Type))

export const dot = (a: Point, b: Point): number => {
  let total = 0
  a.forEach((x, i) => { for (let k = 0; k < x.length; k++) total += (x[k] as number) * ((b[i] as Tensor)[k] as number) })
  return total
}
/** The sum of the sizes of the terms of a dot product: what its rounding is relative to. */
export const dotSize = (a: Point, b: Point): number => {
  let total = 0
  a.forEach((x, i) => { for (let k = 0; k < x.length; k++) total += Math.abs((x[k] as number) * ((b[i] as Tensor)[k] as number)) })
  return total
}
/** x + t v at the real leaves; integers stay. */
export const move = (types: readonly Type[], x: Point, v: Point, t: number): Point => {
  let next = 0
  return x.map((xi, i) => {
    if (!isReal(types[i] as Type)) return xi
    const vi = v[next++] as Tensor
    return xi.map((a, k) => a + t * (vi[k] as number))
  })
}
/** A direction: normal numbers, one array per type, each entry scaled by the size of what it will move. */
export const direction = (key: Key, types: readonly Type[], scales?: Point): Point =>
  types.map((t, i) => normals(child(key, i), sizeOf(t.shape)).map((v, k) => v * (scales ? ((scales[i] as Tensor)[k] as number) : 1)))
/** How far each number may sensibly move: its own size, but never much less than its array's. */
export const scalesOf = (x: Point): Point =>
  x.map((xi) => {
    const size = Math.sqrt(xi.reduce((s, a) => s + a * a, 0) / Math.max(1, xi.length))
    return xi.map((a) => Math.max(Math.abs(a), size * 0.1) || 1)
  })

/** Where inputs are drawn from, tried in turn until the program and its gradient are finite there. */
const domains: readonly (readonly [low: number, high: number])[] = [[-2, 2], [0.2, 2], [-0.9, 0.9], [1.1, 3], [0.05, 0.95]]
const drawLeaf = (key: Key, t: Type, [low, high]: readonly [number, number]): Tensor => {
  const u = uniforms(key, sizeOf(t.shape))
  switch (t.dtype) {
    case 'real': return u.map((x) => low + (high - low) * x)
    case 'int':  return u.map((x) => Math.floor(x * 4))
    case 'bool': return u.map((x) => (x < 0.5 ? 0 : 1))
  }
}
/** A point where every output is finite; undefined when there is none among the domains. */
export const drawPoint = (p: Closed, key: Key): Point | undefined => {
  const types = inTypes(p)
  for (let d = 0; d < domains.length; d++) {
    const x = types.map((t, i) => drawLeaf(child(child(key, d), i), t, domains[d] as readonly [number, number]))
    if (evaluate(p, x).every((y) => y.every((v) => Number.isFinite(v)))) return x
  }
  return undefined
}
