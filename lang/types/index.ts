/**
 * Shapes at compile time: pure types, no code. Read dims.ts first; each file needs only those before it.
 *
 * What tsc says, where the argument stands that does not fit:
 *
 *     Type 'Expr<readonly [5, 4], "real">' is not assignable to type '"cannot broadcast [5, 3] with [5, 4]: 3 is not 4"'.
 */
export type * from './digits.ts'
export type * from './dims.ts'
export type * from './literal.ts'
export type * from './axes.ts'
export type * from './broadcast.ts'
export type * from './reshape.ts'
export type * from './concat.ts'
export type * from './matmul.ts'
export type * from './convolution.ts'
export type * from './einsum.ts'
