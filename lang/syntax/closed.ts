/**
 * A closed program: a flat list of equations, as plain data. Values are numbered: inputs first, then the outputs of
 * each equation in order. Closing sorts the equations, shares equal sub-expressions, drops dead code and collects
 * every diagnostic. Opening builds an expression for every value again. Both are iterative and take near-linear time.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Diagnostics, orThrow, shapeProblem } from './error.ts'
import { argsOf, type Expr, input, node } from './expr.ts'
import { nth } from './list.ts'
import { type Attrs, keyOf } from './plain.ts'
import type { Type } from './shape.ts'
import { callSite } from './site.ts'

export type Equation = {
  readonly op: string
  readonly attrs: Attrs
  readonly args: readonly number[]
  readonly outs: readonly Type[]
  /** The number of its first output. */
  readonly first: number
}
export type Named = { readonly name: string; readonly type: Type }
export type Closed = {
  readonly inputs: readonly Named[]
  readonly equations: readonly Equation[]
  readonly outputs: readonly number[]
}

/** Every node once, arguments before users, arguments from left to right; without `leaves` and what is below them. */
export const topological = (roots: readonly Expr[], leaves: readonly Expr[] = []): readonly Expr[] => {
  const done = new Set<Expr>(leaves)
  const stack = [...roots].reverse()
  while (stack.length > 0) {
    const e = nth(stack, -1)
    const waiting = done.has(e) ? [] : argsOf(e).filter((a) => !done.has(a))
    if (waiting.length > 0) for (const a of waiting.reverse()) stack.push(a)
    else {
      done.add(e)
      stack.pop()
    }
  }
  return [...done].slice(leaves.length)
}

/** The diagnostic of an input whose type no array has. */
const illInput =
  (called: readonly unknown[]) =>
  ({ type }: Expr): Diagnostics => {
    const problem = shapeProblem(type.shape)
    return problem === undefined ? [] : [{ problem, op: 'program', types: [type], site: callSite(...called) }]
  }
/**
 * The program from these inputs to these outputs. An input may be any expression; its own arguments are not part of the
 * program. `called`: as in `callSite`.
 *
 * Law:     two values with equal op, attributes and arguments have one number
 * Errors:  NotASize and TooManyElements of an input; those of every ill-typed expression, in order; UnboundInput
 */
export const close = (
  inputs: readonly Expr[],
  outputs: readonly Expr[],
  called: readonly unknown[] = [],
): E.Either<Diagnostics, Closed> => {
  // they would cause further diagnostics, which say nothing new
  const wrong = inputs.flatMap(illInput(called))
  if (wrong.length > 0) return E.left(wrong)
  const id = new Map<Expr, number>(inputs.map((e, i) => [e, i]))
  const known = new Map<string, number>()
  const equations: Equation[] = []
  const diagnostics: Diagnostics[number][] = []
  let next = inputs.length
  for (const e of topological(outputs, inputs)) {
    const n = e.node
    switch (n._tag) {
      case 'Poison':
        diagnostics.push(...n.diagnostics)
        break
      case 'Input':
        if (!id.has(e))
          diagnostics.push({
            problem: { _tag: 'UnboundInput', name: n.name },
            op: 'program',
            types: [e.type],
            site: callSite(...called),
          })
        break
      case 'Item':
        id.set(e, (id.get(n.of) ?? 0) + n.index)
        break
      case 'Apply': {
        const args = n.args.map((a) => id.get(a) ?? 0)
        const key = `${n.op} ${args.join()} ${keyOf(n.attrs)}`
        const seen = known.get(key)
        id.set(e, seen ?? next)
        if (seen === undefined) {
          known.set(key, next)
          equations.push({ op: n.op, attrs: n.attrs, args, outs: n.outs, first: next })
          next += n.outs.length
        }
        break
      }
    }
  }
  return diagnostics.length > 0
    ? E.left(diagnostics)
    : E.right({
        inputs: distinct(
          inputs.map((e, k) => ({ name: e.node._tag === 'Input' ? e.node.name : `k${k}`, type: e.type })),
        ),
        equations,
        outputs: outputs.map((o) => id.get(o) ?? 0), // `topological` has visited every output
      })
}

/** Every value of a closed program, as expressions of the given inputs. */
export const open = (p: Closed, inputs: readonly Expr[]): readonly Expr[] => {
  const v = [...inputs]
  for (const q of p.equations) for (const e of node(q.op, q.attrs, at(v, q.args), q.outs)) v.push(e)
  return v
}
/** The outputs of a closed program, as expressions of the given inputs. */
export const inline = (p: Closed, inputs: readonly Expr[]): readonly Expr[] => at(open(p, inputs), p.outputs)

/** The values at these numbers. */
export const at = <T>(values: readonly T[], numbers: readonly number[]): readonly T[] =>
  numbers.map((k) => nth(values, k))
/** The values of an equation's outputs. */
export const outsOf = <T>(q: Equation, values: readonly T[]): readonly T[] =>
  q.outs.map((_, k) => nth(values, q.first + k))
/** The type of every value. */
export const typesOf = (p: Closed): readonly Type[] => {
  const types = p.inputs.map((i) => i.type)
  for (const q of p.equations) for (const t of q.outs) types.push(t)
  return types
}
/** The types of the inputs. */
export const inTypes = (p: Closed): readonly Type[] => p.inputs.map((i) => i.type)
/** The types of the outputs. */
export const outTypes = (p: Closed): readonly Type[] => at(typesOf(p), p.outputs)

/** One expression per named input: a tuple of inputs gives a tuple. */
type Opened<N extends readonly Named[]> = { readonly [K in keyof N]: Expr }
/** A closed program from a function on expressions of inputs with these names. */
export const closing = <const N extends readonly Named[]>(
  inputs: N,
  f: (xs: Opened<N>) => readonly Expr[],
): E.Either<Diagnostics, Closed> => {
  const xs = inputs.map(({ name, type }) => input(name, type))
  return close(xs, f(xs as Opened<N>)) // `map` keeps the length, which its type does not say
}
/** The same, for bodies and transformations whose parts are checked already: a diagnostic is an exception. */
export const closeOver = <const N extends readonly Named[]>(inputs: N, f: (xs: Opened<N>) => readonly Expr[]): Closed =>
  orThrow(closing(inputs, f))
/** Inputs x0, x1, ... of these types. */
export const numbered = <const T extends readonly Type[]>(types: T, name = 'x'): { readonly [K in keyof T]: Named } =>
  types.map((type, k) => ({ name: `${name}${k}`, type })) as { readonly [K in keyof T]: Named } // as in `closing`

/** The inputs under distinct names: a name that occurred before gets primes. */
export const distinct = (inputs: readonly Named[]): readonly Named[] => {
  const taken = new Set<string>()
  return inputs.map(({ name, type }) => {
    let fresh = name
    while (taken.has(fresh)) fresh += "'"
    taken.add(fresh)
    return { name: fresh, type }
  })
}

/** Whether an attribute is a closed program. */
export const isClosed = (x: unknown): x is Closed =>
  typeof x === 'object' && x !== null && 'inputs' in x && 'equations' in x && 'outputs' in x
