/** Images and windows against PyTorch 2.15 and JAX 0.10: images.py wrote the figures. */
import * as O from '../../../lang/operations/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { againstFigures, type Figures, type Operations } from './figures.ts'
import figures from './images.json' with { type: 'json' }

type Any = Expr<readonly number[] & { readonly length: number }, 'real'>
const pads = [
  [0, 0],
  [0, 0],
  [0, 3],
  [2, 1],
] as const
// random places lie on both sides of the kinks at pixels: so the laws draw them from one interval between pixels
const smooth = { range: [0.02, 0.15] } as const
const resizes = (s: string, size: readonly [number, number]): Operations => {
  const to = (options: O.ResizeOptions) => (x: Any) => O.resize(size, options)(x)
  const bicubic = { method: 'cubic', antialias: false, coefficient: -0.75, border: 'repeat' } as const
  return {
    [`torch nearest ${s}`]: to({ method: 'nearestFloor' }),
    [`torch nearest-exact ${s}`]: to({ method: 'nearest' }),
    [`torch area ${s}`]: to({ method: 'area' }),
    [`torch bilinear ${s}`]: to({ antialias: false }),
    [`torch bilinear aligned ${s}`]: to({ antialias: false, alignCorners: true }),
    [`torch bilinear antialias ${s}`]: to({}),
    [`torch bicubic ${s}`]: to(bicubic),
    [`torch bicubic aligned ${s}`]: to({ ...bicubic, alignCorners: true }),
    [`torch bicubic antialias ${s}`]: to({ method: 'cubic' }),
    ...Object.fromEntries(
      (['nearest', 'linear', 'cubic', 'lanczos3', 'lanczos5'] as const).flatMap((method) => [
        [`jax ${method} True ${s}`, to({ method })],
        [`jax ${method} False ${s}`, to({ method, antialias: false })],
      ]),
    ),
  }
}
const samples: Operations = Object.fromEntries(
  (
    [
      ['bilinear', 'linear'],
      ['nearest', 'nearest'],
      ['bicubic', 'cubic'],
    ] as const
  ).flatMap(([mode, method]) =>
    (['zeros', 'border', 'reflection'] as const).flatMap((padding) =>
      [true, false].map((alignCorners) => [
        `gridSample ${mode} ${padding} ${alignCorners ? 'True' : 'False'}`,
        [(x: Any, g: Any) => O.gridSample({ method, padding, alignCorners })(x, g), smooth],
      ]),
    ),
  ),
)

againstFigures(figures as Figures, {
  'pad circular': (x: Any) => O.padWith(pads, { mode: 'circular' })(x),
  'pad reflect': (x: Any) => O.padWith(pads, { mode: 'reflect' })(x),
  'pad replicate': (x: Any) => O.padWith(pads, { mode: 'replicate' })(x),
  'pad symmetric': (x: Any) =>
    O.padWith(
      [
        [3, 4],
        [2, 0],
      ],
      { mode: 'symmetric' },
    )(x),
  'conv same': (x: Any, w: Any) => O.conv({ pad: 'same', dilation: [2, 1] })(x, w),
  'conv valid': (x: Any, w: Any) => O.conv({ pad: 'valid' })(x, w),
  'conv batch groups': (x: Any, w: Any) => O.conv({ batchGroups: 2, pad: 1 })(x, w),
  'conv asymmetric': (x: Any, w: Any) => O.conv({ stride: 2, pad: [[0, 3]], dilation: 2 })(x, w),
  'convTranspose output padding': (x: Any, w: Any) =>
    O.convTranspose({ stride: [3, 2], pad: [1, 0], outputPad: [2, 1], groups: 2, dilation: [1, 2] })(x, w),
  'maxPool ceil': (x: Any) => O.maxPool({ kernel: [3, 3], stride: 2, pad: 1, ceilMode: true })(x),
  'maxPool ceil short': (x: Any) => O.maxPool({ kernel: [2], stride: 3, pad: 1, ceilMode: true })(x),
  'avgPool ceil': (x: Any) => O.avgPool({ kernel: [3, 2], stride: [2, 3], pad: 1, ceilMode: true })(x),
  'avgPool ceil inside': (x: Any) =>
    O.avgPool({ kernel: [3, 3], stride: 2, pad: 1, ceilMode: true, countPadding: false })(x),
  'avgPool divisor': (x: Any) => O.avgPool({ kernel: [2, 2], stride: 1, divisor: 3 })(x),
  lpPool: [(x: Any) => O.lpPool({ p: 3, kernel: [2, 2], stride: 1 })(x), { range: [0.2, 2] }],
  'lpPool even': (x: Any) => O.lpPool({ p: 2, kernel: [3], stride: 2, ceilMode: true })(x),
  maxPoolWithIndices: (x: Any) => O.maxPoolWithIndices({ kernel: [3, 2], stride: [2, 1], pad: 1 })(x),
  'maxPoolWithIndices dilated': (x: Any) =>
    O.maxPoolWithIndices({ kernel: [2, 2, 2], stride: 1, pad: 1, dilation: [1, 2, 1], ceilMode: true })(x),
  maxUnpool: (v: Any, i: never) => O.maxUnpool([5, 6])(v, i),
  adaptiveMaxPoolWithIndices: (x: Any) => O.adaptiveMaxPoolWithIndices([3, 4])(x),
  adaptiveMaxPool: (x: Any) => O.adaptiveMaxPool([3, 4])(x),
  im2col: (x: Any) => O.im2col({ kernel: [2, 3], dilation: [2, 1], pad: [1, 0], stride: [1, 2] })(x),
  col2im: (c: Any) => O.col2im([5, 6], { kernel: [2, 3], dilation: [2, 1], pad: [1, 0], stride: [1, 2] })(c),
  pixelShuffle: (x: Any) => O.pixelShuffle(2)(x),
  pixelUnshuffle: (x: Any) => O.pixelUnshuffle(2)(x),
  channelShuffle: (x: Any) => O.channelShuffle(3, 1)(x),
  ...resizes('3 x 11', [3, 11]),
  ...resizes('9 x 4', [9, 4]),
  'torch trilinear': (x: Any) => O.resize([2, 7, 5], { antialias: false, alignCorners: true })(x),
  ...samples,
  'gridSample of a volume': [(x: Any, g: Any) => O.gridSample({ padding: 'border' })(x, g), smooth],
  'affineGrid True': (t: Any) => O.affineGrid([2, 3], { alignCorners: true })(t),
  'affineGrid False': (t: Any) => O.affineGrid([2, 3])(t),
  'affineGrid of a volume': (t: Any) => O.affineGrid([2, 1, 3])(t),
})
