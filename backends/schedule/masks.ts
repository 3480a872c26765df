/**
 * Truth values that cost less to compute again than to keep: tests of one number, such as the mask of a relu. Their readers
 * compute them. And after y = select(c < x, x, c) the test c < x is the test c < y, for NaN and both zeros too: a network
 * that keeps y for its gradient need keep neither the mask nor x.
 */
import { type At, fn, type Index, load, type Num, type Scalar } from '../../lang/kernel/index.ts'
import { nth } from '../../lang/syntax/list.ts'
import { argsOf, hasLoop, partsOf, rewriter } from '../rewrite/scalars.ts'
import { substitute } from '../rewrite/substitute.ts'
import { isOwn, type KernelStep, lastReads, type Plan, readsOf, type Step, sizeAt, typeOf } from './plan.ts'
import { reading } from './split.ts'

/** Calls in a test that is computed again. */
const few = 4
/** A kernel that tests one value, element by element. */
const isTest = (p: Plan, s: Step): s is KernelStep => {
  if (s._tag !== 'Kernel' || typeOf(p, s.out).dtype !== 'bool' || s.reads.length !== 1 || hasLoop(s.body)) return false
  const parts = [...partsOf(s.body)]
  return (
    parts.filter((x) => x._tag === 'Call').length <= few &&
    parts.every((x) => x._tag !== 'Load' || isOwn(x.at, s.indices))
  )
}
/** A kernel that computes a mask instead of reading it. */
const computing = (s: KernelStep, mask: KernelStep): KernelStep => {
  const test = rewriter((x) => (x._tag === 'Load' ? load(s.reads.length, x.at, x.dtype) : undefined))(mask.body)
  const at = (i: At): Scalar =>
    substitute(test, new Map<Index, Scalar>(mask.indices.map((index, d) => [index, nth(i, d)])))
  const source = s.reads.indexOf(mask.out)
  const body = rewriter((x, go) => (x._tag === 'Load' && x.source === source ? at(x.at.map(go)) : undefined))(s.body)
  return { ...s, ...reading(body, [...s.reads, ...mask.reads]) }
}
/** The plan without the masks that all of their readers can compute, from what is alive or no larger. */
const withoutTests = (p: Plan): Plan => {
  const last = lastReads(p)
  const stored = new Set([...p.outputs, ...p.steps.flatMap((s) => (s._tag === 'Kernel' ? [] : readsOf(s)))])
  const found = new Map<number, KernelStep>()
  for (const s of p.steps) {
    if (!isTest(p, s) || stored.has(s.out)) continue
    const v = nth(s.reads, 0)
    const costs = v >= p.inputs.length && sizeAt(p, v) > sizeAt(p, s.out) && (last.get(v) ?? 0) < (last.get(s.out) ?? 0)
    // a test of a mask that has gone is not read by others: it computes that mask
    if (!costs && !found.has(v)) found.set(s.out, s)
  }
  const recomputed = (s: Step): readonly Step[] => {
    if (s._tag !== 'Kernel') return [s]
    if (found.has(s.out)) return []
    return [s.reads.flatMap((v) => found.get(v) ?? []).reduce(computing, s)]
  }
  return found.size === 0 ? p : { ...p, steps: p.steps.flatMap(recomputed) }
}

/** y = select(c < x, x, c) */
interface Clamp {
  readonly y: number
  readonly x: number
  readonly c: Num
  /** The number of its step. */
  readonly step: number
}
const clampIn = (s: Step, step: number): readonly Clamp[] => {
  if (s._tag !== 'Kernel' || s.body._tag !== 'Call' || s.body.fn !== 'select') return []
  const [test, value, c] = argsOf(s.body)
  const isOne = value._tag === 'Load' && isOwn(value.at, s.indices) && s.reads.length === 1
  return isOne && c._tag === 'Num' && tests(test, value.source, c) ? [{ y: s.out, x: nth(s.reads, 0), c, step }] : []
}
/** Whether a scalar is c < x, where x is a Load of a source. */
const tests = (s: Scalar, source: number, c: Num): s is Scalar & { readonly _tag: 'Call' } => {
  if (s._tag !== 'Call' || s.fn !== 'lt') return false
  const [bound, x] = argsOf(s)
  return bound._tag === 'Num' && Object.is(bound.value, c.value) && x._tag === 'Load' && x.source === source
}
/** The kernel with tests of y in the place of those of x; undefined where it reads x otherwise. */
const testingClamp = (s: KernelStep, { x, y, c }: Clamp): KernelStep | undefined => {
  const source = s.reads.indexOf(x)
  const body = rewriter((part, go) => {
    if (!tests(part, source, c)) return undefined
    const value = argsOf(part)[1]
    return value._tag === 'Load' ? fn('lt', c, load(s.reads.length, value.at.map(go), value.dtype)) : undefined
  })(s.body)
  const next = { ...s, ...reading(body, [...s.reads, y]) }
  return next.reads.includes(x) ? undefined : next
}
/** The plan whose tests read what was clamped, where that is alive. */
const withClamps = (p: Plan): Plan => {
  const clamps = new Map(p.steps.flatMap(clampIn).map((c) => [c.x, c]))
  const last = lastReads(p)
  const step = (s: Step, k: number): Step => {
    if (s._tag !== 'Kernel') return s
    const usable = s.reads.flatMap((v) => clamps.get(v) ?? [])
    return usable.reduce<KernelStep>(
      (t, c) => (c.step < k && (last.get(c.y) ?? 0) >= k ? (testingClamp(t, c) ?? t) : t),
      s,
    )
  }
  return clamps.size === 0 ? p : { ...p, steps: p.steps.map(step) }
}

/** The plan with fewer masks, and the same numbers. */
export const withoutMasks = (p: Plan): Plan => withClamps(withoutTests(p))
