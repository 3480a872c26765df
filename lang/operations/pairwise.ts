/** How a derived function of one or two arrays is made, element by element. */
import { toReal } from '../primitives/elementwise.ts'
import { dtypeAmong, meet, type Operand, type Pairwise, type ShapeOf, type Together } from '../primitives/pointwise.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { typed } from '../syntax/typed.ts'
import type { Fits, Joined } from '../types/index.ts'
import type { Pointwise } from './comparison.ts'
import { derived, differ, notReal } from './derived.ts'

/** A function of one real array, which is checked before f gets it. */
export const ofReal = (name: string, f: (x: Expr) => Expr): Pointwise =>
  operation(`${name}(x)`, (x: Expr) => derived(name, [x], notReal(x), () => f(x)))

const pair = (name: string, f: (x: Expr, y: Expr) => Expr, real: boolean): unknown =>
  operation(`${name}(x, y)`, (a: Operand, b: Operand): Expr => {
    const dtype = real ? 'real' : dtypeAmong([a, b])
    const [x, y] = meet([a, b], () => dtype) as readonly [Expr, Expr]
    const problem = (real ? notReal(x, y) : undefined) ?? differ(shapeOf(x), shapeOf(y))
    return derived(name, [x, y], problem, () => f(x, y))
  })
/** A function of two real arrays, or numbers, which are broadcast and checked before f gets them. */
export const ofReals = (name: string, f: (x: Expr, y: Expr) => Expr): Pairwise<'real', 'real'> =>
  typed(pair(name, f, true))
/** A function of two arrays of reals or of integers, likewise. */
export const ofNumbers = (name: string, f: (x: Expr, y: Expr) => Expr): Pairwise<'real' | 'int', 'same'> =>
  typed(pair(name, f, false))

/** A function of three arrays or numbers that broadcast. */
export type OfThree<In extends 'real' | 'int'> = <
  X extends Operand<In>,
  A extends Operand<'real'>,
  B extends Operand<'real'>,
>(
  x: X,
  a: A & Fits<ShapeOf<X>, ShapeOf<A>>,
  b: B & Fits<Together<X, A>, ShapeOf<B>>,
) => Expr<Joined<Together<X, A>, ShapeOf<B>>, 'real'>
/** A function of three such arrays, which are broadcast and checked before f gets them. An integer x counts as a real. */
export const ofThree = <In extends 'real' | 'int'>(
  call: string,
  f: (x: Expr, a: Expr, b: Expr) => Expr,
): OfThree<In> => {
  const name = call.slice(0, call.indexOf('('))
  return typed(
    operation(call, (...given: readonly Operand[]): Expr => {
      const [x, a, b] = meet(given.map(asReal), () => 'real') as readonly [Expr, Expr, Expr]
      const problem = notReal(x, a, b) ?? differ(shapeOf(x), shapeOf(a)) ?? differ(shapeOf(x), shapeOf(b))
      return derived(name, [x, a, b], problem, () => f(x, a, b))
    }),
  )
}
const asReal = (x: Operand): Operand => (typeof x !== 'number' && x.type.dtype === 'int' ? toReal(x) : x)
