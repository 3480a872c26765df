/** KernelIR: its scalars, its arithmetic of indices, and what operations mean in it. */
export {
  clampTo, divides, flatten, guard, idiv, inside, mod, offset, plus, times, unflatten, whole,
} from './indexing.ts'
export {
  buffers, type Kernel, kernel, type Loop, type Meaning, type Scatter, type Source,
  type While,
} from './meaning.ts'
export {
  type At, type Call, childrenOf, type Fn, fn, type Index, index, type Load, load, type Monoid, type Num, num,
  type Range, type Reduce, reduce, type Scalar,
} from './scalar.ts'
