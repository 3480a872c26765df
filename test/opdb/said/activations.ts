/** Activations, softmax and its relatives. */
import {
  div,
  type Expr,
  elu,
  gelu,
  geluTanh,
  glu,
  gt,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  mul,
  prelu,
  relu,
  relu6,
  reshape,
  rreluEval,
  select,
  selu,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  sub,
  sum,
  tanh,
  threshold,
} from '../../../src/index.ts'
import type { Saying } from '../call.ts'
import { axis, keeping, length, range, rank, type Sayings, shape, unary } from './common.ts'

const over =
  (f: (axes: readonly number[]) => (x: Expr) => Expr): Saying =>
  (c) => {
    if (rank(c.x) === 0) return reshape([])(f([0])(reshape([1])(c.x)))
    return f([axis(c.x, c.number(1, 'dim'))])(c.x)
  }
const softmaxes = over((axes) => (x) => softmax(axes)(x))
const logs = over((axes) => (x) => logSoftmax(axes)(x))
const softmins = over((axes) => (x) => softmin(axes)(x))
/** A slope for each channel, on axis 1. */
const perChannel = (x: Expr, w: Expr): Expr =>
  rank(w) === 0 || rank(x) < 2 ? w : reshape(range(rank(x) - 1).map((d) => (d === 0 ? length(w, 0) : 1)))(w)

export const activations: Sayings = {
  '_softmax_backward_data|': (c) => {
    const [g, y, d] = [c.x, c.tensor(1), axis(c.x, c.number(2, 'dim'))]
    return mul(y, sub(g, keeping(true, [d], g)(sum([d])(mul(g, y)))))
  },
  'log_softmax|': logs,
  'log_softmax|with_dtype': logs,
  'nn.functional.celu|': (c) => {
    const alpha = c.number(1, 'alpha', 1)
    return mul(alpha, elu(1)(div(c.x, alpha)))
  },
  'nn.functional.elu|': (c) => elu(c.number(1, 'alpha', 1))(c.x),
  'nn.functional.gelu|': (c) => (c.text(1, 'approximate', 'none') === 'tanh' ? geluTanh(c.x) : gelu(c.x)),
  'nn.functional.glu|': (c) => glu(c.number(1, 'dim', -1))(c.x) as Expr,
  'nn.functional.hardshrink|': (c) => hardshrink(Math.max(0, c.number(1, 'lambd', 0.5)))(c.x),
  'nn.functional.hardsigmoid|': unary(hardsigmoid),
  'nn.functional.hardswish|': unary(hardswish),
  'nn.functional.hardtanh|': (c) => hardtanh(c.number(1, 'min_val', -1), c.number(2, 'max_val', 1))(c.x),
  'nn.functional.leaky_relu|': (c) => leakyRelu(c.number(1, 'negative_slope', 0.01))(c.x),
  'nn.functional.logsigmoid|': unary(logSigmoid),
  'nn.functional.mish|': unary(mish),
  'nn.functional.prelu|': (c) => reshape(shape(c.x))(prelu(c.x, perChannel(c.x, c.tensor(1, 'weight')))),
  'nn.functional.relu|': unary(relu),
  'nn.functional.relu6|': unary(relu6),
  'nn.functional.selu|': unary(selu),
  'nn.functional.silu|': unary(silu),
  'nn.functional.softmin|': softmins,
  'nn.functional.softmin|with_dtype': softmins,
  'nn.functional.softplus|': (c) => {
    const beta = c.number(1, 'beta', 1)
    return select(gt(mul(beta, c.x), c.number(2, 'threshold', 20)), c.x, softplus(beta)(c.x))
  },
  'nn.functional.softshrink|': (c) => softshrink(c.number(1, 'lambd', 0.5))(c.x),
  'nn.functional.softsign|': unary(softsign),
  'nn.functional.tanhshrink|': (c) => sub(c.x, tanh(c.x)),
  'nn.functional.threshold|': (c) => threshold(c.number(1, 'threshold'), c.number(2, 'value'))(c.x),
  'nn.functional.rrelu|': (c) => rreluEval(c.number(1, 'lower', 1 / 8), c.number(2, 'upper', 1 / 3))(c.x),
  'softmax|': softmaxes,
  'softmax|with_dtype': softmaxes,
  'torch.ops.aten._safe_softmax.default|': softmaxes,
}
