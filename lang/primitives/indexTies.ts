/**
 * Ties: linear equations between the index letters of a contraction, and the positions of an axis that they can reach.
 *
 *   cx x + cy y + co out + offset = 0
 */
import type { Shape } from '../syntax/shape.ts'
import { item, valueAt } from './item.ts'

export type Tie = {
  readonly x: string
  readonly y: string
  readonly out: string
  readonly cx: number
  readonly cy: number
  readonly co: number
  readonly offset: number
  /** The size of the output axis. */
  readonly size: number
}
export type Labels = { readonly x: string; readonly y: string; readonly out: string; readonly ties: readonly Tie[] }

export const sizesOf = (a: Labels, x: Shape, y: Shape): ReadonlyMap<string, number> =>
  new Map([
    ...[...a.y].map((l, d) => [l, item(y, d)] as const),
    ...[...a.x].map((l, d) => [l, item(x, d)] as const),
    ...a.ties.map((t) => [t.out, t.size] as const),
  ])
/** The sizes of these letters. */
export const pick = (letters: string, sizes: ReadonlyMap<string, number>): Shape =>
  [...letters].map((l) => valueAt(sizes, l))

export type Role = 'x' | 'y' | 'out'
export const roles: readonly Role[] = ['x', 'y', 'out']
export const coefficient = (t: Tie, role: Role): number => ({ x: t.cx, y: t.cy, out: t.co })[role]

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b))
/** The i with c i = 1 modulo m, if it exists. */
export const inverse = (c: number, m: number): number | undefined => {
  // Euclid's algorithm: a = u c modulo m throughout, so u is the inverse where a ends as 1
  let [a, b, u, v] = [floorMod(c, m), m, 1, 0]
  while (b !== 0) {
    const q = Math.floor(a / b)
    ;[a, b, u, v] = [b, a - q * b, v, u - q * v]
  }
  return a === 1 ? floorMod(u, m) || m : undefined
}
const floorMod = (a: number, by: number): number => a - by * Math.floor(a / by)
/**
 * The values of a letter with coefficient 1 or -1 while the other two run through theirs: start, start + stride, ...
 */
export interface Reach {
  readonly start: number
  readonly stride: number
  readonly count: number
}
export const reach = (t: Tie, role: Role, sizes: ReadonlyMap<string, number>): Reach => {
  const own = coefficient(t, role)
  const n = valueAt(sizes, t[role])
  const base = -own * t.offset
  const others = roles
    .filter((r) => r !== role)
    .map((r) => ({ c: -own * coefficient(t, r), most: valueAt(sizes, t[r]) - 1 }))
  const common = others.reduce((g, { c, most }) => (most === 0 ? g : gcd(g, c)), 0)
  const stride = Math.max(1, common)
  const end = (side: (a: number, b: number) => number): number =>
    others.reduce((sum, { c, most }) => sum + side(0, c * most), base)
  // only the result is trimmed at its ends: an argument keeps them
  const [low, high] = role === 'out' ? [Math.max(0, end(Math.min)), Math.min(n - 1, end(Math.max))] : [0, n - 1]
  const start = low + floorMod(base - low, stride)
  return { start, stride, count: Math.floor((high - start) / stride) + 1 }
}
/**
 * The tie with k in place of the letter, where letter = start + stride * k. A letter of size 1 is 0: its coefficient
 * is free.
 */
export const thinned = (
  t: Tie,
  role: Role,
  { start, stride, count }: Reach,
  sizes: ReadonlyMap<string, number>,
): Tie => {
  const scaled = (r: Role): number => {
    const c = coefficient(t, r)
    return r === role ? c : c % stride === 0 ? c / stride : 1
  }
  const size = role === 'out' ? count : valueAt(sizes, t.out)
  return {
    ...t,
    cx: scaled('x'),
    cy: scaled('y'),
    co: scaled('out'),
    offset: (t.offset + coefficient(t, role) * start) / stride,
    size,
  }
}
