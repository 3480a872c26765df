/** How a derived function of one or two arrays is made, element by element. */
import { dtypeAmong, meet, type Operand, type Pairwise } from '../primitives/pointwise.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { typed } from '../syntax/typed.ts'
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
