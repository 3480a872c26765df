/**
 * A published model in TensorFlow.js with its WebAssembly back end, forward: tfjs_models.mjs MODEL/forward. Images are
 * NHWC and filters HWIO, as it wants them. The order of parameters is that of models_jax.py.
 */
import * as tf from '@tensorflow/tfjs'
import { lineOf } from '../line.ts'
import { measure } from '../measure.ts'
import { hashed, labels, parameterOf } from '../models/numbers.ts'
import { startWasm } from './tfjs_start.mjs'

const [workload] = process.argv.slice(2)
const [name, task] = workload.split('/')
if (task !== 'forward') throw new Error('its convolutions have no gradients in WebAssembly: forward only')
await startWasm()

// -- parameters ------------------------------------------------------------------------------------------------------

const kept = []
let asked = 0
/** The next parameter, in its layout, made once. */
const take = (shape, what = 'w', order = undefined) => {
  const k = asked++
  if (kept[k] === undefined) {
    const t = tf.tensor(parameterOf(what, shape, k, name === 'resmlp' ? 0.03 : 1), shape)
    kept[k] = tf.keep(order === undefined ? t : t.transpose(order))
  }
  return kept[k]
}
const bias = (n) => take([n], 'b')
const conv = (x, o, k, { s = 1, p = 0, g = 1, b = true } = {}) => {
  const i = x.shape[3]
  const w = take([o, i / g, k, k], 'w', g === 1 ? [2, 3, 1, 0] : [2, 3, 0, 1])
  const y = g === 1 ? tf.conv2d(x, w, s, p, 'NHWC', 1, 'floor') : tf.depthwiseConv2d(x, w, s, p, 'NHWC', 1, 'floor')
  return b ? y.add(bias(o)) : y
}
const up = (x, o) => {
  const [n, h, w, i] = x.shape
  const filter = take([i, o, 2, 2], 'w', [2, 3, 1, 0])
  return tf.conv2dTranspose(x, filter, [n, 2 * h, 2 * w, o], 2, 'valid').add(bias(o))
}
const dense = (x, o) => {
  const i = x.shape.at(-1)
  const w = take([o, i], 'w', [1, 0])
  return tf
    .matMul(x.reshape([-1, i]), w)
    .add(bias(o))
    .reshape([...x.shape.slice(0, -1), o])
}
const [zeros, ones] = [(n) => tf.zeros([n]), (n) => tf.ones([n])]
/** Batch normalisation: means of 0, variances of 1. */
const norm = (x) => {
  const n = x.shape[3]
  const [g, b] = [take([n], 'gamma'), bias(n)]
  return tf.batchNorm(x, zeros(n), ones(n), b, g, 1e-5)
}
const rows = (x, eps) => {
  const n = x.shape.at(-1)
  const [g, b] = [take([n], 'gamma'), bias(n)]
  const { mean, variance } = tf.moments(x, -1, true)
  return x.sub(mean).mul(variance.add(eps).rsqrt()).mul(g).add(b)
}
const cb = (x, o, k, q = {}) => norm(conv(x, o, k, { ...q, b: false }))
const silu = (x) => x.mul(tf.sigmoid(x))
const exact = (x) => x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1))
const gelu = (x) =>
  x.mul(0.5).mul(
    tf
      .tanh(
        x
          .mul(x)
          .mul(x)
          .mul(0.044715)
          .add(x)
          .mul(Math.sqrt(2 / Math.PI)),
      )
      .add(1),
  )
const pool = (x, k, s, p = 0) => tf.maxPool(x, k, s, p, 'floor')
const means = (x) => x.mean([1, 2])
const flat = (x) => x.transpose([0, 3, 1, 2]).reshape([x.shape[0], -1])
const causal = (l) =>
  tf.tensor2d(Array.from({ length: l }, (_, i) => Array.from({ length: l }, (_, j) => (j > i ? -1e9 : 0))))
const attention = (x, heads, mask) => {
  const [b, l, d] = x.shape
  const split = (t) => t.reshape([b, l, heads, d / heads]).transpose([0, 2, 1, 3])
  const [q, k, v] = tf.split(dense(x, 3 * d), 3, -1).map(split)
  const scores = tf.matMul(q, k, false, true).mul(1 / Math.sqrt(d / heads))
  const seen = tf.matMul(tf.softmax(mask ? scores.add(causal(l)) : scores, -1), v)
  return dense(seen.transpose([0, 2, 1, 3]).reshape([b, l, d]), d)
}
const block = (x, heads, eps, mask, act) => {
  const d = x.shape[2]
  const y = x.add(attention(rows(x, eps), heads, mask))
  return y.add(dense(act(dense(rows(y, eps), 4 * d)), d))
}

// -- models ----------------------------------------------------------------------------------------------------------

const head = (x) => dense(tf.relu(dense(tf.relu(dense(flat(x), 4096)), 4096)), 1000)
const resnet = (bottleneck, depths) => {
  const one = (x, o, s) => {
    const m = o / 4
    const main = bottleneck
      ? cb(tf.relu(cb(tf.relu(cb(x, m, 1)), m, 3, { s, p: 1 })), o, 1)
      : cb(tf.relu(cb(x, o, 3, { s, p: 1 })), o, 3, { p: 1 })
    return tf.relu(main.add(s === 1 && x.shape[3] === o ? x : cb(x, o, 1, { s })))
  }
  return (image) => {
    let x = pool(tf.relu(cb(image, 64, 7, { s: 2, p: 3 })), 3, 2, 1)
    for (const [k, depth] of depths.entries())
      for (let j = 0; j < depth; j++) x = one(x, (bottleneck ? 256 : 64) * 2 ** k, j === 0 && k > 0 ? 2 : 1)
    return dense(means(x), 1000)
  }
}
const stages = [
  ...[
    [1, 3, 1, 16, 1],
    [6, 3, 2, 24, 2],
    [6, 5, 2, 40, 2],
    [6, 3, 2, 80, 3],
    [6, 5, 1, 112, 3],
  ],
  ...[
    [6, 5, 2, 192, 4],
    [6, 3, 1, 320, 1],
  ],
]
const models = {
  lenet: (x) => {
    const a = tf.avgPool(tf.relu(conv(x, 6, 5, { p: 2 })), 2, 2, 'valid')
    const b = tf.avgPool(tf.relu(conv(a, 16, 5)), 2, 2, 'valid')
    return dense(tf.relu(dense(tf.relu(dense(flat(b), 120)), 84)), 10)
  },
  alexnet: (image) => {
    let x = pool(tf.relu(conv(image, 64, 11, { s: 4, p: 2 })), 3, 2)
    x = pool(tf.relu(conv(x, 192, 5, { p: 2 })), 3, 2)
    for (const o of [384, 256, 256]) x = tf.relu(conv(x, o, 3, { p: 1 }))
    return head(pool(x, 3, 2))
  },
  vgg16: (image) => {
    let x = image
    for (const [width, depth] of [
      [64, 2],
      [128, 2],
      [256, 3],
      [512, 3],
      [512, 3],
    ]) {
      for (let k = 0; k < depth; k++) x = tf.relu(conv(x, width, 3, { p: 1 }))
      x = pool(x, 2, 2)
    }
    return head(x)
  },
  resnet18: resnet(false, [2, 2, 2, 2]),
  resnet50: resnet(true, [3, 4, 6, 3]),
  effnet: (image) => {
    let [x, i] = [silu(cb(image, 32, 3, { s: 2, p: 1 })), 32]
    for (const [e, k, s, o, times] of stages)
      for (let j = 0; j < times; j++) {
        const m = i * e
        let y = e > 1 ? silu(cb(x, m, 1)) : x
        y = silu(cb(y, m, k, { s: j === 0 ? s : 1, p: (k - 1) / 2, g: m }))
        const f = tf.sigmoid(dense(silu(dense(means(y), Math.max(1, Math.floor(i / 4)))), m))
        y = cb(y.mul(f.reshape([-1, 1, 1, m])), o, 1)
        ;[x, i] = [x.shape.join() === y.shape.join() ? x.add(y) : y, o]
      }
    return dense(means(silu(cb(x, 1280, 1))), 1000)
  },
  convnext: (image) => {
    const dims = [96, 192, 384, 768]
    let x = rows(conv(image, 96, 4, { s: 4 }), 1e-6)
    for (const [k, depth] of [3, 3, 9, 3].entries()) {
      const d = dims[k]
      for (let j = 0; j < depth; j++) {
        const y = rows(conv(x, d, 7, { p: 3, g: d }), 1e-6)
        x = x.add(dense(exact(dense(y, 4 * d)), d).mul(take([d], 'scale')))
      }
      if (k < 3) x = conv(rows(x, 1e-6), dims[k + 1], 2, { s: 2 })
    }
    return dense(rows(means(x), 1e-6), 1000)
  },
  unet: (image) => {
    const double = (x, o) => tf.relu(conv(tf.relu(conv(x, o, 3, { p: 1 })), o, 3, { p: 1 }))
    const level = (x, c, depth) => {
      const d = double(x, c)
      if (depth === 0) return d
      const inner = level(pool(d, 2, 2), 2 * c, depth - 1)
      return double(tf.concat([d, up(inner, c)], 3), c)
    }
    return conv(level(image, 64, 4), 2, 1)
  },
  vit: (image) => {
    const patches = conv(image, 768, 16, { s: 16 }).reshape([1, 196, 768])
    const token = take([1, 768], 'token').reshape([1, 1, 768])
    let x = tf.concat([token, patches], 1).add(take([197, 768], 'positions'))
    for (let k = 0; k < 12; k++) x = block(x, 12, 1e-6, false, exact)
    return dense(rows(x, 1e-6).slice([0, 0, 0], [1, 1, 768]).reshape([1, 768]), 1000)
  },
  gpt2: (ids) => {
    const [wte, wpe] = [take([50257, 768], 'wte'), take([1024, 768], 'wpe')]
    let x = tf.gather(wte, ids).add(wpe.slice([0, 0], [128, 768]))
    for (let k = 0; k < 12; k++) x = block(x, 12, 1e-5, true, gelu)
    return tf.matMul(rows(x, 1e-5).reshape([128, 768]), wte, false, true)
  },
  lstm: (x) => {
    const [w, u] = [take([1024, 128], 'w', [1, 0]), take([1024, 256], 'w', [1, 0])]
    const [b, c] = [bias(1024), bias(1024)]
    const lines = tf.matMul(x.reshape([256, 128]), w).add(b)
    let [h, cell] = [tf.zeros([1, 256]), tf.zeros([1, 256])]
    for (let t = 0; t < 256; t++) {
      const [i, f, g, o] = tf.split(lines.slice([t, 0], [1, 1024]).add(tf.matMul(h, u)).add(c), 4, 1)
      cell = tf
        .sigmoid(f)
        .mul(cell)
        .add(tf.sigmoid(i).mul(tf.tanh(g)))
      h = tf.sigmoid(o).mul(tf.tanh(cell))
    }
    return dense(h, 10)
  },
  resmlp: (input) => {
    let x = input
    for (let k = 0; k < 1000; k++) x = x.add(tf.relu(dense(x, 64)))
    return dense(x, 10)
  },
}
/** An example as it comes, channels first, and as it goes in. */
const shapes = { lenet: [1, 28, 28], unet: [3, 128, 128], lstm: [256, 128], resmlp: [64] }
const example = () => {
  if (name === 'gpt2') return tf.tensor(labels(128, 1001, 50257), [1, 128], 'int32')
  const shape = shapes[name] ?? [3, 224, 224]
  const size = shape.reduce((a, b) => a * b, 1)
  const x = tf.tensor(hashed(size, 1001, 1), [1, ...shape])
  return shape.length === 3 ? x.transpose([0, 2, 3, 1]) : x
}

const x = example()
const run = () =>
  tf.tidy(() => {
    asked = 0
    return models[name](x)
  })
const found = run().dataSync()
const loss = found.reduce((s, v) => s + Math.abs(v), 0) / found.length
const times = await measure(() => run().dispose())
console.log(JSON.stringify(lineOf('tfjs-wasm', workload, { times, checks: { loss } })))
process.exit()
