/**
 * From formulas to expressions: names are looked up, literals take their types, and every call is checked. An error is
 * reported once, and not again for the terms that contain it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { broadcastTo } from '../primitives/broadcast.ts'
import { constantEntry, literalEntry } from '../primitives/constant.ts'
import { dictionary } from '../primitives/index.ts'
import { topological } from '../syntax/closed.ts'
import { type Expr, node } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { type Attrs, noAttrs, type Plain } from '../syntax/plain.ts'
import type { Type } from '../syntax/shape.ts'
import { validateCall } from '../validate.ts'
import { aliases, derived, extended, numbers } from './functions.ts'
import { aloneType, type Literal, typeCall } from './operands.ts'
import { conversion, levels, power } from './operators.ts'
import {
  agreeing,
  illTyped,
  isLiteral,
  isSpoilt,
  repeated,
  report,
  type Scope,
  spoilt,
  suggestion,
  type TermValue,
} from './scope.ts'
import type { Attribute, Floor, NamedAttribute, Offset, Term } from './syntax.ts'

// -- calls -----------------------------------------------------------------------------------------------------------

/** A primitive without arguments. */
const nullary = (scope: Scope, at: Offset, op: string, attrs: Attrs): Expr => {
  const outs = validateCall(op, attrs, [])
  return E.isLeft(outs) ? illTyped(scope, at, op, outs.left) : nth(node(op, attrs, [], outs.right), 0)
}
export const constant = (scope: Scope, at: Offset, { dtype, shape }: Type, value: Literal): Expr =>
  nullary(scope, at, constantEntry.name, { dtype, shape, value: Number(value) })
export const array = (scope: Scope, at: Offset, { dtype, shape }: Type, data: readonly number[]): Expr =>
  nullary(scope, at, literalEntry.name, { dtype, shape, data })
export const solid = (scope: Scope, at: Offset, x: TermValue): Expr =>
  isLiteral(x) ? constant(scope, at, aloneType(x), x) : x

/** All outputs of a primitive; one spoilt expression where it is ill-typed. */
const apply = (scope: Scope, at: Offset, op: string, attrs: Attrs, operands: readonly TermValue[]): readonly Expr[] => {
  if (operands.some(isSpoilt)) return [spoilt]
  const given = operands.map((x): Type | Literal => (isLiteral(x) ? x : x.type))
  const typing = typeCall(op, attrs, given)
  if (E.isLeft(typing))
    return [
      illTyped(
        scope,
        at,
        op,
        typing.left,
        given.map((x) => (typeof x === 'object' ? x : aloneType(x))),
      ),
    ]
  const { args, outs } = typing.right
  const met = operands.map((x, i) => {
    const t = nth(args, i)
    return isLiteral(x) ? constant(scope, at, t, x) : broadcastTo(t.shape)(x)
  })
  return node(op, attrs, met, outs)
}
const applyOne = (scope: Scope, at: Offset, op: string, attrs: Attrs, operands: readonly TermValue[]): Expr =>
  apply(scope, at, op, attrs, operands)[0] ?? spoilt

const functions = [...dictionary.keys(), ...aliases.keys(), ...derived.keys()]
/** Every output of a call. */
export const call = (
  scope: Scope,
  { at, op: written, attrs, args }: Extract<Term, { _tag: 'Call' }>,
): readonly Expr[] => {
  const op = aliases.get(written) ?? written
  const longer = extended.get(op)
  const build = attrs !== undefined ? undefined : longer?.[0] === args.length ? longer : derived.get(op)
  if (build === undefined && !dictionary.has(op)) {
    return [report(scope, at, { _tag: 'UnknownFunction', name: written, ...suggestion(scope, written, functions) })]
  }
  const operands = args.map((x) => operandOf(scope, x))
  if (build !== undefined)
    return [
      buildDerived(
        scope,
        at,
        op,
        build,
        operands.map((x) => solid(scope, at, x)),
      ),
    ]
  const given = attrs === undefined ? noAttrs : attributes(scope, attrs, at)
  return given === undefined ? [spoilt] : apply(scope, at, op, given, operands)
}
const buildDerived = (
  scope: Scope,
  at: Offset,
  op: string,
  [arity, f]: readonly [number, (...xs: readonly Expr[]) => Expr],
  args: readonly Expr[],
): Expr => {
  if (args.length !== arity)
    return illTyped(scope, at, op, {
      _tag: 'Arity',
      expected: arity,
      found: args.length,
    })
  if (args.some(isSpoilt)) return spoilt
  const result = f(...args)
  if (result.node._tag !== 'Poison') return result
  for (const { node } of topological([result], args))
    if (node._tag === 'Poison') for (const d of node.diagnostics) report(scope, at, { _tag: 'IllTyped', diagnostic: d })
  return spoilt
}

const plainOf = (scope: Scope, d: Attribute, at: Offset): Plain | undefined => {
  switch (d._tag) {
    case 'Plain':
      return d.value
    case 'List': {
      const items = d.items.map((x) => plainOf(scope, x, at))
      const known = items.flatMap((item) => (item === undefined ? [] : [item]))
      return known.length < items.length ? undefined : known
    }
    case 'Record':
      return attributes(scope, d.entries, at)
    case 'Program':
      return scope.body(d.fn) as Plain | undefined // a closed program holds plain data only
  }
}
const attributes = (scope: Scope, entries: readonly NamedAttribute[], at: Offset): Attrs | undefined => {
  if (repeated(scope, entries, at)) return undefined
  const known = entries.flatMap(([key, d]): readonly (readonly [string, Plain])[] => {
    const value = plainOf(scope, d, at)
    return value === undefined ? [] : [[key, value]]
  })
  return known.length < entries.length ? undefined : Object.fromEntries(known)
}
// -- formulas --------------------------------------------------------------------------------------------------------

const alone: ReadonlySet<string> = new Set(levels.flatMap((l) => (l.chains ? [] : l.operators.map((o) => o.op))))

export const operandOf = (scope: Scope, term: Term): TermValue => {
  switch (term._tag) {
    case 'Literal':
      return term.value
    case 'Name':
      return named(scope, term.at, term.name)
    case 'Array':
      return term.shape === undefined
        ? illTyped(scope, term.at, literalEntry.name, { _tag: 'Malformed', what: 'its rows have different lengths' })
        : array(scope, term.at, { dtype: 'real', shape: term.shape }, term.data)
    case 'Typed':
      return typed(scope, term)
    case 'Call': {
      const outs = call(scope, term),
        [only] = outs
      return only !== undefined && outs.length === 1
        ? only
        : report(scope, term.at, { _tag: 'Outputs', op: term.op, expected: 1, found: outs.length })
    }
    case 'Chain': {
      let value = operandOf(scope, term.first)
      for (const [k, link] of term.rest.entries()) {
        const right = operandOf(scope, link.term)
        if (k > 0 && alone.has(link.op)) return report(scope, link.at, { _tag: 'Comparisons' })
        value = applyOne(scope, link.at, link.op, noAttrs, link.swapped ? [right, value] : [value, right])
      }
      return value
    }
    case 'Tower': {
      const grounds = term.floors.map((f) => operandOf(scope, f.term))
      return term.floors.reduceRight<TermValue>((above, f, k) => {
        const ground = nth(grounds, k),
          next = term.floors[k + 1]
        return signed(scope, f, next === undefined ? ground : raised(scope, next.at, ground, above))
      }, 0)
    }
  }
}
const raised = (scope: Scope, at: Offset, base: TermValue, exponent: TermValue): Expr =>
  typeof exponent === 'number' && Number.isInteger(exponent)
    ? applyOne(scope, at, power.integer, { [power.attribute]: exponent }, [base])
    : applyOne(scope, at, power.general, noAttrs, [base, exponent])
/** A minus before a literal is part of the literal. */
const signed = (scope: Scope, f: Floor, x: TermValue): TermValue =>
  f.prefixes.reduceRight<TermValue>(
    (y, { at, op }) => (op === 'neg' && typeof y === 'number' ? -y : applyOne(scope, at, op, noAttrs, [y])),
    x,
  )

const named = (scope: Scope, at: Offset, name: string): TermValue => {
  const known = scope.names.get(name) ?? numbers.get(name)
  if (known !== undefined) return known
  if (scope.free !== undefined) return scope.free(name)
  return report(scope, at, { _tag: 'UnknownName', name, ...suggestion(scope, name, scope.names.keys()) })
}
/** A constant, an array in row-major order, or a conversion. */
const typed = (scope: Scope, { at, type, of }: Extract<Term, { _tag: 'Typed' }>): Expr => {
  if (of._tag === 'Array') return array(scope, at, type, of.data)
  const x = operandOf(scope, of)
  if (isLiteral(x)) return constant(scope, at, type, x)
  const converted = applyOne(scope, at, conversion.op, { [conversion.attribute]: type.dtype }, [x])
  return isSpoilt(converted) || type.shape.length === 0
    ? converted
    : agreeing(scope, at, conversion.op, type, converted)
}
