/**
 * From syntax to programs. All errors of names and types are found in one pass. `close` orders the equations, whatever
 * their order in the text.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, close, distinct, type Named } from '../syntax/closed.ts'
import { type Expr, input } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { makeNamed, type UntypedProgram } from '../syntax/program.ts'
import { real, type Type } from '../syntax/shape.ts'
import { exprLeaves, isTypeOrExpr, leavesWithPath } from '../syntax/tree.ts'
import { aloneType } from './operands.ts'
import type { Flaw } from './parseError.ts'
import { agreeing, illTyped, isLiteral, isSpoilt, repeated, report, type Scope, spoilt } from './scope.ts'
import {
  type Binding,
  defaultName,
  type Inputs,
  type Offset,
  type Outputs,
  type ProgramTerm,
  type Term,
} from './syntax.ts'
import { array, call, constant, operandOf, solid } from './terms.ts'

/** The value of a term. An array or a literal takes the type that is stated for it. */
const boundTo = (scope: Scope, term: Term, at: Offset, stated: Type | undefined): Expr => {
  if (stated !== undefined && term._tag === 'Array') return array(scope, term.at, stated, term.data)
  const x = operandOf(scope, term)
  return isLiteral(x) ? constant(scope, at, stated ?? aloneType(x), x) : x
}
const bind = (scope: Scope, { several, bounds, value, at }: Binding): void => {
  const values =
    several && value._tag === 'Call'
      ? call(scope, value)
      : [boundTo(scope, value, at, several ? undefined : bounds[0]?.type)]
  const spoiled = values.some(isSpoilt)
  if (!spoiled && values.length !== bounds.length)
    report(scope, at, {
      _tag: 'Outputs',
      op: value._tag === 'Call' ? value.op : 'the formula',
      expected: bounds.length,
      found: values.length,
    })
  bounds.forEach(({ name, type, at: where }, k) => {
    const x = values[k] ?? spoilt
    const checked = spoiled ? spoilt : type === undefined ? x : agreeing(scope, where, name ?? '_', type, x)
    if (name === undefined) return
    if (scope.names.has(name)) report(scope, where, { _tag: 'BoundTwice', name })
    else scope.names.set(name, checked)
  })
}
const outputTree = (scope: Scope, outs: Outputs, at: Offset): unknown => {
  switch (outs._tag) {
    case 'Value':
      return solid(scope, at, operandOf(scope, outs.term))
    case 'Nothing':
      return null
    case 'Tuple':
      return outs.items.map((x) => outputTree(scope, x, at))
    case 'Record':
      return repeated(scope, outs.entries, at) ? null : recordOf(scope, outs.entries, at)
  }
}
/** Leaves of trees are recognised by their keys, so a record may not have the keys of an expression. */
const recordOf = (scope: Scope, entries: readonly (readonly [string, Outputs])[], at: Offset): unknown => {
  const record = Object.fromEntries(entries.map(([k, x]) => [k, outputTree(scope, x, at)]))
  return isTypeOrExpr(record)
    ? illTyped(scope, at, 'record', { _tag: 'Malformed', what: 'its keys are those of an expression' })
    : record
}

interface Stated {
  readonly at: Offset
  readonly name: string | undefined
}
/** The tree of types. `stated` collects the position and the name of each leaf. */
const inputTree = (scope: Scope, ins: Inputs, at: Offset, stated: Map<unknown, Stated>): unknown => {
  switch (ins._tag) {
    case 'Leaf': {
      const type: Type = { ...ins.type }
      stated.set(type, ins)
      return type
    }
    case 'Nothing':
      return null
    case 'Tuple':
      return ins.items.map((x) => inputTree(scope, x, at, stated))
    case 'Record':
      return repeated(scope, ins.entries, at)
        ? null
        : Object.fromEntries(ins.entries.map(([k, x]) => [k, inputTree(scope, x, at, stated)]))
  }
}
/** The inputs with distinct names. A stated name that is not distinct is an error. */
const namedInputs = (scope: Scope, tree: unknown, stated: ReadonlyMap<unknown, Stated>): readonly Named[] => {
  const leaves = leavesWithPath(tree, isTypeOrExpr)
  const wanted = leaves.map(([path, type]) => ({
    name: stated.get(type)?.name ?? defaultName(path),
    type: type as Type,
  }))
  const found = distinct(wanted)
  leaves.forEach(([, type], k) => {
    const leaf = stated.get(type)
    if (leaf?.name !== undefined && found[k]?.name !== leaf.name)
      report(scope, leaf.at, { _tag: 'BoundTwice', name: leaf.name })
  })
  return found
}
const programOf = (flaws: Flaw[], { at, inputs, bindings, outputs }: ProgramTerm): UntypedProgram | undefined => {
  const scope: Scope = { names: new Map(), flaws, body: bodyIn(flaws) }
  const stated = new Map<unknown, Stated>()
  const before = flaws.length
  const tree = inputTree(scope, inputs, at, stated)
  const named = namedInputs(scope, tree, stated)
  const program = makeNamed(tree, named, (handles) => {
    for (const [k, x] of exprLeaves(handles).entries()) scope.names.set(nth(named, k).name, x)
    for (const b of bindings) bind(scope, b)
    return outputTree(scope, outputs, at)
  })
  return E.isRight(program) && flaws.length === before ? program.right : undefined
}
/** A program in an attribute, which sees its own inputs only. */
const bodyIn =
  (flaws: Flaw[]) =>
  (fn: ProgramTerm): Closed | undefined =>
    programOf(flaws, fn)?.closed

type Result = E.Either<readonly Flaw[], UntypedProgram>
const inOrder = (flaws: readonly Flaw[]): readonly Flaw[] => [...flaws].sort((a, b) => a.at - b.at)

/** A program, or all errors in the order of the text. */
export const elaborateProgram = (fn: ProgramTerm): Result => {
  const flaws: Flaw[] = []
  const program = programOf(flaws, fn)
  return program === undefined ? E.left(inOrder(flaws)) : E.right(program)
}
/**
 * A formula as a program. Its inputs are the names that nothing binds, one real number each, in order of appearance.
 */
export const elaborateFormula = (term: Term): Result => {
  const names = new Map<string, Expr>()
  const flaws: Flaw[] = []
  const free = (name: string): Expr => {
    const x = input(name, real())
    names.set(name, x)
    return x
  }
  const scope: Scope = { names, flaws, free, body: bodyIn(flaws) }
  const result = solid(scope, 0, operandOf(scope, term))
  if (flaws.length > 0) return E.left(inOrder(flaws))
  const tree = Object.fromEntries([...names].map(([name, x]) => [name, x.type]))
  const inputs = Object.keys(tree).flatMap((name) => names.get(name) ?? []) // in the order of the tree's leaves
  const closed = close(inputs, [result])
  return E.isLeft(closed) ? E.left([]) : E.right({ in: tree, out: result.type, closed: closed.right })
}
