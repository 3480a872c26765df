/**
 * Fusion by counting. For every value, readers first: how often would it be computed if its readers computed it
 * themselves? No more often than it is worth: it joins their kernels. A view, which is index arithmetic only, always does.
 * Counting is per kernel and index list, so that a value used twice at one index is one evaluation. Names no primitive.
 */

import { type At, childrenOf, type Index, index, load, type Scalar } from '../../lang/kernel/index.ts'
import { bug } from '../../lang/syntax/error.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { Scheduled, Tell } from '../../lang/tell.ts'
import { makeLoops } from '../rewrite/freeIndices.ts'
import { makeInterner } from '../rewrite/intern.ts'
import { simplified } from '../rewrite/shortestIndices.ts'
import type { Expanded, Flat } from './expand.ts'
import type { KernelStep } from './plan.ts'
import { isHeavy, workOf, worth } from './work.ts'

export interface Limits {
  /** Arrays that one kernel may read. */
  readonly arrays: number
  /** Nesting of scalars in one kernel: printers and readers recurse. */
  readonly depth: number
  /** Scalars in one kernel. */
  readonly nodes: number
}
export const generous: Limits = { arrays: 24, depth: 100, nodes: 4000 }

type Load = Scalar & { readonly _tag: 'Load' }
/** One index list at which a kernel asks for a value. */
interface Use {
  readonly root: number
  readonly at: At
  readonly trips: number
  readonly depth: number
  /** What is computed there, when the value joins the kernel. */
  body?: Scalar
}
/** A kernel in the making. */
interface Root {
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

/** Kernels by the number of the value that they store, and which values of other forms are needed at all. */
export interface Fused {
  readonly kernels: ReadonlyMap<number, KernelStep>
  readonly needed: ReadonlySet<number>
}

export const fuse = (p: Flat, limits: Limits, tell?: Tell): Fused => {
  const needed = new Set(p.outputs)
  const uses = new Map<number, Map<string, Use>>()
  const useOf = new Map<Load, Use>()
  const roots = new Map<number, Root>()
  const walked = new Set<Scalar>()
  const interner = makeInterner()
  const loops = makeLoops()
  // values computed from nothing: they never cost a buffer
  const free = new Set(
    p.equations.flatMap((q) => (q.meaning._tag === 'Kernel' && q.args.length === 0 ? [q.first] : [])),
  )

  const keyOf = (root: number, at: At): string => {
    let key = `${root}:`
    for (const i of at) key += `${interner.idOf(i)},`
    return key
  }
  const ask = (s: Load, root: Root, depth: number): void => {
    const of = uses.get(s.source) ?? new Map<string, Use>()
    uses.set(s.source, of)
    const key = keyOf(root.q.first, s.at)
    const known = of.get(key)
    const use = known ?? { root: root.q.first, at: s.at, trips: loops.nestOf(s.at).trips, depth }
    if (known === undefined) of.set(key, use)
    useOf.set(s, use)
    if (!free.has(s.source)) root.reads.add(s.source)
  }
  /** Finds the loops and the loads of a scalar that has just been built. */
  const walk = (s: Scalar, root: Root, depth: number): void => {
    if (walked.has(s)) return
    walked.add(s)
    root.nodes++
    if (s._tag === 'Reduce') loops.enter(s.index, [s.body])
    for (const c of childrenOf(s)) walk(c, root, depth + 1)
    if (s._tag === 'Load') ask(s, root, depth)
  }

  const decide = (q: Expanded, at: (i: At) => Scalar): void => {
    const v = q.first
    const type = q.outs[0] as Type
    const wanted = [...(uses.get(v)?.values() ?? [])]
    uses.delete(v)
    const say = (as: Scheduled['as']): void => {
      tell?.({ _tag: 'Scheduled', op: q.op, value: v, as })
    }
    if (wanted.length === 0 && !needed.has(v)) {
      say({ _tag: 'Nothing' })
      return
    }
    const indices = type.shape.map(index)
    const template = at(indices)
    const work = workOf(template)
    const heavy = isHeavy(work)
    const joining = [...new Set(wanted.map((u) => u.root))].map((r) => roots.get(r) ?? bug('a use without a kernel'))
    const evaluations = wanted.reduce((n, u) => n + u.trips * sizeOf((p.types[u.root] as Type).shape), 0)
    const fits = (r: Root): boolean => {
      const reads = new Set([...r.reads, ...q.args.filter((a) => !free.has(a))])
      reads.delete(v)
      return reads.size <= limits.arrays && r.nodes < limits.nodes && !(heavy && r.heavy)
    }
    const joins =
      !needed.has(v) &&
      evaluations <= sizeOf(type.shape) * worth(work) &&
      (work.loads === 0 || wanted.length <= 8 * joining.length) &&
      wanted.every((u) => u.depth < limits.depth && !(heavy && u.trips > 1)) &&
      joining.every(fits)
    say(
      joins
        ? { _tag: 'Joined', into: joining.map((r) => r.q.first), evaluations, size: sizeOf(type.shape) }
        : { _tag: 'Kernel' },
    )
    if (!joins) {
      const root: Root = {
        q,
        indices,
        body: template,
        size: sizeOf(type.shape),
        reads: new Set(),
        ops: [q.op],
        nodes: 0,
        heavy,
      }
      roots.set(v, root)
      loops.bind(indices)
      walk(template, root, 0)
      return
    }
    for (const r of joining) {
      r.reads.delete(v)
      r.ops.push(q.op)
      r.heavy ||= heavy
    }
    for (const use of wanted) {
      use.body = at(use.at)
      walk(use.body, roots.get(use.root) ?? bug('a use without a kernel'), use.depth + 1)
    }
  }

  for (let k = p.equations.length - 1; k >= 0; k--) {
    const q = p.equations[k] as Expanded
    if (q.meaning._tag === 'Kernel') decide(q, q.meaning.at)
    else if (q.outs.some((_, o) => needed.has(q.first + o) || uses.has(q.first + o))) {
      for (const a of q.args) needed.add(a)
      q.outs.forEach((_, o) => {
        if (uses.has(q.first + o)) needed.add(q.first + o)
      })
    }
  }

  /** The finished kernel: joined values in place of their loads, equal scalars shared, index arithmetic shortest. */
  const finish = ({ q, indices, body, ops }: Root): KernelStep => {
    const reads: number[] = []
    const done = new Map<Scalar, Scalar>()
    const { canonical } = makeInterner()
    const place = (v: number): number => (reads.includes(v) ? reads.indexOf(v) : reads.push(v) - 1)
    const resolve = (s: Scalar): Scalar => {
      const known = done.get(s)
      if (known !== undefined) return known
      const found = rebuilt(s)
      done.set(s, found)
      return found
    }
    const rebuilt = (s: Scalar): Scalar => {
      switch (s._tag) {
        case 'Num':
          return canonical(s)
        case 'Index':
          return s
        case 'Load': {
          const use = useOf.get(s) ?? bug('a load that was never walked')
          return use.body ? resolve(use.body) : canonical(load(place(s.source), s.at.map(resolve), s.dtype))
        }
        case 'Call': {
          const args = s.args.map(resolve)
          return canonical(args.every((a, i) => a === s.args[i]) ? s : { ...s, args })
        }
        case 'Reduce': {
          const inner = resolve(s.body)
          return inner === s.body ? s : { ...s, body: inner }
        }
      }
    }
    const finished = simplified(resolve(body))
    return { _tag: 'Kernel', out: q.first, indices, body: finished, reads, ops: [...ops].reverse() }
  }
  return { kernels: new Map([...roots].map(([v, root]) => [v, finish(root)])), needed }
}
