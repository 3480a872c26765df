export { clampTo, divides, flatten, guard, idiv, inside, mod, offset, plus, times, unflatten, whole } from './indexing.ts'
export { type Data, type Inline, type Kernel, type Loop, type Branch, type Meaning, type Sort, type Source, type While, buffers, kernel } from './meaning.ts'
export { type At, type Call, childrenOf, type Fn, fn, type Index, index, type Load, load, type Monoid, num, type Num, type Range, type Reduce, reduce, type Scalar } from './scalar.ts'
