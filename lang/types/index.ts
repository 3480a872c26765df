/**
 * Shapes at compile time: pure types, no code. Read dims.ts first, then digits.ts and broadcast.ts.
 *
 * What tsc prints at the argument that does not fit, after "Type 'Expr<...>' is not assignable to type":
 *
 *   add(a, b)                    "cannot broadcast [5, 3] with [4]: 3 is not 4"
 *   matmul(a, b)                 "cannot multiply [2, 3] by [4]: 3 is not 4"
 *   pipe(a, reshape([5, -1]))    "cannot reshape [4] to [5, -1]: 4 is not a multiple of 5"
 *
 * A sentence as a string type is the shortest form: of an object type { 'cannot broadcast': ... } tsc says
 * that a property is missing, of a named interface it prints the name alone.
 */

export type * from './axes.ts'
export type * from './box.ts'
export type * from './broadcast.ts'
export type * from './concat.ts'
export type * from './convolution.ts'
export type * from './digits.ts'
export type * from './dims.ts'
export type * from './einsum.ts'
export type * from './gather.ts'
export type * from './literal.ts'
export type * from './matmul.ts'
export type * from './reshape.ts'
export type * from './square.ts'
