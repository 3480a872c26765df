/** ResNet-50 as a user writes it, every size a literal. The gate measures how long the editor takes to check it. */
import { real, relu, vmap } from '../../../../src/index.ts'
import {
  batchNorm,
  conv2d,
  dense,
  forwardOrThrow,
  globalAvgPool,
  maxPool,
  predictOrThrow,
  repeat,
  residual,
  sequential,
  takes,
} from '../../../../src/nn/index.ts'

const twoFirst = sequential(
  residual(
    sequential(
      conv2d(64, 64, 1, { bias: false }),
      batchNorm(64),
      relu,
      conv2d(64, 64, 3, { pad: 1, bias: false }),
      batchNorm(64),
      relu,
      conv2d(64, 256, 1, { bias: false }),
      batchNorm(256),
    ),
    sequential(conv2d(64, 256, 1, { bias: false }), batchNorm(256)),
  ),
  relu,
)
const twoBlock = sequential(
  residual(
    sequential(
      conv2d(256, 64, 1, { bias: false }),
      batchNorm(64),
      relu,
      conv2d(64, 64, 3, { pad: 1, bias: false }),
      batchNorm(64),
      relu,
      conv2d(64, 256, 1, { bias: false }),
      batchNorm(256),
    ),
  ),
  relu,
)
const threeFirst = sequential(
  residual(
    sequential(
      conv2d(256, 128, 1, { bias: false }),
      batchNorm(128),
      relu,
      conv2d(128, 128, 3, { stride: 2, pad: 1, bias: false }),
      batchNorm(128),
      relu,
      conv2d(128, 512, 1, { bias: false }),
      batchNorm(512),
    ),
    sequential(conv2d(256, 512, 1, { stride: 2, bias: false }), batchNorm(512)),
  ),
  relu,
)
const threeBlock = sequential(
  residual(
    sequential(
      conv2d(512, 128, 1, { bias: false }),
      batchNorm(128),
      relu,
      conv2d(128, 128, 3, { pad: 1, bias: false }),
      batchNorm(128),
      relu,
      conv2d(128, 512, 1, { bias: false }),
      batchNorm(512),
    ),
  ),
  relu,
)
const fourFirst = sequential(
  residual(
    sequential(
      conv2d(512, 256, 1, { bias: false }),
      batchNorm(256),
      relu,
      conv2d(256, 256, 3, { stride: 2, pad: 1, bias: false }),
      batchNorm(256),
      relu,
      conv2d(256, 1024, 1, { bias: false }),
      batchNorm(1024),
    ),
    sequential(conv2d(512, 1024, 1, { stride: 2, bias: false }), batchNorm(1024)),
  ),
  relu,
)
const fourBlock = sequential(
  residual(
    sequential(
      conv2d(1024, 256, 1, { bias: false }),
      batchNorm(256),
      relu,
      conv2d(256, 256, 3, { pad: 1, bias: false }),
      batchNorm(256),
      relu,
      conv2d(256, 1024, 1, { bias: false }),
      batchNorm(1024),
    ),
  ),
  relu,
)
const fiveFirst = sequential(
  residual(
    sequential(
      conv2d(1024, 512, 1, { bias: false }),
      batchNorm(512),
      relu,
      conv2d(512, 512, 3, { stride: 2, pad: 1, bias: false }),
      batchNorm(512),
      relu,
      conv2d(512, 2048, 1, { bias: false }),
      batchNorm(2048),
    ),
    sequential(conv2d(1024, 2048, 1, { stride: 2, bias: false }), batchNorm(2048)),
  ),
  relu,
)
const fiveBlock = sequential(
  residual(
    sequential(
      conv2d(2048, 512, 1, { bias: false }),
      batchNorm(512),
      relu,
      conv2d(512, 512, 3, { pad: 1, bias: false }),
      batchNorm(512),
      relu,
      conv2d(512, 2048, 1, { bias: false }),
      batchNorm(2048),
    ),
  ),
  relu,
)

export const network = sequential(
  takes(real(3, 224, 224)),
  conv2d(3, 64, 7, { stride: 2, pad: 3, bias: false }),
  batchNorm(64),
  relu,
  maxPool(3, { stride: 2, pad: 1 }),
  twoFirst,
  repeat(2, twoBlock),
  threeFirst,
  repeat(3, threeBlock),
  fourFirst,
  repeat(5, fourBlock),
  fiveFirst,
  repeat(2, fiveBlock),
  globalAvgPool,
  dense(2048, 1000),
)
export const one = predictOrThrow(network, real(3, 224, 224))
export const logits: readonly [1000] = one.out.shape
export const training = vmap(4, { over: { params: false, state: false, key: true, x: true }, axis: 'batch' })(
  forwardOrThrow('train')(network, real(3, 224, 224)),
)
