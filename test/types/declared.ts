/** What users export: a value by every function of an entry, as text, under the function's name. `m` is the entry. */
const w = 'm.dense(3, 3).params.w'

export const nn = {
  adaptiveAvgPool: 'm.adaptiveAvgPool(2)',
  adaptiveMaxPool: 'm.adaptiveMaxPool([2, 1])',
  avgPool: 'm.avgPool(2)',
  batchNorm: 'm.batchNorm(3)',
  channelLayerNorm: 'm.channelLayerNorm(3)',
  checkpoint: 'm.checkpoint(m.dense(3, 4))',
  classToken: 'm.classToken(4)',
  combine: "m.combine()('both', { a: m.dense(3, 3), b: m.dropout(0.5) }, (f, x) => f.b(f.a(x)))",
  conv1d: 'm.conv1d(1, 2, 3)',
  conv2d: 'm.conv2d(1, 2, [3, 1], { bias: false, stride: 2 })',
  conv3d: 'm.conv3d(1, 2, 3, { pad: "same" })',
  convTranspose1d: 'm.convTranspose1d(1, 2, 3)',
  convTranspose2d: 'm.convTranspose2d(1, 2, 3, { stride: 2 })',
  convTranspose3d: 'm.convTranspose3d(1, 2, 3)',
  crossAttention: 'm.crossAttention(8, 2)',
  dense: 'm.dense(3, 4)',
  depthwiseConv2d: 'm.depthwiseConv2d(4, 3)',
  dropout: 'm.dropout(0.5)',
  embedding: 'm.embedding(27, 16)',
  filledWith: 'm.filledWith(1)',
  flatten: 'm.flatten(1)',
  forward: `m.forward('train')(m.batchNorm(3), ${w})`,
  forwardOrThrow: `m.forwardOrThrow('eval')(m.sequential(m.dense(3, 4), m.dropout(0.5)), m.dense(3, 4).params.w)`,
  gated: 'm.gated(m.dense(3, 3), m.dense(3, 3))',
  globalAvgPool: 'm.globalAvgPool',
  glorotNormal: 'm.glorotNormal',
  glorotUniform: 'm.glorotUniform',
  groupNorm: 'm.groupNorm(2, 4)',
  gru: 'm.gru(3, 4)',
  heNormal: 'm.heNormal',
  heUniform: 'm.heUniform',
  identity: 'm.identity',
  instanceNorm: 'm.instanceNorm(3)',
  last: 'm.last',
  layer: "m.layer()({ name: 'mine', params: { w: m.dense(3, 3).params.w }, apply: (_, state, __, a) => [a, state] })",
  layerNorm: 'm.layerNorm([3])',
  layerScale: 'm.layerScale(4)',
  layersOf: 'm.layersOf',
  lecunUniform: 'm.lecunUniform',
  lstm: 'm.lstm(3, 4)',
  maxPool: 'm.maxPool([2, 2], { stride: 1 })',
  multiHeadAttention: 'm.multiHeadAttention(8, 2, { causal: true })',
  noMemory: 'm.noMemory(m.stepwise(8)(m.dense(3, 4)))',
  normal: 'm.normal(1)',
  ones: 'm.ones',
  orthogonal: 'm.orthogonal(1)',
  parallel: 'm.parallel(m.dense(3, 3), m.dense(3, 4))',
  parameterCount: 'm.parameterCount(m.dense(3, 3))',
  positions: 'm.positions(8, 4, { shorter: true })',
  predict: `m.predict(m.dense(3, 4), ${w})`,
  predictOrThrow: `m.predictOrThrow(m.dense(3, 4), ${w})`,
  repeat: '[m.repeat(3, m.dense(4, 4)), m.repeat(3, m.dense(4, 4), { as: "scan" })] as const',
  residual: 'm.residual(m.dense(3, 3))',
  rmsNorm: 'm.rmsNorm([3])',
  rnn: 'm.rnn(3, 4, { reverse: true })',
  sequential: 'm.sequential(m.takes(m.dense(3, 3).params.w), m.dense(3, 4), m.dropout(0.5), [m.dense(4, 5)])',
  sinusoidalPositions: 'm.sinusoidalPositions',
  skipConcat: 'm.skipConcat(0, m.dense(3, 3))',
  stepwise: 'm.stepwise(8)(m.lstm(3, 4))',
  stochasticDepth: 'm.stochasticDepth(0.5)',
  summary: 'm.summary',
  takes: 'm.takes(m.dense(3, 4).params.w)',
  tied: 'm.tied(27, 16, m.sequential(m.dense(16, 16), m.dropout(0.5)))',
  unflatten: 'm.unflatten([3, -1])',
  windowAttention: 'm.windowAttention(4, 2, 3)',
  zeros: 'm.zeros',
}
export const models = {
  alexNet: 'm.alexNet()',
  alexNetNames: 'm.alexNetNames',
  convNeXtTiny: 'm.convNeXtTiny()',
  convNeXtTinyNames: 'm.convNeXtTinyNames',
  efficientNetB0: 'm.efficientNetB0({ channels: 1 })',
  efficientNetB0Names: 'm.efficientNetB0Names',
  gpt2: 'm.gpt2({ symbols: 27 })',
  gpt2Names: 'm.gpt2Names',
  leNet5: '[m.leNet5(), m.leNet5().rule, m.leNet5().init] as const',
  leNet5Names: 'm.leNet5Names',
  loadWeights: 'm.loadWeights',
  lstmClassifier: 'm.lstmClassifier()',
  mobileNetV2: 'm.mobileNetV2({ classes: 10 })',
  mobileNetV2Names: 'm.mobileNetV2Names',
  resNet18: 'm.resNet18()',
  resNet18Names: 'm.resNet18Names',
  resNet50: 'm.resNet50()',
  resNet50Names: 'm.resNet50Names',
  residualMlp: 'm.residualMlp()',
  saveWeights: 'm.saveWeights',
  showWeightsError: 'm.showWeightsError',
  swinT: 'm.swinT()',
  swinTNames: 'm.swinTNames',
  uNet: 'm.uNet({ classes: 4 })',
  vgg11: 'm.vgg11()',
  vgg11Names: 'm.vgg11Names',
  vgg16: 'm.vgg16()',
  vgg16Names: 'm.vgg16Names',
  vitB16: 'm.vitB16()',
  vitB16Names: 'm.vitB16Names',
}

/** Networks with plain functions among their layers, their programs, and what trains them: text of one file. */
export const whole = `
import * as a from 'adjoint'
import * as nn from 'adjoint/nn'
import * as o from 'adjoint/optim'
import * as t from 'adjoint/train'
export const activations = nn.sequential(
  nn.dense(3, 4), a.relu, a.sigmoid, a.tanh, a.gelu, a.silu, a.leakyRelu(0.2), a.elu(), a.exp, a.softplus(), a.hardtanh,
  a.softmax(), a.logSoftmax(), (x: a.Expr) => a.mul(x, 2), [nn.dense(4, 4), a.relu6],
)
export const functions = [
  nn.sequential(a.sum(0)), nn.sequential(a.argmax(0)), nn.sequential(a.permute([1, 0])), nn.sequential(a.reshape([3, 4])),
  nn.sequential(a.maxPool({ kernel: 2 })), nn.sequential(a.oneHot(3)), nn.sequential(a.standardize()), nn.residual(a.cumSum(0)),
  nn.sequential(a.squeeze(0)), nn.parallel(a.take(0, 1), a.flatten()), nn.sequential(a.broadcastTo([3])), nn.repeat(2, nn.sequential(a.softmax())),
  nn.sequential(a.pixelShuffle(2)), nn.checkpoint(a.unsqueeze(0)), nn.sequential(a.flip(0)), nn.gated(a.relu, a.sigmoid),
] as const
export const network = nn.sequential(
  nn.takes(a.real(1, 28, 28)), nn.conv2d(1, 8, 3), a.relu, nn.maxPool(2), nn.flatten(), nn.dropout(0.1),
  nn.residual(nn.sequential(nn.dense(1352, 1352), a.relu)), nn.dense(1352, 10),
)
export const forward = nn.forwardOrThrow('train')(network, a.real(1, 28, 28))
export const question = nn.predict(network, a.real(1, 28, 28))
export const batch = a.vmap(8, { over: { params: false, state: false, x: true } })(nn.predictOrThrow(network, a.real(1, 28, 28)))
export const program = a.programOrThrow({ x: a.real(3), k: a.int() }, ({ x }) => a.sum()(a.mul(x, x)))
export const gradient = a.gradOrThrow(program)
export const both = a.valueAndGrad(program)
export const forwards = a.jvp(program)
export const backwards = a.vjp(program)
export const second = a.hessian(program)
export const linear = a.linearize(program)
export const start = network.init
export const optimizer = o.adam({ rate: o.cosine(1e-3, 100) })
export const loss = a.programOrThrow([network.params, a.real(10)], ([p, y]) => a.sum()(a.mul(p[7].b, y)))
export const descent = t.startDescent(optimizer, network.params, network.init(null as never).params)
export const step = t.descentStepOrThrow(optimizer)(loss)
`
