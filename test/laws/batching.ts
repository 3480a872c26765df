/** What vmap means: the program at every index of one more axis. Laws as in derivative.ts. */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate } from '../../lang/evaluate.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { isTypeOrExpr, refill } from '../../lang/syntax/tree.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { closeAll, type Values } from './close.ts'
import type { AnyProgram } from './derivative.ts'

const stack = (xs: readonly Values[]): Values =>
  (xs[0] ?? []).map((_, i) => Float64Array.from(xs.flatMap((x) => [...(x[i] as Values[0])])))
/** The inputs of a mapped program: stacked where mapped, else those of the first point. */
const arrange = (mapped: readonly boolean[], xs: readonly Values[]): Values =>
  stack(xs).map((all, i) => (mapped[i] ? all : ((xs[0] as Values)[i] as Values[0])))
/** The points that the mapped program computes. */
const shared = (mapped: readonly boolean[], xs: readonly Values[]): readonly Values[] =>
  xs.map((x) => x.map((a, i) => (mapped[i] ? a : ((xs[0] as Values)[i] as Values[0]))))
const mappedBy = (p: AnyProgram, size: number, mapped: readonly boolean[]): AnyProgram =>
  vmap(size, { over: refill(p.in, mapped, isTypeOrExpr) as never })(p) as AnyProgram

/** vmap f (stack xs) = stack (map f xs); an input without the axis is the same for all. */
export const vmapIsMap = (
  p: AnyProgram,
  size: number,
  mapped: readonly boolean[] = inTypes(p.closed).map(() => true),
): ((xs: readonly Values[]) => boolean) => {
  const many = mappedBy(p, size, mapped).closed
  return (xs) =>
    closeAll(evaluate(many, arrange(mapped, xs)), stack(shared(mapped, xs).map((x) => evaluate(p.closed, x))))
}

/** vmap (jvp f) = map (jvp f) */
export const vmapOfJvp = (p: AnyProgram, size: number): ((xs: readonly Values[]) => boolean) =>
  vmapIsMap(jvp(p) as AnyProgram, size)
/** vmap (vjp f) = map (vjp f), where there is a reverse derivative */
export const vmapOfVjp = (p: AnyProgram, size: number): ((xs: readonly Values[]) => boolean) => {
  const back = vjp(p)
  return E.isLeft(back) ? () => true : vmapIsMap(back.right as AnyProgram, size)
}
/** jvp (vmap f) = map (jvp f): the mapped program has the derivatives of its places */
export const jvpOfVmap = (p: AnyProgram, size: number): ((xs: readonly Values[], vs: readonly Values[]) => boolean) => {
  const one = jvp(p).closed
  const many = jvp(vmap(size)(p)).closed
  return (xs, vs) => {
    const apart = stack(xs.map((x, k) => evaluate(one, [...x, ...(vs[k] as Values)])))
    return closeAll(evaluate(many, [...stack(xs), ...stack(vs)]), apart)
  }
}
/** The inputs of vjp (vmap f) are those of f and a cotangent per real output: the same law in reverse. */
export const vjpOfVmap = (p: AnyProgram, size: number): ((xs: readonly Values[], ws: readonly Values[]) => boolean) => {
  const one = vjp(p)
  const many = vjp(vmap(size)(p) as AnyProgram)
  if (E.isLeft(one) || E.isLeft(many)) return () => E.isLeft(one)
  return (xs, ws) => {
    const apart = stack(xs.map((x, k) => evaluate(one.right.closed, [...x, ...(ws[k] as Values)])))
    return closeAll(evaluate(many.right.closed, [...stack(xs), ...stack(ws)]), apart)
  }
}
