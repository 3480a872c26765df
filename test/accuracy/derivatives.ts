/** A function with all its derivatives, in every mode and order of modes, as one program: it is compiled once. */
import { constant } from '../../lang/primitives/constant.ts'
import { inline } from '../../lang/syntax/closed.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { makeNamed, type UntypedProgram } from '../../lang/syntax/program.ts'
import { real } from '../../lang/syntax/shape.ts'
import { jvpTelling } from '../../src/transform/jvp.ts'
import { vjpTelling } from '../../src/transform/vjp.ts'
import type { Elementwise } from './functions.ts'

export const orders = ['value', 'forward', 'reverse', 'forward over reverse', 'reverse over forward'] as const
export type Order = (typeof orders)[number]
/** An output of the program: by which order it is computed, and which column of the table it must equal. */
export interface Output {
  readonly order: Order
  readonly column: string
}
export interface Derivatives {
  readonly program: UntypedProgram
  readonly outputs: readonly Output[]
}

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
const only = (n: number, k: number): readonly boolean[] => range(n).map((i) => i === k)
type ManyOf = (xs: readonly Expr[]) => readonly Expr[]

/** The function of `n` arrays of some length, and its derivatives in single arguments. */
export const derivativesOf = (f: Elementwise, n: number, length: number): Derivatives => {
  const type = real(length)
  const inputs = range(n).map((k) => ({ name: `x${k}`, type }))
  const programOf = (g: ManyOf): UntypedProgram =>
    orThrow(
      makeNamed(
        inputs.map(() => type),
        inputs,
        (xs) => g(xs as readonly Expr[]),
      ),
    )
  const one: Expr = constant([length], 1)
  /** g with the derivatives in argument k of its results, forward. */
  const forward = (g: UntypedProgram, k: number): ManyOf => {
    const pushed = jvpTelling(g, undefined, only(n, k)).closed
    return (xs) => inline(pushed, [...xs, one]).slice(g.closed.outputs.length)
  }
  /** The derivatives of g's only result in all arguments, in reverse. */
  const reverse = (g: UntypedProgram): ManyOf => {
    const pulled = orThrow(vjpTelling(g, undefined)).closed
    return (xs) => inline(pulled, [...xs, one]).slice(1)
  }

  const p = programOf((xs) => [f(...xs)])
  const gradient = reverse(p)
  const first = range(n).map((k) => `d${k}`)
  const second = (k: number): readonly string[] => range(n).map((i) => (i < k ? `d${i}${k}` : `d${k}${i}`))
  const all: readonly (readonly [Order, readonly string[], ManyOf])[] = [
    ['value', ['y'], (xs) => [f(...xs)]],
    ...range(n).map((k) => ['forward', [`d${k}`], forward(p, k)] as const),
    ['reverse', first, gradient],
    ...range(n).map((k) => ['forward over reverse', second(k), forward(programOf(gradient), k)] as const),
    ...range(n).map((k) => ['reverse over forward', second(k), reverse(programOf(forward(p, k)))] as const),
  ]
  return {
    program: programOf((xs) => all.flatMap(([, , g]) => g(xs))),
    outputs: all.flatMap(([order, columns]) => columns.map((column) => ({ order, column }))),
  }
}
