/** A plan run by the evaluator of kernels, in float64: what fusion, code motion and slots must not change. */

import { substitute } from '../../backends/rewrite/substitute.ts'
import type { Into, KernelStep, Plan, Step } from '../../backends/schedule/plan.ts'
import { runKernel, type Tensor } from '../../lang/kernel/evaluate.ts'
import { functionOf } from '../../lang/kernel/functions.ts'
import { kernel, type Scalar } from '../../lang/kernel/index.ts'
import { limitReached } from '../../lang/kernel/limit.ts'
import type { Kernel } from '../../lang/kernel/meaning.ts'
import { sortedOrder } from '../../lang/kernel/order.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { Values } from '../laws/close.ts'

/** A kernel's elements. */
export type RunStep = (p: Plan, s: KernelStep, reads: readonly Tensor[]) => Tensor

/** A step's kernel on other indices. */
const kernelOf = ({ indices, body }: KernelStep): Kernel =>
  kernel((i) => substitute(body, new Map(indices.map((k, d) => [k, i[d] as Scalar])))) as Kernel

const byMeaning: RunStep = (p, s, reads) =>
  runKernel(
    typeOf(p, s.out),
    kernelOf(s),
    s.reads.map((r) => typeOf(p, r)),
    reads,
  )

const typeOf = (p: Plan, v: number): Type => p.types[v] as Type
const row = (x: Tensor, t: number, length: number): Tensor =>
  x.subarray((t * x.length) / length, ((t + 1) * x.length) / length)

const joinedInto = ({ by, factor }: Into, { dtype }: Type, value: Tensor, joined: Tensor): Tensor => {
  const join = functionOf(by, dtype)
  return value.map((x, k) => join(x, factor * (joined[k] as number), 0))
}
const perform = (
  p: Plan,
  s: Step,
  v: readonly Tensor[],
  run: RunStep,
): readonly (readonly [number | undefined, Tensor])[] => {
  const at = (numbers: readonly number[]): readonly Tensor[] => numbers.map((k) => v[k] as Tensor)
  switch (s._tag) {
    case 'Kernel':
      return [[s.out, run(p, s, at(s.reads))]]
    case 'Data':
      return [[s.out, Float64Array.from(s.values)]]
    case 'Sort': {
      const n = typeOf(p, s.arg).shape.at(-1) as number
      return [[s.out, Float64Array.from(sortedOrder(v[s.arg] as Tensor, n, s.descending))]]
    }
    case 'Scatter': {
      const type = typeOf(p, s.out)
      const joined = runKernel(type, s, [typeOf(p, s.rows), typeOf(p, s.places)], at([s.rows, s.places]))
      return [[s.out, s.into === undefined ? joined : joinedInto(s.into, type, v[s.into.value] as Tensor, joined)]]
    }
    case 'Branch': {
      const [c, ...args] = at(s.args)
      const outs = evaluatePlan(s.bodies[c?.[0] !== 0 ? 0 : 1], args, run)
      return s.outs.map((o, i) => [o, outs[i] as Tensor])
    }
    case 'While': {
      const args = at(s.args)
      const rest = args.slice(s.carries)
      let state: readonly Tensor[] = args.slice(0, s.carries)
      for (let step = 0; evaluatePlan(s.test, [...state, ...rest], run)[0]?.[0] !== 0; step++) {
        if (step === s.limit) throw limitReached(s.limit, s.name)
        state = evaluatePlan(s.body, [...state, ...rest], run)
      }
      return s.outs.map((o, i) => [o, state[i] as Tensor])
    }
    case 'Loop': {
      const args = at(s.args)
      const rows = args.slice(s.carries, s.carries + s.rows)
      const rest = args.slice(s.carries + s.rows)
      const stacks = s.outs
        .slice(s.carries)
        .map((o) => new Float64Array(o === undefined ? 0 : sizeOf(typeOf(p, o).shape)))
      let carries: readonly Tensor[] = args.slice(0, s.carries)
      for (let n = 0; n < s.length; n++) {
        const t = s.reverse ? s.length - 1 - n : n
        const outs = evaluatePlan(s.body, [...carries, ...rows.map((x) => row(x, t, s.length)), ...rest], run)
        ;[...outs.slice(s.carries), ...carries].forEach((y, i) => {
          if ((stacks[i] as Tensor).length > 0) (stacks[i] as Tensor).set(y, t * y.length)
        })
        carries = outs.slice(0, s.carries)
      }
      return s.outs.map((o, i) => [o, (i < s.carries ? carries[i] : stacks[i - s.carries]) as Tensor])
    }
  }
}
export const evaluatePlan = (p: Plan, inputs: Values, run: RunStep = byMeaning): Values => {
  const v: Tensor[] = [...inputs]
  for (const s of p.steps) for (const [o, x] of perform(p, s, v, run)) if (o !== undefined) v[o] = x
  return p.outputs.map((o) => v[o] as Tensor)
}
