/** The plan of a program as WebAssembly runs it. */
import type { Closed } from '../../../lang/syntax/closed.ts'
import { generous } from '../../schedule/fuse.ts'
import type { Plan } from '../../schedule/plan.ts'
import { type KernelTarget, prepare } from '../../schedule/prepare.ts'
import { isWorthPacking } from '../gemm/tiling.ts'

const target: KernelTarget = {
  limits: generous,
  refusesMoreArrays: false,
  shiftGain: 1.5,
  // 64 parts: enough for every number of threads to share
  reductions: { long: 1 << 15, tooLong: Number.POSITIVE_INFINITY, parts: () => 64, rows: 8 },
  onMatrixCore: isWorthPacking,
}
export const planOf = (p: Closed): Plan => prepare(p, target)
