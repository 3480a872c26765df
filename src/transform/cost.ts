/**
 * What a program costs, computed from the meanings of its equations before anything runs: arithmetic, bytes read and
 * written, and peak memory. Each equation counts by itself; a back end that fuses moves fewer bytes, never more.
 */

import { arithmeticOf, isView } from '../../lang/kernel/count.ts'
import { buffers, index, type Meaning } from '../../lang/kernel/index.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, type Equation, outsOf, typesOf } from '../../lang/syntax/closed.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'

export interface Cost {
  /** Additions, multiplications and function calls on real numbers. */
  readonly flops: number
  /** Bytes read and written, at `bytesPerNumber` each; views move nothing. */
  readonly bytes: number
  /** The most bytes alive at one time, inputs included. */
  readonly peak: number
}
export interface CostOptions {
  /** 4 in float32 back ends, the default; 8 in the reference. */
  readonly bytesPerNumber?: number
}

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)
const elements = (types: readonly Type[]): number => sum(types.map((t) => sizeOf(t.shape)))

interface Step {
  readonly flops: number
  readonly moved: number
  readonly inside: number
  readonly view: boolean
}
const nothing: Step = { flops: 0, moved: 0, inside: 0, view: true }

const stepOf = (q: Equation, m: Meaning, args: readonly Type[], outs: readonly Type[]): Step => {
  const moved = elements(args) + elements(outs)
  switch (m._tag) {
    case 'Kernel': {
      const out = q.outs[0] as Type
      return isView(m.at(out.shape.map(index)))
        ? nothing
        : { flops: arithmeticOf(out, m), moved, inside: 0, view: false }
    }
    case 'Data':
      return nothing
    case 'Scatter':
      return { flops: isReal(outs[0] as Type) ? elements(args.slice(0, 1)) : 0, moved, inside: 0, view: false }
    case 'Inline':
      return inner(m.body, 1)
    case 'Loop':
      return inner(m.body, m.length)
    // the number of iterations of a while loop is unknown before it runs: one is counted
    case 'While':
      return inner(m.body, 1)
    case 'Branch': {
      const [a, b] = m.bodies.map((body) => inner(body, 1)) as [Step, Step]
      return a.flops >= b.flops ? a : b
    }
    case 'Sort': {
      const n = (args[0] as Type).shape.at(-1) ?? 1
      return { flops: elements(args) * Math.max(1, Math.ceil(Math.log2(n))), moved, inside: 0, view: false }
    }
  }
}
const inner = (body: Closed, times: number): Step => {
  const c = count(body)
  return { flops: c.flops * times, moved: c.moved * times, inside: c.peak, view: false }
}

interface Count {
  readonly flops: number
  readonly moved: number
  readonly peak: number
}
const count = (p: Closed): Count => {
  // an output that no equation reads is never stored, for example the carries of a scan without reverse mode
  const types = typesOf(p),
    read = new Set([...p.equations.flatMap((q) => q.args), ...p.outputs])
  const sizes = types.map((t, v) => (read.has(v) || v < p.inputs.length ? sizeOf(t.shape) : 0))
  const steps = p.equations.map((q) => {
    const args = at(types, q.args)
    return stepOf(
      q,
      entryOf(q.op).meaning(q.attrs, buffers(args), q.outs),
      args,
      q.outs.filter((_, k) => read.has(q.first + k)),
    )
  })
  // a view owns no memory: it keeps its argument alive
  const owners: (readonly number[])[] = p.inputs.map((_, k) => [k])
  for (const [k, q] of p.equations.entries())
    for (const o of q.outs.keys()) owners.push(steps[k]?.view ? q.args.flatMap((a) => owners[a] ?? []) : [q.first + o])
  const lastUse = new Map<number, number>()
  p.equations.forEach((q, k) => {
    for (const a of q.args) for (const o of owners[a] ?? []) lastUse.set(o, k)
  })
  for (const v of p.outputs) for (const o of owners[v] ?? []) lastUse.set(o, p.equations.length)
  const dying = new Map<number, number>()
  for (const [v, k] of lastUse) if (v >= p.inputs.length) dying.set(k, (dying.get(k) ?? 0) + (sizes[v] as number))
  let alive = elements(p.inputs.map((i) => i.type)),
    peak = alive
  p.equations.forEach((q, k) => {
    const s = steps[k] as Step
    alive += s.view ? 0 : sum(outsOf(q, sizes))
    peak = Math.max(peak, alive + s.inside)
    alive -= dying.get(k) ?? 0
  })
  return { flops: sum(steps.map((s) => s.flops)), moved: sum(steps.map((s) => s.moved)), peak }
}

/**
 * Law: cost(f).flops of the gradient is at most a stated multiple of cost(f).flops (4 for sums, products, contractions,
 * sine, exponential, tanh).
 */
export const cost = ofProgram(
  'cost(f: program, options?{bytesPerNumber})',
  <In, Out>(p: Program<In, Out>, { bytesPerNumber = 4 }: CostOptions = {}): Cost => {
    const c = count(p.closed)
    return { flops: c.flops, bytes: c.moved * bytesPerNumber, peak: c.peak * bytesPerNumber }
  },
)
