/**
 * Partial evaluation: a program some of whose inputs are known, as two programs. One computes once what depends on those
 * inputs alone; the other computes the rest, for all values of the other inputs:
 *
 *   p(known, x) = rest(once(known), x)
 *
 * A trained network is `rest`, once its parameters are known.
 */
import * as E from 'fp-ts/lib/Either.js'
import { buffers } from '../../../lang/kernel/index.ts'
import { only } from '../../../lang/primitives/entry.ts'
import { entryOf } from '../../../lang/primitives/index.ts'
import { marked, spread } from '../../../lang/primitives/structuralZeros.ts'
import {
  at,
  type Closed,
  closeOver,
  distinct,
  type Equation,
  inline,
  inTypes,
  type Named,
  numbered,
  open,
  typesOf,
} from '../../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../../lang/syntax/error.ts'
import { type Expr, input, type Maybe, node } from '../../../lang/syntax/expr.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { eitherOfProgram, ofProgram } from '../../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../../lang/syntax/program.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import { callSite } from '../../../lang/syntax/site.ts'
import { exprLeaves, refill } from '../../../lang/syntax/tree.ts'
import { typed } from '../../../lang/syntax/typed.ts'
import {
  type Chosen,
  formProblem,
  marksOf,
  type Others,
  partOfTree,
  type Selection,
  type SelectionOf,
  strayPath,
} from '../selection.ts'
import { simplifyClosed } from '../simplify/index.ts'
import { regrouped } from './regroup.ts'
import { lateValues, timesOf } from './times.ts'

/** A program in two parts. */
export interface Specialised<In, M, Out> {
  /** The known inputs -> what `rest` needs of them. */
  readonly once: Program<Chosen<In, M>, readonly Type[]>
  /** (what `once` gives, the other inputs) -> the result. */
  readonly rest: Program<readonly [readonly Type[], Others<In, M>], Out>
}
interface BindOptions<M> {
  /** Which inputs are known: true for all, or a tree of booleans like the inputs'; a key that is left out is false. */
  readonly known: M
  /**
   * Whether sums and products may be regrouped as if numbers were real, so that more of them are computed once; false by
   * default. A normalisation in mode 'eval' then becomes part of the convolution before it. The last digits change.
   */
  readonly regroup?: boolean
}

// -- bodies -----------------------------------------------------------------------------------------------------------

/** The body of an operation that does nothing but run it, such as a checkpoint. */
const bodyOf = (q: Equation, types: readonly Type[]): Closed | undefined => {
  const meaning = entryOf(q.op).meaning(q.attrs, buffers(at(types, q.args)), q.outs)
  return meaning._tag === 'Inline' && Object.keys(q.attrs).join() === 'body' ? meaning.body : undefined
}
/** The outputs of such an operation. What its body computes from known arguments alone is computed before it. */
const runLate = (
  { op, attrs, outs }: Equation,
  args: readonly Expr[],
  marks: readonly boolean[],
  regroup: boolean,
): readonly Expr[] => {
  const p = prepared(attrs.body as Closed, marks, regroup)
  const times = timesOf(p, marks)
  const unknown = marks.map((m) => !m)
  const kept = at(open(p, args), times.handed)
  const given = marked(unknown, args)
  const rest = closeOver(numbered([...kept, ...given].map((e) => e.type)), (xs) => {
    const inputs = spread(unknown, xs.slice(kept.length))
    return at(lateValues(p, times, xs.slice(0, kept.length), inputs), p.outputs) as readonly Expr[]
  })
  return node(op, { body: rest }, [...kept, ...given], outs)
}
/** The same operation with what is cheap in its body, so that the body knows how it comes about. */
const sunk = (q: Equation, body: Closed, types: readonly Type[], cheap: ReadonlyMap<number, Equation>): Equation => {
  const outside: number[] = []
  const inside: Equation[] = []
  const done = new Set<number>()
  const stack = [...q.args]
  for (let v = stack.at(-1); v !== undefined; v = stack.at(-1)) {
    const made = cheap.get(v)
    const before = done.has(v) ? [] : (made?.args ?? []).filter((a) => !done.has(a))
    stack.push(...before)
    if (before.length > 0) continue
    if (!done.has(v)) made === undefined ? outside.push(v) : inside.push(made)
    done.add(v)
    stack.pop()
  }
  const whole = closeOver(numbered(at(types, outside)), (xs) => {
    const v: Expr[] = []
    outside.forEach((k, i) => {
      v[k] = nth(xs, i)
    })
    for (const e of inside) v[e.first] = only(node(e.op, e.attrs, at(v, e.args), e.outs))
    return inline(body, at(v, q.args))
  })
  return { ...q, attrs: { body: whole }, args: outside }
}
/** The same program with its known parts in view: regrouped, if that is wanted, and outside of bodies. */
const prepared = (p: Closed, marks: readonly boolean[], regroup: boolean): Closed => {
  const c = regroup ? regrouped(p, marks) : p
  const types = typesOf(c)
  const { late, known } = timesOf(c, marks)
  const cheap = new Map(c.equations.filter((q) => late[q.first] && known[q.first]).map((q) => [q.first, q]))
  return closeOver(c.inputs, (inputs) => {
    const v: Expr[] = [...inputs]
    for (const q of c.equations) {
      const body = known[q.first] ? undefined : bodyOf(q, types)
      const deep = body && sunk(q, body, types, cheap)
      v.push(
        ...(deep === undefined
          ? node(q.op, q.attrs, at(v, q.args), q.outs)
          : runLate(deep, at(v, deep.args), at(known, deep.args), regroup)),
      )
    }
    return at(v, c.outputs)
  })
}

// -- the two programs -------------------------------------------------------------------------------------------------

const split = (
  p: UntypedProgram,
  c: Closed,
  known: Selection,
  marks: readonly boolean[],
): Specialised<unknown, unknown, unknown> => {
  const times = timesOf(c, marks)
  const inputsWhere = (chosen: boolean): readonly Named[] => c.inputs.filter((_, i) => marks[i] === chosen)
  /** A value for every input, of which only those where the marks are `chosen` are given. */
  const inputsFrom = (given: readonly Expr[], chosen: boolean): readonly Maybe[] =>
    spread(
      marks.map((m) => m === chosen),
      given,
    )
  const once = makeNamed(partOfTree(p.in, known, true), inputsWhere(true), (x) => {
    // what depends on the other inputs is built too, but no output leads there
    const given = inputsFrom(exprLeaves(x), true).map((e, i) => e ?? input('', nth(inTypes(c), i)))
    return at(open(c, given), times.handed)
  })
  const kept = at(typesOf(c), times.handed).map((type, i) => ({ name: `r${i}`, type }))
  const types = [kept.map(({ type }) => type), partOfTree(p.in, known, false)]
  const rest = makeNamed(types, distinct([...kept, ...inputsWhere(false)]), (handles) => {
    const [r, x] = handles as readonly [readonly Expr[], unknown]
    return refill(p.out, at(lateValues(c, times, r, inputsFrom(exprLeaves(x), false)), c.outputs))
  })
  return typed({ once: orThrow(once), rest: orThrow(rest) })
}

const selectionProblem = (types: unknown, known: Selection): string | undefined => {
  const stray = strayPath(types, known)
  return (
    formProblem('known', types, known) ??
    (stray === undefined ? undefined : `known names ${stray}, and there is no such input`)
  )
}
/**
 * A program whose `known` inputs are bound, in two parts: what depends on them alone, and the rest.
 *
 * Law:     rest(once(known), x) = p(known, x), to the last bit; with `regroup` up to rounding
 * Errors:  Malformed, where `known` names no input
 *
 * @example
 * const p = programOrThrow({ w: real(3), x: real(3) }, ({ w, x }) => mul(exp(w), x))
 * const { once, rest } = bindOrThrow(p, { known: { w: true } })
 * print(once) // => 'fn {w: real[3]} ->\n  let a: real[3] = exp(w)\n  in [a]'
 * print(rest) // => 'fn [[r0: real[3]], {x: real[3]}] ->\n  let a: real[3] = r0 * x\n  in a'
 */
export const bind = eitherOfProgram(
  'bind(f: program, options{known regroup})',
  <In, Out, const M extends SelectionOf<In>>(
    p: Program<In, Out>,
    { known, regroup = false }: BindOptions<M>,
  ): E.Either<Diagnostics, Specialised<In, M, Out>> => {
    const selection = known as Selection
    const what = selectionProblem(p.in, selection)
    if (what !== undefined) {
      const site = callSite(bindOrThrow, bind)
      return E.left([{ problem: { _tag: 'Malformed', what }, op: 'bind', types: inTypes(p.closed), site }])
    }
    const marks = marksOf(p.in, selection)
    const simple = simplifyClosed(p.closed)
    return E.right(typed(split(p, prepared(simple, marks, regroup), selection, marks)))
  },
)
export const bindOrThrow = ofProgram(
  'bindOrThrow(f: program, options{known regroup})',
  <In, Out, const M extends SelectionOf<In>>(p: Program<In, Out>, options: BindOptions<M>): Specialised<In, M, Out> =>
    orThrow(bind(p, options)),
)
