/**
 * Validation of closed programs from outside: files, texts, other processes. The typing rules of the dictionary check
 * every equation, also those of programs inside attributes. A program that passes is one that building could have
 * given; the result is a copy, so that no later change of the input can reach it.
 *
 * A typing rule assumes that its attributes have the right form. So attributes are compared with the examples of the
 * entry first: each must be of a kind (integer, number, string, list, record, program) that it has in one of them. An
 * integer is a number of every kind; a number that is an integer in all examples is a size, a count or an axis.
 */
import * as E from 'fp-ts/lib/Either.js'
import { notLinear } from './linear.ts'
import { nearest } from './nearest.ts'
import { type Entry, typing } from './primitives/entry.ts'
import { dictionary } from './primitives/index.ts'
import { at, type Closed, type Equation, isClosed, type Named } from './syntax/closed.ts'
import { type Diagnostic, type Diagnostics, ill, invalid, type Problem } from './syntax/error.ts'
import type { Attrs, Plain } from './syntax/plain.ts'
import { isElement, isSize, sameTypes, sizeOf, type Type } from './syntax/shape.ts'

type Fields = { readonly [key: string]: unknown }
const isObject = (x: unknown): x is Fields => typeof x === 'object' && x !== null
const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)
const isCount = (n: unknown): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0
const malformed = (what: string): Problem => ({ _tag: 'Malformed', what })

/** Whether a value is a type: a known element type, and a shape that an array can have. */
export const isValidType = (x: unknown): x is Type =>
  isObject(x) &&
  (x.dtype === 'real' || x.dtype === 'int' || x.dtype === 'bool') &&
  isList(x.shape) &&
  x.shape.every(isSize) &&
  isSize(sizeOf(x.shape))

// -- attributes -------------------------------------------------------------------------------------------------------

type Kind =
  | 'integer'
  | 'number'
  | 'string'
  | 'boolean'
  | 'null'
  | 'list'
  | 'record'
  | 'program'
  | 'function'
  | 'symbol'
  | 'bigint'
const kindOf = (x: unknown): Kind => {
  const kind = typeof x
  if (x === null || kind === 'undefined') return 'null'
  if (typeof x === 'number') return isElement('int', x) ? 'integer' : 'number'
  if (kind !== 'object') return kind
  return isList(x) ? 'list' : isClosed(x) ? 'program' : 'record'
}
const isOneOf = (kinds: ReadonlySet<Kind>, x: unknown): boolean => {
  const kind = kindOf(x)
  return kinds.has(kind) || (kind === 'integer' && kinds.has('number'))
}
const named = (kind: Kind): string => (kind === 'integer' ? 'an integer' : `a ${kind}`)
const shown = (x: unknown): string => (typeof x === 'number' ? String(x) : named(kindOf(x)))
const isRecord = (x: unknown): x is Fields => kindOf(x) === 'record'
const invalidAt = (attribute: string, rule: string): Problem => ({ _tag: 'InvalidAttribute', attribute, rule })

/** How the form of a value differs from that of every sample; undefined where one sample has its form. */
const formProblem = (x: unknown, samples: readonly unknown[], path: string): Problem | undefined => {
  const kinds = new Set(samples.map(kindOf))
  if (!isOneOf(kinds, x)) return invalidAt(path, `must be ${[...kinds].map(named).join(' or ')}, not ${shown(x)}`)
  if (isList(x)) return listProblem(x, samples.filter(isList), path)
  return isRecord(x) ? recordProblem(x, samples.filter(isRecord), path) : undefined
}
const listProblem = (x: readonly unknown[], samples: readonly (readonly unknown[])[], path: string) => {
  const items = samples.flat(1)
  const known = new Set(items.map(kindOf))
  const areNumbers = items.every((item) => typeof item === 'number')
  if (items.length === 0 || (areNumbers && x.every((item) => isOneOf(known, item)))) return undefined
  return firstProblem(x.entries(), ([k, item]) => formProblem(item, items, `${path}[${k}]`))
}
const recordProblem = (x: Fields, samples: readonly Fields[], path: string): Problem | undefined => {
  const known = new Set(samples.flatMap(Object.keys))
  const inside = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const unknown = Object.keys(x).find((key) => !known.has(key))
  if (unknown !== undefined) {
    const others = known.size === 0 ? 'it has none' : `it has ${[...known].join(', ')}`
    return invalidAt(inside(unknown), `is not an attribute of this operation; ${others}`)
  }
  const missing = [...known].find((key) => !Object.hasOwn(x, key) && samples.every((s) => Object.hasOwn(s, key)))
  if (missing !== undefined) return invalidAt(inside(missing), 'is missing')
  return firstProblem(Object.entries(x), ([key, value]) => {
    const values = samples.flatMap((s) => (Object.hasOwn(s, key) ? [s[key]] : []))
    return formProblem(value, values, inside(key))
  })
}
const firstProblem = <A>(items: Iterable<A>, test: (item: A) => Problem | undefined): Problem | undefined => {
  for (const item of items) {
    const found = test(item)
    if (found !== undefined) return found
  }
  return undefined
}

// -- one call ---------------------------------------------------------------------------------------------------------

/** The number of arguments of all examples; undefined where it varies, or follows from a program in the attributes. */
const arityOf = (entry: Entry): number | undefined => {
  const [n, ...others] = entry.examples.map((x) => x.args.length)
  const hasBodies = entry.examples.some((x) => Object.values(x.attrs).some(isClosed))
  return hasBodies || others.some((m) => m !== n) ? undefined : n
}
/**
 * The types of the outputs of a call. Never throws, whatever the attributes are.
 *
 * Errors:  UnknownPrimitive, InvalidAttribute, Arity, Malformed, NotLinear, and those of the typing rule
 */
export const validateCall = (op: string, attrs: Attrs, args: readonly Type[]): E.Either<Problem, readonly Type[]> => {
  const entry = dictionary.get(op)
  if (entry === undefined) {
    const near = nearest(op, dictionary.keys())
    return ill({ _tag: 'UnknownPrimitive', name: op, ...(near !== undefined && { nearest: near }) })
  }
  const samples = entry.examples.map((x) => x.attrs)
  const problem = formProblem(attrs, samples, '')
  if (problem !== undefined) return ill(problem)
  const arity = arityOf(entry)
  if (arity !== undefined && arity !== args.length) return ill({ _tag: 'Arity', expected: arity, found: args.length })
  const typed = E.tryCatch(
    () => typing(entry, attrs, args),
    () => malformed('its attributes do not fit its arguments'),
  )
  return E.chain((r: E.Either<Problem, readonly Type[]>) => {
    if (E.isLeft(r)) return r
    if (!r.right.every(isValidType)) return invalid('attributes', 'give an output type that is not valid')
    const wrong = ruleProblem(attrs, args.length + r.right.length)
    return wrong === undefined ? r : ill(wrong)
  })(typed)
}
/** A declared rule is linear in its inputs from number `from` on, unless it says that it is not. */
const ruleProblem = ({ rule, linear }: Attrs, from: number): Problem | undefined => {
  if (!isClosed(rule) || linear === false) return undefined
  const moved = rule.inputs.map((_, k) => k >= from)
  const fault = E.tryCatch(
    () => notLinear(rule, moved),
    () => malformed('its rule cannot be read'),
  )
  if (E.isLeft(fault)) return fault.left
  return fault.right && { _tag: 'NotLinear', ...fault.right }
}

// -- plain data -------------------------------------------------------------------------------------------------------

const deepest = 200
/** The limit on the nesting of bodies in bodies, and of lists and records in attributes. */
const tooDeep = malformed(`is more than ${deepest} levels deep`)

const blame = (op: string, problem: Problem, types: readonly Type[] = [], site = 'unknown'): Diagnostic => ({
  problem,
  op,
  types,
  site,
})
const refuse = (...args: Parameters<typeof blame>): E.Either<Diagnostics, never> => E.left([blame(...args)])
/** All results, or all diagnostics. */
const collect = <A>(results: readonly E.Either<Diagnostics, A>[]): E.Either<Diagnostics, readonly A[]> => {
  const wrong = results.flatMap((r) => (E.isLeft(r) ? r.left : []))
  return wrong.length > 0 ? E.left(wrong) : E.right(results.flatMap((r) => (E.isRight(r) ? [r.right] : [])))
}
/** A copy of plain data, with the programs in it validated. */
const copyPlain = (x: unknown, depth: number): E.Either<Diagnostics, Plain> => {
  if (depth > deepest) return refuse('program', tooDeep)
  if (typeof x === 'number' || typeof x === 'string' || typeof x === 'boolean' || x === null) return E.right(x)
  // a closed program holds plain data only
  if (isClosed(x)) return E.map((c: Closed) => c as unknown as Plain)(validateAt(x, depth + 1))
  if (isList(x)) return collect(x.map((item) => copyPlain(item, depth + 1)))
  return isObject(x) ? copyRecord(x, depth) : refuse('program', malformed(`an attribute is of type ${typeof x}`))
}
const copyRecord = (x: Fields, depth: number): E.Either<Diagnostics, Attrs> => {
  const copies = Object.entries(x).map(([key, value]) =>
    E.map((copy: Plain): readonly [string, Plain] => [key, copy])(copyPlain(value, depth + 1)),
  )
  return E.map((entries: readonly (readonly [string, Plain])[]) => Object.fromEntries(entries))(collect(copies))
}

// -- programs ---------------------------------------------------------------------------------------------------------

const copyType = ({ dtype, shape }: Type): Type => ({ dtype, shape: [...shape] })
const namedOf = (x: unknown): Named | undefined =>
  isObject(x) && typeof x.name === 'string' && isValidType(x.type)
    ? { name: x.name, type: copyType(x.type) }
    : undefined

const inputsOf = (items: readonly unknown[]): E.Either<Diagnostics, readonly Named[]> => {
  const names = new Set<string>()
  return collect(
    items.map((item, k) => {
      const input = namedOf(item)
      if (input === undefined) return refuse('program', malformed(`input ${k} needs a name and a type`))
      if (names.has(input.name)) return refuse('program', malformed(`two inputs are called ${input.name}`))
      names.add(input.name)
      return E.right(input)
    }),
  )
}
const validateAt = (x: unknown, depth: number): E.Either<Diagnostics, Closed> => {
  if (depth > deepest) return refuse('program', tooDeep)
  if (!isObject(x) || !isList(x.inputs) || !isList(x.equations) || !isList(x.outputs))
    return refuse('program', malformed('a program has lists of inputs, equations and outputs'))
  const inputs = inputsOf(x.inputs)
  if (E.isLeft(inputs)) return inputs
  const types = inputs.right.map((i) => i.type)
  const equations: Equation[] = []
  const wrong: Diagnostic[] = []
  for (const [k, item] of x.equations.entries()) {
    const equation = validateEquation(item, k, types, depth)
    const outs = E.isRight(equation) ? equation.right.outs : statedOuts(item)
    if (E.isRight(equation)) equations.push(equation.right)
    else wrong.push(...equation.left)
    // the equations after this one need its types
    if (outs === undefined) return E.left(wrong)
    for (const t of outs) types.push(t)
  }
  const outputs = x.outputs.filter((o): o is number => isCount(o) && o < types.length)
  if (outputs.length < x.outputs.length)
    wrong.push(blame('program', malformed(`an output is not one of the values, of which there are ${types.length}`)))
  return wrong.length > 0 ? E.left(wrong) : E.right({ inputs: inputs.right, equations, outputs })
}
/** The types that a wrong equation states for its outputs. */
const statedOuts = (x: unknown): readonly Type[] | undefined =>
  isObject(x) && isList(x.outs) && x.outs.every(isValidType) ? x.outs : undefined

const validateEquation = (
  x: unknown,
  k: number,
  types: readonly Type[],
  depth: number,
): E.Either<Diagnostics, Equation> => {
  const site = `equation ${k}`
  if (!isObject(x) || typeof x.op !== 'string' || !isObject(x.attrs) || isList(x.attrs))
    return refuse('program', malformed(`${site} needs op, attrs, args and outs`), [], site)
  if (!isList(x.args) || !isList(x.outs))
    return refuse('program', malformed(`${site} needs op, attrs, args and outs`), [], site)
  const { op } = x
  const no = (problem: Problem, given: readonly Type[] = []): E.Either<Diagnostics, never> =>
    refuse(op, problem, given, site)
  const stated = x.outs.filter(isValidType)
  const args = x.args.filter((a): a is number => isCount(a) && a < types.length)
  if (stated.length < x.outs.length) return no(malformed('an output has no valid type'))
  if (args.length < x.args.length)
    return no(malformed(`an argument is not one of the values before it, of which there are ${types.length}`))
  if (x.first !== types.length)
    return no(malformed(`its first output is value ${types.length}, not ${String(x.first)}`))
  const given = at(types, args)
  return E.chain((attrs: Attrs): E.Either<Diagnostics, Equation> => {
    const derived = validateCall(op, attrs, given)
    if (E.isLeft(derived)) return no(derived.left, given)
    return sameTypes(stated, derived.right)
      ? E.right({ op, attrs, args, outs: stated.map(copyType), first: types.length })
      : no({ _tag: 'StatedType', stated, derived: derived.right }, given)
  })(copyRecord(x.attrs, depth))
}

/**
 * A closed program from data of unknown origin.
 *
 * Law:     validateClosed(p) = p, for every program that `program` returns
 * Errors:  Malformed, StatedType, and those of `validateCall`
 */
export const validateClosed = (closed: unknown): E.Either<Diagnostics, Closed> =>
  E.flatten(
    E.tryCatch(
      () => validateAt(closed, 0),
      () => [blame('program', malformed('cannot be read'))],
    ),
  )
