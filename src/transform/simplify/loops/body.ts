/** What the values of a loop's body depend on, and what their equations cost. */
import { arithmeticOf, isView } from '../../../../lang/kernel/count.ts'
import { buffers, index } from '../../../../lang/kernel/index.ts'
import { loopsOf } from '../../../../lang/loops.ts'
import { entryOf } from '../../../../lang/primitives/index.ts'
import { at, type Closed, type Equation, typesOf } from '../../../../lang/syntax/closed.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { sizeOf, type Type } from '../../../../lang/syntax/shape.ts'

/** What a value depends on: no input and no arithmetic; constants of the loop; also its rows; also its carries. */
export type Dependence = 'free' | 'constant' | 'row' | 'carried'
const order: readonly Dependence[] = ['free', 'constant', 'row', 'carried']
const most = (kinds: readonly Dependence[]): Dependence =>
  nth(order, Math.max(0, ...kinds.map((k) => order.indexOf(k))))

/** The cost of an equation. */
interface Work {
  /** Whether it is a kernel; else it runs programs, or sorts. */
  readonly isKernel: boolean
  /** Whether it only moves numbers. */
  readonly isView: boolean
  /** Operations on real numbers, of a kernel. */
  readonly flops: number
}
const workOf = (q: Equation, types: readonly Type[]): Work => {
  const meaning = entryOf(q.op).meaning(q.attrs, buffers(at(types, q.args)), q.outs)
  if (meaning._tag !== 'Kernel') return { isKernel: false, isView: meaning._tag === 'Data', flops: 0 }
  const out = nth(q.outs, 0)
  const view = isView(meaning.at(out.shape.map(index)))
  return { isKernel: true, isView: view, flops: view ? 0 : arithmeticOf(out, meaning) }
}

/** A program with the kind of every value. */
export interface Body {
  readonly program: Closed
  readonly types: readonly Type[]
  readonly kinds: readonly Dependence[]
  readonly work: (q: Equation) => Work
  /** The equation that computes a value; inputs have none. */
  readonly equationOf: (v: number) => Equation | undefined
  readonly sizeOf: (v: number) => number
}
export const bodyOf = (program: Closed, inputs: readonly Dependence[]): Body => {
  const types = typesOf(program)
  const works = new Map<Equation, Work>()
  const work = (q: Equation): Work => {
    const known = works.get(q) ?? workOf(q, types)
    works.set(q, known)
    return known
  }
  const kinds = [...inputs]
  const by: (Equation | undefined)[] = program.inputs.map(() => undefined)
  for (const q of program.equations) {
    const kind = most(at(kinds, q.args))
    // arrays that are given, and arithmetic on indices, are read from memory
    const stored = kind === 'free' && (q.args.length === 0 ? !work(q).isKernel : !work(q).isView)
    const computed = stored ? 'constant' : kind
    for (const _ of q.outs) {
      kinds.push(computed)
      by.push(q)
    }
  }
  return {
    program,
    types,
    kinds,
    work,
    equationOf: (v) => by[v],
    sizeOf: (v) => sizeOf(nth(types, v).shape),
  }
}
/** Whether running an equation always ends: a while loop may not. */
export const ends = (b: Body, q: Equation): boolean => loopsOf(q, b.types).length === 0
export const outsIn = (q: Equation): readonly number[] => q.outs.map((_, k) => q.first + k)
/** The numbers of its constant arguments that a kernel reads in every step: at most one for each operation. */
export const rereads = (b: Body, q: Equation): number =>
  [...new Set(q.args)]
    .filter((v) => b.kinds[v] === 'constant')
    .reduce((n, v) => n + Math.min(b.sizeOf(v), b.work(q).flops), 0)
