/** Splits kernels in two: the part that a split takes out becomes a kernel that runs before the rest. */
import { load, type Scalar } from '../../lang/kernel/index.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { type KernelBody, oncePerForm } from '../rewrite/alike.ts'
import { rewriter } from '../rewrite/scalars.ts'
import type { Split } from '../rewrite/splitLong.ts'
import { type KernelStep, type Plan, type Step, sizeAt } from './plan.ts'

/** The body over the values that it reads, numbered in the order of their first use. */
export const reading = (body: Scalar, values: readonly number[]): Pick<KernelStep, 'body' | 'reads'> => {
  const reads: number[] = []
  const sourceOf = (v: number): number => (reads.includes(v) ? reads.indexOf(v) : reads.push(v) - 1)
  const renumbered = rewriter((s, go) =>
    s._tag === 'Load' ? load(sourceOf(values[s.source] as number), s.at.map(go), s.dtype) : undefined,
  )
  return { body: renumbered(body), reads }
}

/**
 * Splits kernels until `split` returns undefined, in sub-plans too. A kernel without elements becomes constant data, so
 * that every kernel of the plan runs. `first`, `last`: what is done with every plan before and after.
 */
export const splitKernels = (
  plan: Plan,
  split: (k: KernelStep) => Split | undefined,
  first: (p: Plan) => Plan = (p) => p,
  last: (p: Plan) => Plan = (p) => p,
): Plan => {
  const known = new Map<Plan, Plan>()
  /** The first kernel of each form in place of all. */
  const alike = oncePerForm(({ indices, body }: KernelBody): KernelBody => ({ indices, body }))
  const within = (p: Plan): Plan => {
    const found = known.get(p) ?? last(splitPlan(first(p)))
    known.set(p, found)
    return found
  }
  const inSubplans = (s: Step): Step => {
    switch (s._tag) {
      case 'Kernel':
      case 'Data':
      case 'Sort':
      case 'Scatter':
        return s
      case 'Loop':
        return { ...s, body: within(s.body) }
      case 'While':
        return { ...s, test: within(s.test), body: within(s.body) }
      case 'Branch':
        return { ...s, bodies: [within(s.bodies[0]), within(s.bodies[1])] }
    }
  }
  const splitPlan = (p: Plan): Plan => {
    const types: Type[] = [...p.types]
    const splitStep = (given: Step): readonly Step[] => {
      if (given._tag !== 'Kernel') return [inSubplans(given)]
      const s = { ...given, ...alike(given) }
      if (sizeAt({ types }, s.out) === 0) return [{ _tag: 'Data', out: s.out, values: [] }]
      const found = split(s)
      if (found === undefined) return [s]
      const part = types.push({ dtype: found.part.dtype, shape: found.axes.map((i) => i.size) }) - 1
      return [
        ...splitStep({ ...s, out: part, indices: found.axes, ...reading(found.part, s.reads) }),
        ...splitStep({ ...s, ...reading(found.body, [...s.reads, part]) }),
      ]
    }
    return { ...p, types, steps: p.steps.flatMap(splitStep) }
  }
  return within(plan)
}
