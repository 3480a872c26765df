/** The language: what users may import, in the order of the README. */
export { bool, type DType, int, real, type Shape, type Type } from './shape.ts'
export { type Closed, type Equation } from './closed.ts'
export { type Diagnostic, type Diagnostics, orThrow, type Problem, showDiagnostic, showDiagnostics } from './error.ts'
export { evaluate, type Tensor } from './evaluate.ts'
export type { Expr } from './expr.ts'
export { type Program, program, programOrThrow } from './program.ts'
export type { Arrays, Handles, Tangent, TypesOf, TypeTree } from './tree.ts'
export { broadcastTo, sum } from './primitives/broadcast.ts'
export { concat } from './primitives/concat.ts'
export { constant, intTensor, iota, like, tensor } from './primitives/constant.ts'
export {
  abs, acos, acosh, add, and, asin, asinh, atan, atan2, atanh, ceil, cos, cosh, div, eq, erf, exp, expm1, floor,
  integerPow, le, log, log1p, logistic, lt, max, min, mul, ne, neg, not, or, rem, round, rsqrt, select, sign, sin, sinh,
  sqrt, stopGradient, sub, tan, tanh, toBool, toInt, toReal,
} from './primitives/elementwise.ts'
export { gather, scatterAdd } from './primitives/indexing.ts'
export { argmax, argmin, cumProd, cumSum, prod, reduceMax, reduceMin } from './primitives/reduction.ts'
export { moveAxis, permute, reshape, reverse } from './primitives/reindex.ts'
export { dictionary, entries, entryOf } from './primitives/index.ts'
