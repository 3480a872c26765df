/**
 * Programs evaluated at once, in float64: what checks run large programs on. A program is compiled when it is first
 * evaluated, and kept as long as it lives.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Evaluator, Noise } from '../../lang/backend.ts'
import type { Tensor } from '../../lang/evaluate.ts'
import { flopsPerElement } from '../../lang/kernel/count.ts'
import { type At, index, type Scalar } from '../../lang/kernel/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { keyOf } from '../../lang/syntax/plain.ts'
import { type Shape, sizeOf } from '../../lang/syntax/shape.ts'
import { simplifyClosed } from '../../src/transform/simplify/index.ts'
import { type Expanded, expand } from '../schedule/expand.ts'
import { noiseFor } from '../schedule/noise.ts'
import { updatesInPlace } from '../schedule/overwrite.ts'
import { float64 } from './assembler/index.ts'
import { engine } from './host/engine.ts'
import { isSupported } from './host/features.ts'
import { type Exports, elements, instanceOf, memoryFor } from './host/instance.ts'
import { compilePlan } from './steps/compile.ts'
import { noisyPlanOf } from './steps/planOf.ts'

const perElement = (at: (i: At) => Scalar, shape: Shape): number => {
  const indices = shape.map(index)
  return flopsPerElement(indices, at(indices))
}
/** The work of one evaluation; infinite where a while loop may never end, so that a budget must count its steps. */
const workOf = (p: Closed): number => expand(p).equations.reduce((work, q) => work + equationWork(q), 0)
const equationWork = ({ meaning: m, outs }: Expanded): number => {
  switch (m._tag) {
    case 'Kernel':
      return outs.reduce((n, { shape }) => n + sizeOf(shape) * (1 + perElement(m.at, shape)), 0)
    case 'Data':
    case 'Sort':
    case 'Scatter':
      return outs.reduce((n, { shape }) => n + sizeOf(shape), 0)
    case 'Loop':
      return m.length * workOf(m.body)
    case 'While':
      return Number.POSITIVE_INFINITY
    case 'Branch':
      return Math.max(...m.bodies.map(workOf))
  }
}
/** Programs found again by their content. */
const kept = 32
/** From this work on, compiling pays in a check, which evaluates a program tens of times. */
const worthCompiling = 2e4

type Run = Evaluator['evaluate']
/** A program compiled and instantiated at once, with places for noise; undefined where this host refuses. */
const compiledAtOnce = (given: Closed): Run | undefined => {
  const p = simplifyClosed(given)
  const noise = noiseFor(p)
  const plan = noisyPlanOf(p, noise)
  const compiled = compilePlan(plan, 0, { element: float64 })
  const allocated = memoryFor(compiled.pages, 1)
  if (E.isLeft(allocated)) return undefined
  const memory = allocated.right
  const instance = E.tryCatch(
    () => new engine.Instance(new engine.Module(compiled.bytes), { env: { memory } }),
    () => undefined,
  )
  if (E.isLeft(instance)) return undefined
  const m = instanceOf({ compiled, reason: '' }, memory, 0, instance.right.exports as Exports, undefined)
  const list = compiled.data.find((d) => d.values === noise)
  const setNoise = noiseSetter(list === undefined ? new Float64Array() : elements(memory, list.region, 'real'))
  const overwritten = new Set(updatesInPlace(plan, 0).values())
  const written: (Tensor | undefined)[] = []
  return (_, x, draw) => {
    setNoise(draw)
    // most inputs stay from call to call; one that the program overwrites is written again
    for (const [k, values] of x.entries())
      if (overwritten.has(k) || written[k] !== values) {
        m.write(k, values)
        written[k] = values
      }
    m.run()
    return compiled.outputs.map((_, k) => m.read(k) as Tensor) // reals are float64 here, and integers are returned so
  }
}
/** So many starting points has the noise of one program. */
const starts = 1 << 15
/** Numbers from -1 to 1 without pattern: the bits of 1, 2, 3, ... mixed. */
const mixed = (k: number): number => {
  const a = Math.imul(k ^ (k >>> 15), 0x2c1b3c6d)
  const b = Math.imul(a ^ (a >>> 12), 0x297a2d39)
  return ((b ^ (b >>> 15)) | 0) / 2 ** 31
}
/** Fills the places: without noise with 0, else with a part of one list, from a place that is drawn. */
const noiseSetter = (places: ReturnType<typeof elements>) => {
  let quiet = true
  const lists = new Map<number, Float64Array>()
  const listFor = (unit: number): Float64Array => {
    const made = () => Float64Array.from({ length: places.length + starts }, (_, k) => unit * mixed(k + 1))
    const found = lists.get(unit) ?? made()
    lists.set(unit, found)
    return found
  }
  return (noise: Noise | undefined): void => {
    if (noise === undefined) {
      if (!quiet) places.fill(0)
    } else if (places.length > 0) {
      const from = Math.floor(((noise.next() + 1) / 2) * (starts - 1))
      places.set(listFor(noise.unit).subarray(from, from + places.length))
    }
    quiet = noise === undefined
  }
}
const isWorth = (p: Closed, from: number): boolean => {
  if (!isSupported()) return false
  const work = workOf(p)
  return work >= from && Number.isFinite(work)
}

/** Which programs are compiled. */
export interface EvaluatorOptions {
  /** From how many operations on: smaller programs are evaluated by the reference. Default: 20,000. */
  readonly from?: number
}
/**
 * An evaluator for checks of large programs: WebAssembly in float64. It keeps what it has compiled as long as the
 * programs live. Small programs, and those with a while loop, are left to the reference.
 *
 * @example
 * const f = programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))
 * const checked = checkGradients(f, { on: evaluator() })
 * E.isRight(checked) && checked.right.verdict // => 'correct'
 */
export const evaluator = ({ from = worthCompiling }: EvaluatorOptions = {}): Evaluator => {
  const known = new WeakMap<Closed, { readonly run: Run | undefined }>()
  const alike = new Map<string, { readonly run: Run | undefined }>()
  /** Programs of the same content, as a gradient and the pull of a check are, share their code. */
  const compiled = (p: Closed): { readonly run: Run | undefined } => {
    const key = keyOf(p)
    const found = alike.get(key) ?? { run: isWorth(p, from) ? compiledAtOnce(p) : undefined }
    alike.delete(key)
    alike.set(key, found)
    for (const oldest of alike.keys()) if (alike.size > kept) alike.delete(oldest)
    return found
  }
  return {
    name: 'wasm:float64',
    evaluate: (p, x, noise) => {
      const found = known.get(p) ?? compiled(p)
      known.set(p, found)
      return found.run?.(p, x, noise)
    },
  }
}
