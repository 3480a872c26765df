/** One workload on one back end: its programs compiled, its values found, its steps timed. */
import type { Backend } from '../../backends/index.ts'
import * as O from '../../lang/operations/index.ts'
import { callClosed } from '../../lang/primitives/call.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, programOrThrow } from '../../lang/syntax/program.ts'
import { real, sizeOf } from '../../lang/syntax/shape.ts'
import { descentStepOrThrow, startDescent } from '../../src/train/descent.ts'
import { valueAndGradOrThrow } from '../../src/transform/grad.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { checksums, fill, parameters } from './data.ts'
import { type Definition, definitionOf, valuesOf } from './definitions.ts'
import { type HeldStep, noteOf, orFail } from './held.ts'
import type { Measured } from './line.ts'
import { measure, median } from './measure.ts'
import { lossOf, type Workload, workloadNamed } from './workloads.ts'

type AnyProgram = Program<unknown, unknown>
type Leaf = Float32Array
type Of<K extends Workload['kind']> = Extract<Workload, { readonly kind: K }>

/** Compiled: flat inputs to a tree of results. `note`: why it stays on one thread. */
const compiled = async (b: Backend, p: AnyProgram) => {
  const executable = orFail(await b.compile(p)())
  const run = async (inputs: unknown): Promise<unknown> => orFail(await executable.run(inputs as never)())
  return { run, note: noteOf(executable) }
}
/** Of the parameters only: data have no gradient that anybody reads. */
const gradientOf = (w: Of<'train' | 'gradient' | 'hvp'>, d: Definition): AnyProgram => {
  const whole = valueAndGradOrThrow(lossOf(w.loss, d)) as Program<
    never,
    readonly [unknown, readonly [unknown, unknown]]
  >
  const kept = whole.closed.outputs.slice(0, 1 + d.parameters.length)
  return { in: whole.in, out: [whole.out[0], whole.out[1][0]], closed: { ...whole.closed, outputs: kept } } as never
}
/** The gradient as state beside the parameters: complete after every step, copied to the host when it is asked for. */
const heldGradientOf = (w: Of<'gradient'>, d: Definition): HeldStep => {
  const gradient = callClosed(gradientOf(w, d).closed)
  const types = d.parameters.map(([s]) => real(...s))
  const data = d.data.map(([s]) => real(...s))
  return (programOrThrow as unknown as (types: unknown, f: (xs: HeldInputs) => unknown) => HeldStep)(
    [[types, types], data],
    ([[params], xs]) => {
      const [loss, ...grads] = gradient(...params, ...xs)
      return [[params, grads], loss]
    },
  )
}
type HeldInputs = readonly [state: readonly [params: readonly Expr[], grads: readonly Expr[]], data: readonly Expr[]]
const stepOf = (w: Of<'train'>, d: Definition): HeldStep =>
  descentStepOrThrow(w.optimizer)(lossOf(w.loss, d)) as unknown as HeldStep
const productOf = (n: number): AnyProgram =>
  programOrThrow([real(n, n), real(n, n)], ([x, y]) => O.matmul(x as never, y as never)) as never
/** Forward over reverse: the tangent of the loss is <grad L, v>, that of the gradient is H v. */
const hvpOf = (w: Of<'hvp'>, d: Definition): AnyProgram => {
  const both = jvp(gradientOf(w, d)) as unknown as HeldStep
  const tangents = both.closed.outputs.slice(1 + d.parameters.length)
  return { in: both.in, out: both.out[1], closed: { ...both.closed, outputs: tangents } } as never
}
/** The program that a step runs. */
export const programOf = (name: string): AnyProgram => {
  const [w, d] = [workloadNamed(name), definitionOf(name)]
  switch (w.kind) {
    case 'train':
      return stepOf(w, d) as never
    case 'gradient':
      return gradientOf(w, d)
    case 'matmul':
      return productOf(w.n)
    case 'hvp':
      return hvpOf(w, d)
  }
}

const runTrain = async (b: Backend, w: Of<'train'>, d: Definition): Promise<Measured> => {
  const [start, data] = [parameters(d.parameters), valuesOf(d)]
  const { run: gradient } = await compiled(b, gradientOf(w, d))
  const [[loss], grads] = (await gradient([start, data])) as readonly [Leaf, readonly Leaf[]]
  const types = d.parameters.map(([s]) => real(...s))
  const held = orFail(await b.resident(stepOf(w, d))())
  orFail(await held.load(startDescent(w.optimizer, types, start as never) as never)())
  const once = async (): Promise<number> => (orFail(await held.step(data as never)()) as Leaf)[0] as number
  let loss10 = Number.NaN
  for (let k = 0; k < 11; k++) loss10 = await once()
  return { times: await measure(once), checks: { loss: loss as number, ...checksums(grads), loss10 }, ...noteOf(held) }
}
const runGradient = async (b: Backend, w: Of<'gradient'>, d: Definition): Promise<Measured> => {
  const [start, data] = [w.start ?? parameters(d.parameters), valuesOf(d)]
  if (w.host) {
    const { run, note } = await compiled(b, gradientOf(w, d))
    const once = async () => (await run([start, data])) as readonly [Leaf, readonly Leaf[]]
    const [[loss], grads] = await once()
    return { times: await measure(once), checks: { loss: loss as number, ...checksums(grads) }, ...note }
  }
  const held = orFail(await b.resident(heldGradientOf(w, d))())
  const none = d.parameters.map(([s]) => new Float32Array(sizeOf(s)))
  orFail(await held.load([start, none] as never)())
  const once = async (): Promise<number> => (orFail(await held.step(data as never)()) as Leaf)[0] as number
  const loss = await once()
  const [, grads] = orFail(await held.read()) as unknown as readonly [unknown, readonly Leaf[]]
  return { times: await measure(once), checks: { loss, ...checksums(grads) }, ...noteOf(held) }
}
/** The product as state beside its factors: reading it back is not timed. */
const heldProductOf = (n: number): HeldStep => {
  const square = real(n, n)
  return (programOrThrow as unknown as (types: unknown, f: (xs: readonly [readonly Expr[]]) => unknown) => HeldStep)(
    [[square, square, square], []],
    ([[x, y]]) => [[x, y, O.matmul(x as Expr, y as never)], []],
  )
}
const runMatmul = async (b: Backend, n: number, d: Definition): Promise<Measured> => {
  const held = orFail(await b.resident(heldProductOf(n))())
  orFail(await held.load([...parameters(d.parameters), new Float32Array(n * n)] as never)())
  const once = async (): Promise<unknown> => orFail(await held.step([] as never)())
  await once()
  const c = (orFail(await held.read()) as unknown as readonly Leaf[])[2] as Leaf
  const times = await measure(once)
  const gflops = (2 * n ** 3) / median(times.times) / 1e6
  return { times, checks: { loss: c.reduce((a, x) => a + x, 0), ...checksums([c]) }, gflops, ...noteOf(held) }
}
const runHvp = async (b: Backend, w: Of<'hvp'>, d: Definition): Promise<Measured> => {
  const { run, note } = await compiled(b, hvpOf(w, d))
  const [start, data] = [parameters(d.parameters), valuesOf(d)]
  const along = d.parameters.map(([s], k) => fill(s, 1, 50 + k))
  const zeros = data.map((x) => new Float32Array(x.length))
  const inputs = [
    [start, data],
    [along, zeros],
  ]
  const once = async () => (await run(inputs)) as readonly [Leaf, readonly Leaf[]]
  const [[gv], hv] = await once()
  const { run: value } = await compiled(b, lossOf(w.loss, d))
  const [loss] = (await value([start, data])) as Leaf
  return { times: await measure(once), checks: { loss: loss as number, gv: gv as number, ...checksums(hv) }, ...note }
}

/** Every workload but W11. */
export const runOn = (b: Backend, name: string): Promise<Measured> => {
  const [w, d] = [workloadNamed(name), definitionOf(name)]
  switch (w.kind) {
    case 'train':
      return runTrain(b, w, d)
    case 'gradient':
      return runGradient(b, w, d)
    case 'matmul':
      return runMatmul(b, w.n, d)
    case 'hvp':
      return runHvp(b, w, d)
  }
}
