/** How a distribution with one parameter is called: the parameter is a number, or an array that broadcasts to the shape. */
import { broadcastTo } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import type { FitsDims } from '../types/index.ts'
import { derived, notReal, unless } from './derived.ts'
import type { Key } from './random.ts'

export type Distribution<D extends 'real' | 'int'> = <const S extends Shape>(
  parameter: number | Expr,
  shape: S & FitsDims<S>,
) => (key: Key) => Expr<S, D>

/** `holds` and `rule` are about a parameter that is a number. */
export const ofParameter = <D extends 'real' | 'int'>(
  name: string,
  parameter: string,
  holds: (p: number) => boolean,
  rule: string,
  f: (p: Expr, shape: Shape) => (key: Key) => Expr,
): Distribution<D> =>
  typed(
    operation(`${name}(${parameter}!, shape)(key)`, (p: number | Expr, shape: Shape) => (key: Key) => {
      const isNumber = typeof p === 'number'
      const problem = isNumber ? unless(holds(p), parameter, rule) : notReal(p)
      return derived(name, isNumber ? [key] : [p, key], problem, () =>
        f(isNumber ? constant(shape, p) : broadcastTo(shape)(p), shape)(key),
      )
    }),
  )
