/**
 * The elementwise primitives that are no arithmetic: select chooses between two arrays, convert changes the element
 * type, stopGradient is the identity without a derivative.
 */
import * as E from 'fp-ts/lib/Either.js'
import { fn, kernel, num } from '../kernel/index.ts'
import { ill } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { noAttrs } from '../syntax/plain.ts'
import { bool, type DType, int, real, type Shape, sameShape } from '../syntax/shape.ts'
import type { Fits, Joined } from '../types/index.ts'
import { apply, type Entry, type LinearMap } from './entry.ts'
import {
  type DTypeOf,
  dtypeAmong,
  meet,
  type NoAttrs,
  type Operand,
  type ShapeOf,
  scalarwise,
  type Together,
} from './pointwise.ts'

/** The linear map that keeps a value where c is true and is 0 elsewhere. */
const where = (c: Expr): LinearMap => ({ push: (t) => select(c, t, 0), pull: (ct) => select(c, ct, 0) })
/** The map that passes a value where c is false. */
const unless = (c: Expr): LinearMap => ({ push: (t) => select(c, 0, t), pull: (ct) => select(c, 0, ct) })

export const selectEntry: Entry<NoAttrs, [0, 0, 0], 'select'> = {
  name: 'select',
  sentence: 'the second where the first is true, else the third',
  latex: '$0\\,?\\,$1 : $2',
  algebra: {},
  examples: [{ attrs: noAttrs, args: [bool(3), real(3), real(3)] }],
  batch: { lift: (a) => a },
  type: (_, [c, x, y]) =>
    c.dtype !== 'bool' || x.dtype !== y.dtype
      ? ill({ _tag: 'ElementType', expected: ['bool', x.dtype, x.dtype], found: [c.dtype, x.dtype, y.dtype] })
      : sameShape(c.shape, x.shape) && sameShape(x.shape, y.shape)
        ? E.right([x])
        : ill({ _tag: 'ShapeMismatch', shapes: [c.shape, x.shape, y.shape] }),
  derivative: (_, [c]) => [null, where(c), unless(c)],
  meaning: scalarwise('select'),
}
/**
 * The second where the first is true, else the third. Both are computed: a NaN where it is not chosen is discarded, but
 * its derivative may be NaN times 0. Keep the argument of that branch safe, as in log(select(c, x, 1)).
 *
 * Shape:   all three are broadcast together
 * Errors:  ElementType, ShapeMismatch
 */
export const select = operation(
  'select(condition, x, y)',
  <C extends Expr, A extends Operand, B extends Operand>(
    c: C & Expr<ShapeOf<C>, 'bool'>,
    x: A,
    y: B & Fits<ShapeOf<A>, ShapeOf<B>> & Fits<ShapeOf<C>, Together<A, B>>,
  ): Expr<Joined<ShapeOf<C>, Together<A, B>>, DTypeOf<A, B>> => {
    const dtype = dtypeAmong([x, y])
    const [choice, first, second] = meet([c, x, y], (k) => (k === 0 ? 'bool' : dtype)) as readonly [Expr, Expr, Expr]
    return apply(selectEntry, noAttrs, choice, first, second)
  },
)

type To = { readonly to: DType }
export const convertEntry: Entry<To, [0], 'convert'> = {
  name: 'convert',
  sentence: 'changes the element type; to integers it truncates, saturates, and sends NaN to 0',
  latex: '$0_{\\mathrm{$to}}',
  algebra: {},
  examples: [
    { attrs: { to: 'real' }, args: [int(3)] },
    { attrs: { to: 'int' }, args: [real(3)], range: [0.1, 0.9] },
    { attrs: { to: 'bool' }, args: [int(3)] },
    { attrs: { to: 'real' }, args: [real(3)] },
  ],
  batch: { lift: (a) => a },
  type: ({ to }, [x]) => E.right([{ dtype: to, shape: x.shape }]),
  derivative: ({ to }, [x]) => [to === 'real' && x.type.dtype === 'real' ? identity : null],
  meaning: ({ to }, [x]) =>
    kernel((i) => {
      const s = x.at(i)
      if (x.type.dtype === to) return s
      return to === 'bool' ? fn('ne', s, num(0, x.type.dtype)) : fn(to === 'int' ? 'toInt' : 'toReal', s)
    }),
}
const identity: LinearMap = { push: (t) => t, pull: (ct) => ct }
/** Changes the element type; to integers it truncates, saturates, and sends NaN to 0. */
const convert =
  <D extends DType>(to: D) =>
  <S extends Shape>(x: Expr<S>): Expr<S, D> =>
    x.type.dtype === to ? x : apply(convertEntry, { to }, x)
/** Changes the element type to real: true is 1, false is 0. */
export const toReal = operation('toReal(x)', convert('real'))
/** Changes the element type to int: truncates, saturates, and sends NaN to 0. It has no derivative. */
export const toInt = operation('toInt(x)', convert('int'))
/** Changes the element type to bool: true where x is not 0. It has no derivative. */
export const toBool = operation('toBool(x)', convert('bool'))

export const stopGradientEntry: Entry<NoAttrs, [0], 'stopGradient'> = {
  name: 'stopGradient',
  sentence: 'the identity, whose derivative is taken to be 0',
  latex: '\\lfloor\\!\\lfloor $0 \\rfloor\\!\\rfloor',
  algebra: { idempotent: true },
  examples: [{ attrs: noAttrs, args: [real(3)], declared: true }],
  batch: { lift: (a) => a },
  type: (_, [x]) => E.right([x]),
  derivative: () => [null],
  meaning: (_, [x]) => kernel(x.at),
}
/** The identity, whose derivative is taken to be 0. */
export const stopGradient = operation(
  'stopGradient(x)',
  <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<S, D> => apply(stopGradientEntry, noAttrs, x),
)
