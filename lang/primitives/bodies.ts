/**
 * What primitives over closed programs share. Their attributes hold the programs as plain data; their linear maps are
 * the same primitives over transformed programs.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, inTypes, numbered, outTypes } from '../syntax/closed.ts'
import { type Diagnostics, ill, type Problem } from '../syntax/error.ts'
import { type Expr, input, type Maybe, poison } from '../syntax/expr.ts'
import { isReal, type Type } from '../syntax/shape.ts'
import { repeat } from './broadcast.ts'
import { type BatchedOuts, type Each, type JointMap, type Recursion, refuse } from './entry.ts'
import { marked, present, spread } from './structuralZeros.ts'

/** The closed program of a function whose arguments have these types. */
export const programOf = <const T extends readonly Type[]>(
  types: T,
  f: (...xs: Each<T, Expr>) => readonly Expr[],
): Closed =>
  // closeOver calls f with one expression per type
  closeOver(numbered(types), (xs) => f(...(xs as Each<T, Expr>)))

interface Signature {
  readonly ins: readonly Type[]
  readonly outs: readonly Type[]
}
export const signature = (body: Closed): Signature => ({ ins: inTypes(body), outs: outTypes(body) })
/** The problem of types that differ from a body's signature. `what`: which types. */
export const mismatch = (
  what: string,
  expected: readonly Type[],
  found: readonly Type[],
): E.Either<Problem, readonly Type[]> => ill({ _tag: 'BodyMismatch', what, expected, found })

/** The outputs under vmap of an operation that cannot be mapped. Closing the program reports the problem. */
export const refusing = (op: string, problem: Problem, args: readonly Expr[], count: number): BatchedOuts => {
  const refused = refuse(op, problem, args)
  return { outs: Array.from({ length: count }, () => refused), batched: Array.from({ length: count }, () => true) }
}
/** Stands in for the requested cotangents if there are none. Closing the program reports the reason. */
export const refusals = (wanted: readonly boolean[], why: Diagnostics): readonly Maybe[] => {
  const refused = poison([], why)
  return wanted.map((w) => (w ? refused : undefined))
}

/** Which inputs the marked outputs depend on. By default all outputs are marked. */
export const leading = (p: Closed, outputs: readonly boolean[] = p.outputs.map(() => true)): readonly boolean[] => {
  const on = new Set(marked(outputs, p.outputs))
  for (const q of [...p.equations].reverse())
    if (q.outs.some((_, k) => on.has(q.first + k))) for (const a of q.args) on.add(a)
  return p.inputs.map((_, i) => on.has(i))
}
/** The program without the inputs that it does not read. A transposed linear program must not mention its point. */
export const narrowed = (p: Closed, kept: readonly boolean[]): Closed => {
  if (kept.every(Boolean)) return p
  return closeOver(marked(kept, p.inputs), (xs) => {
    const all = spread(kept, xs)
    return inline(
      p,
      p.inputs.map(({ name, type }, i) => all[i] ?? input(name, type)),
    )
  })
}
/** Of a loop: which arguments have a tangent when these have one. A least fixed point, in at most `carries` rounds. */
export const moving = (body: Closed, carries: number, args: readonly boolean[], rec: Recursion): readonly boolean[] => {
  const next = rec
    .jvp(body, args)
    .active.slice(0, carries)
    .map((m, i) => m || args[i] === true)
  return next.every((m, i) => m === args[i]) ? args : moving(body, carries, [...next, ...args.slice(carries)], rec)
}
/** The arguments with the batch axis put on those that are marked and do not have it yet. */
export const stackedWhere = (
  marks: readonly boolean[],
  batched: readonly boolean[],
  xs: readonly Expr[],
  size: number,
): readonly Expr[] => xs.map((x, i) => (marks[i] && !batched[i] ? repeat(size, x) : x))

/** The map of a primitive that runs one of several bodies on its arguments; the first `lead` arguments choose which. */
export const bodiesMap = (
  bodies: readonly Closed[],
  lead: number,
  args: readonly Expr[],
  rec: Recursion,
  run: (bodies: readonly Closed[], args: readonly Expr[]) => readonly Expr[],
): JointMap => {
  const head = args.slice(0, lead)
  const xs = args.slice(lead)
  const lean = (programs: readonly Closed[], operands: readonly Expr[]): readonly Expr[] => {
    const read = programs.map((p) => leading(p))
    const kept = operands.map((_, i) => read.some((r) => r[i]))
    return run(
      programs.map((p) => narrowed(p, kept)),
      [...head, ...marked(kept, operands)],
    )
  }
  return {
    push: (ts) => {
      const tangents = ts.slice(lead)
      const active = tangents.map((t) => t !== undefined)
      const pushed = bodies.map((b) => rec.jvp(b, active))
      const outs = lean(
        pushed.map((p) => p.body),
        [...xs, ...present(tangents)],
      )
      // branches must agree: an output whose tangent is absent in one branch only is an array of zeros there
      return outs.map((o, i) => (pushed.some((p) => p.active[i]) ? o : undefined))
    },
    pull: (cts, wanted) => {
      const given = cts.map((c) => c !== undefined)
      const reach = bodies.map((b) => leading(b, given))
      const on = xs.map((x, i) => wanted[i + lead] === true && isReal(x.type) && reach.some((r) => r[i]))
      const back = bodies.map((b) => rec.vjp(b, on, given))
      const refused = back.flatMap((b) => (E.isLeft(b) ? b.left : []))
      const programs = back.flatMap((b) => (E.isRight(b) ? [b.right] : []))
      const outs = refused.length > 0 ? refusals(on, refused) : spread(on, lean(programs, [...xs, ...present(cts)]))
      return [...head.map(() => undefined), ...outs]
    },
  }
}
