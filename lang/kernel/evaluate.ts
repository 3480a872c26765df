/**
 * The meaning of a kernel, one element at a time: in float64, or in another arithmetic of reals. Every scalar is compiled
 * once to a closure that reads the current values of the indices. A load outside its buffer is NaN, which a guard
 * discards.
 */
import { type DType, type Shape, sizeOf, strides, type Type } from '../syntax/shape.ts'
import { functionOf, unitOf } from './functions.ts'
import { freeIndices } from './loops.ts'
import type { Kernel, Scatter } from './meaning.ts'
import { type Call, childrenOf, type Fn, type Index, index, type Load, type Reduce, type Scalar } from './scalar.ts'
import { forEachRow } from './scatter.ts'

export type Tensor = Float64Array
/** The elements of an array: numbers; reals may be of another type R. */
export interface Cells<R> {
  readonly length: number
  [i: number]: R | number
}
/** What a kernel computes with. Integers, indices and truth values are numbers in every arithmetic; reals are of type R. */
export interface Arithmetic<R, T extends Cells<R>> {
  readonly real: (value: number) => R | number
  readonly functionOf: (f: Fn, dtype: DType) => (x: R | number, y: R | number, z: R | number) => R | number
  /** A new array of this length, to be filled. */
  readonly array: (length: number) => T
  /** What a choice gives whose condition is no number: either of two. Only where truth values are not always numbers. */
  readonly either?: (x: R | number, y: R | number) => R | number
}
/** The arithmetic of the reference: every number is a float64. */
const float64: Arithmetic<never, Tensor> = { real: (x) => x, functionOf, array: (length) => new Float64Array(length) }

type Run<R> = () => R | number

/** The scalars that are used more than once. */
const sharedIn = (root: Scalar): ReadonlySet<Scalar> => {
  const seen = new Set<Scalar>(), shared = new Set<Scalar>(), stack = [root]
  for (let s = stack.pop(); s !== undefined; s = stack.pop())
    for (const c of childrenOf(s))
      if (seen.has(c)) shared.add(c)
      else {
        seen.add(c)
        stack.push(c)
      }
  return shared
}

/** What the closures of one kernel share. */
interface Context<R> {
  readonly arithmetic: Arithmetic<R, Cells<R>>
  readonly types: readonly Type[]
  readonly buffers: readonly Cells<R>[]
  readonly shared: ReadonlySet<Scalar>
  readonly free: (s: Scalar) => readonly Index[]
  readonly compiled: Map<Scalar, Run<R>>
  /** The values of the indices, and the position of each index among them. */
  readonly env: number[]
  readonly slots: Map<Index, number>
  /** How often an index has changed. */
  readonly changes: { count: number }
}
/** The position of an index in env. It has one, because a loop is compiled before its body. */
const slotOf = <R>(c: Context<R>, i: Index): number => c.slots.get(i) as number

/** `within`: the index of the innermost loop around s. */
const compile = <R>(c: Context<R>, s: Scalar, within: Index | undefined): Run<R> => {
  const hit = c.compiled.get(s)
  if (hit !== undefined) return hit
  const run = s._tag === 'Call' && c.shared.has(s) ? once(c, compileNew(c, s, within)) : compileNew(c, s, within)
  c.compiled.set(s, run)
  return run
}
const compileNew = <R>(c: Context<R>, s: Scalar, within: Index | undefined): Run<R> => {
  switch (s._tag) {
    case 'Num': {
      const value = s.dtype === 'real' ? c.arithmetic.real(s.value) : s.value
      return () => value
    }
    case 'Index': {
      const { env } = c, k = slotOf(c, s)
      return () => env[k] as number
    }
    case 'Call':   return call(c, s, within)
    case 'Load':   return load(c, s, within)
    case 'Reduce': {
      const loop = reduction(c, s)
      return within === undefined || c.free(s).includes(within) ? loop : hoisted(c, s, loop)
    }
  }
}
const call = <R>(c: Context<R>, s: Call, within: Index | undefined): Run<R> => {
  const f = c.arithmetic.functionOf(s.fn, s.args[0]?.dtype ?? 'real')
  const [x, y, z] = s.args.map((arg) => compile(c, arg, within)) as [Run<R>, Run<R>?, Run<R>?] // every function has an argument
  const { either } = c.arithmetic
  if (s.fn === 'select')
    return () => {
      const chosen = x()
      if (either !== undefined && typeof chosen !== 'number') return either((y as Run<R>)(), (z as Run<R>)())
      return chosen !== 0 ? (y as Run<R>)() : (z as Run<R>)()
    }
  return y === undefined ? () => f(x(), 0, 0) : () => f(x(), y(), 0)
}
const load = <R>(c: Context<R>, s: Load, within: Index | undefined): Run<R> => {
  const { shape } = c.types[s.source] as Type, by = strides(shape), buffer = c.buffers[s.source] as Cells<R>
  const outside = s.dtype === 'real' ? c.arithmetic.real(Number.NaN) : Number.NaN
  const at = s.at.map((x) => compile(c, x, within))
  return () => {
    let flat = 0
    for (let d = 0; d < at.length; d++) {
      const i = (at[d] as Run<R>)() as number // an index is a number
      if (i < 0 || i >= (shape[d] as number)) return outside
      flat += i * (by[d] as number)
    }
    return buffer[flat] as R | number
  }
}
const reduction = <R>(c: Context<R>, s: Reduce): Run<R> => {
  const { env, changes, arithmetic } = c, k = c.slots.size
  c.slots.set(s.index, k)
  const body = compile(c, s.body, s.index), join = arithmetic.functionOf(s.by, s.dtype), n = s.index.size
  const unit = s.dtype === 'real' ? arithmetic.real(unitOf[s.by]) : unitOf[s.by]
  return () => {
    let sum = unit
    for (let i = 0; i < n; i++) {
      env[k] = i
      changes.count++
      sum = join(sum, body(), 0)
    }
    return sum
  }
}
/** Computes a shared scalar once per change of an index: a chain that uses each link twice takes linear time. */
const once = <R>({ changes }: Context<R>, run: Run<R>): Run<R> => {
  let last = -1, value: R | number = 0
  return () => {
    if (last !== changes.count) {
      value = run()
      last = changes.count
    }
    return value
  }
}
/** Runs a loop that does not depend on the loop around it only when an index that it depends on has changed. */
const hoisted = <R>(c: Context<R>, s: Reduce, run: Run<R>): Run<R> => {
  const { env } = c, slots = c.free(s).map((i) => slotOf(c, i))
  let last: readonly number[] | undefined, value: R | number = 0
  return () => {
    if (last === undefined || slots.some((k, j) => env[k] !== (last as readonly number[])[j])) {
      value = run()
      last = slots.map((k) => env[k] as number)
    }
    return value
  }
}

/** Sets the first indices of env to those of the flat-th element in row-major order. */
const unravel = (flat: number, shape: Shape, env: number[]): void => {
  for (let d = shape.length - 1, rest = flat; d >= 0; d--) {
    const n = shape[d] as number
    env[d] = rest % n
    rest = Math.floor(rest / n)
  }
}
/** The elements of a Scatter, in time that grows with those of the rows. */
const runScatter = <R, T extends Cells<R>>(
  arithmetic: Arithmetic<R, T>,
  out: Type,
  m: Scatter,
  types: readonly Type[],
  [rows, places]: readonly T[],
): T => {
  const join = arithmetic.functionOf(m.by, out.dtype)
  const unit = out.dtype === 'real' ? arithmetic.real(unitOf[m.by]) : unitOf[m.by]
  const [x, at] = [rows as T, places as T] // a Scatter has two arguments
  const result = arithmetic.array(sizeOf(out.shape))
  for (let k = 0; k < result.length; k++) result[k] = unit as T[number]
  forEachRow(
    m,
    types,
    (p) => at[p] as number, // places are integers, which are numbers
    (to, from) => {
      result[to] = join(result[to] as R | number, x[from] as R | number, 0) as T[number]
    },
  )
  return result
}
/** The elements of a kernel or of a Scatter in row-major order, in a given arithmetic. */
export const runKernelIn =
  <R, T extends Cells<R>>(arithmetic: Arithmetic<R, T>) =>
  (out: Type, kernel: Kernel | Scatter, types: readonly Type[], buffers: readonly T[]): T => {
    if (kernel._tag === 'Scatter') return runScatter(arithmetic, out, kernel, types, buffers)
    const indices = out.shape.map(index), root = kernel.at(indices)
    const env = indices.map(() => 0), changes = { count: 0 }
    const shared = sharedIn(root), free = freeIndices(), slots = new Map(indices.map((i, d) => [i, d]))
    const context = { arithmetic, types, buffers, shared, free, compiled: new Map(), env, slots, changes }
    const run = compile<R>(context, root, undefined)
    const result = arithmetic.array(sizeOf(out.shape))
    for (let flat = 0; flat < result.length; flat++) {
      unravel(flat, out.shape, env)
      changes.count++
      result[flat] = run() as T[number]
    }
    return result
  }
/** The elements of a kernel or of a Scatter in row-major order. */
export const runKernel: (
  out: Type,
  kernel: Kernel | Scatter,
  types: readonly Type[],
  buffers: readonly Tensor[],
) => Tensor = runKernelIn(float64)
