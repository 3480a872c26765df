/**
 * Which elements of a linear program's outputs depend on which elements of its moved inputs: the places of a Jacobian that
 * need not be 0, whatever the point. Kernels are evaluated in an arithmetic of sets: a number is known, a set of bits says
 * on which moved elements an unknown number depends. What an index that is not known reads, may be all.
 */

import { type Arithmetic, runKernelIn } from '../../lang/kernel/evaluate.ts'
import { functionOf } from '../../lang/kernel/functions.ts'
import { buffers, type Loop, type Meaning, type While } from '../../lang/kernel/index.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, inTypes, typesOf } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'

/** Of one element: a number that is known, or the set of moved elements on which it depends. */
type Cell = bigint | number
type Cells = Cell[]
const nothing = 0n
const setOf = (x: Cell): bigint => (typeof x === 'bigint' ? x : nothing)
const union = (...xs: readonly Cell[]): bigint => xs.reduce<bigint>((all, x) => all | setOf(x), nothing)
const truths: ReadonlySet<string> = new Set(['lt', 'le', 'eq', 'ne', 'and', 'or', 'not', 'toInt'])
const sets: Arithmetic<bigint, Cells> = {
  real: (x) => x,
  functionOf: (f, dtype) => {
    const known = functionOf(f, dtype)
    return (x, y, z) => {
      if (typeof x === 'number' && typeof y === 'number' && typeof z === 'number') return known(x, y, z)
      // a derivative does not go through a truth value; 0 times anything is 0
      if (truths.has(f)) return nothing
      return f === 'mul' && (x === 0 || y === 0) ? 0 : union(x, y, z)
    }
  },
  array: (length) => new Array<Cell>(length).fill(nothing),
  either: (x, y) => (x === y ? x : union(x, y)),
}
const unknown = (t: Type): Cells => new Array<Cell>(sizeOf(t.shape)).fill(nothing)
const filledWith = (t: Type, x: Cell): Cells => new Array<Cell>(sizeOf(t.shape)).fill(x)
/** Every element may depend on all that the arguments depend on. */
const dense = (outs: readonly Type[], args: readonly Cells[]): readonly Cells[] => {
  const all = union(...args.flat())
  return outs.map((t) => filledWith(t, isReal(t) ? all : nothing))
}
const merged = (x: Cells, y: Cells): Cells => x.map((a, i) => (a === nth(y, i) ? a : union(a, nth(y, i))))

const ofMeaning = (
  m: Meaning,
  types: readonly Type[],
  outs: readonly Type[],
  args: readonly Cells[],
): readonly Cells[] => {
  switch (m._tag) {
    case 'Kernel':
      return [runKernelIn(sets)(nth(outs, 0), m, types, args)]
    case 'Data':
      return [[...m.values]]
    case 'Scatter':
      return nth(args, 1).every((x) => typeof x === 'number')
        ? [runKernelIn(sets)(nth(outs, 0), m, types, args)]
        : dense(outs, args)
    case 'Sort':
      return outs.map(unknown)
    case 'Inline':
      return run(m.body, args)
    case 'Branch': {
      const [yes, no] = m.bodies.map((b) => run(b, args.slice(1)))
      return outs.map((_, i) => merged(nth(yes ?? [], i), nth(no ?? [], i)))
    }
    case 'Loop':
      return ofSteps(m, outs, args)
    case 'While':
      return settled(m, args.slice(0, m.carries), args.slice(m.carries))
  }
}
/** The steps of a loop, one after the other. */
const ofSteps = (m: Loop, outs: readonly Type[], args: readonly Cells[]): readonly Cells[] => {
  const [rows, constants] = [args.slice(m.carries, m.carries + m.rows), args.slice(m.carries + m.rows)]
  const ys = outs.slice(m.carries).map((): Cell[][] => [])
  let carries = args.slice(0, m.carries)
  for (let k = 0; k < m.length; k++) {
    const step = m.reverse ? m.length - 1 - k : k
    const given = rows.map((x) => x.slice((step * x.length) / m.length, ((step + 1) * x.length) / m.length))
    const before = carries
    const after = run(m.body, [...carries, ...given, ...constants])
    carries = after.slice(0, m.carries)
    for (const [i, y] of [...after.slice(m.carries), ...before].entries()) nth(ys, i)[step] = y
  }
  return [...carries, ...ys.map((rowsOf) => rowsOf.flat())]
}
/** What carries may depend on after any number of steps. */
const settled = (m: While, carries: readonly Cells[], constants: readonly Cells[]): readonly Cells[] => {
  const next = run(m.body, [...carries, ...constants]).map((x, i) => merged(x, nth(carries, i)))
  return next.every((x, i) => x.every((c, k) => c === nth(carries, i)[k])) ? next : settled(m, next, constants)
}
const run = (p: Closed, inputs: readonly Cells[]): readonly Cells[] => {
  const [v, types] = [[...inputs], typesOf(p)]
  for (const q of p.equations) {
    const [args, ins] = [at(v, q.args), at(types, q.args)]
    const m = entryOf(q.op).meaning(q.attrs, buffers(ins), q.outs)
    v.push(...orDense(q.outs, args, () => ofMeaning(m, ins, q.outs, args)))
  }
  return at(v, p.outputs)
}
/** An index that is not known is no number, which arithmetic on indices refuses. */
const orDense = (outs: readonly Type[], args: readonly Cells[], f: () => readonly Cells[]): readonly Cells[] => {
  try {
    return f().map((x) => x.map((c) => c ?? nothing))
  } catch (error) {
    if (error instanceof TypeError) return dense(outs, args)
    throw error
  }
}

/** For every element of the outputs, in order, the moved elements on which it may depend, in order. */
export const patternOf = (p: Closed, moved: readonly boolean[]): readonly (readonly number[])[] => {
  let next = 0n
  const inputs = inTypes(p).map((t, i) =>
    moved[i] ? Array.from({ length: sizeOf(t.shape) }, (): Cell => 1n << next++) : unknown(t),
  )
  return run(p, inputs)
    .flat()
    .map((x) => bitsOf(setOf(x)))
}
const bitsOf = (set: bigint): readonly number[] =>
  [...set.toString(2)].reverse().flatMap((bit, k) => (bit === '1' ? [k] : []))
