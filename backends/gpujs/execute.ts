/**
 * A plan on a device: every kernel built once, every step a function on stored values. Loops, branches and sorting are
 * the host's; what they run are plans again.
 *
 * Kernels are called one by one, not through createPipeline: a call costs some 10 us, but a pipeline takes no kernel of
 * several elements per thread, and those make products two to three times as fast. A training step has tens of kernels.
 */
import * as E from 'fp-ts/lib/Either.js'
import { sizeOf, type Type } from '../../lang/shape.ts'
import type { CompileError } from '../error.ts'
import { sortedOrder } from '../order.ts'
import type { KernelStep, LoopStep, Plan, Step, WhileStep } from '../schedule/plan.ts'
import type { Built, Device } from './device.ts'
import { traits } from './modes.ts'
import { printThread } from './print.ts'

export type Array = Float32Array
/** Outputs from inputs, all of them arrays that are never written again. */
export type Run = (inputs: readonly Array[]) => Promise<readonly Array[]>
/** Reads and writes values by their numbers. */
type Perform = (values: Array[]) => undefined | Promise<void>

const put = (values: Array[], v: number, x: Array): undefined => {
  values[v] = x
}
const at = (values: readonly Array[], numbers: readonly number[]): readonly Array[] =>
  numbers.map((v) => values[v] as Array)

export const execute = (plan: Plan, device: Device): E.Either<CompileError, Run> => {
  const built = new Map<string, Built>()
  const runs = new Map<Plan, Run>()
  const errors: CompileError[] = []

  /** One gpu.js kernel per source, however many steps print it. */
  const kernel = (p: Plan, k: KernelStep): Perform => {
    const type = p.types[k.out] as Type
    const size = sizeOf(type.shape)
    const { out, reads } = k
    if (size === 0) return (values) => put(values, out, new Float32Array(0))
    const { shape, functions } = traits[device.mode]
    const shapes = reads.map((v) => (p.types[v] as Type).shape)
    const { thread, output, arrange } = shape(k.indices, k.body, shapes, hasLoops(k))
    const source = printThread(thread, functions)
    // gpu.js knows no empty array; nothing is read from one
    const sizes = shapes.map((s) => Math.max(1, sizeOf(s)))
    const key = `${output} ${sizes} ${source}`
    const known = built.get(key)
    const made = known ? E.right(known) : device.build(`%${out} = ${k.ops.join(' ')}`, source, output, sizes)
    if (E.isLeft(made)) {
      errors.push(made.left)
      return () => undefined
    }
    built.set(key, made.right)
    const run = made.right
    return (values) => {
      const result = run(reads.map((v) => nonEmpty(values[v] as Array)))
      return result instanceof Promise
        ? result.then((r) => put(values, out, arrange(r)))
        : put(values, out, arrange(result))
    }
  }

  const step = (p: Plan, s: Step): Perform => {
    switch (s._tag) {
      case 'Kernel':
        return kernel(p, s)
      case 'Data': {
        const data = Float32Array.from(s.values)
        return (values) => put(values, s.out, data)
      }
      case 'Sort': {
        const n = (p.types[s.arg] as Type).shape.at(-1) as number
        return (values) => put(values, s.out, Float32Array.from(sortedOrder(values[s.arg] as Array, n, s.descending)))
      }
      case 'Loop':
        return loop(p, s, run(s.body))
      case 'While':
        return repeat(s, run(s.test), run(s.body))
      case 'Branch': {
        const [yes, no] = s.bodies.map(run) as [Run, Run]
        return async (values) => {
          const [p, ...args] = at(values, s.args)
          store(values, s.outs, await (p?.[0] !== 0 ? yes : no)(args))
        }
      }
    }
  }
  const run = (p: Plan): Run => {
    const known = runs.get(p)
    if (known !== undefined) return known
    const steps = p.steps.map((s) => step(p, s))
    const made: Run = async (inputs) => {
      const values = [...inputs]
      for (const perform of steps) {
        const pending = perform(values)
        if (pending !== undefined) await pending
      }
      return at(values, p.outputs)
    }
    runs.set(p, made)
    return made
  }
  const made = run(plan)
  return errors[0] === undefined ? E.right(made) : E.left(errors[0])
}

const nonEmpty = (x: Array): Array => (x.length === 0 ? new Float32Array(1) : x)
const hasLoops = (k: KernelStep): boolean => {
  const seen = new Set<unknown>()
  const go = (s: KernelStep['body']): boolean => {
    if (seen.has(s)) return false
    seen.add(s)
    return s._tag === 'Reduce' || (s._tag === 'Call' && s.args.some(go)) || (s._tag === 'Load' && s.at.some(go))
  }
  return go(k.body)
}
const store = (values: Array[], outs: readonly (number | undefined)[], found: readonly Array[]): void => {
  outs.forEach((o, i) => {
    if (o !== undefined) values[o] = found[i] as Array
  })
}

const loop =
  (p: Plan, s: LoopStep, body: Run): Perform =>
  async (values) => {
    const args = at(values, s.args)
    const rows = args.slice(s.carries, s.carries + s.rows)
    const constants = args.slice(s.carries + s.rows)
    const stacks = s.outs.map((o, i) =>
      o === undefined || i < s.carries ? undefined : new Float32Array(sizeOf((p.types[o] as Type).shape)),
    )
    let carries = args.slice(0, s.carries)
    for (let n = 0; n < s.length; n++) {
      const t = s.reverse ? s.length - 1 - n : n
      const row = (x: Array): Array => x.subarray((t * x.length) / s.length, ((t + 1) * x.length) / s.length)
      const outs = await body([...carries, ...rows.map(row), ...constants])
      ;[...outs.slice(s.carries), ...carries].forEach((y, i) => {
        stacks[s.carries + i]?.set(y, t * y.length)
      })
      carries = outs.slice(0, s.carries)
    }
    store(
      values,
      s.outs,
      s.outs.map((_, i) => (i < s.carries ? carries[i] : stacks[i]) as Array),
    )
  }
const repeat =
  (s: WhileStep, test: Run, body: Run): Perform =>
  async (values) => {
    const args = at(values, s.args)
    const constants = args.slice(s.carries)
    let state = args.slice(0, s.carries)
    while (((await test([...state, ...constants]))[0] as Array)[0] !== 0)
      state = [...(await body([...state, ...constants]))]
    store(values, s.outs, state)
  }
