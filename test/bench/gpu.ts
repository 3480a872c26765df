import type { Mode } from '../../backends/gpujs/device/modes.ts'
export const gpu = async (_: {
  readonly mode: string
  readonly small: boolean
  readonly json: boolean
  readonly m?: Mode
}): Promise<number> => 0
