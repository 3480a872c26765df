/**
 * jax-js on its WebAssembly device, everything of a step inside one jit. With an argument: on so many workers, for which
 * Node's own are given the browser's interface; without, on one thread, since plain Node has no global Worker.
 */
import { resolveObjectURL } from 'node:buffer'
import { Worker } from 'node:worker_threads'
import { after10, bench, startOf } from './bench.mjs'

const workers = Number(process.argv[3] ?? 0)
const prelude = `const { parentPort } = require('node:worker_threads')
globalThis.self = globalThis
globalThis.postMessage = (m) => parentPort.postMessage(m)
parentPort.on('message', (data) => self.onmessage({ data }))
`
/** A browser's Worker, as much of it as jax-js uses. */
function BrowserWorker(url) {
  const waiting = []
  let worker
  resolveObjectURL(String(url))
    .text()
    .then((code) => {
      worker = new Worker(prelude + code, { eval: true })
      worker.on('message', (data) => this.onmessage?.({ data }))
      worker.on('error', (error) => this.onerror?.(error))
      for (const m of waiting) worker.postMessage(m)
    })
  this.postMessage = (m) => (worker === undefined ? waiting.push(m) : worker.postMessage(m))
}
if (workers > 0) globalThis.Worker = BrowserWorker
const navigator = { hardwareConcurrency: workers || 2, userAgent: 'node' }
Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })

const jax = await import('@jax-js/jax')
await jax.init('wasm')
jax.defaultDevice('wasm')
const { blockUntilReady, grad, jit, jvp, lax, nn, numpy: np, tree, valueAndGrad } = jax

const array = ([shape, values]) => np.array(values).reshape(shape)
/** Consumes its argument. */
const number = async (a) => (await a.data())[0]
const host = async (list) => {
  const found = []
  for (const a of list) found.push(new Float32Array(await a.data()))
  return found
}

// -- models ----------------------------------------------------------------------------------------------------------

const dense = (x, w, b) => np.matmul(x, w).add(b)
const crossEntropy = (logits, y) => np.sum(nn.logSoftmax(logits, -1).mul(y)).mul(-1 / y.shape[0])
const deep = ([w1, b1, w2, b2, w3, b3], [x, y]) => {
  const rows = y.shape[0]
  const h = np.tanh(dense(np.tanh(dense(x, w1, b1)), w2, b2))
  return np.sum(np.square(dense(h, w3, b3).sub(y))).mul(1 / rows)
}
const mlp = ([w1, b1, w2, b2], [x, y]) => crossEntropy(dense(nn.relu(dense(x, w1, b1)), w2, b2), y)
const pool = (x, k) => lax.reduceWindow(x, (w) => np.max(w), [k, k], [k, k])
const conv = (x, w, b, pad) =>
  nn.relu(
    lax
      .convGeneralDilated(
        x,
        w,
        [1, 1],
        [
          [pad, pad],
          [pad, pad],
        ],
      )
      .add(b.reshape([1, -1, 1, 1])),
  )
const cnn = ([c1, d1, c2, d2, w1, b1, w2, b2], [x, y]) => {
  const flat = pool(conv(pool(conv(x, c1, d1, 0), 3), c2, d2, 0), 2).reshape([64, 256])
  return crossEntropy(dense(nn.relu(dense(flat, w1, b1)), w2, b2), y)
}
const smallCnn = ([c1, d1, c2, d2, c3, d3, w1, b1, w2, b2], [x, y]) => {
  const block = (h, c, d) => pool(conv(h, c, d, 1), 2)
  const flat = block(block(block(x, c1, d1), c2, d2), c3, d3).reshape([64, 128])
  return crossEntropy(dense(nn.relu(dense(flat, w1, b1)), w2, b2), y)
}
const norm = (x, g, e) => {
  const d = x.ref.sub(np.mean(x, -1, { keepdims: true }))
  const variance = np.mean(np.square(d.ref), -1, { keepdims: true })
  return d
    .div(np.sqrt(variance.add(1e-5)))
    .mul(g)
    .add(e)
}
const transformer = ([g1, e1, wqkv, bqkv, wo, bo, g2, e2, wu, bu, wd, bd], [x]) => {
  const qkv = dense(norm(x.ref, g1, e1), wqkv, bqkv)
    .reshape([8, 64, 3, 4, 32])
    .transpose([2, 0, 3, 1, 4])
  const [q, k, v] = [qkv.ref.slice(0), qkv.ref.slice(1), qkv.slice(2)]
  const s = nn.softmax(np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(32)), -1)
  const h = x.add(dense(np.matmul(s, v).transpose([0, 2, 1, 3]).reshape([512, 128]), wo, bo))
  return np.sum(np.square(h.ref.add(dense(nn.gelu(dense(norm(h, g2, e2), wu, bu)), wd, bd))))
}

// -- steps -----------------------------------------------------------------------------------------------------------

const sgd = (rate) => ({ start: () => [], next: (p, g, s) => [p.map((a, k) => a.sub(g[k].mul(rate))), s] })
const adam = (rate, b1, b2, eps) => ({
  start: (p) => {
    const zeros = () => p.map((a) => np.zeros(a.shape))
    return { m: zeros(), v: zeros(), t1: np.array([1]), t2: np.array([1]) }
  },
  next: (p, g, s) => {
    const [t1, t2] = [s.t1.mul(b1), s.t2.mul(b2)]
    const m = s.m.map((a, k) => a.mul(b1).add(g[k].ref.mul(1 - b1)))
    const v = s.v.map((a, k) => a.mul(b2).add(np.square(g[k]).mul(1 - b2)))
    const [c1, c2] = [np.array(1).sub(t1.ref), np.array(1).sub(t2.ref)]
    const moved = (_, k) =>
      m[k].ref
        .div(c1.ref)
        .mul(rate)
        .div(np.sqrt(v[k].ref.div(c2.ref)).add(eps))
    const next = p.map((a, k) => a.sub(moved(a, k)))
    c1.dispose()
    c2.dispose()
    return [next, { m, v, t1, t2 }]
  },
})
const train = (model, rule) => async (name) => {
  const { params, data } = startOf(name)
  const d = data.map(array)
  let p = params.map(array)
  let state = rule.start(p)
  const both = valueAndGrad(model)
  const update = jit((q, s, e) => {
    const [l, g] = both(tree.ref(q), e)
    return [l, ...rule.next(q, g, s)]
  })
  const step = async () => {
    const [l, nextP, nextState] = update(p, state, tree.ref(d))
    p = nextP
    state = nextState
    return number(l)
  }
  if (name === 'W11') {
    const loss = await step()
    await blockUntilReady(p)
    return { loss }
  }
  const [l, g] = jit((q, e) => both(q, e))(tree.ref(p), tree.ref(d))
  return { loss: await number(l), gradients: await host(g), loss10: await after10(step), step }
}
const gradient = (model, startAt, toHost) => async (name) => {
  const { params, data } = startOf(name)
  const [p, d] = [(startAt ?? params).map(array), data.map(array)]
  const both = jit((q, e) => valueAndGrad(model)(q, e))
  const once = () => both(tree.ref(p), tree.ref(d))
  const [l, g] = once()
  const step = async () => {
    const [value, grads] = once()
    if (toHost) return [await host(grads), await number(value)]
    await blockUntilReady(grads)
    tree.dispose(grads)
    return number(value)
  }
  return { loss: await number(l), gradients: await host(g), step }
}
const product = async (name) => {
  const [a, b] = startOf(name).params.map(array)
  const both = jit((x, y) => np.matmul(x, y))
  const [c] = await host([both(a.ref, b.ref)])
  const step = async () => {
    const made = both(a.ref, b.ref)
    await made.blockUntilReady()
    made.dispose()
  }
  return { loss: c.reduce((s, x) => s + x, 0), gradients: [c], step }
}
/** Forward over reverse. */
const hvp = async (name) => {
  const { params, data, along } = startOf(name)
  const [p, d, v] = [params.map(array), data.map(array), along.map(array)]
  const both = jit((q, w, e) => {
    const [g, h] = jvp((r) => grad((s) => deep(s, tree.ref(e)))(r), [q], [tree.ref(w)])
    tree.dispose(e)
    return [g.map((a, k) => np.sum(a.mul(w[k]))).reduce((a, b) => a.add(b)), h]
  })
  const once = () => both(tree.ref(p), tree.ref(v), tree.ref(d))
  const [gv, h] = once()
  const step = async () => {
    const [value, made] = once()
    await blockUntilReady(made)
    tree.dispose(made)
    return number(value)
  }
  const loss = await number(deep(tree.ref(p), tree.ref(d)))
  return { loss, gv: await number(gv), gradients: await host(h), step }
}
const chain = ([x]) =>
  np.sum(
    np
      .tanh(x.ref)
      .mul(np.sin(x.ref))
      .add(np.exp(np.square(x).mul(-1))),
  )
const rosenbrock = ([x]) => {
  const [a, b] = [x.ref.slice([0, 99]), x.slice([1, 100])]
  return np.sum(
    np
      .square(b.sub(np.square(a.ref)))
      .mul(100)
      .add(np.square(a.mul(-1).add(1))),
  )
}
const wave = Float32Array.from({ length: 100 }, (_, i) => Math.sin(0.37 * i + 0.5))

await bench(`jaxjs-wasm${workers > 0 ? `-${workers}w` : ''}`, {
  W1: train(deep, sgd(0.05)),
  W2: (name) => train(mlp, name === 'W12' ? adam(1e-3, 0.9, 0.999, 1e-8) : sgd(0.05))(name),
  W3: train(cnn, sgd(0.01)),
  W4: train(smallCnn, sgd(0.01)),
  W5: gradient(transformer),
  W6: gradient(chain),
  W7: product,
  W8: hvp,
  W9: gradient(rosenbrock, [[[100], wave]], true),
  W11: train(mlp, sgd(0.05)),
})
