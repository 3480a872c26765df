/**
 * W11: a whole process from import to the loss of one complete step of W2, on the package as it is published, which
 * main.ts has compiled beside the bundle. cold.mjs BACKEND THREADS
 */
import { existsSync, readFileSync } from 'node:fs'

const from = (path) => import(new URL(`.built/package/${path}`, import.meta.url).href)
const [name, threads] = process.argv.slice(2)
const [language, { sgd }, { descentStepOrThrow, startDescent }, backends] = await Promise.all([
  from('src/index.js'),
  from('src/optim/index.js'),
  from('src/train/index.js'),
  from('backends/index.js'),
])
const { add, div, logSoftmax, matmul, mul, neg, programOrThrow, real, relu, sum } = language
const { auto, gpujs, reference, wasm } = backends
const chosen =
  { auto: auto(), reference, wasm: wasm({ threads: Number(threads) }) }[name] ?? gpujs({ mode: name.split(':')[1] })
const fill = (n, scale, c, offset = 0) =>
  Float32Array.from({ length: n }, (_, i) => offset + scale * Math.sin(0.37 * i + c))
const onehot = new Float32Array(640)
for (let b = 0; b < 64; b++) onehot[b * 10 + ((7 * b + 3) % 10)] = 1

const shapes = [real(784, 128), real(128), real(128, 10), real(10)]
const params = [fill(100352, 0.5, 0), fill(128, 0.1, 1), fill(1280, 1, 2), fill(10, 1, 3)]
const dense = (x, w, b) => add(matmul(x, w), b)
const loss = programOrThrow([shapes, [real(64, 784), real(64, 10)]], ([p, [x, y]]) => {
  const logits = dense(relu(dense(x, p[0], p[1])), p[2], p[3])
  return div(neg(sum()(mul(y, logSoftmax(1)(logits)))), 64)
})
const rule = sgd({ rate: 0.05 })
/** As in line.ts. */
const peak = () => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS
  return Math.round(Number(kilobytes) / 102.4) / 10
}
const orFail = (result) => {
  if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
  return result.right
}
const step = orFail(await chosen.resident(descentStepOrThrow(rule)(loss))())
orFail(await step.load(startDescent(rule, shapes, params))())
const [found] = orFail(await step.step([fill(50176, 0.5, 100, 0.5), onehot])())
console.log(JSON.stringify({ loss: found, rss: peak() }))
process.exit()
