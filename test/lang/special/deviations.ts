/**
 * Where a float32 mode gives another number than the table. Each line is a deviation that the mode declares in
 * backends/gpujs/device/modes.ts; a case that stands here and agrees is an error too.
 */
export interface Deviation {
  readonly mode: 'cpu' | 'webasm'
  /** The question, as the tests name it. */
  readonly question: string
  /** Words of the mode's declared deviation. */
  readonly declared: string
}
export const deviations: readonly Deviation[] = []
