/** Kernels in rounds: what a split takes out of one is a kernel of its own before it. */
import { load, type Scalar } from '../../lang/kernel/index.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { rewriter } from '../rewrite/scalars.ts'
import type { Split } from '../rewrite/splitLong.ts'
import type { KernelStep, Plan, Step } from './plan.ts'

/** The body, and those of the values that it reads. */
const reading = (body: Scalar, values: readonly number[]): Pick<KernelStep, 'body' | 'reads'> => {
  const reads: number[] = []
  const place = (v: number): number => (reads.includes(v) ? reads.indexOf(v) : reads.push(v) - 1)
  const placed = rewriter((s, go) =>
    s._tag === 'Load' ? load(place(values[s.source] as number), s.at.map(go), s.dtype) : undefined,
  )
  return { body: placed(body), reads }
}

/** Every kernel that `split` has something to say of, what it makes of them included, and in the plans inside too. */
export const inParts = (plan: Plan, split: (k: KernelStep) => Split | undefined): Plan => {
  const known = new Map<Plan, Plan>()
  const within = (p: Plan): Plan => {
    const made = known.get(p) ?? parted(p)
    known.set(p, made)
    return made
  }
  const inside = (s: Step): Step => {
    switch (s._tag) {
      case 'Kernel':
      case 'Data':
      case 'Sort':
        return s
      case 'Loop':
        return { ...s, body: within(s.body) }
      case 'While':
        return { ...s, test: within(s.test), body: within(s.body) }
      case 'Branch':
        return { ...s, bodies: [within(s.bodies[0]), within(s.bodies[1])] }
    }
  }
  const parted = (p: Plan): Plan => {
    const types: Type[] = [...p.types]
    const rounds = (s: Step): readonly Step[] => {
      const found = s._tag === 'Kernel' ? split(s) : undefined
      if (s._tag !== 'Kernel' || found === undefined) return [inside(s)]
      const part = types.push({ dtype: found.part.dtype, shape: found.axes.map((i) => i.size) }) - 1
      return [
        ...rounds({ ...s, out: part, indices: found.axes, ...reading(found.part, s.reads) }),
        ...rounds({ ...s, ...reading(found.body, [...s.reads, part]) }),
      ]
    }
    return { ...p, types, steps: p.steps.flatMap(rounds) }
  }
  return within(plan)
}
