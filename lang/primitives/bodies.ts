/**
 * What primitives over closed programs share. Their attributes hold the programs as plain data; their linear maps are the
 * same primitives over transformed programs.
 */
import type { Closed } from '../closed.ts'
import { inTypes, outTypes } from '../closed.ts'
import type { JointMap, Recursion } from '../entry.ts'
import type { Expr, Maybe } from '../expr.ts'
import { constant } from './constant.ts'
import type { Plain } from '../plain.ts'
import { isReal, type Type } from '../shape.ts'

/** A closed program is plain data, and plain data in an attribute called `body` is a closed program. */
export const asPlain = (body: Closed): Plain => body as unknown as Plain
export const asClosed = (body: Plain): Closed => body as unknown as Closed

export const signature = (body: Plain): { readonly ins: readonly Type[]; readonly outs: readonly Type[] } =>
  ({ ins: inTypes(asClosed(body)), outs: outTypes(asClosed(body)) })
/** Those items whose mark is set. */
export const marked = <T>(marks: readonly boolean[], items: readonly T[]): readonly T[] => items.filter((_, i) => marks[i])
export const present = (xs: readonly Maybe[]): readonly Expr[] => xs.filter((x): x is Expr => x !== undefined)
/** Zero made solid: where a signature demands an array. */
export const zeros = (t: Type): Expr => constant(t.shape, 0)
/** A list back at the places of the marks, absent elsewhere. */
export const scatterBack = (marks: readonly boolean[], xs: readonly Expr[]): readonly Maybe[] => {
  let next = 0
  return marks.map((m) => (m ? xs[next++] : undefined))
}

/** The map of a primitive that runs one of several bodies on its arguments, the first `lead` of which choose. */
export const bodiesMap = (
  bodies: readonly Closed[], lead: number, args: readonly Expr[], rec: Recursion,
  run: (bodies: readonly Closed[], args: readonly Expr[]) => readonly Expr[],
): JointMap => {
  const head = args.slice(0, lead), xs = args.slice(lead)
  return {
    push: (ts) => {
      const tangents = ts.slice(lead), active = tangents.map((t) => t !== undefined)
      const pushed = bodies.map((b) => rec.jvp(b, active))
      // an output whose tangent is absent in one branch only has a solid zero there: branches must agree
      const any = (pushed[0] as (typeof pushed)[0]).active.map((_, i) => pushed.some((p) => p.active[i]))
      const outs = run(pushed.map((p) => p.body), [...head, ...xs, ...present(tangents)])
      return outs.map((o, i) => (any[i] ? o : undefined))
    },
    pull: (cts, wanted) => {
      const on = xs.map((x, i) => (wanted[i + lead] as boolean) && isReal(x.type)), given = cts.map((c) => c !== undefined)
      const outs = run(bodies.map((b) => rec.vjp(b, on, given)), [...head, ...xs, ...present(cts)])
      return [...head.map(() => undefined), ...scatterBack(on, outs)]
    },
  }
}
