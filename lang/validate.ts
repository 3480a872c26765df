/**
 * Closed programs that came from outside: checked by the typing rules of the dictionary, equation by equation, programs
 * inside attributes too. What passes is what building could have made; it is a copy, so nobody else holds its parts.
 *
 * A typing rule may take the form of its attributes for granted. It is compared with the entry's examples first: an
 * attribute is of a kind (number, text, list, record, program) that it has in one of them.
 */
import * as E from 'fp-ts/lib/Either.js'
import { nearest } from './nearest.ts'
import type { Entry } from './primitives/entry.ts'
import { dictionary } from './primitives/index.ts'
import { at, type Closed, type Equation, isClosed, type Named } from './syntax/closed.ts'
import { type Diagnostic, type Diagnostics, ill, invalid, type Problem } from './syntax/error.ts'
import type { Attrs, Plain } from './syntax/plain.ts'
import { sameTypes, sizeOf, type Type } from './syntax/shape.ts'

const isObject = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null
const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)
const malformed = (what: string): Problem => ({ _tag: 'Malformed', what })
const isCount = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0

/** A type: a known element type, and sizes that are counts. */
export const isProperType = (x: unknown): x is Type =>
  isObject(x) &&
  (x.dtype === 'real' || x.dtype === 'int' || x.dtype === 'bool') &&
  isList(x.shape) &&
  x.shape.every(isCount) &&
  Number.isSafeInteger(sizeOf(x.shape))

// -- one call --------------------------------------------------------------------------------------------------------

type Kind = 'number' | 'string' | 'boolean' | 'null' | 'list' | 'record' | 'program'
const kindOf = (x: unknown): Kind =>
  x === null || x === undefined
    ? 'null'
    : isList(x)
      ? 'list'
      : isClosed(x)
        ? 'program'
        : typeof x === 'object'
          ? 'record'
          : (typeof x as 'number' | 'string' | 'boolean')

/** Where a value differs in form from all samples of it, and how; nothing where it does not. */
const misfit = (x: unknown, samples: readonly unknown[], path: string): Problem | undefined => {
  const kind = kindOf(x),
    same = samples.filter((s) => kindOf(s) === kind)
  if (same.length === 0) {
    const kinds = [...new Set(samples.map(kindOf))].join(' or ')
    return { _tag: 'InvalidAttribute', attribute: path, rule: `must be a ${kinds}, not a ${kind}` }
  }
  if (kind === 'list') {
    const items = same.flatMap((s) => s as readonly unknown[]),
      known = new Set(items.map(kindOf))
    const simple = known.has('number') && !known.has('list') && !known.has('record')
    if (items.length === 0 || (simple && (x as readonly unknown[]).every((item) => known.has(kindOf(item)))))
      return undefined
    return first((x as readonly unknown[]).map((item, k) => () => misfit(item, items, `${path}[${k}]`)))
  }
  if (kind !== 'record') return undefined
  const records = same as readonly { readonly [key: string]: unknown }[],
    record = x as { readonly [key: string]: unknown }
  const keys = new Set(records.flatMap(Object.keys)),
    inside = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const missing = [...keys].find((key) => !Object.hasOwn(record, key) && records.every((r) => Object.hasOwn(r, key)))
  const unknown = Object.keys(record).find((key) => !keys.has(key))
  if (unknown !== undefined)
    return {
      _tag: 'InvalidAttribute',
      attribute: inside(unknown),
      rule: `is not an attribute here; ${keys.size === 0 ? 'there are none' : `there is ${[...keys].join(', ')}`}`,
    }
  if (missing !== undefined) return { _tag: 'InvalidAttribute', attribute: inside(missing), rule: 'is missing' }
  return first(
    Object.keys(record).map(
      (key) => () =>
        misfit(
          record[key],
          records.filter((r) => Object.hasOwn(r, key)).map((r) => r[key]),
          inside(key),
        ),
    ),
  )
}
const first = <T>(tests: readonly (() => T | undefined)[]): T | undefined => {
  for (const test of tests) {
    const found = test()
    if (found !== undefined) return found
  }
  return undefined
}

/** How many arguments an entry takes: as its examples, where they agree. One that runs programs asks their signatures. */
const arityOf = (entry: Entry): number | undefined => {
  const [n, ...others] = entry.examples.map((x) => x.args.length)
  const runs = entry.examples.some((x) => Object.values(x.attrs).some(isClosed))
  return runs || others.some((m) => m !== n) ? undefined : n
}
/** The types that a call gives. Never throws, whatever the attributes are. */
export const checkCall = (op: string, attrs: Attrs, args: readonly Type[]): E.Either<Problem, readonly Type[]> => {
  const entry = dictionary.get(op)
  if (entry === undefined) {
    const near = nearest(op, dictionary.keys())
    return ill({ _tag: 'UnknownPrimitive', name: op, ...(near !== undefined && { nearest: near }) })
  }
  const wrong = misfit(
    attrs,
    entry.examples.map((x) => x.attrs),
    '',
  )
  if (wrong !== undefined) return ill(wrong)
  const arity = arityOf(entry)
  if (arity !== undefined && arity !== args.length) return ill({ _tag: 'Arity', expected: arity, found: args.length })
  const typed = E.tryCatch(
    () => entry.type(attrs, args),
    () => malformed('its attributes do not fit its arguments'),
  )
  return E.chain((r: E.Either<Problem, readonly Type[]>) =>
    E.isRight(r) && !r.right.every(isProperType) ? invalid('attributes', 'give a size that is not a count') : r,
  )(typed)
}

// -- plain data ------------------------------------------------------------------------------------------------------

const deepest = 200
/** Bodies, and lists and records in attributes, hold one another at most so deep. */
const tooDeep = malformed(`is more than ${deepest} levels deep`)

/** A copy of plain data, programs in it checked. */
const copyPlain = (x: unknown, depth: number): E.Either<Diagnostics, Plain> => {
  if (depth > deepest) return E.left([blame('program', tooDeep)])
  if (typeof x === 'number' || typeof x === 'string' || typeof x === 'boolean' || x === null) return E.right(x)
  if (isClosed(x)) return E.map((c: Closed) => c as unknown as Plain)(checkAt(x, depth + 1))
  if (isList(x)) return collect(x.map((item) => copyPlain(item, depth + 1)))
  if (!isObject(x)) return E.left([blame('program', malformed(`an attribute is of type ${typeof x}`))])
  const keys = Object.keys(x)
  return E.map((values: readonly Plain[]) => Object.fromEntries(keys.map((key, k) => [key, values[k] as Plain])))(
    collect(keys.map((key) => copyPlain(x[key], depth + 1))),
  )
}
const collect = <A>(results: readonly E.Either<Diagnostics, A>[]): E.Either<Diagnostics, readonly A[]> => {
  const wrong = results.flatMap((r) => (E.isLeft(r) ? r.left : []))
  return wrong.length > 0 ? E.left(wrong) : E.right(results.flatMap((r) => (E.isRight(r) ? [r.right] : [])))
}
const blame = (op: string, problem: Problem, types: readonly Type[] = [], site = 'unknown'): Diagnostic => ({
  problem,
  op,
  types,
  site,
})

// -- programs --------------------------------------------------------------------------------------------------------

const copyType = ({ dtype, shape }: Type): Type => ({ dtype, shape: [...shape] })
const namedOf = (x: unknown): Named | undefined =>
  isObject(x) && typeof x.name === 'string' && isProperType(x.type)
    ? { name: x.name, type: copyType(x.type) }
    : undefined

const checkAt = (x: unknown, depth: number): E.Either<Diagnostics, Closed> => {
  if (depth > deepest) return E.left([blame('program', tooDeep)])
  if (!isObject(x) || !isList(x.inputs) || !isList(x.equations) || !isList(x.outputs))
    return E.left([blame('program', malformed('a program has lists of inputs, equations and outputs'))])
  const found: Diagnostic[] = [],
    report = (...d: Diagnostics): void => {
      found.push(...d)
    }
  const inputs: Named[] = [],
    names = new Set<string>()
  x.inputs.forEach((item, k) => {
    const input = namedOf(item)
    if (input === undefined) report(blame('program', malformed(`input ${k} needs a name and a type`)))
    else if (names.has(input.name)) report(blame('program', malformed(`two inputs are called ${input.name}`)))
    else {
      names.add(input.name)
      inputs.push(input)
    }
  })
  if (found.length > 0) return E.left(found)
  const types = inputs.map((i) => i.type),
    equations: Equation[] = []
  for (const [k, item] of x.equations.entries()) {
    const equation = checkEquation(item, k, types, depth)
    if (E.isLeft(equation)) {
      report(...equation.left)
      // without its types nothing after it can be checked
      if (!isObject(item) || !isList(item.outs) || !item.outs.every(isProperType)) return E.left(found)
      for (const t of item.outs) types.push(t)
    } else {
      equations.push(equation.right)
      for (const t of equation.right.outs) types.push(t)
    }
  }
  const outputs = x.outputs.filter((o): o is number => isCount(o) && o < types.length)
  if (outputs.length < x.outputs.length)
    report(blame('program', malformed(`an output is not one of the ${types.length} values`)))
  return found.length > 0 ? E.left(found) : E.right({ inputs, equations, outputs })
}

const checkEquation = (
  x: unknown,
  k: number,
  types: readonly Type[],
  depth: number,
): E.Either<Diagnostics, Equation> => {
  const site = `equation ${k}`
  if (
    !isObject(x) ||
    typeof x.op !== 'string' ||
    !isObject(x.attrs) ||
    isList(x.attrs) ||
    !isList(x.args) ||
    !isList(x.outs)
  )
    return E.left([blame('program', malformed(`${site} needs op, attrs, args and outs`), [], site)])
  const { op } = x,
    stated = x.outs.filter(isProperType),
    args = x.args.filter((a): a is number => isCount(a) && a < types.length)
  if (stated.length < x.outs.length) return E.left([blame(op, malformed('an output has no proper type'), [], site)])
  if (args.length < x.args.length)
    return E.left([blame(op, malformed(`an argument is not one of the ${types.length} values before it`), [], site)])
  if (x.first !== types.length)
    return E.left([blame(op, malformed(`its first output is value ${types.length}, not ${String(x.first)}`), [], site)])
  const given = at(types, args)
  return E.chain((attrs: Plain): E.Either<Diagnostics, Equation> => {
    const derived = checkCall(op, attrs as Attrs, given)
    if (E.isLeft(derived)) return E.left([blame(op, derived.left, given, site)])
    if (!sameTypes(stated, derived.right))
      return E.left([blame(op, { _tag: 'StatedType', stated, derived: derived.right }, given, site)])
    return E.right({ op, attrs: attrs as Attrs, args, outs: stated.map(copyType), first: types.length })
  })(copyPlain(x.attrs, depth))
}

/**
 * A closed program from data of unknown origin.
 *
 * Law:     checkClosed(p) = p, for every program that building makes
 * Errors:  Malformed, UnknownPrimitive, StatedType, InvalidAttribute, and whatever the typing rules answer
 */
export const checkClosed = (closed: unknown): E.Either<Diagnostics, Closed> =>
  E.flatten(
    E.tryCatch(
      () => checkAt(closed, 0),
      () => [blame('program', malformed('cannot be read'))],
    ),
  )
