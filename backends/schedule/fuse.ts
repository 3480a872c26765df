/**
 * Fusion by counting. For every value, from the outputs back: how often would it be computed if its readers computed it
 * themselves? If no more often than `worth` allows, it joins their kernels. A view, which is index arithmetic only, always
 * joins. A value used twice at one index list in a kernel is computed once there. Names no primitive.
 */
import { type At, childrenOf, type Index, index, type Load, load, type Scalar } from '../../lang/kernel/index.ts'
import { type Loops, makeLoops } from '../../lang/kernel/loops.ts'
import { bug } from '../../lang/syntax/error.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { Scheduled, Tell } from '../../lang/tell.ts'
import { type KernelBody, oncePerForm } from '../rewrite/alike.ts'
import { makeInterner } from '../rewrite/intern.ts'
import { mapChildren, rewriter } from '../rewrite/scalars.ts'
import { simplified } from '../rewrite/shortestIndices.ts'
import type { Expanded, ExpandedProgram } from './expand.ts'
import type { KernelStep } from './plan.ts'
import { isHeavy, type KernelWork, workOf, worth } from './work.ts'

export interface Limits {
  /** Arrays that one kernel may read. */
  readonly arrays: number
  /** Nesting of scalars in one kernel: printers and readers recurse. */
  readonly depth: number
  /** Scalars in one kernel. */
  readonly nodes: number
  /** Absent where the back end has the form Scatter. Else one of more operations than this becomes sums over segments. */
  readonly segments?: number
}
export const generous: Limits = { arrays: 24, depth: 100, nodes: 4000 }

/** One index list at which a kernel asks for a value. */
interface Use {
  readonly kernel: KernelInProgress
  readonly at: At
  readonly iterations: number
  readonly depth: number
  /** The value there, once it has joined the kernel. */
  body?: Scalar
}
interface KernelInProgress {
  readonly q: Expanded
  readonly indices: readonly Index[]
  readonly body: Scalar
  readonly size: number
  /** Stored values, and values not yet decided. */
  readonly reads: Set<number>
  readonly ops: string[]
  nodes: number
  heavy: boolean
}
interface Fusion {
  readonly limits: Limits
  readonly tell: Tell | undefined
  /** Values that must be stored: outputs, and arguments of forms. */
  readonly needed: Set<number>
  /** Values computed from indices and numbers alone, which never cost a buffer. */
  readonly sourceless: ReadonlySet<number>
  readonly kernels: Map<number, KernelInProgress>
  /** By value, then by kernel and index list. */
  readonly uses: Map<number, Map<string, Use>>
  readonly useOf: Map<Load, Use>
  readonly loops: Loops
  readonly walked: Set<Scalar>
  readonly idOf: (s: Scalar) => number
  readonly shortened: (k: KernelBody) => KernelBody
}

/** Kernels by the value that they store, and the values of other forms that an output depends on. */
interface Fused {
  readonly kernels: ReadonlyMap<number, KernelStep>
  readonly needed: ReadonlySet<number>
}
export const fuse = (p: ExpandedProgram, limits: Limits, tell?: Tell): Fused => {
  const f = begin(p, limits, tell)
  for (const q of [...p.equations].reverse()) {
    if (q.meaning._tag === 'Kernel') decide(f, q, q.meaning.at)
    else needArguments(f, q)
  }
  const kernels = [...f.kernels].map(([v, k]) => [v, finished(k, f)] as const)
  return { kernels: new Map(kernels), needed: f.needed }
}
const begin = (p: ExpandedProgram, limits: Limits, tell: Tell | undefined): Fusion => ({
  limits,
  tell,
  needed: new Set(p.outputs),
  sourceless: sourcelessIn(p),
  kernels: new Map(),
  uses: new Map(),
  useOf: new Map(),
  loops: makeLoops(),
  walked: new Set(),
  idOf: makeInterner().idOf,
  shortened: oncePerForm(({ indices, body }: KernelBody) => ({ indices, body: simplified(body) })),
})

/** Index arithmetic of a few operations, such as the mask of a padding, is computed again wherever it is read. */
const fewCalls = 4
const sourcelessIn = (p: ExpandedProgram): ReadonlySet<number> => {
  const calls = new Map<number, number>()
  for (const { meaning, args, first, outs } of p.equations) {
    if (meaning._tag !== 'Kernel' || !args.every((a) => calls.has(a))) continue
    const work = workOf(meaning.at((outs[0] as Type).shape.map(index)))
    const all = args.reduce((n, a) => n + (calls.get(a) ?? 0), work.calls)
    if (args.length === 0 || (work.iterations === 1 && all <= fewCalls)) calls.set(first, all)
  }
  return new Set(calls.keys())
}

/** A form stores its outputs and reads stored arguments. */
const needArguments = ({ needed, uses }: Fusion, q: Expanded): void => {
  const outs = q.outs.map((_, k) => q.first + k)
  if (!outs.some((v) => needed.has(v) || uses.has(v))) return
  for (const v of outs) if (uses.has(v)) needed.add(v)
  for (const a of q.args) needed.add(a)
}

/** Decides whether a value joins the kernels of its readers, or is stored by a kernel of its own. */
const decide = (f: Fusion, q: Expanded, at: (i: At) => Scalar): void => {
  const uses = [...(f.uses.get(q.first)?.values() ?? [])]
  f.uses.delete(q.first)
  const report = (as: Scheduled['as']): void => f.tell?.({ _tag: 'Scheduled', op: q.op, value: q.first, as })
  if (uses.length === 0 && !f.needed.has(q.first)) {
    report({ _tag: 'Nothing' })
    return
  }
  const { shape } = q.outs[0] as Type
  const [indices, size] = [shape.map(index), sizeOf(shape)]
  const body = at(indices)
  const work = workOf(body, f.sourceless)
  const readers = [...new Set(uses.map((u) => u.kernel))]
  const evaluations = uses.reduce((n, u) => n + u.iterations * u.kernel.size, 0)
  const most = f.sourceless.has(q.first) ? Number.POSITIVE_INFINITY : worth(work)
  if (evaluations <= size * most && mayJoin(f, q, uses, readers, work)) {
    report({ _tag: 'Joined', into: readers.map((k) => k.q.first), evaluations, size })
    join(f, q, at, uses, readers, isHeavy(work))
  } else {
    report({ _tag: 'Kernel' })
    startKernel(f, { q, indices, body, size, reads: new Set(), ops: [q.op], nodes: 0, heavy: isHeavy(work) })
  }
}
/** Whether a value need not be stored and fits all kernels that read it. A long loop joins no kernel with another loop. */
const mayJoin = (
  { limits, needed, sourceless }: Fusion,
  q: Expanded,
  uses: readonly Use[],
  readers: readonly KernelInProgress[],
  work: KernelWork,
): boolean => {
  const heavy = isHeavy(work)
  const fits = (k: KernelInProgress): boolean => {
    const reads = new Set([...k.reads, ...q.args.filter((a) => !sourceless.has(a))])
    reads.delete(q.first)
    return reads.size <= limits.arrays && k.nodes < limits.nodes && !(heavy && k.heavy)
  }
  return (
    !needed.has(q.first) &&
    (work.data === 0 || uses.length <= 8 * readers.length) &&
    // parts of one product in several places would be several sums: stored, it stays one product
    !(heavy && uses.length > 1) &&
    uses.every((u) => u.depth < limits.depth && !(heavy && u.iterations > 1)) &&
    readers.every(fits)
  )
}
const startKernel = (f: Fusion, k: KernelInProgress): void => {
  f.kernels.set(k.q.first, k)
  f.loops.bind(k.indices)
  walk(f, k.body, k, 0)
}
const join = (
  f: Fusion,
  q: Expanded,
  at: (i: At) => Scalar,
  uses: readonly Use[],
  readers: readonly KernelInProgress[],
  heavy: boolean,
): void => {
  for (const k of readers) {
    k.reads.delete(q.first)
    k.ops.push(q.op)
    k.heavy ||= heavy
  }
  for (const use of uses) {
    use.body = at(use.at)
    walk(f, use.body, use.kernel, use.depth + 1)
  }
}

/** Finds the loops and the loads of a scalar that has just been built. */
const walk = (f: Fusion, s: Scalar, kernel: KernelInProgress, depth: number): void => {
  if (f.walked.has(s)) return
  f.walked.add(s)
  kernel.nodes++
  if (s._tag === 'Reduce') f.loops.enter(s.index, [s.body])
  for (const c of childrenOf(s)) walk(f, c, kernel, depth + 1)
  if (s._tag === 'Load') addUse(f, s, kernel, depth)
}
const addUse = ({ uses, useOf, loops, sourceless, idOf }: Fusion, s: Load, kernel: KernelInProgress, depth: number) => {
  const ofValue = uses.get(s.source) ?? new Map<string, Use>()
  uses.set(s.source, ofValue)
  let key = `${kernel.q.first}:`
  for (const i of s.at) key += `${idOf(i)},`
  const use = ofValue.get(key) ?? { kernel, at: s.at, iterations: loops.nestOf(s.at).iterations, depth }
  ofValue.set(key, use)
  useOf.set(s, use)
  if (!sourceless.has(s.source)) kernel.reads.add(s.source)
}

/** The finished kernel: loads of joined values replaced by these, equal scalars shared, index arithmetic shortened. */
const finished = ({ q, indices, body, ops }: KernelInProgress, { useOf, shortened }: Fusion): KernelStep => {
  const reads: number[] = []
  const sourceOf = (v: number): number => (reads.includes(v) ? reads.indexOf(v) : reads.push(v) - 1)
  const { canonical } = makeInterner()
  const joined = rewriter((s, go) => {
    if (s._tag === 'Num' || s._tag === 'Call') return canonical(mapChildren(s, go))
    if (s._tag !== 'Load') return undefined
    const use = useOf.get(s) ?? bug('a load that was never walked')
    return use.body ? go(use.body) : canonical(load(sourceOf(s.source), s.at.map(go), s.dtype))
  })
  const whole = shortened({ indices, body: joined(body) })
  return { _tag: 'Kernel', out: q.first, ...whole, reads, ops: [...ops].reverse() }
}
