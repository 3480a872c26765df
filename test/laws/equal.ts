/** Two programs that are one function: values, both modes, and both over one more axis. */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate } from '../../lang/evaluate.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { type Interval, unit, valuesFrom } from '../arbitrary/values.ts'
import { closeAll } from './close.ts'
import type { AnyProgram } from './derivative.ts'

/** f(x) = g(x) at a point drawn from the seed */
export const sameValues = (f: AnyProgram, g: AnyProgram, seed: number, range: Interval = unit): boolean => {
  const x = valuesFrom(seed, inTypes(f.closed), range)
  return closeAll(evaluate(f.closed, x), evaluate(g.closed, x))
}
const reverse = (f: AnyProgram, g: AnyProgram, seed: number, range: Interval): boolean => {
  const [a, b] = [vjp(f), vjp(g)]
  return E.isRight(a) && E.isRight(b) && sameValues(a.right as AnyProgram, b.right as AnyProgram, seed, range)
}
/** f = g, jvp f = jvp g, vjp f = vjp g, and the same of vmap f, vmap g; second order by vjp of jvp */
export const sameFunction = (f: AnyProgram, g: AnyProgram, seed: number, range: Interval = unit): boolean => {
  const [mf, mg] = [vmap(2)(f) as AnyProgram, vmap(2)(g) as AnyProgram]
  const [jf, jg] = [jvp(f) as AnyProgram, jvp(g) as AnyProgram]
  return (
    sameValues(f, g, seed, range) &&
    sameValues(jf, jg, seed, range) &&
    reverse(f, g, seed, range) &&
    reverse(jf, jg, seed, range) &&
    sameValues(mf, mg, seed, range) &&
    reverse(mf, mg, seed, range) &&
    sameValues(vmap(2)(jf) as AnyProgram, vmap(2)(jg) as AnyProgram, seed, range)
  )
}
