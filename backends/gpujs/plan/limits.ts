/** Refuses plans whose integers float32 does not represent exactly: indices, sizes and constants beyond 2^24. */

import { childrenOf, type Fn, type Monoid, type Scalar } from '../../../lang/kernel/index.ts'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import type { CompileError } from '../../error.ts'
import { type Plan, plansWithin, type Step, typeOf, writesOf } from '../../schedule/plan.ts'

type Bounds = readonly [number, number]
const around = (xs: readonly number[]): Bounds => [Math.min(...xs), Math.max(...xs)]
const pairs = (f: (x: number, y: number) => number, a: Bounds, b: Bounds): Bounds =>
  around(a.flatMap((x) => b.map((y) => f(x, y))))
/** The bounds of a function's integer result, from those of its arguments; undefined where nothing is known. */
const boundsOfCall = (f: Fn, args: readonly (Bounds | undefined)[]): Bounds | undefined => {
  const [a, b, c] = args
  if (f === 'select') return b && c && around([...b, ...c])
  if (a === undefined) return undefined
  if (f === 'neg') return [-a[1], -a[0]]
  if (f === 'abs') return [0, Math.max(-a[0], a[1])]
  if (b === undefined) return undefined
  switch (f) {
    case 'add':
      return [a[0] + b[0], a[1] + b[1]]
    case 'sub':
      return [a[0] - b[1], a[1] - b[0]]
    case 'mul':
      return pairs((x, y) => x * y, a, b)
    case 'max':
    case 'min':
      return pairs(Math[f], a, b)
    default:
      return undefined
  }
}
const reduced = (by: Monoid, [low, high]: Bounds, n: number): Bounds => {
  const power = Math.max(1, -low, high) ** n
  return by === 'add' ? around([0, low * n, high * n]) : by === 'mul' ? [-power, power] : [low, high]
}
/**
 * The largest magnitude of an integer that a kernel computes, as far as its bounds are known. Loads are not bounded
 * here: inputs are checked when a run begins, and the results of other kernels are bounded where they are computed.
 */
const integersOf = (root: Scalar): number => {
  const known = new Map<Scalar, Bounds | undefined>()
  let largest = 0
  const go = (s: Scalar): Bounds | undefined => {
    if (known.has(s)) return known.get(s)
    const args = childrenOf(s).map(go)
    const found = s.dtype === 'int' ? bounds(s, args) : undefined
    known.set(s, found)
    if (found) largest = Math.max(largest, -found[0], found[1])
    return found
  }
  const bounds = (s: Scalar, args: readonly (Bounds | undefined)[]): Bounds | undefined => {
    switch (s._tag) {
      case 'Num':
        return [s.value, s.value]
      case 'Index':
        largest = Math.max(largest, s.size)
        return [0, s.size - 1]
      case 'Load':
        return s.range
      case 'Call':
        return s.range ?? boundsOfCall(s.fn, args)
      case 'Reduce':
        return args[0] && reduced(s.by, args[0], s.index.size)
    }
  }
  go(root)
  return largest
}
/** The name of a value in messages: the step that computes it. */
const nameOf = (p: Plan, v: number): string => {
  const s = p.steps.find((q) => writesOf(q).includes(v))
  if (s === undefined) return v < p.inputs.length ? `input ${v}` : `%${v}`
  return `%${v} = ${s._tag === 'Kernel' ? s.ops.join(' ') : s._tag.toLowerCase()}`
}
const largestInteger = (p: Plan, s: Step): number => {
  if (s._tag === 'Kernel') return integersOf(s.body)
  const isData = s._tag === 'Data' && p.types[s.out]?.dtype === 'int'
  return isData ? s.values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) : 0
}
const over = (what: string, size: number, limit: number): CompileError | undefined =>
  size > limit ? { _tag: 'TooLarge', what, size, limit } : undefined
const tooLargeValue = (p: Plan, v: number, integer: number, bytes: number): CompileError | undefined => {
  const n = sizeOf(typeOf(p, v).shape)
  return over(`the number of elements of ${nameOf(p, v)}`, n, integer) ?? over(`${nameOf(p, v)} in bytes`, 4 * n, bytes)
}
/** `integer`: the largest that the mode holds. `bytes`: the largest array that the device holds. */
export const tooLarge = (plan: Plan, integer: number, bytes: number): CompileError | undefined => {
  for (const p of plansWithin(plan)) {
    // only stored values count: a fused one has no array
    for (const v of [...p.inputs.keys(), ...p.steps.flatMap(writesOf)]) {
      const found = tooLargeValue(p, v, integer, bytes)
      if (found) return found
    }
    for (const s of p.steps) {
      const found = over('an integer of the program', largestInteger(p, s), integer)
      if (found) return found
    }
  }
  return undefined
}
