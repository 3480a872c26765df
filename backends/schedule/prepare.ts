/**
 * The one way from a program to the kernels that run: simplify, schedule within the back end's limits, split kernels.
 * What a back end prints as its plan, builds, and counts the cost of is this plan and no other.
 */
import type { Closed } from '../../lang/syntax/closed.ts'
import { simplifyClosed } from '../../src/transform/simplify/index.ts'
import { type Contraction, contractionIn } from '../rewrite/contraction.ts'
import { limitSources } from '../rewrite/limitSources.ts'
import { type LongReductions, type Split, splitProduct, splitReduction } from '../rewrite/splitLong.ts'
import { splitShifted } from '../rewrite/splitShifted.ts'
import type { Limits } from './fuse.ts'
import type { KernelStep, Plan } from './plan.ts'
import { schedule } from './schedule.ts'
import { splitKernels } from './split.ts'

/** What a back end asks of its kernels. */
export interface KernelTarget {
  readonly limits: Limits
  /** A kernel over `limits.arrays` is refused by the device, so that a part of it must be stored. */
  readonly refusesMoreArrays: boolean
  /** A sum over shifted operands is split where the direct sum has this many times as many products. */
  readonly shiftGain: number
  readonly reductions: LongReductions
  /** Contractions that run on a matrix core; absent where the back end has none. */
  readonly onMatrixCore?: (c: Contraction) => boolean
}

export const prepare = (p: Closed, target: KernelTarget): Plan =>
  splitKernels(schedule(simplifyClosed(p), target.limits), splitFor(target))

/** The splits that pay, the first that applies. */
const splitFor =
  (target: KernelTarget) =>
  ({ indices, body, reads }: KernelStep): Split | undefined =>
    splitShifted(indices, body, reads.length, target.shiftGain) ?? splitSums(target, indices, body, reads.length)

const splitSums = (t: KernelTarget, indices: KernelStep['indices'], body: KernelStep['body'], sources: number) => {
  const product = t.onMatrixCore && contractionIn(indices, body)
  if (product && t.onMatrixCore?.(product)) {
    const blocks = splitProduct(indices, product, body, sources)
    // the matrix core sums a whole product; factors that are not stored cannot be tested for it, so loops run instead
    if (blocks || product.finite.every((x) => x._tag === 'Load')) return blocks
  }
  return (
    splitReduction(indices, body, sources, t.reductions) ??
    (t.refusesMoreArrays ? limitSources(indices, body, sources, t.limits.arrays) : undefined)
  )
}
