/** What is differentiated, and by which inputs: the options `aux` and `wrt` of gradients, Jacobians and Hessians. */
import * as E from 'fp-ts/lib/Either.js'
import { closeOver, inline, outTypes } from '../../lang/syntax/closed.ts'
import type { Diagnostics, Problem } from '../../lang/syntax/error.ts'
import { makeNamed, type UntypedProgram } from '../../lang/syntax/program.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { realMarks } from './jvp.ts'
import { formProblem, marksOf, type Selection, strayPath } from './selection.ts'

export interface DerivativeOptions<M, A> {
  /**
   * With respect to which inputs: true, the default, for all real ones; or a tree of booleans like the inputs', in
   * which a key that is left out is false. The derivative has null where it is false, and costs nothing there.
   */
  readonly wrt?: M
  /**
   * Whether the program gives a pair, of what is differentiated and of what is not. The second member is then returned
   * beside the derivative as it is. Default: false.
   */
  readonly aux?: A
}
/** What is differentiated of an output. */
export type Differentiated<Out, A> = A extends true ? (Out extends readonly [infer Y, unknown] ? Y : never) : Out
/** A derivative, with what stands beside it. */
export type Beside<D, Out, A> = A extends true ? (Out extends readonly [unknown, infer B] ? readonly [D, B] : never) : D
/** Refuses an output that is no pair where there should be one. */
export type FitsAux<Out, A> = A extends true
  ? Out extends readonly [unknown, unknown]
    ? unknown
    : 'aux: true is for a program that gives a pair, [y, aux]'
  : unknown

/** A derivative that is asked for: by the marked inputs, of `main`; `beside` puts the rest of the output beside it. */
interface Asked {
  readonly wanted: readonly boolean[]
  readonly main: UntypedProgram
  readonly beside: (derivative: UntypedProgram) => E.Either<Diagnostics, UntypedProgram>
}
/** Diagnostics about a program, of an operation that the user called. `called`: as in `callSite`. */
export const refusing = (op: string, p: UntypedProgram, problem: Problem, called: readonly unknown[]): Diagnostics => [
  { problem, op, types: outTypes(p.closed), site: callSite(...called) },
]
/** The real inputs that a selection chooses. */
const wantedIn = (p: UntypedProgram, wrt: Selection): E.Either<Problem, readonly boolean[]> => {
  const what = formProblem('wrt', p.in, wrt)
  if (what !== undefined) return E.left({ _tag: 'Malformed', what })
  const stray = strayPath(p.in, wrt)
  if (stray !== undefined) return E.left({ _tag: 'Malformed', what: `wrt names ${stray}, and there is no such input` })
  const real = realMarks(p.in)
  return E.right(marksOf(p.in, wrt).map((chosen, i) => chosen && (real[i] as boolean)))
}
const isPair = (out: unknown): out is readonly [unknown, unknown] => Array.isArray(out) && out.length === 2
const notAPair: Problem = {
  _tag: 'Malformed',
  what: 'aux: true is for a program that gives a pair: return [y, aux], of which y is differentiated',
}
/** The first member of the output alone; a derivative of it, with the second member beside. */
const parted = (p: UntypedProgram, [y, aux]: readonly [unknown, unknown]): Omit<Asked, 'wanted'> => {
  const n = typeLeaves(y).length
  const main = { in: p.in, out: y, closed: closeOver(p.closed.inputs, (xs) => inline(p.closed, xs).slice(0, n)) }
  // the inputs of a derivative begin with those of the program, and equal equations are one
  const beside = (d: UntypedProgram) =>
    makeNamed(d.in, d.closed.inputs, (handles) => {
      const xs = exprLeaves(handles)
      const others = inline(p.closed, xs.slice(0, p.closed.inputs.length)).slice(n)
      return [refill(d.out, inline(d.closed, xs)), refill(aux, others)]
    })
  return { main, beside }
}
/** Reads the options. Errors: Malformed, where `wrt` names no input, or where `aux` finds no pair */
export const asked = (
  op: string,
  p: UntypedProgram,
  { wrt = true, aux = false }: DerivativeOptions<unknown, unknown>,
  called: readonly unknown[],
): E.Either<Diagnostics, Asked> => {
  const wanted = wantedIn(p, wrt as Selection)
  if (E.isLeft(wanted)) return E.left(refusing(op, p, wanted.left, called))
  if (aux !== true) return E.right({ wanted: wanted.right, main: p, beside: E.right })
  return isPair(p.out)
    ? E.right({ wanted: wanted.right, ...parted(p, p.out) })
    : E.left(refusing(op, p, notAPair, called))
}
