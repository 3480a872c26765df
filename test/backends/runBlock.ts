/** A kernel run statement by statement, as its loops were written out. */

import { type Block, type UnrollLimits, unrolledBlock } from '../../backends/rewrite/unroll.ts'
import { canShareLoops, unrollAndJam } from '../../backends/rewrite/unrollAndJam.ts'
import type { KernelStep } from '../../backends/schedule/plan.ts'
import { functionOf, unitOf } from '../../lang/kernel/functions.ts'
import type { Index, Scalar } from '../../lang/kernel/index.ts'
import { type Shape, sizeOf, strides, type Type } from '../../lang/syntax/shape.ts'
import type { RunStep } from './evaluatePlan.ts'

const flat = (shape: Shape, at: readonly number[]): number =>
  at.some((i, d) => i < 0 || i >= (shape[d] as number))
    ? Number.NaN
    : at.reduce((n, i, d) => n + i * (strides(shape)[d] as number), 0)

/** What a thread computes: `by` neighbours along an axis of the output. */
interface Thread {
  readonly indices: readonly Index[]
  readonly bodies: readonly Scalar[]
  readonly axis: number
}
const alone = ({ indices, body }: KernelStep): Thread => ({ indices, bodies: [body], axis: 0 })
/** All neighbours along the first short axis that has some, or two of them. */
const together = (s: KernelStep): Thread => {
  const axis = s.indices.findIndex((i) => i.size > 1 && i.size <= 8)
  if (axis < 0) return alone(s)
  const { size } = s.indices[axis] as Index
  const jammed = unrollAndJam(s.indices, s.body, axis, size % 2 === 0 && size > 2 ? 2 : size)
  return canShareLoops(s.indices, jammed.bodies) ? { ...jammed, axis } : alone(s)
}

/** Nothing that one element has made is there for the next, and nothing of a loop after it. */
export const byStatements =
  (limits: UnrollLimits, neighbours = false): RunStep =>
  (p, s, reads) => {
    const { indices, bodies, axis } = neighbours ? together(s) : alone(s)
    const block = unrolledBlock(indices, bodies, limits)
    let known = new Map<Scalar, number>()
    const value = (x: Scalar): number => {
      const found = x._tag === 'Num' ? x.value : known.get(x)
      if (found === undefined) throw new Error(`a ${x._tag} is read before it is made`)
      return found
    }
    const made = (x: Scalar): number => {
      if (x._tag === 'Load') {
        const { shape } = p.types[s.reads[x.source] as number] as Type
        const k = flat(shape, x.at.map(value))
        return Number.isNaN(k) ? k : (reads[x.source]?.[k] as number)
      }
      if (x._tag !== 'Call') return value(x)
      const [a = 0, b = 0, c = 0] = x.args.map(value)
      return x.fn === 'select' ? (a !== 0 ? b : c) : functionOf(x.fn, x.args[0]?.dtype ?? 'real')(a, b, c)
    }
    const run = (b: Block): void => {
      for (const t of b) {
        switch (t._tag) {
          case 'Let':
            known.set(t.scalar, made(t.scalar))
            break
          case 'Start':
            known.set(t.reduce, t.from ? value(t.from) : unitOf[t.reduce.by])
            break
          case 'Into':
            known.set(t.reduce, functionOf(t.reduce.by, t.reduce.dtype)(value(t.reduce), value(t.term), 0))
            break
          case 'For': {
            const before = new Set(known.keys())
            for (let i = 0; i < t.index.size; i++) {
              known.set(t.index, i)
              run(t.body)
            }
            for (const x of [...known.keys()]) if (!before.has(x)) known.delete(x)
          }
        }
      }
    }
    const { shape } = p.types[s.out] as Type
    const sizes = indices.map((i) => i.size)
    const result = new Float64Array(sizeOf(shape))
    for (let k = 0; k < sizeOf(sizes); k++) {
      const at = sizes.map((n, d) => Math.floor(k / (strides(sizes)[d] as number)) % n)
      known = new Map(indices.map((i, d) => [i, at[d] as number]))
      run(block)
      bodies.forEach((body, c) => {
        const place = at.map((i, d) => (d === axis ? i * bodies.length + c : i))
        result[flat(shape, place)] = value(body)
      })
    }
    return result
  }
