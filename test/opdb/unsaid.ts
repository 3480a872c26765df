/** PyTorch's operators that are not said here, by reason. */

export const reasons = {
  data: 'the size of the result depends on the data, and a program knows its shapes before it runs',
  sparse: 'sparse storage',
  bits: 'bits of integers or of floats',
  general: 'eigenvalues of matrices that are not symmetric',
  rare: 'not written yet',
  device: 'source code or kernels of one vendor’s GPU',
  packed: 'LAPACK’s packed storage of reflections; qr and householderProduct say what it is for',
  eightBits: 'numbers of eight bits',
} as const
type Reason = keyof typeof reasons

export const unsaid: Readonly<Record<string, Reason>> = {
  'argwhere|': 'data',
  'masked_select|': 'data',
  'nonzero|': 'data',
  'unique|': 'data',
  'unique_consecutive|': 'data',
  'sparse.mm|reduce': 'sparse',
  'sparse.sampled_addmm|': 'sparse',
  'to_sparse|': 'sparse',
  'bitwise_left_shift|': 'bits',
  'bitwise_right_shift|': 'bits',
  'hash_tensor|': 'bits',
  'nextafter|': 'bits',
  'jiterator_unary|': 'device',
  'jiterator_binary|': 'device',
  'jiterator_4inputs_with_extra_args|': 'device',
  'jiterator_binary_return_by_ref|': 'device',
  'jiterator_2inputs_2outputs|': 'device',
  'torch.ops.aten._flash_attention_forward|': 'device',
  'torch.ops.aten._efficient_attention_forward|': 'device',
  'geqrf|': 'packed',
  'linalg.eig|': 'general',
  'linalg.eigvals|': 'general',
  'special.airy_ai|': 'rare',
  'special.bessel_y0|': 'rare',
  'special.bessel_y1|': 'rare',
  'torch._scaled_mm|': 'eightBits',
  'torch._scaled_mm_v2|': 'eightBits',
}
