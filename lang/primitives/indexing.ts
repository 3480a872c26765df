/** Indices that are data. gather and scatterAdd are each other's pull; an index out of range means the nearest end. */
import * as E from 'fp-ts/lib/Either.js'
import { clampTo, kernel } from '../kernel/index.ts'
import { ill, invalid, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, int, isSize, real, type Shape, sameShape, sizeOf, type Type } from '../syntax/shape.ts'
import type { FitsSize, Gathered, Scattered } from '../types/index.ts'
import { onlyNumbers, repeat } from './broadcast.ts'
import { apply, type Entry } from './entry.ts'
import { item } from './item.ts'

/** `batch`: how many leading axes the array and the indices share. */
type Rows = { readonly batch: number }
/** The result if the indices are integers. */
const indexed = (at: Type, result: () => E.Either<Problem, readonly Type[]>): E.Either<Problem, readonly Type[]> =>
  at.dtype === 'int' ? result() : ill({ _tag: 'ElementType', expected: ['int'], found: [at.dtype] })

/** x [B.., n, R..], at [B.., J..] -> [B.., J.., R..]. */
const gatherEntry: Entry<Rows, [0, 0], 'gather'> = {
  name: 'gather',
  sentence: 'takes rows by their indices',
  latex: '$0_{[$1]}',
  algebra: {},
  examples: [
    { attrs: { batch: 0 }, args: [real(3, 2), int(4)] },
    { attrs: { batch: 1 }, args: [real(2, 3), int(2, 2, 2)] },
  ],
  // a table that all examples share is read once, at the indices of all examples: so its pull is one table too
  batch: {
    rule: ({ batch }, [x, at], [bx, ba], { size }) => ({
      outs: [
        !bx && batch === 0
          ? gatherRows(0)(x, at)
          : gatherRows(batch + 1)(bx ? x : repeat(size, x), ba ? at : repeat(size, at)),
      ],
      batched: [true],
    }),
  },
  type: ({ batch: b }, [x, at]) =>
    indexed(at, () => {
      const [mine, theirs] = [x.shape.slice(0, b), at.shape.slice(0, b)]
      if (!isSize(b)) return invalid('batch', 'must be a number of axes')
      if (x.shape.length <= b) return ill({ _tag: 'RankMismatch', expected: b + 1, shape: x.shape })
      if (x.shape[b] === 0 && sizeOf(at.shape) > 0) return ill({ _tag: 'EmptyAxis', shape: x.shape, axes: [b] })
      if (!sameShape(mine, theirs)) return ill({ _tag: 'ShapeMismatch', shapes: [mine, theirs] })
      return E.right([{ dtype: x.dtype, shape: [...at.shape, ...x.shape.slice(b + 1)] }])
    }),
  derivative: ({ batch }, [x, at]) => {
    const size = item(shapeOf(x), batch)
    return [{ push: (t) => gatherRows(batch)(t, at), pull: (ct) => scatterRows(batch, size)(ct, at) }, null]
  },
  meaning: ({ batch: b }, [x, at]) =>
    kernel((i) => {
      const rank = at.type.shape.length
      const row = clampTo(item(x.type.shape, b), at.at(i.slice(0, rank)))
      return x.at([...i.slice(0, b), row, ...i.slice(rank)])
    }),
}
export const gatherRows =
  (batch: number) =>
  (x: Expr, at: Expr): Expr =>
    apply(gatherEntry, { batch }, x, at)

type Into = Rows & { readonly size: number }
/** rows [B.., J.., R..], at [B.., J..] -> [B.., size, R..]. */
export const scatterAddEntry: Entry<Into, [0, 0], 'scatterAdd'> = {
  name: 'scatterAdd',
  sentence: 'adds rows into an array of zeros, at their indices',
  latex: '\\operatorname{scatter}_{$1} $0',
  algebra: {},
  examples: [
    { attrs: { batch: 0, size: 3 }, args: [real(4, 2), int(4)] },
    { attrs: { batch: 1, size: 3 }, args: [real(2, 4), int(2, 4)] },
    { attrs: { batch: 0, size: 5 }, args: [real(2, 4, 3), int(2, 4)] },
  ],
  batch: { lift: ({ batch, size }) => ({ batch: batch + 1, size }) },
  type: ({ batch: b, size }, [x, at]) =>
    indexed(at, () => {
      const lead = x.shape.slice(0, at.shape.length)
      const shape = [...at.shape.slice(0, b), size, ...x.shape.slice(at.shape.length)]
      if (!isSize(b)) return invalid('batch', 'must be a number of axes')
      if (size === 0 && sizeOf(at.shape) > 0) return ill({ _tag: 'EmptyAxis', shape, axes: [b] })
      return onlyNumbers(x, () =>
        at.shape.length < b || !sameShape(lead, at.shape)
          ? ill({ _tag: 'ShapeMismatch', shapes: [lead, at.shape] })
          : E.right([{ dtype: x.dtype, shape }]),
      )
    }),
  derivative: ({ batch, size }, [, at]) => [
    { push: (t) => scatterRows(batch, size)(t, at), pull: (ct) => gatherRows(batch)(ct, at) },
    null,
  ],
  meaning: ({ batch, size }) => ({ _tag: 'Scatter', by: 'add', batch, size }),
}
export const scatterRows =
  (batch: number, size: number) =>
  (rows: Expr, at: Expr): Expr =>
    apply(scatterAddEntry, { batch, size }, rows, at)

/**
 * Takes rows by their indices. Rows are those of the first axis; an index out of range means the nearest end.
 *
 * Shape:   x [n, R..], at [J..] -> [J.., R..]
 * Errors:  ElementType, RankMismatch; EmptyAxis if there are indices but no rows
 */
export const gather = operation(
  'gather(x, index)',
  <S extends Shape, D extends DType, J extends Shape>(x: Expr<S, D>, at: Expr<J, 'int'>): Expr<Gathered<S, J>, D> =>
    gatherRows(0)(x, at),
)
/**
 * Adds rows into an array of zeros, at their indices. An index out of range means the nearest end.
 *
 * Shape:   rows [J.., R..], at [J..] -> [size, R..]
 * Law:     it is the transpose of gather
 * Errors:  ElementType, ShapeMismatch, NotASize; EmptyAxis if there are rows but no place for them
 */
export const scatterAdd = operation(
  'scatterAdd(size)(rows, index)',
  <const N extends number>(size: N & FitsSize<N>) =>
    <S extends Shape, D extends 'real' | 'int', J extends Shape>(
      rows: Expr<S, D>,
      at: Expr<J, 'int'>,
    ): Expr<Scattered<S, J, N>, D> =>
      scatterRows(0, size)(rows, at),
)

type Order = { readonly descending: boolean }
const argsortEntry: Entry<Order, [0], 'argsort'> = {
  name: 'argsort',
  sentence: 'the permutation that sorts the last axis: stable, NaN last',
  latex: '\\operatorname{argsort} $0',
  algebra: {},
  examples: [
    { attrs: { descending: false }, args: [real(2, 5)] },
    { attrs: { descending: true }, args: [real(4)] },
  ],
  batch: { lift: (a) => a },
  type: ({ descending }, [x]) => {
    if (typeof descending !== 'boolean') return invalid('descending', 'must be true or false')
    if (x.shape.length === 0) return ill({ _tag: 'AxisOutOfRange', axes: [-1], rank: 0 })
    return E.right([{ dtype: 'int', shape: x.shape }])
  },
  derivative: () => [null],
  meaning: ({ descending }) => ({ _tag: 'Sort', descending }),
}
/** The permutation that sorts the last axis: stable, NaN last. Errors: AxisOutOfRange */
export const argsort = operation(
  'argsort(descending?)(x)',
  (descending = false) =>
    <S extends Shape>(x: Expr<S>): Expr<S, 'int'> =>
      apply(argsortEntry, { descending }, x),
)
/** x, sorted along its last axis: the values are gathered, so gather's derivative is that of sorting. */
export const sortLast =
  (descending = false) =>
  (x: Expr): Expr =>
    gatherRows(rankOf(x) - 1)(x, argsort(descending)(x))

export const indexing = [gatherEntry, scatterAddEntry, argsortEntry] as const
