/** The plan of a program as WebAssembly runs it. */
import type { Closed } from '../../../lang/syntax/closed.ts'
import { dividedInPlace } from '../../rewrite/residues.ts'
import { generous } from '../../schedule/fuse.ts'
import type { NoisePlaces } from '../../schedule/noise.ts'
import type { Plan } from '../../schedule/plan.ts'
import { type KernelTarget, prepare, prepareSimple } from '../../schedule/prepare.ts'
import { type Element, float32, float64 } from '../assembler/index.ts'
import { runsInRows } from '../gemm/rowProduct.ts'
import { isWorthPacking } from '../gemm/tiling.ts'
import { runsWhole, tiledIn } from '../gemm/winograd.ts'

const targetFor = (element: Element): KernelTarget => ({
  limits: generous,
  refusesMoreArrays: false,
  shiftGain: 1.5,
  // 64 parts: enough for every number of threads to share
  reductions: { long: 1 << 15, tooLong: Number.POSITIVE_INFINITY, parts: () => 64, rows: 8 },
  onMatrixCore: (c) => isWorthPacking(element, c),
  inRows: (c) => element.type === 'f32' && runsInRows(c),
  inTiles: (axes, body) => {
    const fine = dividedInPlace(axes, body)
    return element.type === 'f32' && runsWhole(tiledIn(fine.axes, fine.body))
  },
})
export const planOf = (p: Closed, element: Element = float32): Plan => prepare(p, targetFor(element))
/** Of a simplified program in float64, whose rounded numbers are changed by noise. */
export const noisyPlanOf = (p: Closed, noise: NoisePlaces): Plan => prepareSimple(p, targetFor(float64), noise)
