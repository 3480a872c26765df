/**
 * TensorFlow.js with its WebAssembly back end, eager, as a user would write it, but for two repairs without which it could
 * not take part: a convolution is written as conv3d of depth 1, since conv2d has no gradient there, and tanh carries its
 * gradient from its input, since its own gives wrong second derivatives. Images are NHWC, weights HWIO.
 */
import * as tf from '@tensorflow/tfjs'
import { after10, bench, startOf } from './bench.mjs'
import { startWasm } from './tfjs_start.mjs'

await startWasm()

// -- layouts ---------------------------------------------------------------------------------------------------------

const tensor = ([shape, values]) => tf.tensor(values, shape)
/** OIHW -> HWIO; the rows of the first dense layer after a convolution from C,H,W to H,W,C. */
const inward = (flat) => (p, k) =>
  tf.tidy(() => {
    const t = tensor(p)
    if (p[0].length === 4) return t.transpose([2, 3, 1, 0])
    return flat?.at === k
      ? t
          .reshape([...flat.chw, p[0][1]])
          .transpose([1, 2, 0, 3])
          .reshape(p[0])
      : t
  })
const outward = (flat) => (g, k) => {
  const [c, h, w] = flat?.chw ?? []
  if (g.rank === 4) return g.transpose([3, 2, 0, 1]).dataSync()
  return flat?.at === k ? g.reshape([h, w, c, g.shape[1]]).transpose([2, 0, 1, 3]).dataSync() : g.dataSync()
}
const picture = (p) => (p[0].length === 4 ? tensor(p).transpose([0, 2, 3, 1]) : tensor(p))

// -- models ----------------------------------------------------------------------------------------------------------

const dense = (x, w, b) => tf.add(tf.matMul(x, w), b)
const crossEntropy = (logits, y) => tf.losses.softmaxCrossEntropy(y, logits)
const tanh = tf.customGrad((x, save) => {
  save([x])
  return { value: tf.tanh(x), gradFunc: (dy, [saved]) => dy.mul(tf.sub(1, tanh(saved).square())) }
})
const deep = ([w1, b1, w2, b2, w3, b3], [x, y]) =>
  tf.losses.meanSquaredError(y, dense(tanh(dense(tanh(dense(x, w1, b1)), w2, b2)), w3, b3))
const mlp = ([w1, b1, w2, b2], [x, y]) => crossEntropy(dense(tf.relu(dense(x, w1, b1)), w2, b2), y)
const conv = (x, w, b, pad) => {
  const padded = tf.pad(x, [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ])
  return tf.relu(tf.conv3d(padded.expandDims(1), w.expandDims(0), 1, 'valid').squeeze([1]).add(b))
}
const cnn = ([c1, d1, c2, d2, w1, b1, w2, b2], [x, y]) => {
  const h = tf.maxPool(conv(x, c1, d1, 0), 3, 3, 'valid')
  const flat = tf.maxPool(conv(h, c2, d2, 0), 2, 2, 'valid').reshape([64, 256])
  return crossEntropy(dense(tf.relu(dense(flat, w1, b1)), w2, b2), y)
}
const smallCnn = ([c1, d1, c2, d2, c3, d3, w1, b1, w2, b2], [x, y]) => {
  const block = (h, c, d) => tf.maxPool(conv(h, c, d, 1), 2, 2, 'valid')
  const flat = block(block(block(x, c1, d1), c2, d2), c3, d3).reshape([64, 128])
  return crossEntropy(dense(tf.relu(dense(flat, w1, b1)), w2, b2), y)
}
const norm = (x, g, e) => {
  const d = x.sub(x.mean(-1, true))
  return d.mul(d.square().mean(-1, true).add(1e-5).rsqrt()).mul(g).add(e)
}
const gelu = (x) =>
  x.mul(0.5).mul(
    x
      .mul(x)
      .mul(x)
      .mul(0.044715)
      .add(x)
      .mul(Math.sqrt(2 / Math.PI))
      .tanh()
      .add(1),
  )
const transformer = ([g1, e1, wqkv, bqkv, wo, bo, g2, e2, wu, bu, wd, bd], [x]) => {
  const qkv = dense(norm(x, g1, e1), wqkv, bqkv)
    .reshape([8, 64, 3, 4, 32])
    .transpose([2, 0, 3, 1, 4])
  const [q, k, v] = qkv.unstack(0)
  const s = tf.softmax(tf.matMul(q, k, false, true).mul(1 / Math.sqrt(32)), -1)
  const h = x.add(dense(tf.matMul(s, v).transpose([0, 2, 1, 3]).reshape([512, 128]), wo, bo))
  return h
    .add(dense(gelu(dense(norm(h, g2, e2), wu, bu)), wd, bd))
    .square()
    .sum()
}

// -- steps -----------------------------------------------------------------------------------------------------------

const train = (model, rule, flat) => async (name) => {
  const { params, data } = startOf(name)
  const [p, d] = [params.map(inward(flat)).map((t) => tf.variable(t)), data.map(picture)]
  const optimizer = rule()
  const loss = () => model(p, d)
  const step = () => {
    const c = optimizer.minimize(loss, true, p)
    const [l] = c.dataSync()
    c.dispose()
    return l
  }
  if (name === 'W11') return { loss: step() }
  const { value, grads } = tf.variableGrads(loss, p)
  const gradients = p.map((v) => grads[v.name]).map(outward(flat))
  return { loss: value.dataSync()[0], gradients, loss10: await after10(step), step }
}
const sgd = (rate) => () => tf.train.sgd(rate)
/** Value and gradient; `host`: the gradient is read too. */
const gradient = (model, startAt, host) => (name) => {
  const { params, data } = startOf(name)
  const [p, d] = [(startAt ?? params).map(tensor), data.map(tensor)]
  const both = tf.valueAndGrads((...q) => model(q, d))
  const read = (grads) => (host ? grads.map((g) => g.dataSync()) : [])
  const first = both(p)
  const step = () => {
    const { value, grads } = both(p)
    const found = [value.dataSync()[0], read(grads)]
    tf.dispose([value, grads])
    return found
  }
  return { loss: first.value.dataSync()[0], gradients: first.grads.map((g) => g.dataSync()), step }
}
const product = (name) => {
  const [a, b] = startOf(name).params.map(tensor)
  const c = tf.matMul(a, b).dataSync()
  return { loss: c.reduce((s, x) => s + x, 0), gradients: [c], step: () => tf.matMul(a, b).dispose() }
}
/** The gradient of <grad L, v>. */
const hvp = (name) => {
  const { params, data, along } = startOf(name)
  const [p, d, v] = [params.map(tensor), data.map(tensor), along.map(tensor)]
  const loss = (...q) => deep(q, d)
  const both = tf.valueAndGrads((...q) =>
    tf.addN(
      tf
        .grads(loss)(q)
        .map((g, k) => g.mul(v[k]).sum()),
    ),
  )
  const { value, grads } = both(p)
  const step = () => tf.tidy(() => both(p).value.dataSync()[0])
  return { loss: loss(...p).dataSync()[0], gv: value.dataSync()[0], gradients: grads.map((g) => g.dataSync()), step }
}
const chain = ([x]) =>
  tf
    .tanh(x)
    .mul(tf.sin(x))
    .add(tf.exp(tf.neg(x.mul(x))))
    .sum()
const rosenbrock = ([x]) => {
  const [a, b] = [x.slice(0, 99), x.slice(1, 99)]
  return b.sub(a.square()).square().mul(100).add(tf.sub(1, a).square()).sum()
}
const wave = Float32Array.from({ length: 100 }, (_, i) => Math.sin(0.37 * i + 0.5))

await bench('tfjs-wasm', {
  W1: train(deep, sgd(0.05)),
  W2: (name) => train(mlp, name === 'W12' ? () => tf.train.adam(1e-3, 0.9, 0.999, 1e-8) : sgd(0.05))(name),
  W3: train(cnn, sgd(0.01), { at: 4, chw: [64, 2, 2] }),
  W4: train(smallCnn, sgd(0.01), { at: 6, chw: [8, 4, 4] }),
  W5: gradient(transformer),
  W6: gradient(chain),
  W7: product,
  W8: hvp,
  W9: gradient(rosenbrock, [[[100], wave]], true),
  W11: train(mlp, sgd(0.05)),
})
