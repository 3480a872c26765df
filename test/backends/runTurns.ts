/** A kernel run statement by statement, as its loops were written out. */
import { type Block, type Turns, turnsOf } from '../../backends/kernel/turns.ts'
import { functionOf, unitOf } from '../../lang/kernel/functions.ts'
import type { Scalar } from '../../lang/kernel/index.ts'
import { type Shape, sizeOf, strides, type Type } from '../../lang/shape.ts'
import type { RunStep } from './evaluatePlan.ts'

const flat = (shape: Shape, at: readonly number[]): number =>
  at.some((i, d) => i < 0 || i >= (shape[d] as number))
    ? Number.NaN
    : at.reduce((n, i, d) => n + i * (strides(shape)[d] as number), 0)

export const byTurns =
  (turns: Turns): RunStep =>
  (p, s, reads) => {
    const block = turnsOf(s.indices, [s.body], turns)
    const known = new Map<Scalar, number>()
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
          case 'For':
            for (let i = 0; i < t.index.size; i++) {
              known.set(t.index, i)
              run(t.body)
            }
        }
      }
    }
    const { shape } = p.types[s.out] as Type
    const by = strides(shape)
    return Float64Array.from({ length: sizeOf(shape) }, (_, k) => {
      s.indices.forEach((i, d) => {
        known.set(i, Math.floor(k / (by[d] as number)) % i.size)
      })
      run(block)
      return value(s.body)
    })
  }
