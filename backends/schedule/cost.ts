/** The cost of a plan before it runs: arithmetic, traffic, memory. A loop counts its body once per iteration. */
import { flopsPerElement } from '../../lang/kernel/count.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { memoryOf } from './memory.ts'
import { type KernelStep, type Plan, type ScatterStep, type Step, sizeAt, typeOf } from './plan.ts'

export interface Cost {
  /** Operations on reals, as lang/kernel/count.ts counts them. */
  readonly flops: number
  /** Bytes of the arrays that each kernel reads and writes, counted once per kernel. */
  readonly bytes: number
  /** Bytes of the stored values that are alive at once, inputs and outputs included. */
  readonly peak: number
}
/** Every element type takes four bytes. */
export const bytesOf = (t: Type): number => sizeOf(t.shape) * 4

/** Operations on reals that a kernel performs. */
export const flopsOf = (k: KernelStep, types: readonly Type[]): number =>
  flopsPerElement(k.indices, k.body) * sizeAt({ types }, k.out)

type Traffic = Omit<Cost, 'peak'>
const add = (a: Traffic, b: Traffic, times = 1): Traffic => ({
  flops: a.flops + times * b.flops,
  bytes: a.bytes + times * b.bytes,
})
const work = (p: Plan): Traffic => p.steps.reduce((c, s) => add(c, stepCost(p, s)), { flops: 0, bytes: 0 })
const traffic = (p: Plan, values: readonly number[]): number => values.reduce((n, v) => n + bytesOf(typeOf(p, v)), 0)
const stepCost = (p: Plan, s: Step): Traffic => {
  switch (s._tag) {
    case 'Kernel':
      return { flops: flopsOf(s, p.types), bytes: traffic(p, [...s.reads, s.out]) }
    case 'Data':
      return { flops: 0, bytes: 0 }
    case 'Sort':
      return { flops: 0, bytes: traffic(p, [s.arg, s.out]) }
    case 'Scatter':
      return { flops: isReal(typeOf(p, s.rows)) ? sizeAt(p, s.rows) : 0, bytes: scatterTraffic(p, s) }
    case 'Loop':
      return add({ flops: 0, bytes: 0 }, work(s.body), s.length)
    case 'While':
      return add(work(s.test), work(s.body))
    case 'Branch': {
      const [a, b] = s.bodies.map(work) as [Traffic, Traffic]
      return { flops: Math.max(a.flops, b.flops), bytes: Math.max(a.bytes, b.bytes) }
    }
  }
}
/** Rows joined into an array change only their places; the rest of the array is copied where it is not in place. */
const scatterTraffic = (p: Plan, s: ScatterStep): number =>
  traffic(p, [s.rows, s.places, s.out, ...(s.into ? [s.into.value] : [])])
/** A while counts one iteration; a branch counts its more expensive body. */
export const costOf = (p: Plan): Cost => ({ ...work(p), peak: memoryOf(p).peak })
