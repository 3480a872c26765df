/**
 * Boxes whose corner is computed in the program. dynamicSlice takes a box out, dynamicPad puts it back; each is the
 * transpose of the other. A box that would stick out is moved inside: a kernel cannot raise an error.
 */
import * as E from 'fp-ts/lib/Either.js'
import { clampTo, guard, inside, kernel, plus, times, whole } from '../kernel/index.ts'
import type { Source } from '../kernel/meaning.ts'
import type { At, Scalar } from '../kernel/scalar.ts'
import { ill, invalid, type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, int, isSize, real, type Shape, sameShape, type Type } from '../syntax/shape.ts'
import type { FitsBox } from '../types/index.ts'
import { filled } from './constant.ts'
import { select } from './elementwise.ts'
import { apply, type Entry, refuse } from './entry.ts'
import { item } from './item.ts'

/** `batch`: how many leading axes all arguments share. `shape`: of what results, without them. */
type Placed = { readonly batch: number; readonly shape: Shape }

/** The result, where a box of `inner` lies in `outer` from a corner that has an integer for each axis. */
const placed = (
  { batch, shape }: Placed,
  x: Type,
  start: Type,
  sizes: (own: Shape) => readonly [inner: Shape, outer: Shape],
): E.Either<Problem, readonly Type[]> => {
  if (!isSize(batch)) return invalid('batch', 'must be a number of axes')
  if (start.dtype !== 'int') return ill({ _tag: 'ElementType', expected: ['int'], found: [start.dtype] })
  const [front, own] = [x.shape.slice(0, batch), x.shape.slice(batch)]
  const corner = [...front, own.length]
  if (x.shape.length < batch || !sameShape(start.shape, corner))
    return ill({ _tag: 'ShapeMismatch', shapes: [corner, start.shape] })
  const [inner, outer] = sizes(own)
  const wrong = shapeProblem(shape)
  if (wrong) return ill(wrong)
  return inner.length === outer.length && inner.every((n, d) => n <= item(outer, d))
    ? E.right([{ dtype: x.dtype, shape: [...front, ...shape] }])
    : ill({ _tag: 'OutsideBox', inner, outer })
}
/** Where the box begins along axis d. */
const cornerOf = (start: Source, front: At, d: number, inner: Shape, outer: Shape): Scalar =>
  clampTo(item(outer, d) - item(inner, d) + 1, start.at([...front, whole(d)]))

const dynamicSliceEntry: Entry<Placed, [0, 0], 'dynamicSlice'> = {
  name: 'dynamicSlice',
  sentence: 'takes a box out, from a corner that is computed',
  latex: '$0_{[$1 + \\cdot]}',
  algebra: {},
  examples: [
    { attrs: { batch: 0, shape: [2, 3] }, args: [real(4, 3), int(2)] },
    { attrs: { batch: 1, shape: [2] }, args: [real(2, 4), int(2, 1)] },
  ],
  batch: { lift: ({ batch, shape }) => ({ batch: batch + 1, shape }) },
  type: (a, [x, start]) => placed(a, x, start, (own) => [a.shape, own]),
  derivative: ({ batch, shape }, [x, start]) => {
    const outer = shapeOf(x).slice(batch)
    return [{ push: (t) => sliceFrom(batch, shape)(t, start), pull: (ct) => padFrom(batch, outer)(ct, start) }, null]
  },
  meaning: ({ batch, shape }, [x, start]) =>
    kernel((i) => {
      const [front, own] = [i.slice(0, batch), i.slice(batch)]
      const outer = x.type.shape.slice(batch)
      return x.at([...front, ...own.map((k, d) => plus(cornerOf(start, front, d, shape, outer), k))])
    }),
}
const dynamicPadEntry: Entry<Placed, [0, 0], 'dynamicPad'> = {
  name: 'dynamicPad',
  sentence: 'places a box in an array of zeros, from a corner that is computed',
  latex: '\\mathrm{pad}_{$1}\\, $0',
  algebra: {},
  examples: [
    { attrs: { batch: 0, shape: [4, 3] }, args: [real(2, 3), int(2)] },
    { attrs: { batch: 1, shape: [4] }, args: [real(2, 2), int(2, 1)] },
  ],
  batch: { lift: ({ batch, shape }) => ({ batch: batch + 1, shape }) },
  type: (a, [x, start]) => placed(a, x, start, (own) => [own, a.shape]),
  derivative: ({ batch, shape }, [x, start]) => {
    const box = shapeOf(x).slice(batch)
    return [{ push: (t) => padFrom(batch, shape)(t, start), pull: (ct) => sliceFrom(batch, box)(ct, start) }, null]
  },
  meaning: ({ batch, shape }, [x, start]) =>
    kernel((i) => {
      const [front, own] = [i.slice(0, batch), i.slice(batch)]
      const box = x.type.shape.slice(batch)
      const from = own.map((k, d) => plus(k, times(cornerOf(start, front, d, box, shape), -1)))
      return guard(
        from.flatMap((k, d) => inside(k, item(box, d))),
        x.at([...front, ...from]),
      )
    }),
}
const sliceFrom =
  (batch: number, shape: Shape) =>
  (x: Expr, start: Expr): Expr =>
    apply(dynamicSliceEntry, { batch, shape }, x, start)
/** Places a box in an array of zeros, from a corner that is computed. */
export const padFrom =
  (batch: number, shape: Shape) =>
  (x: Expr, start: Expr): Expr =>
    apply(dynamicPadEntry, { batch, shape }, x, start)

/** An integer for each axis. */
type Corner<S extends Shape> = Expr<readonly [S['length']], 'int'>
/**
 * Takes a box out, from a corner that is computed. The box has this shape, and its first element is at `start`. One that
 * would stick out is moved inside.
 *
 * Shape:   x [...], start int [rank of x] -> shape
 * Law:     dynamicSlice(s)(x, start) = slice({ start, shape: s, stride: 1 })(x), where start is a constant
 * Errors:  NotASize, OutsideBox, ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow([real(5), int(1)], ([x, i]) => dynamicSlice([2])(x, i))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(3)]) // => [[4, 5]]
 */
export const dynamicSlice = operation(
  'dynamicSlice(shape)(x, start)',
  <const Z extends Shape>(shape: Z) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsBox<S, Z>, start: Corner<NoInfer<S>>): Expr<Z, D> =>
      sliceFrom(0, shape)(x, start),
)
/**
 * x with a box replaced, whose first element is at `start`, which may be computed. A box that would stick out is moved
 * inside.
 *
 * Shape:   x [...], box [...] of the same rank, start int [rank] -> the shape of x
 * Law:     dynamicSlice(shape of box)(dynamicUpdateSlice(x, box, start), start) = box
 * Errors:  OutsideBox, ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow([real(4), real(1), int(1)], ([x, box, i]) => dynamicUpdateSlice(x, box, i))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4), Float64Array.of(9), Float64Array.of(2)]) // => [[1, 2, 9, 4]]
 */
export const dynamicUpdateSlice = operation(
  'dynamicUpdateSlice(x, box, start)',
  <S extends Shape, D extends DType, Z extends Shape>(
    x: Expr<S, D>,
    box: Expr<Z, D> & FitsBox<S, Z>,
    start: Corner<NoInfer<S>>,
  ): Expr<S, D> => {
    const [e, part, corner]: readonly [Expr, Expr, Expr] = [x, box, start]
    if (part.type.dtype !== e.type.dtype)
      return refuse('dynamicUpdateSlice', { _tag: 'ElementType', expected: [e.type.dtype], found: [part.type.dtype] }, [
        e,
        part,
        corner,
      ])
    const put = padFrom(0, shapeOf(e))
    return select(put(filled('bool', shapeOf(part), 1), corner), put(part, corner), e) as Expr<S, D>
  },
)

export const dynamics = [dynamicSliceEntry, dynamicPadEntry] as const
