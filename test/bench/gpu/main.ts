/**
 * npm run bench -- --gpu [--mode MODE] [--small]
 *
 * All that is to be measured when a graphics card is at hand, in under 8 minutes: products of 1024 and 4096, the step of
 * W3, the self-test, and the sizes at which plans change. Without a card it says so, and the exit code is 2.
 * `--mode cpu --small` runs the same parts in small sizes on the processor, to show that the script works.
 */
import { join } from 'node:path'
import { findGpu } from '../../../backends/gpujs/device/findGpu.ts'
import { isMode, type Mode } from '../../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../../backends/gpujs/index.ts'
import type { Backend } from '../../../backends/index.ts'
import { take } from '../../../lang/operations/index.ts'
import { reshape } from '../../../lang/primitives/reindex.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow, type UntypedProgram } from '../../../lang/syntax/program.ts'
import { isReal, real, type Shape, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { isRight, selfTest, showOutcomes } from '../../../src/cli/selftest/core.ts'
import { matmul } from '../../../src/index.ts'
import { missingWebgpu } from '../../device/webgpu.ts'
import { type HeldStep, orFail } from '../held.ts'
import { lineOf, showLine } from '../line.ts'
import { machineLine } from '../machine.ts'
import { markdown } from '../markdown.ts'
import { hashed, labels } from '../models/numbers.ts'
import { folder } from '../participants.ts'
import { runOn } from '../steps.ts'
import { advice, type Threshold, thresholds } from './thresholds.ts'

type Typed = { readonly types: readonly Type[]; readonly f: (...xs: readonly Expr[]) => Expr }
const build = programOrThrow as unknown as (types: unknown, f: (xs: never) => unknown) => UntypedProgram
/**
 * Results stay on the device, so that copying them is not timed. A step returns one number of the results of the step
 * before it: a device answers when it has finished all that it was asked for.
 */
const heldOf = ({ types, f }: Typed): { readonly step: HeldStep; readonly out: Type } => {
  const out = build(types, (xs: readonly Expr[]) => f(...xs)).out as Type
  const step = build([[...types, out], []], ([state]: readonly [readonly Expr[]]) => {
    const inputs = state.slice(0, types.length)
    const flat = reshape<Shape>([sizeOf(out.shape)])(state[types.length] as Expr)
    return [[...inputs, f(...inputs)], take(0, 0)(flat as never)]
  })
  return { step: step as never, out }
}
const numbersOf = (t: Type, k: number): Float32Array | Int32Array =>
  isReal(t) ? hashed(sizeOf(t.shape), k, 1) : labels(sizeOf(t.shape), k, 64)
interface Timed {
  /** Of one step, the least of several counts of steps. */
  readonly seconds: number
  readonly result: Float32Array
  readonly inputs: readonly (Float32Array | Int32Array)[]
}
/** As long as a third of a second, seven times. */
const timed = async (backend: Backend, given: Typed): Promise<Timed> => {
  const { step, out } = heldOf(given)
  const held = orFail(await backend.resident(step)())
  const inputs = given.types.map(numbersOf)
  orFail(await held.load([...inputs, new Float32Array(sizeOf(out.shape))] as never)())
  const steps = async (count: number): Promise<number> => {
    const start = performance.now()
    for (let k = 0; k < count; k++) orFail(await held.step([] as never)())
    return (performance.now() - start) / count / 1000
  }
  await steps(2)
  const count = Math.max(1, Math.min(1000, Math.round(0.3 / (await steps(1)))))
  let least = Number.POSITIVE_INFINITY
  for (let k = 0; k < 7; k++) least = Math.min(least, await steps(count))
  const result = (orFail(await held.read()) as readonly unknown[])[given.types.length] as Float32Array
  held.release()
  return { seconds: least, result, inputs }
}
/** The largest error of 64 elements of a product, by the sum of magnitudes of its terms. */
const productError = ({ result, inputs }: Timed, n: number): number => {
  const [x, y] = inputs as readonly [Float32Array, Float32Array]
  const errors = Array.from({ length: 64 }, (_, k) => {
    const [row, column] = [(k * 7919) % n, (k * 104729) % n]
    let [total, size] = [0, 0]
    for (let i = 0; i < n; i++) {
      const term = (x[row * n + i] as number) * (y[i * n + column] as number)
      total += term
      size += Math.abs(term)
    }
    return Math.abs(total - (result[row * n + column] as number)) / size
  })
  return errors.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0)
}
const product = (n: number): Typed => ({
  types: [real(n, n), real(n, n)],
  f: (x, y) => matmul(x as never, y as never) as Expr,
})

/** One part: its text, and whether its values are right. */
type Part = (backend: Backend, small: boolean) => Promise<readonly [text: string, right: boolean]>
const products: Part = async (backend, small) => {
  const rows: string[][] = []
  let right = true
  for (const n of small ? [32, 96] : [1024, 4096]) {
    const found = await timed(backend, product(n))
    const error = productError(found, n)
    right = right && error < 1e-5
    const rate = (2 * n ** 3) / found.seconds / 1e9
    rows.push([`product ${n}`, (1000 * found.seconds).toPrecision(3), rate.toPrecision(3), error.toExponential(1)])
  }
  return [markdown(['product', 'ms', 'GFLOP/s', 'error'], rows), right]
}
const training: Part = async (backend, small) => {
  const workload = small ? 'W1' : 'W3'
  const line = lineOf(backend.name, workload, await runOn(backend, workload))
  return [showLine(line), line.ms_min !== null]
}
const trials: Part = async (backend) => {
  const outcome = await selfTest(backend)
  return [showOutcomes([outcome]), isRight(outcome) && outcome._tag === 'Ran']
}
const sides = async (backend: Backend, t: Threshold): Promise<readonly string[]> => {
  const at = async (n: number): Promise<number> => (await timed(backend, { types: t.inputs(n), f: t.f(n) })).seconds
  const [below, above] = [await at(t.below), await at(t.above)]
  const shown = [below, above].map((s) => (1e6 * s).toPrecision(3))
  return [t.name, t.stands, `${t.below}, ${t.above}`, ...shown, advice(below, above, [t.below, t.above])]
}
const limits: Part = async (backend, small) => {
  const rows: (readonly string[])[] = []
  for (const t of thresholds(small)) rows.push(await sides(backend, t))
  return [markdown(['threshold', 'where', 'sizes', 'us below', 'us above', 'advice'], rows, [1, 2, 5]), true]
}
const parts: readonly (readonly [name: string, seconds: number, part: Part])[] = [
  ['products', 90, products],
  ["W3's step", 30, training],
  ['thresholds', 60, limits],
  ['self-test', 180, trials],
]
/** Seconds for everything: a part that might end later is left out. */
const available = 470

/** The device, or why there is none. */
const deviceFor = async (mode: Mode): Promise<string> => {
  if (mode === 'cpu' || mode === 'webasm') return `no graphics card is asked for: ${mode} runs on the processor`
  const why = mode === 'webgpu' ? await missingWebgpu(join(folder, '../device')) : undefined
  const found = await findGpu()
  if ('missing' in found) throw new Error(`no graphics card is found: ${why ?? found.missing}`)
  return found.name
}
/** The exit code. */
export const gpu = async ({ mode, small }: { readonly mode: string; readonly small: boolean }): Promise<number> => {
  if (!isMode(mode)) throw new Error(`gpu.js has no mode ${mode}`)
  console.log(`${machineLine()}\n${await deviceFor(mode)}, gpujs:${mode}`)
  const start = performance.now()
  const spent = (): number => (performance.now() - start) / 1000
  let wrong = 0
  for (const [name, seconds, part] of parts) {
    if (spent() + seconds > available) console.log(`\n${name}: left out, ${spent().toFixed(0)} s are spent`)
    else {
      const [text, right] = await part(gpujs({ mode }), small).catch((e: unknown) => [String(e), false] as const)
      console.log(`\n${name}, ${right ? 'right' : 'WRONG'}, after ${spent().toFixed(0)} s\n\n${text}`)
      wrong += right ? 0 : 1
    }
  }
  return wrong > 0 ? 1 : 0
}
