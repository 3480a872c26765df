/** The language: what users may import, in the order of the README. */
export { bool, type DType, int, real, type Shape, type Type } from './shape.ts'
export { type Closed, type Equation } from './closed.ts'
export { type Diagnostic, type Diagnostics, orThrow, type Problem, showDiagnostic, showDiagnostics } from './error.ts'
export { evaluate, type Tensor } from './evaluate.ts'
export type { Expr } from './expr.ts'
export { type Program, program, programOrThrow } from './program.ts'
export type { Arrays, Handles, Results, Tangent, TypesOf, TypeTree } from './tree.ts'
export { broadcastTo, sum } from './primitives/broadcast.ts'
export { concat } from './primitives/concat.ts'
export { constant, intTensor, iota, like, tensor } from './primitives/constant.ts'
export {
  abs, acos, acosh, add, and, asin, asinh, atan, atan2, atanh, ceil, cos, cosh, div, eq, erf, exp, expm1, floor,
  integerPow, le, log, log1p, logistic, lt, max, min, mul, ne, neg, not, or, rem, round, rsqrt, select, sign, sin, sinh,
  sqrt, stopGradient, sub, tan, tanh, toBool, toInt, toReal,
} from './primitives/elementwise.ts'
export { argsort, gather, scatterAdd } from './primitives/indexing.ts'
export { argmax, argmin, cumProd, cumSum, prod, reduceMax, reduceMin } from './primitives/reduction.ts'
export { moveAxis, permute, reshape, reverse } from './primitives/reindex.ts'
export { type Box, fold, pad, slice, unfold, type Windows } from './primitives/window.ts'
export { contract } from './primitives/contraction.ts'
export { dictionary, entries, entryOf } from './primitives/index.ts'
export {
  fromJSONText, latex, type ParseError, type PrintOptions, parse, parseFormula, parseFormulaOrThrow, parseOrThrow, print,
  showParseError, showParseErrors, toJSONText,
} from './text/index.ts'
export {
  boundedWhile, call, checkpoint, cond, type CustomJvp, type CustomVjp, declareJvp, declareVjp, fori, scan, segmentedScan, whileLoop,
} from './control/index.ts'
export { axisIndex, axisSize, pmax, pmean, pmin, psum } from './primitives/collective.ts'
export { checkAxes, freeAxes } from './axes.ts'
export {
  bernoulli, categorical, erfInv, exponential, foldIn, type Key, normal, permutation, randomKey, splitKey, truncatedNormal, uniform,
} from './random.ts'
export { cholesky, choleskySolve, det, inverse, logabsdet, lu, solve, triangularSolve } from './linalg.ts'
export {
  adaptiveAvgPool, adaptiveMaxPool, attention, avgPool, batchNorm, batchNormEval, batchNormFull, bceLoss, bceWithLogits, clamp, conv,
  convTranspose, crossEntropy, diagEmbed, diagonal, dot, einsum, elu, embedding, exp2, eye, flatten, flip, gatherAlong, ge, gelu, geluTanh,
  groupNorm, gt, hardtanh, hingeLoss, huberLoss, indexAdd, indexSelect, instanceNorm, keepAxes, klDivergence, l1Loss, layerNorm, leakyRelu,
  linear, log10, log2, logSigmoid, logSoftmax, logsumexp, matmul, maxPool, mean, mish, mseLoss, multiHeadAttention, nllLoss, norm, normalize,
  oneHot, outer, padWith, pixelShuffle, pow, reciprocal, relu, relu6, repeatInterleave, rmsNorm, roll, safeSelect, scatterAddAlong, selu,
  sigmoid, silu, sliceAlong, smoothL1Loss, softCrossEntropy, softmax, softplus, softsign, sort, split, square, squeeze, stack, std, swapAxes,
  take, tile, topK, tril, triu, unsqueeze, upsampleBilinear, upsampleNearest, variance, where,
} from './operations/index.ts'
