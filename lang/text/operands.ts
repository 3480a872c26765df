/**
 * The types of the operands of a call. A literal has no type of its own: it is real where that fits, else it takes the
 * type of another operand. Operands of a primitive without attributes broadcast, as those of the builders do. Printing
 * and parsing share this rule, so that a constant is printed without its type exactly where parsing finds that type.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Problem } from '../syntax/error.ts'
import type { Attrs } from '../syntax/plain.ts'
import { broadcastShapes, type DType, type Shape, type Type } from '../syntax/shape.ts'
import { validateCall } from '../validate.ts'

/** A constant as written: a number, or a truth value, which is bool. */
export type Literal = number | boolean
const isLiteral = (x: Type | Literal): x is Literal => typeof x !== 'object'
/** The type of a literal without other operands. */
export const aloneType = (x: Literal): Type => ({ dtype: typeof x === 'boolean' ? 'bool' : 'real', shape: [] })

interface Typing {
  readonly args: readonly Type[]
  readonly outs: readonly Type[]
}
/**
 * The types of the operands of a call, and those of its results.
 *
 * Errors:  those of its rule, on the operands as they are
 */
export const typeCall = (
  op: string,
  attrs: Attrs,
  operands: readonly (Type | Literal)[],
): E.Either<Problem, Typing> => {
  const attempt = (args: readonly Type[]): E.Either<Problem, Typing> =>
    E.map((outs: readonly Type[]) => ({ args, outs }))(validateCall(op, attrs, args))
  const literals = operands.some(isLiteral)
  const exact = attempt(operands.map((x) => (isLiteral(x) ? aloneType(x) : x)))
  if (Object.keys(attrs).length > 0 || (E.isRight(exact) && !literals)) return exact
  const shape = operands.reduce<Shape | undefined>((s, x) => s && broadcastShapes(s, isLiteral(x) ? [] : x.shape), [])
  if (shape === undefined) return exact
  const dtypes = new Set<DType>(['real', ...operands.flatMap((x) => (isLiteral(x) ? [] : [x.dtype]))])
  for (const dtype of literals ? dtypes : ['real' as const]) {
    const typed = attempt(
      operands.map((x) => ({ dtype: isLiteral(x) ? (typeof x === 'boolean' ? 'bool' : dtype) : x.dtype, shape })),
    )
    if (E.isRight(typed)) return typed
  }
  return exact
}
