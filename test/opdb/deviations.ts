/** Where PyTorch's figures are not ours, and why. */
import type { Sample } from './samples.ts'

export interface Deviation {
  /** The error that is allowed, relative to the larger of 1 and the number. Default: 1e-9 */
  readonly tolerance?: number
  /** The calls that are left out. */
  readonly except?: (sample: Sample) => boolean
  readonly because: string
}
export const deviations: Readonly<Record<string, Deviation>> = {
  'nn.functional.embedding|': {
    except: ({ named }) => named?.scale_grad_by_freq === true,
    because: 'a gradient divided by how often an index occurs is not the derivative of the value',
  },
  'as_strided_scatter|': { except: () => true, because: 'to be looked at' },
  'nn.functional.rrelu|': { except: ({ named }) => named?.training === true, because: 'it is random' },
  'nn.functional.hardsigmoid|': { tolerance: 1e-7, because: 'PyTorch differentiates with 1/6 in float32' },
}
