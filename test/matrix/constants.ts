/**
 * What derivatives cost: the arithmetic of a program with its tangent, and with its cotangents, divided by that of the
 * program alone; by the numbers that it moves, if an operation only moves numbers.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Entry } from '../../lang/primitives/entry.ts'
import { inTypes, outTypes } from '../../lang/syntax/closed.ts'
import { isReal, sizeOf } from '../../lang/syntax/shape.ts'
import { cost } from '../../src/transform/cost.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { programOf } from '../backends/execution.ts'
import type { AnyProgram } from '../laws/derivative.ts'

/** `reverse` is null if there is no reverse mode. `moved`: the unit is a number moved, because there is no arithmetic. */
export interface Constant {
  readonly forward: number
  readonly reverse: number | null
  readonly moved: boolean
}
export const constantOf = (p: AnyProgram): Constant => {
  const numbers = [...inTypes(p.closed), ...outTypes(p.closed)].reduce((n, t) => n + sizeOf(t.shape), 0)
  const own = cost(p).flops
  const by = own === 0 ? numbers : own
  const back = vjp(p)
  const reverse = E.isRight(back) ? cost(back.right as AnyProgram).flops / by : null
  return { forward: cost(jvp(p)).flops / by, reverse, moved: own === 0 }
}
/** The figures of the costliest example; undefined for an operation without derivative. */
export const constantsOf = (entry: Entry): Constant | undefined => {
  const all = entry.examples
    .map((x) => programOf(entry, x))
    .filter((p) => inTypes(p.closed).some(isReal) && outTypes(p.closed).some(isReal))
    .map(constantOf)
  const most = (xs: readonly (number | null)[]): number => Math.max(...xs.map((x) => x ?? 0))
  return all.length === 0
    ? undefined
    : {
        forward: most(all.map((c) => c.forward)),
        reverse: all.some((c) => c.reverse === null) ? null : most(all.map((c) => c.reverse)),
        moved: all.every((c) => c.moved),
      }
}
