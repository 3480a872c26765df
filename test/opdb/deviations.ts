/** Where PyTorch's figures are not ours, and why. */
import type { Sample } from './samples.ts'

export interface Deviation {
  /** The error that is allowed, relative to the larger of 1 and the number. Default: 1e-9 */
  readonly tolerance?: number
  /** Whether gradients are compared. Default: true */
  readonly gradients?: false
  /** The calls that are left out. */
  readonly except?: (sample: Sample) => boolean
  readonly because: string
}
const triangle: Deviation = {
  gradients: false,
  because: 'PyTorch has a derivative in the triangle that is not read, where the values do not change',
}
const places = ({ args }: Sample): boolean => args[2] === true
const ratio: Deviation = {
  except: ({ named }) => named?.scale_factor !== undefined && named.recompute_scale_factor !== true,
  because: 'an image is resized by its sizes, not by a factor that only nearly is their ratio',
}
const negative = ({ args, named }: Sample): boolean => [...args, named?.eps].some((v) => typeof v === 'number' && v < 0)
export const deviations: Readonly<Record<string, Deviation>> = {
  'nn.functional.embedding|': {
    except: ({ named }) => named?.scale_grad_by_freq === true,
    because: 'a gradient divided by how often an index occurs is not the derivative of the value',
  },
  'cfloat|': { tolerance: 1e-7, because: 'the back end decides on the precision' },
  'float|': { tolerance: 1e-7, because: 'the back end decides on the precision' },
  'item|': { tolerance: 1e-7, because: 'PyTorch samples it in float32' },
  'as_strided_scatter|': {
    gradients: false,
    because: 'the gradient that PyTorch 2.15 gives the array is 0 where it is kept and 1 where it is overwritten',
  },
  'nn.functional.adaptive_max_pool1d|': { except: places, because: 'the places of the maxima are not returned' },
  'nn.functional.adaptive_max_pool2d|': { except: places, because: 'the places of the maxima are not returned' },
  'nn.functional.adaptive_max_pool3d|': { except: places, because: 'the places of the maxima are not returned' },
  'nn.functional.interpolate|nearest': ratio,
  'nn.functional.interpolate|nearest-exact': ratio,
  'nn.functional.upsample_nearest|': ratio,
  'special.bessel_j0|': { tolerance: 1e-7, because: 'PyTorch has 8 digits; ours are those of mpmath' },
  'special.bessel_j1|': { tolerance: 1e-7, because: 'PyTorch has 8 digits; ours are those of mpmath' },
  'nn.functional.ctc_loss|': {
    gradients: false,
    because: 'PyTorch returns the gradient of the logits, whose log_softmax the argument is taken to be',
  },
  'cholesky_inverse|': triangle,
  'cholesky_solve|': triangle,
  'nn.functional.layer_norm|': { except: negative, because: 'a negative eps is refused' },
  'nn.functional.rms_norm|': { except: negative, because: 'a negative eps is refused' },
  'nn.functional.hardsigmoid|': { tolerance: 1e-7, because: 'PyTorch differentiates with 1/6 in float32' },
}
