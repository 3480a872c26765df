/**
 * npm run bench -- --gpujs: contractions through the compiler against the fastest formulation that was found by hand, each
 * alone, in every mode of gpu.js that is here. The two take turns; the time is the processor's, the least of the turns, so
 * that other work on the machine does not count.
 */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type Device, openDevice } from '../../backends/gpujs/device/device.ts'
import type { CompiledKernel } from '../../backends/gpujs/device/kernelTypes.ts'
import { free, read, type Stored } from '../../backends/gpujs/device/memory.ts'
import type { Mode } from '../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { showBackendError } from '../../backends/index.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { conv, matmul, type Program, programOrThrow, real, vjpOrThrow } from '../../src/index.ts'
import { missingWebgpu } from '../device/webgpu.ts'
import { folder } from './participants.ts'

type Untyped = Program<unknown, unknown>
interface Hand {
  readonly source: string
  readonly output: readonly number[]
  /** Elements of its arguments, which are flat. */
  readonly sizes: readonly number[]
}
interface Case {
  readonly name: string
  readonly flops: number
  readonly program: Untyped
  readonly hand: Hand
}
const times = (n: number, f: (k: number) => string): string => Array.from({ length: n }, (_, k) => f(k)).join('')
const four = (f: (c: number) => string): string => times(4, f)

/** C[4y + c][x]: four rows per thread, k unrolled. */
const product = (n: number): Case => ({
  name: `product ${n}`,
  flops: 2 * n ** 3,
  program: programOrThrow([real(n, n), real(n, n)], ([a, b]) => matmul(a, b)) as unknown as Untyped,
  hand: {
    output: [n, n / 4],
    sizes: [n * n, n * n],
    source: `function(a,b){${four((c) => `let s${c}=0;`)}for(let i=0;i<${n};i+=8){${times(
      8,
      (u) =>
        `const v${u}=b[(i+${u})*${n}+this.thread.x];${four((c) => `s${c}+=a[(this.thread.y*4+${c})*${n}+i+${u}]*v${u};`)}`,
    )}}return [s0,s1,s2,s3];}`,
  },
})
/** The guide's picture: 4 x 8 channels x 34 x 34, padded before; 16 filters of 3 x 3. */
const [N, C, K, H, P] = [4, 8, 16, 32, 34]
const layer = programOrThrow([real(N, C, P, P), real(K, C, 3, 3)], ([x, w]) => conv()(x, w))
const flops = 2 * N * K * C * 9 * H * H
/** One of the layer's two gradients, from the picture, the filters and the cotangent. */
const gradient = (input: 0 | 1): Untyped => {
  const p = vjpOrThrow(layer) as unknown as Untyped
  const outputs = p.closed.outputs.slice(layer.closed.outputs.length)
  return {
    ...p,
    out: (p.out as readonly [unknown, readonly unknown[]])[1][input],
    closed: { ...p.closed, outputs: [outputs[input] as number] },
  }
}
const taps = (f: (r: number, s: number) => string): string => times(9, (k) => f(Math.floor(k / 3), k % 3))
const forward: Case = {
  name: 'convolution',
  flops,
  program: layer as unknown as Untyped,
  hand: {
    // x = column, y = row, z = (picture, four filters)
    output: [H, H, (N * K) / 4],
    sizes: [N * C * P * P, K * C * 9],
    source: `function(x,w){${four((c) => `let s${c}=0;`)}const n=Math.floor(this.thread.z/${K / 4});const k=(this.thread.z-n*${K / 4})*4;for(let i=0;i<${C};i++){${taps(
      (r, s) =>
        `const v${r}${s}=x[((n*${C}+i)*${P}+this.thread.y+${r})*${P}+this.thread.x+${s}];${four((c) => `s${c}+=w[((k+${c})*${C}+i)*9+${3 * r + s}]*v${r}${s};`)}`,
    )}}return [s0,s1,s2,s3];}`,
  },
}
/** The same with the filters turned around, on a cotangent padded by two. */
const [Q] = [36]
const backward: Case = {
  name: 'its gradient by x',
  flops: (flops * P * P) / (H * H),
  program: gradient(0),
  hand: {
    output: [P, P, (N * C) / 4],
    sizes: [N * K * Q * Q, K * C * 9],
    source: `function(g,w){${four((c) => `let s${c}=0;`)}const n=Math.floor(this.thread.z/${C / 4});const i=(this.thread.z-n*${C / 4})*4;for(let k=0;k<${K};k++){${taps(
      (r, s) =>
        `const v${r}${s}=g[((n*${K}+k)*${Q}+this.thread.y+${2 - r})*${Q}+this.thread.x+${2 - s}];${four((c) => `s${c}+=w[(k*${C}+i+${c})*9+${3 * r + s}]*v${r}${s};`)}`,
    )}}return [s0,s1,s2,s3];}`,
  },
}
/** A thread for every tap and channel, four filters each; the columns unrolled by 8. */
const filters: Case = {
  name: 'its gradient by w',
  flops,
  program: gradient(1),
  hand: {
    output: [9, C, K / 4],
    sizes: [N * C * P * P, N * K * H * H],
    source: `function(x,g){${four((c) => `let s${c}=0;`)}const r=Math.floor(this.thread.x/3);const s=this.thread.x-3*r;const k=this.thread.z*4;for(let n=0;n<${N};n++){for(let p=0;p<${H};p++){for(let q=0;q<${H};q+=8){${times(
      8,
      (u) =>
        `const v${u}=x[((n*${C}+this.thread.y)*${P}+p+r)*${P}+q+${u}+s];${four((c) => `s${c}+=g[((n*${K}+k+${c})*${H}+p)*${H}+q+${u}]*v${u};`)}`,
    )}}}}return [s0,s1,s2,s3];}`,
  },
}

const filled = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => Math.fround(((i * 7919) % 1000) / 1000 - 0.5))
const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isRight(e)) return e.right
  throw new Error(showBackendError(e.left as never))
}
/** Processor seconds for one run: the fastest of several, the runs taking turns. */
const fastest = async (runs: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> => {
  const best = runs.map(() => Number.POSITIVE_INFINITY)
  const once = async (run: () => Promise<unknown>, count: number): Promise<number> => {
    const from = process.cpuUsage()
    for (let k = 0; k < count; k++) await run()
    const { user, system } = process.cpuUsage(from)
    return (user + system) / count / 1e6
  }
  const counts: number[] = []
  for (const run of runs) {
    await run()
    counts.push(Math.max(1, Math.round(0.05 / Math.max(1e-5, await once(run, 1)))))
  }
  for (let t = 0; t < 7; t++)
    for (const [k, run] of runs.entries()) best[k] = Math.min(best[k] as number, await once(run, counts[k] as number))
  return best
}
const compare = async (device: Device, mode: Mode, c: Case): Promise<string> => {
  const executable = right(await gpujs({ mode }).compile(c.program)())
  const inputs = c.program.closed.inputs.map((i) => filled(sizeOf(i.type.shape)))
  const given =
    (c.program.in as readonly unknown[]).length === 2 && Array.isArray((c.program.in as readonly unknown[])[0])
  // a vjp takes its inputs, then the cotangent
  const tree = given ? [[inputs[0], inputs[1]], inputs[2]] : inputs
  const { source, output, sizes } = c.hand
  const built: CompiledKernel = right(await device.build({ name: c.name, source, output, numbers: [] }, sizes))
  const args: Stored[] = []
  for (const n of sizes) args.push(await device.upload(filled(n)))
  const byHand = async (): Promise<void> => {
    const y = await built(args)
    await read(y)
    free(y)
  }
  const compiled = async (): Promise<unknown> => right(await executable.run(tree as never)())
  const [ours = 0, theirs = 0] = await fastest([compiled, byHand])
  for (const x of args) free(x)
  executable.release()
  const rate = (s: number): string => (c.flops / s / 1e9).toFixed(2).padStart(6)
  return `${mode.padEnd(8)} ${c.name.padEnd(18)} ${rate(ours)} GFLOP/s  by hand ${rate(theirs)}  ${((100 * theirs) / ours).toFixed(0).padStart(4)} %`
}

/** Prints the table; `large`: products of 1024 too. The exit code. */
export const speeds = async (large: boolean): Promise<number> => {
  await missingWebgpu(join(folder, '../device'))
  const sizes = large ? [128, 512, 1024] : [128, 512]
  for (const mode of ['webasm', 'cpu', 'webgpu', 'headlessgl'] as const) {
    const opened = await openDevice(mode)
    if (E.isLeft(opened)) {
      console.log(`${mode} is left out: ${showBackendError(opened.left)}`)
      continue
    }
    const device = opened.right
    for (const c of [...sizes.map(product), forward, backward, filters]) console.log(await compare(device, mode, c))
    device.release()
  }
  return 0
}
