/**
 * What primitives over closed programs share. Their attributes hold the programs as plain data; their linear maps are the
 * same primitives over transformed programs.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Closed } from '../syntax/closed.ts'
import { closeOver, inline, inTypes, outTypes } from '../syntax/closed.ts'
import type { Diagnostics } from '../syntax/error.ts'
import { type Expr, input, type Maybe, poison } from '../syntax/expr.ts'
import type { Plain } from '../syntax/plain.ts'
import { isReal, type Type } from '../syntax/shape.ts'
import type { JointMap, Recursion } from './entry.ts'
import { marked, present, spread } from './structuralZeros.ts'

/** A closed program is plain data, and plain data in an attribute called `body` is a closed program. */
export const asPlain = (body: Closed): Plain => body as unknown as Plain
export const asClosed = (body: Plain): Closed => body as unknown as Closed

export const signature = (body: Plain): { readonly ins: readonly Type[]; readonly outs: readonly Type[] } =>
  ({ ins: inTypes(asClosed(body)), outs: outTypes(asClosed(body)) })
/** Instead of cotangents, why there are none: closing reports it. */
export const refusals = (wanted: readonly boolean[], why: Diagnostics): readonly Maybe[] => {
  const refused = poison([], why)
  return wanted.map((w) => (w ? refused : undefined))
}

/** Which inputs lead to the marked outputs: to all of them, those that are read at all. */
export const leading = (p: Closed, outputs: readonly boolean[] = p.outputs.map(() => true)): readonly boolean[] => {
  const on = new Set(marked(outputs, p.outputs))
  for (const q of [...p.equations].reverse()) if (q.outs.some((_, k) => on.has(q.first + k))) for (const a of q.args) on.add(a)
  return p.inputs.map((_, i) => on.has(i))
}
/** The program without the inputs that it does not read. A transposed linear program must not mention its point. */
export const narrowed = (p: Closed, kept: readonly boolean[]): Closed =>
  kept.every(Boolean) ? p : closeOver(marked(kept, p.inputs), (xs) => {
    const all = spread(kept, xs)
    return inline(p, p.inputs.map(({ name, type }, i) => all[i] ?? input(name, type)))
  })

/** The map of a primitive that runs one of several bodies on its arguments, the first `lead` of which choose. */
export const bodiesMap = (
  bodies: readonly Closed[], lead: number, args: readonly Expr[], rec: Recursion,
  run: (bodies: readonly Closed[], args: readonly Expr[]) => readonly Expr[],
): JointMap => {
  const head = args.slice(0, lead), xs = args.slice(lead)
  const lean = (programs: readonly Closed[], operands: readonly Expr[]): readonly Expr[] => {
    const read = programs.map((p) => leading(p)), kept = operands.map((_, i) => read.some((r) => r[i] as boolean))
    return run(programs.map((p) => narrowed(p, kept)), [...head, ...marked(kept, operands)])
  }
  return {
    push: (ts) => {
      const tangents = ts.slice(lead), active = tangents.map((t) => t !== undefined)
      const pushed = bodies.map((b) => rec.jvp(b, active))
      // an output whose tangent is absent in one branch only has a solid zero there: branches must agree
      const any = (pushed[0] as (typeof pushed)[0]).active.map((_, i) => pushed.some((p) => p.active[i]))
      const outs = lean(pushed.map((p) => p.body), [...xs, ...present(tangents)])
      return outs.map((o, i) => (any[i] ? o : undefined))
    },
    pull: (cts, wanted) => {
      const given = cts.map((c) => c !== undefined), reach = bodies.map((b) => leading(b, given))
      const on = xs.map((x, i) => (wanted[i + lead] as boolean) && isReal(x.type) && reach.some((r) => r[i] as boolean))
      const back = bodies.map((b) => rec.vjp(b, on, given)), refused = back.flatMap((b) => (E.isLeft(b) ? b.left : []))
      const outs = refused.length > 0 ? refusals(on, refused) : spread(on, lean(back.flatMap((b) => (E.isRight(b) ? [b.right] : [])), [...xs, ...present(cts)]))
      return [...head.map(() => undefined), ...outs]
    },
  }
}
