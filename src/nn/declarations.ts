/**
 * What the types of networks and of their programs name. TypeScript writes these names into the declaration files of users
 * who export a network, so that the entry `adjoint/nn` must lead to them.
 */
export type { Pointwise } from '../../lang/operations/comparison.ts'
export type { Real } from '../../lang/operations/derived.ts'
export type { Unary } from '../../lang/primitives/pointwise.ts'
export type { Diagnostics } from '../../lang/syntax/error.ts'
export type { Program } from '../../lang/syntax/program.ts'
export type { Type } from '../../lang/syntax/shape.ts'
export type { TypeTree } from '../../lang/syntax/tree.ts'
/** A plain function in a network is named by its type: sizes that it computes, and sentences for those that do not fit. */
export type * from '../../lang/types/index.ts'
export type { Key } from '../random/key.ts'
export type { Flat, Last, Only, Unflattened } from './arrange.ts'
export type { Attention, AttentionParams, Cross } from './attention.ts'
export type { Conv, Transposed } from './conv.ts'
export type { Dense } from './dense.ts'
export type { Embedding, Tied } from './embedding.ts'
export type { AffineParams, Channels, LastAxes } from './normalization.ts'
export type { Adaptive, Global, Pool } from './pooling.ts'
export type { Recurrent } from './recurrent.ts'
export type { Repeated } from './repeat.ts'
export type { AnyReal, Anything, Chain, EachNumber, FitsRule, Opaque, Same } from './rule.ts'
export type { Around, Product, SideBySide, SkipBeside } from './sequential.ts'
export type { OneMore } from './token.ts'
export type { Windowed } from './windowAttention.ts'
