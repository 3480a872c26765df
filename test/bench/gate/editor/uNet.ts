/** U-Net as a user writes it without layers: one program, every size a literal. */
import {
  concat,
  conv,
  convTranspose,
  crossEntropy,
  int,
  maxPool,
  permute,
  programOrThrow,
  real,
  relu,
  reshape,
  valueAndGradOrThrow,
} from '../../../../src/index.ts'

const params = {
  d0a: real(64, 3, 3, 3),
  d0aBias: real(64),
  d0b: real(64, 64, 3, 3),
  d0bBias: real(64),
  d1a: real(128, 64, 3, 3),
  d1aBias: real(128),
  d1b: real(128, 128, 3, 3),
  d1bBias: real(128),
  d2a: real(256, 128, 3, 3),
  d2aBias: real(256),
  d2b: real(256, 256, 3, 3),
  d2bBias: real(256),
  d3a: real(512, 256, 3, 3),
  d3aBias: real(512),
  d3b: real(512, 512, 3, 3),
  d3bBias: real(512),
  d4a: real(1024, 512, 3, 3),
  d4aBias: real(1024),
  d4b: real(1024, 1024, 3, 3),
  d4bBias: real(1024),
  u3: real(1024, 512, 2, 2),
  u3Bias: real(512),
  e3a: real(512, 1024, 3, 3),
  e3aBias: real(512),
  e3b: real(512, 512, 3, 3),
  e3bBias: real(512),
  u2: real(512, 256, 2, 2),
  u2Bias: real(256),
  e2a: real(256, 512, 3, 3),
  e2aBias: real(256),
  e2b: real(256, 256, 3, 3),
  e2bBias: real(256),
  u1: real(256, 128, 2, 2),
  u1Bias: real(128),
  e1a: real(128, 256, 3, 3),
  e1aBias: real(128),
  e1b: real(128, 128, 3, 3),
  e1bBias: real(128),
  u0: real(128, 64, 2, 2),
  u0Bias: real(64),
  e0a: real(64, 128, 3, 3),
  e0aBias: real(64),
  e0b: real(64, 64, 3, 3),
  e0bBias: real(64),
  last: real(2, 64, 1, 1),
  lastBias: real(2),
}
export const loss = programOrThrow(
  { params, image: real(3, 128, 128), labels: int(16384) },
  ({ params: p, image, labels }) => {
    const d0aOut = relu(conv({ pad: 1 })(image, p.d0a, p.d0aBias))
    const d0bOut = relu(conv({ pad: 1 })(d0aOut, p.d0b, p.d0bBias))
    const p0 = maxPool({ kernel: 2 })(d0bOut)
    const d1aOut = relu(conv({ pad: 1 })(p0, p.d1a, p.d1aBias))
    const d1bOut = relu(conv({ pad: 1 })(d1aOut, p.d1b, p.d1bBias))
    const p1 = maxPool({ kernel: 2 })(d1bOut)
    const d2aOut = relu(conv({ pad: 1 })(p1, p.d2a, p.d2aBias))
    const d2bOut = relu(conv({ pad: 1 })(d2aOut, p.d2b, p.d2bBias))
    const p2 = maxPool({ kernel: 2 })(d2bOut)
    const d3aOut = relu(conv({ pad: 1 })(p2, p.d3a, p.d3aBias))
    const d3bOut = relu(conv({ pad: 1 })(d3aOut, p.d3b, p.d3bBias))
    const p3 = maxPool({ kernel: 2 })(d3bOut)
    const d4aOut = relu(conv({ pad: 1 })(p3, p.d4a, p.d4aBias))
    const d4bOut = relu(conv({ pad: 1 })(d4aOut, p.d4b, p.d4bBias))
    const u3Out = convTranspose({ stride: 2 })(d4bOut, p.u3, p.u3Bias)
    const j3 = concat(0)([d3bOut, u3Out])
    const e3aOut = relu(conv({ pad: 1 })(j3, p.e3a, p.e3aBias))
    const e3bOut = relu(conv({ pad: 1 })(e3aOut, p.e3b, p.e3bBias))
    const u2Out = convTranspose({ stride: 2 })(e3bOut, p.u2, p.u2Bias)
    const j2 = concat(0)([d2bOut, u2Out])
    const e2aOut = relu(conv({ pad: 1 })(j2, p.e2a, p.e2aBias))
    const e2bOut = relu(conv({ pad: 1 })(e2aOut, p.e2b, p.e2bBias))
    const u1Out = convTranspose({ stride: 2 })(e2bOut, p.u1, p.u1Bias)
    const j1 = concat(0)([d1bOut, u1Out])
    const e1aOut = relu(conv({ pad: 1 })(j1, p.e1a, p.e1aBias))
    const e1bOut = relu(conv({ pad: 1 })(e1aOut, p.e1b, p.e1bBias))
    const u0Out = convTranspose({ stride: 2 })(e1bOut, p.u0, p.u0Bias)
    const j0 = concat(0)([d0bOut, u0Out])
    const e0aOut = relu(conv({ pad: 1 })(j0, p.e0a, p.e0aBias))
    const e0bOut = relu(conv({ pad: 1 })(e0aOut, p.e0b, p.e0bBias))
    const pixels = reshape([2, 16384])(conv()(e0bOut, p.last, p.lastBias))
    return crossEntropy()(permute([1, 0])(pixels), labels)
  },
)
export const gradient = valueAndGradOrThrow(loss)
