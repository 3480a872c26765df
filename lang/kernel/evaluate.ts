/** What a kernel means: float64, one element at a time. A load outside its buffer gives NaN, which a guard discards. */
import { sizeOf, strides, type Type } from '../syntax/shape.ts'
import { functionOf, unitOf } from './functions.ts'
import type { Kernel } from './meaning.ts'
import { childrenOf, type Index, index, type Reduce, type Scalar } from './scalar.ts'

export type Tensor = Float64Array
type Run = () => number

/** The indices an expression depends on, its own loops' excluded. */
const freeIn = (known: Map<Scalar, ReadonlySet<Index>>) => {
  const free = (s: Scalar): ReadonlySet<Index> => {
    const hit = known.get(s)
    if (hit !== undefined) return hit
    const found = new Set<Index>(s._tag === 'Index' ? [s] : childrenOf(s).flatMap((c) => [...free(c)]))
    if (s._tag === 'Reduce') found.delete(s.index)
    known.set(s, found)
    return found
  }
  return free
}

/** What is used more than once. */
const sharedIn = (root: Scalar): ReadonlySet<Scalar> => {
  const met = new Set<Scalar>(), twice = new Set<Scalar>(), stack = [root]
  for (let s = stack.pop(); s !== undefined; s = stack.pop())
    for (const c of childrenOf(s))
      if (met.has(c)) twice.add(c)
      else {
        met.add(c)
        stack.push(c)
      }
  return twice
}

/** The kernel's elements in row-major order. */
export const runKernel = (out: Type, kernel: Kernel, types: readonly Type[], buffers: readonly Tensor[]): Tensor => {
  const indices = out.shape.map(index), slot = new Map<Index, number>()
  for (const i of indices) slot.set(i, slot.size)
  const env: number[] = indices.map(() => 0), free = freeIn(new Map()), compiled = new Map<Scalar, Run>()

  const compile = (s: Scalar, within: Index | undefined): Run => {
    const hit = compiled.get(s)
    if (hit !== undefined) return hit
    const run = s._tag === 'Call' && shared.has(s) ? once(fresh(s, within)) : fresh(s, within)
    compiled.set(s, run)
    return run
  }
  /** A shared scalar is computed once per value of the indices: a chain that uses each link twice takes linear time. */
  let moment = 0
  const once = (run: Run): Run => {
    let last = -1, value = 0
    return () => {
      if (last !== moment) {
        value = run()
        last = moment
      }
      return value
    }
  }
  const fresh = (s: Scalar, within: Index | undefined): Run => {
    switch (s._tag) {
      case 'Num': {
        const { value } = s
        return () => value
      }
      case 'Index': {
        const k = slot.get(s) as number
        return () => env[k] as number
      }
      case 'Call': {
        const f = functionOf(s.fn, s.args[0]?.dtype ?? 'real'), [a, b, c] = s.args.map((x) => compile(x, within))
        if (s.fn === 'select') return () => ((a as Run)() !== 0 ? (b as Run)() : (c as Run)())
        return b === undefined ? () => f((a as Run)(), 0, 0) : () => f((a as Run)(), b(), 0)
      }
      case 'Load': {
        const shape = (types[s.source] as Type).shape, by = strides(shape), buffer = buffers[s.source] as Tensor
        const at = s.at.map((x) => compile(x, within))
        return () => {
          let flat = 0
          for (let d = 0; d < at.length; d++) {
            const i = (at[d] as Run)()
            if (i < 0 || i >= (shape[d] as number)) return Number.NaN
            flat += i * (by[d] as number)
          }
          return buffer[flat] as number
        }
      }
      case 'Reduce': {
        const loop = reduction(s)
        return within !== undefined && !free(s).has(within) ? remembered(loop, [...free(s)].map((i) => slot.get(i) as number)) : loop
      }
    }
  }
  const reduction = (s: Reduce): Run => {
    const k = slot.size
    slot.set(s.index, k)
    const body = compile(s.body, s.index), join = functionOf(s.by, s.dtype), unit = unitOf[s.by], n = s.index.size
    return () => {
      let sum = unit
      for (let i = 0; i < n; i++) {
        env[k] = i
        moment++
        sum = join(sum, body(), 0)
      }
      return sum
    }
  }
  /** A loop that does not depend on the loop around it runs again only when an index that it depends on has changed. */
  const remembered = (run: Run, slots: readonly number[]): Run => {
    let last: readonly number[] | undefined, value = 0
    return () => {
      if (last === undefined || slots.some((k, j) => env[k] !== (last as readonly number[])[j])) {
        value = run()
        last = slots.map((k) => env[k] as number)
      }
      return value
    }
  }

  const root = kernel.at(indices), shared = sharedIn(root), body = compile(root, undefined)
  const result = new Float64Array(sizeOf(out.shape))
  for (let flat = 0; flat < result.length; flat++) {
    for (let d = indices.length - 1, rest = flat; d >= 0; d--) {
      const n = out.shape[d] as number
      env[d] = rest % n
      rest = Math.floor(rest / n)
    }
    moment++
    result[flat] = body()
  }
  return result
}
