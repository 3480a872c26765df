/**
 * Programs evaluated at once, in float64: what checks run large programs on. A program is compiled when it is first
 * evaluated, and again with noise when that is first asked for; both are kept as long as the program.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Evaluator } from '../../lang/backend.ts'
import type { Tensor } from '../../lang/evaluate.ts'
import { flopsPerElement } from '../../lang/kernel/count.ts'
import { type At, index, type Scalar } from '../../lang/kernel/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { type Shape, sizeOf } from '../../lang/syntax/shape.ts'
import { simplifyClosed } from '../../src/transform/simplify/index.ts'
import { type Expanded, expand } from '../schedule/expand.ts'
import { type Noise, noiseFor } from '../schedule/noise.ts'
import { float64 } from './assembler/index.ts'
import { engine } from './host/engine.ts'
import { isSupported } from './host/features.ts'
import { type Exports, elements, instanceOf, memoryFor } from './host/instance.ts'
import { compilePlan } from './steps/compile.ts'
import { preciselyOf } from './steps/planOf.ts'

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
      return outs.reduce((n, { shape }) => n + sizeOf(shape), 0)
    case 'Loop':
      return m.length * workOf(m.body)
    case 'While':
      return Number.POSITIVE_INFINITY
    case 'Branch':
      return Math.max(...m.bodies.map(workOf))
  }
}
/** From this work on, compiling pays in a check, which evaluates a program tens of times. */
const worthCompiling = 2e4

type Run = (x: readonly Tensor[], noise?: () => number) => readonly Tensor[]
/** A simplified program, compiled and instantiated at once; undefined where this host refuses. */
const compiledAtOnce = (p: Closed, noise?: Noise): Run | undefined => {
  const plan = preciselyOf(p, noise)
  const compiled = compilePlan(plan, 0, { element: float64 })
  const allocated = memoryFor(compiled.pages, 1)
  if (E.isLeft(allocated)) return undefined
  const memory = allocated.right
  const instance = E.tryCatch(
    () => new engine.Instance(new engine.Module(compiled.bytes), { env: { memory } }),
    () => undefined,
  )
  if (E.isLeft(instance)) return undefined
  const m = instanceOf({ plan, compiled, reason: '' }, memory, 0, instance.right.exports as Exports, undefined)
  const list = compiled.data.find((d) => d.values === noise)
  const places = list && elements(memory, list.region, 'real')
  return (x, draw) => {
    if (places !== undefined && draw !== undefined) for (let k = 0; k < places.length; k++) places[k] = draw()
    x.forEach((values, k) => {
      m.write(k, values)
    })
    m.run()
    return compiled.outputs.map((_, k) => Float64Array.from(m.read(k)))
  }
}
/** How one program is evaluated; undefined where the reference should. */
interface Ways {
  readonly plain: () => Run | undefined
  readonly noisy: () => Run | undefined
}
const once = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
const waysOf = (p: Closed): Ways | undefined => {
  const work = workOf(p)
  if (work < worthCompiling || !Number.isFinite(work)) return undefined
  const simple = once(() => simplifyClosed(p))
  return {
    plain: once(() => compiledAtOnce(simple())),
    noisy: once(() => compiledAtOnce(simple(), noiseFor(simple()))),
  }
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
export const evaluator = (): Evaluator => {
  const known = new WeakMap<Closed, { readonly ways: Ways | undefined }>()
  return {
    name: 'wasm:float64',
    evaluate: (p, x, noise) => {
      if (!isSupported()) return undefined
      const { ways } = known.get(p) ?? { ways: waysOf(p) }
      known.set(p, { ways })
      return noise === undefined ? ways?.plain()?.(x) : ways?.noisy()?.(x, noise)
    },
  }
}
