/**
 * From a program to the kernels that run: simplify, schedule within the back end's limits, join Scatters, split kernels. Both kernel back
 * ends print this plan, with its cost, and build exactly its kernels.
 */
import type { Index, Scalar } from '../../lang/kernel/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { simplifyClosed } from '../../src/transform/simplify/index.ts'
import { oncePerForm } from '../rewrite/alike.ts'
import { type Contraction, canTestFinite, contractionIn } from '../rewrite/contraction.ts'
import { limitSources } from '../rewrite/limitSources.ts'
import { type LongReductions, type Split, splitProduct, splitReduction } from '../rewrite/splitLong.ts'
import { splitResidues } from '../rewrite/splitResidues.ts'
import { splitShifted } from '../rewrite/splitShifted.ts'
import type { Limits } from './fuse.ts'
import { withoutMasks } from './masks.ts'
import type { NoisePlaces } from './noise.ts'
import { inOrder } from './order.ts'
import type { KernelStep, Plan } from './plan.ts'
import { scatterInto } from './scatterInto.ts'
import { schedule } from './schedule.ts'
import { splitKernels } from './split.ts'

/** What a back end needs of its kernels. */
export interface KernelTarget {
  readonly limits: Limits
  /** The device refuses a kernel that reads more than `limits.arrays` arrays, so a part of it must be stored first. */
  readonly refusesMoreArrays: boolean
  /** A sum over shifted operands is split where the direct sum has this many times as many products. */
  readonly shiftGain: number
  readonly reductions: LongReductions
  /** Contractions that run on a matrix core; absent where the back end has none. */
  readonly onMatrixCore?: (c: Contraction) => boolean
  /** Products with few rows, whose sums need no parts; absent where there are none. */
  readonly inRows?: (c: Contraction) => boolean
  /** Contractions whose sums are never long; absent where there are none. */
  readonly inTiles?: (axes: readonly Index[], body: Scalar) => boolean
}

export const prepare = (p: Closed, target: KernelTarget): Plan => prepareSimple(simplifyClosed(p), target)
/** The same of a program that has been simplified. `noise`: rounded numbers are changed by it. */
export const prepareSimple = (p: Closed, target: KernelTarget, noise?: NoisePlaces): Plan =>
  splitKernels(schedule(p, target.limits, undefined, noise), splitFor(target), scattered, inOrder)

const scattered = (p: Plan): Plan => scatterInto(withoutMasks(p))

/** The first split that applies. */
const splitFor = (target: KernelTarget): ((k: KernelStep) => Split | undefined) =>
  oncePerForm(
    ({ indices, body, reads }: KernelStep) =>
      splitShifted(indices, body, reads.length, target.shiftGain) ??
      (target.onMatrixCore && splitResidues(indices, body, reads.length, target.onMatrixCore)) ??
      splitSums(target, indices, body, reads.length),
    ({ reads }) => `${reads.length}`,
  )

const splitSums = (
  { onMatrixCore, inRows, inTiles, reductions, refusesMoreArrays, limits }: KernelTarget,
  indices: readonly Index[],
  body: Scalar,
  sources: number,
): Split | undefined => {
  const product = onMatrixCore && contractionIn(indices, body)
  if (product && inRows?.(product)) return undefined
  if (product && onMatrixCore(product)) {
    const blocks = inTiles?.(indices, body) ? undefined : splitProduct(indices, product, body, sources)
    // without the test the kernel runs as loops
    if (blocks || canTestFinite(product)) return blocks
  }
  return (
    splitReduction(indices, body, sources, reductions) ??
    (refusesMoreArrays ? limitSources(indices, body, sources, limits.arrays) : undefined)
  )
}
