/** npm run bench -- [W1 W2 ...] [--backend wasm|reference|gpujs:MODE] [--threads N] [--json] [--profile] */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { type Backend, gpujs, reference, showBackendError, type WasmOptions, wasm } from '../../backends/index.ts'
import * as O from '../../lang/operations/index.ts'
import { type Program, programOrThrow } from '../../lang/program.ts'
import { real } from '../../lang/shape.ts'
import { valueAndGradOrThrow } from '../../src/grad.ts'
import { jvp } from '../../src/jvp.ts'
import { descentStepOrThrow, startDescent } from '../../src/train/descent.ts'
import { type Checks, checksums, fill, parameters } from './data.ts'
import { measure, median, type Times } from './measure.ts'
import { showProfile } from './profile.ts'
import { lossOf, type Model, namesFor, type Workload, workloads } from './workloads.ts'

type AnyProgram = Program<unknown, unknown>
type Leaf = Float32Array
const orFail = <A>(result: E.Either<unknown, A>): A => {
  if (E.isRight(result)) return result.right
  throw new Error(showBackendError(result.left as never))
}
/** Compiled: flat inputs to a tree of results. */
const compiled = async (b: Backend, p: AnyProgram) => {
  const executable = orFail(await b.compile(p)())
  return async (inputs: unknown): Promise<unknown> => orFail(await executable.run(inputs as never)())
}
export interface Measured {
  readonly times: Times
  readonly checks: Checks
  readonly gflops?: number
}
const gradientOf = (m: Model): AnyProgram => valueAndGradOrThrow(lossOf(m)) as never
/** Of the parameters only: data have no gradient that anybody reads. */
const parameterGradient = (m: Model): AnyProgram => {
  const whole = gradientOf(m) as Program<never, readonly [unknown, readonly [unknown, unknown]]>
  const kept = whole.closed.outputs.slice(0, 1 + m.parameters.length)
  return { in: whole.in, out: [whole.out[0], whole.out[1][0]], closed: { ...whole.closed, outputs: kept } } as never
}

const runTrain = async (b: Backend, w: Workload & { readonly kind: 'train' }): Promise<Measured> => {
  const m = w.model,
    start = parameters(m.parameters)
  const gradient = await compiled(b, parameterGradient(m))
  const [[loss], grads] = (await gradient([start, m.values])) as readonly [Leaf, readonly Leaf[]]
  const step = descentStepOrThrow(w.optimizer)(lossOf(m)) as unknown as Program<
    readonly [unknown, unknown],
    readonly [unknown, unknown]
  >
  const state = startDescent(
    w.optimizer,
    m.parameters.map(([s]) => real(...s)),
    start as never,
  )
  const held = orFail(await b.resident(step)())
  orFail(await held.load(state as never)())
  const once = async (): Promise<number> =>
    (orFail(await held.step(m.values as never)()) as unknown as Leaf)[0] as number
  let loss10 = Number.NaN
  for (let k = 0; k < 11; k++) loss10 = await once()
  return { times: await measure(once), checks: { loss: loss as number, ...checksums(grads), loss10 } }
}
const runGradient = async (b: Backend, w: Workload & { readonly kind: 'gradient' }): Promise<Measured> => {
  const m = w.model,
    run = await compiled(b, parameterGradient(m)),
    start = w.start ?? parameters(m.parameters)
  const once = async () => (await run([start, m.values])) as readonly [Leaf, readonly Leaf[]]
  const [[loss], grads] = await once()
  return { times: await measure(once), checks: { loss: loss as number, ...checksums(grads) } }
}
const runMatmul = async (b: Backend, n: number): Promise<Measured> => {
  const p = programOrThrow([real(n, n), real(n, n)], ([x, y]) =>
    O.matmul(x as never, y as never),
  ) as unknown as AnyProgram
  const run = await compiled(b, p),
    inputs = [fill([n, n], 1, 0), fill([n, n], 1, 1)]
  const c = (await run(inputs)) as Leaf
  const times = await measure(() => run(inputs))
  return {
    times,
    checks: { loss: c.reduce((a, x) => a + x, 0), ...checksums([c]) },
    gflops: (2 * n ** 3) / median(times.times) / 1e6,
  }
}
const runHvp = async (b: Backend, m: Model): Promise<Measured> => {
  // forward over reverse: the tangent of the loss is <grad L, v>, that of the gradient is H v
  const both = jvp(parameterGradient(m)) as unknown as Program<
    readonly [unknown, unknown],
    readonly [unknown, readonly [unknown, unknown]]
  >
  const count = m.parameters.length + 1
  const p = {
    in: both.in,
    out: both.out[1],
    closed: { ...both.closed, outputs: both.closed.outputs.slice(count) },
  } as unknown as AnyProgram
  const run = await compiled(b, p)
  const v = m.parameters.map(([s], k) => fill(s, 1, 50 + k)),
    zeros = m.values.map((x) => new Float32Array(x.length))
  const inputs = [
    [parameters(m.parameters), m.values],
    [v, zeros],
  ]
  const once = async () => (await run(inputs)) as readonly [Leaf, readonly Leaf[]]
  const [[gv], hv] = await once()
  const value = await compiled(b, lossOf(m))
  const [loss] = (await value([parameters(m.parameters), m.values])) as Leaf
  return { times: await measure(once), checks: { loss: loss as number, gv: gv as number, ...checksums(hv) } }
}

/** Whole processes, one after the other, on the built package. */
const runCold = async (): Promise<Measured> => {
  const script = fileURLToPath(new URL('./cold.mjs', import.meta.url))
  const times: number[] = []
  let loss = Number.NaN
  for (let k = 0; k < Number(process.env.BENCH_COLD ?? 15); k++) {
    const start = performance.now()
    const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
    times.push(performance.now() - start)
    if (stdout === '') throw new Error(`no cold start, is the package built? npm run build\n${stderr.slice(-400)}`)
    loss = Number(stdout)
  }
  return { times: { times, cpu: Number.NaN }, checks: { loss } }
}

const runOne = (b: Backend, w: Workload): Promise<Measured> => {
  switch (w.kind) {
    case 'train':
      return runTrain(b, w)
    case 'gradient':
      return runGradient(b, w)
    case 'matmul':
      return runMatmul(b, w.n)
    case 'hvp':
      return runHvp(b, w.model)
    case 'cold':
      return runCold()
  }
}

const expected = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8')) as {
  readonly [w: string]: Checks
}
/** What is further from the reference than rounding explains. The sum of a product of sines cancels: it is held to |C|. */
const wrong = (name: string, found: Checks): readonly string[] =>
  Object.entries(expected[name] ?? {}).flatMap(([key, e]) => {
    const f = found[key as keyof Checks] as number
    const scale = name.startsWith('W7') && key === 'loss' ? (expected[name]?.grad_checksum ?? 1) : Math.abs(e as number)
    return Math.abs(f - (e as number)) <= 1e-3 * scale ? [] : [`${key} is ${f}, not ${e}`]
  })
const backendFor = (name: string, options: WasmOptions): Backend => {
  if (name === 'reference') return reference
  if (name.startsWith('gpujs')) return gpujs({ mode: (name.split(':')[1] ?? 'auto') as 'auto' })
  return wasm(options)
}
const round = (x: number): number => Math.round(x * 1e5) / 1e5

export const main = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      backend: { type: 'string', default: 'wasm' },
      threads: { type: 'string', default: '1' },
      relaxed: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  })
  const options: WasmOptions = { threads: Number(values.threads), relaxed: values.relaxed }
  if (values.profile) process.env.BENCH_PROFILE = '1'
  let failed = 0
  for (const name of namesFor(positionals)) {
    const make = workloads[name]
    if (make === undefined) continue
    const {
      times: { times, cpu, profile },
      checks,
      gflops,
    } = await runOne(backendFor(values.backend, options), make())
    const errors = wrong(name, checks)
    failed += errors.length
    const rss = Math.round(process.resourceUsage().maxRSS / 102.4) / 10
    const line = {
      peer: `adjoint-${values.backend}${values.backend === 'wasm' ? `-${values.threads}t` : ''}`,
      workload: name,
      ms_median: round(median(times)),
      ms_min: round(Math.min(...times)),
      cpu_ms: round(cpu),
      reps: times.length,
      rss_mb: rss,
      ...checks,
      ...(gflops === undefined ? {} : { gflops: round(gflops) }),
      note: errors.length > 0 ? `WRONG: ${errors.join('; ')}` : '',
    }
    console.log(
      values.json
        ? JSON.stringify(line)
        : `${name.padEnd(9)} ${String(line.ms_median).padStart(10)} ms  min ${String(line.ms_min).padStart(10)}  cpu ${String(line.cpu_ms).padStart(10)}  ${gflops === undefined ? '' : `${gflops.toFixed(1)} GFLOP/s `}${line.note}`,
    )
    if (profile) console.log(showProfile(profile))
  }
  return failed === 0 ? 0 : 1
}
