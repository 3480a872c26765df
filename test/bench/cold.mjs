/** W11: a whole process from import to the loss of one complete step of W2, on the built package. Prints the loss. */
const root = new URL(process.argv[2] ?? '../../dist/', import.meta.url)
const from = (path) => import(new URL(path, root).href)
const [{ programOrThrow }, { real }, P, { sum }, { matmul, relu, logSoftmax }, { sgd }, train, { wasm }] =
  await Promise.all([
    from('lang/program.js'),
    from('lang/shape.js'),
    from('lang/primitives/elementwise.js'),
    from('lang/primitives/broadcast.js'),
    from('lang/operations/index.js'),
    from('src/optim/index.js'),
    from('src/train/index.js'),
    from('backends/wasm/index.js'),
  ])
const fill = (n, scale, c, offset = 0) =>
  Float32Array.from({ length: n }, (_, i) => offset + scale * Math.sin(0.37 * i + c))
const onehot = new Float32Array(640)
for (let b = 0; b < 64; b++) onehot[b * 10 + ((7 * b + 3) % 10)] = 1
const shapes = [real(784, 128), real(128), real(128, 10), real(10)]
const params = [fill(100352, 0.5, 0), fill(128, 0.1, 1), fill(1280, 1, 2), fill(10, 1, 3)]
const dense = (x, w, b) => P.add(matmul(x, w), b)
const loss = programOrThrow([shapes, [real(64, 784), real(64, 10)]], ([p, [x, y]]) => {
  const logits = dense(relu(dense(x, p[0], p[1])), p[2], p[3])
  return P.div(P.neg(sum()(P.mul(y, logSoftmax(1)(logits)))), 64)
})
const rule = sgd({ rate: 0.05 })
const step = await wasm().resident(train.descentStepOrThrow(rule)(loss))()
await step.right.load(train.startDescent(rule, shapes, params))()
const results = await step.right.step([fill(50176, 0.5, 100, 0.5), onehot])()
console.log(results.right[0])
