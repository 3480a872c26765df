/**
 * Rows that are added into an array: x + scatter(rows) becomes one step, which changes only the places that have rows.
 * The law: x by (factor times the unit) = x. It holds for -0 too, since the sign of a zero in a running sum is not specified.
 */
import type { Index, Load, Monoid, Scalar } from '../../lang/kernel/index.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sameType, type Type } from '../../lang/syntax/shape.ts'
import { argsOf, partsOf } from '../rewrite/scalars.ts'
import { type Into, isOwn, type KernelStep, type Plan, readsOf, type ScatterStep, type Step } from './plan.ts'
import { reading } from './split.ts'

/** How a value and what a Scatter by a monoid gives may be joined. */
const joins: { readonly [M in Monoid]: readonly string[] } = {
  add: ['add', 'sub'],
  mul: ['mul'],
  max: ['max'],
  min: ['min'],
}
/** A kernel `base by (factor times what a Scatter gives)`, element by element. */
interface Joined {
  readonly base: Scalar
  readonly scattered: Load
  readonly by: Into['by']
  readonly factor: number
}
/** An own element, times a finite number. */
const scaled = (s: Scalar, indices: readonly Index[]): readonly [Load, number] | undefined => {
  if (s._tag === 'Load') return isOwn(s.at, indices) ? [s, 1] : undefined
  if (s._tag !== 'Call' || s.fn !== 'mul' || s.dtype !== 'real') return undefined
  const [x, y] = argsOf(s)
  const [load, factor] = x._tag === 'Num' ? [y, x.value] : [x, y._tag === 'Num' ? y.value : Number.NaN]
  return load._tag === 'Load' && isOwn(load.at, indices) && Number.isFinite(factor) ? [load, factor] : undefined
}
/** `scatterOf`: the Scatter whose only reader is this kernel, by the number of a source. */
const joinedIn = (
  { indices, body }: KernelStep,
  scatterOf: (source: number) => ScatterStep | undefined,
): Joined | undefined => {
  if (body._tag !== 'Call') return undefined
  const by = body.fn
  if (by !== 'add' && by !== 'sub' && by !== 'mul' && by !== 'max' && by !== 'min') return undefined
  const [x, y] = argsOf(body)
  for (const [base, other] of by === 'sub' ? [[x, y] as const] : [[x, y] as const, [y, x] as const]) {
    const [scattered, factor] = scaled(other, indices) ?? []
    const s = scattered && scatterOf(scattered.source)
    if (scattered === undefined || factor === undefined || s === undefined || !joins[s.by].includes(by)) continue
    if (factor !== 1 && s.by !== 'add') continue
    const reads = (part: Scalar): boolean => part._tag === 'Load' && part.source === scattered.source
    if (![...partsOf(base)].some(reads)) return { base, scattered, by, factor }
  }
  return undefined
}

/** How many steps read each value; outputs count as steps. */
const readers = (p: Plan): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const v of [...p.steps.flatMap(readsOf), ...p.outputs]) counts.set(v, (counts.get(v) ?? 0) + 1)
  return counts
}
/** Joins every Scatter of a plan into the array to which its only reader adds it. */
export const scatterInto = (p: Plan): Plan => {
  const counts = readers(p)
  const scatters = new Map<number, ScatterStep>()
  for (const s of p.steps)
    if (s._tag === 'Scatter' && s.into === undefined && counts.get(s.out) === 1) scatters.set(s.out, s)
  if (scatters.size === 0) return p
  const types: Type[] = [...p.types]
  const gone = new Set<Step>()
  const joined = (k: KernelStep): readonly Step[] => {
    const found = joinedIn(k, (source) => scatters.get(nth(k.reads, source)))
    if (found === undefined) return [k]
    const { base, by, factor } = found
    const scatter = scatters.get(nth(k.reads, found.scattered.source)) as ScatterStep // joinedIn has found it
    gone.add(scatter)
    const into = (value: number): Step => ({ ...scatter, into: { value, by, factor }, out: k.out })
    const type = nth(types, k.out)
    const value = base._tag === 'Load' ? nth(k.reads, base.source) : undefined
    if (base._tag === 'Load' && value !== undefined && isOwn(base.at, k.indices) && sameType(nth(types, value), type))
      return [into(value)]
    const part = types.push(type) - 1
    return [...joined({ ...k, out: part, ...reading(base, k.reads) }), into(part)]
  }
  const steps = p.steps.flatMap((s): readonly Step[] => (s._tag === 'Kernel' ? joined(s) : [s]))
  return { ...p, types, steps: steps.filter((s) => !gone.has(s)) }
}
