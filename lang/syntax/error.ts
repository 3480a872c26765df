/**
 * The errors of ill-typed programs. A typing rule returns a Problem, which is data and not a sentence. A Diagnostic
 * adds the operation and the source line. `showDiagnostic` writes three lines: what is wrong, where, what to try.
 */
import * as E from 'fp-ts/lib/Either.js'
import { nth } from './list.ts'
import { type DType, isElement, isSize, largestInt, type Shape, showShape, showType, sizeOf, type Type } from './shape.ts'

/** What is wrong. `adviceFor` has the remedy, where there is one. */
export type Problem =
  | { readonly _tag: 'ShapeMismatch'; readonly shapes: readonly Shape[] }
  | { readonly _tag: 'ElementType'; readonly expected: readonly DType[]; readonly found: readonly DType[] }
  | { readonly _tag: 'Arity'; readonly expected: number; readonly found: number }
  | { readonly _tag: 'AxisOutOfRange'; readonly axes: Shape; readonly rank: number }
  | { readonly _tag: 'NotAPermutation'; readonly perm: Shape; readonly rank: number }
  | { readonly _tag: 'SizeMismatch'; readonly from: Shape; readonly to: Shape }
  | { readonly _tag: 'CannotBroadcast'; readonly from: Shape; readonly to: Shape }
  | { readonly _tag: 'OutsideBox'; readonly inner: Shape; readonly outer: Shape }
  | { readonly _tag: 'AxisSizes'; readonly axis: string; readonly sizes: readonly [number, number]; readonly shapes: readonly [Shape, Shape] }
  | { readonly _tag: 'RankMismatch'; readonly expected: number; readonly shape: Shape }
  | { readonly _tag: 'NotSquare'; readonly shape: Shape }
  | { readonly _tag: 'BodyMismatch'; readonly expected: readonly Type[]; readonly found: readonly Type[]; readonly what: string; readonly names?: { readonly expected: readonly string[]; readonly found: readonly string[] } }
  | { readonly _tag: 'NotASide'; readonly system: Shape; readonly side: Shape }
  | { readonly _tag: 'InvalidAttribute'; readonly attribute: string; readonly rule: string }
  | { readonly _tag: 'NotASize'; readonly what: string; readonly found: number }
  | { readonly _tag: 'TooManyElements'; readonly shape: Shape }
  | { readonly _tag: 'NotAnElement'; readonly found: number; readonly dtype: DType }
  | { readonly _tag: 'EmptyAxis'; readonly shape: Shape; readonly axes: Shape }
  | { readonly _tag: 'InputLength'; readonly name: string; readonly expected: number; readonly found: number }
  | { readonly _tag: 'UnboundInput'; readonly name: string }
  | { readonly _tag: 'UnboundAxis'; readonly axis: string }
  | { readonly _tag: 'NotAnExpression'; readonly what?: string; readonly path: string; readonly found: string }
  | { readonly _tag: 'NotScalar'; readonly shape: Shape; readonly dtype: DType }
  | { readonly _tag: 'NotLinear'; readonly inputs: readonly string[]; readonly term?: string }
  | { readonly _tag: 'UnusedTangent'; readonly inputs: readonly string[] }
  | { readonly _tag: 'ZeroDerivative'; readonly of: readonly string[] }
  | { readonly _tag: 'OneWay'; readonly mode: 'forward' | 'reverse' }
  | { readonly _tag: 'NotReversible'; readonly alternative: string }
  | { readonly _tag: 'MayNotEnd'; readonly loop: string; readonly axis: string }
  | { readonly _tag: 'UnknownPrimitive'; readonly name: string; readonly nearest?: string }
  | { readonly _tag: 'StatedType'; readonly stated: readonly Type[]; readonly derived: readonly Type[] }
  | { readonly _tag: 'UnknownInput'; readonly names: readonly string[]; readonly known: readonly string[] }
  | { readonly _tag: 'OptionWithoutPart'; readonly option: string; readonly kind: string; readonly takers: readonly string[] }
  | { readonly _tag: 'NotAPair' }
  | { readonly _tag: 'NotAProgram'; readonly wanted: string; readonly found: string; readonly instead?: string }
  | { readonly _tag: 'Malformed'; readonly what: string }

/** What went wrong, at which operation on which types, and the line of the user's source that asked for it. */
export interface Diagnostic {
  readonly problem: Problem
  readonly op: string
  readonly types: readonly Type[]
  readonly site: string
  /** The operation inside it that refused, where it is made of others. */
  readonly via?: { readonly op: string; readonly types: readonly Type[] }
}
export type Diagnostics = readonly Diagnostic[]

/** A problem as the result of a typing rule. */
export const ill = (problem: Problem): E.Either<Problem, never> => E.left(problem)
/** The problem of an attribute that breaks a rule, as the result of a typing rule. */
export const invalid = (attribute: string, rule: string): E.Either<Problem, never> =>
  ill({ _tag: 'InvalidAttribute', attribute, rule })

/** The problem of a number that is no size. `what`: the size of what. */
export const sizeProblem = (what: string, n: number): Problem | undefined =>
  isSize(n) ? undefined : { _tag: 'NotASize', what, found: n }
/** The problem of a number that is no element of an array of this type: an int or a bool that is not one. */
export const elementProblem = (dtype: DType, x: number): Problem | undefined =>
  isElement(dtype, x) ? undefined : { _tag: 'NotAnElement', found: x, dtype }
/** The problem of a shape that no array has. Every typing rule ends with it: see `typing` in lang/primitives/entry.ts. */
export const shapeProblem = (shape: Shape): Problem | undefined => {
  const d = shape.findIndex((n) => !isSize(n))
  if (d >= 0) return { _tag: 'NotASize', what: `axis ${d} of ${showShape(shape)}`, found: nth(shape, d) }
  return isSize(sizeOf(shape)) ? undefined : { _tag: 'TooManyElements', shape }
}

/** A number of things: 1 element, 2 elements. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
const list = (types: readonly Type[]): string => types.map(showType).join(', ')
/** Types with the paths of their leaves, where these differ rather than the types. */
const tree = (types: readonly Type[], names: readonly string[] = []): string =>
  types.map((t, k) => (names[k] ? `${names[k]}: ${showType(t)}` : showType(t))).join(', ') || 'nothing'

/** Whether each of several element types is allowed, but not together. */
const mixed = (expected: readonly DType[], found: readonly DType[]): boolean =>
  found.length > 1 && found.every((d) => expected.includes(d)) && new Set(found).size > 1
/** The problem as one clause, without the name of the operation. */
export const showProblem = (p: Problem): string => {
  switch (p._tag) {
    case 'ShapeMismatch':    return `shapes ${p.shapes.map(showShape).join(' and ')} differ`
    case 'ElementType':      return mixed(p.expected, p.found) ? `element types ${p.found.join(' and ')} differ` : `element types ${p.found.join(', ')}; expected ${p.expected.join(', ')}`
    case 'Arity':            return `takes ${counted(p.expected, 'argument')}, not ${p.found}`
    case 'AxisOutOfRange':   return `${p.axes.length === 1 ? `${p.axes[0]} is not an axis` : `${showShape(p.axes)} are not distinct axes`} of an array of rank ${p.rank}`
    case 'NotAPermutation':  return `${showShape(p.perm)} is not a permutation of ${counted(p.rank, 'axis', 'axes')}`
    case 'SizeMismatch':     return `${showShape(p.from)} has ${counted(sizeOf(p.from), 'element')}, ${showShape(p.to)} has ${sizeOf(p.to)}`
    case 'CannotBroadcast':  return `${showShape(p.from)} does not broadcast to ${showShape(p.to)}`
    case 'OutsideBox':       return `the box ${showShape(p.inner)} ends outside ${showShape(p.outer)}`
    case 'AxisSizes':        return `axis ${p.axis} is ${p.sizes[0]} in ${showShape(p.shapes[0])} but ${p.sizes[1]} in ${showShape(p.shapes[1])}`
    case 'RankMismatch':     return `${showShape(p.shape)} has rank ${p.shape.length}; expected rank ${p.expected}`
    case 'NotSquare':        return `${showShape(p.shape)} is not square: ${p.shape.at(-1)} is not ${p.shape.at(-2)}`
    case 'BodyMismatch':     return `${p.what}: expected ${tree(p.expected, p.names?.expected)}, found ${tree(p.found, p.names?.found)}`
    case 'NotASide':         return `the matrix ${showShape(p.system)} has no right side of shape ${showShape(p.side)}`
    case 'InvalidAttribute': return `${p.attribute} ${p.rule}`
    case 'NotASize':         return `${p.what} is ${p.found}; a size is a whole number from 0 to ${largestInt}`
    case 'TooManyElements':  return `${showShape(p.shape)} has ${sizeOf(p.shape)} elements; an array has at most ${largestInt}`
    case 'NotAnElement':     return `${p.found} is not ${p.dtype === 'real' ? 'a number' : p.dtype === 'bool' ? '0 or 1' : `an integer from ${-largestInt - 1} to ${largestInt}`}`
    case 'EmptyAxis':        return `${showShape(p.shape)} has no element along ${showShape(p.axes)}`
    case 'InputLength':      return `the input ${p.name} has ${counted(p.expected, 'element')}, but ${p.found} ${p.found === 1 ? 'is' : 'are'} given`
    case 'UnboundInput':     return `the input ${p.name} belongs to another program`
    case 'UnboundAxis':      return `the axis ${p.axis} is not mapped`
    case 'NotAnExpression':  return `${[p.what ?? 'the output', p.path].join(' ').trim()} is ${p.found}, not an expression`
    case 'NotScalar':        return `a gradient needs one real number as output, not ${p.dtype}${showShape(p.shape)}`
    case 'NotLinear':        return `not linear in ${p.inputs.join(', ')}${p.term === undefined ? '' : `: ${p.term}`}`
    case 'UnusedTangent':    return `the rule does not use ${p.inputs.join(', ')}, so the derivative is 0`
    case 'ZeroDerivative':   return `the rule gives 0 for ${p.of.join(', ')}, but the function has a derivative there`
    case 'OneWay':           return `its rule is not linear, so it has no ${p.mode} derivative`
    case 'NotReversible':    return 'has no reverse derivative'
    case 'MayNotEnd':        return `runs for every example, as it reads the axis ${p.axis}, and its loop ${p.loop} may not end for all of them`
    case 'UnknownPrimitive': return `no primitive is called ${p.name}`
    case 'StatedType':       return `stated type ${list(p.stated)}, but the rule gives ${list(p.derived)}`
    case 'UnknownInput':     return `no real input is called ${p.names.join(', ')}`
    case 'OptionWithoutPart': return `${p.option} has no part in ${p.kind}`
    case 'NotAPair':         return 'not a program of (residuals, tangents)'
    case 'NotAProgram':      return `takes ${p.wanted}, not ${p.found}`
    case 'Malformed':        return p.what
  }
}

/** What to try; undefined where there is no general remedy. */
export const adviceFor = (p: Problem): string | undefined => {
  switch (p._tag) {
    case 'ShapeMismatch':    return 'reshape or broadcast one of them; sizes meet from the right, and 1 stretches'
    case 'ElementType':      return 'convert with toReal, toInt or toBool'
    case 'AxisOutOfRange':   return p.rank === 0 ? 'a scalar has no axes' : `axes are 0 .. ${p.rank - 1}, or -${p.rank} .. -1 from the end`
    case 'NotAPermutation':  return `name each of 0 .. ${p.rank - 1} once`
    case 'SizeMismatch':     return 'let one size be -1 to have it computed'
    case 'CannotBroadcast':  return 'an axis stretches only from size 1'
    case 'AxisSizes':        return 'permute or reshape one operand so that the shared axis has one size'
    case 'NotASize':         return p.found === -1 ? 'only reshape computes a size that is written as -1' : undefined
    case 'NotASide':         return besides(p.system, p.side)
    case 'UnboundInput':     return 'pass it in as an input of this program'
    case 'UnboundAxis':      return `map it: vmap(n, { axis: '${p.axis}' })`
    case 'NotScalar':        return 'reduce the output with sum or mean, or use vjp, jacrev or jacfwd'
    case 'NotReversible':    return `use ${p.alternative}`
    case 'NotLinear':        return `every term must be one of ${p.inputs.join(', ')} times factors without them`
    case 'UnusedTangent':    return 'return null where the derivative is 0 on purpose; apply stopGradient in the function to what the rule leaves out on purpose'
    case 'ZeroDerivative':   return 'return null where the derivative is 0 on purpose'
    case 'OneWay':           return p.mode === 'forward' ? 'use reverse mode: grad, vjp, jacrev' : 'use forward mode: jvp, jacfwd'
    case 'MayNotEnd':        return `give ${p.loop} a limit, or move either out of this body`
    case 'UnknownPrimitive': return p.nearest === undefined ? undefined : `did you mean ${p.nearest}?`
    case 'NotAnExpression':  return adviceInstead(p.found)
    case 'UnknownInput':     return p.known.length === 0 ? 'it has no real input' : `one of ${p.known.join(', ')}`
    case 'OptionWithoutPart': return p.takers.length === 0 ? 'leave it out: there is no such option' : `leave it out; it belongs to ${p.takers.join(', ')}`
    case 'NotAPair':         return 'linearize a program: its linear part is one'
    case 'NotAProgram':      return p.instead ?? 'make one: programOrThrow({ x: real() }, ({ x }) => sin(x))'
    case 'Arity':
    case 'OutsideBox':
    case 'RankMismatch':
    case 'NotSquare':
    case 'BodyMismatch':
    case 'InvalidAttribute':
    case 'TooManyElements':
    case 'NotAnElement':
    case 'EmptyAxis':
    case 'InputLength':
    case 'StatedType':
    case 'Malformed':        return undefined
  }
}
/** What to write in place of a value that is not an expression. */
const adviceInstead = (found: string): string =>
  found === 'undefined' ? 'return an expression; null stands for no output'
  : found.startsWith('the boolean') ? 'compare expressions, as lt(x, 0) does; choose by a boolean in JavaScript: p ? f(x) : g(x)'
  : 'wrap numbers with constant or tensor'

/** How to give a right side the shape that a system needs. */
const besides = (system: Shape, side: Shape): string => {
  const [n, lead] = [system.at(-1), system.slice(0, -2)]
  if (side.length > 1 && side.at(-1) === n) return 'make vectors columns: squeeze(-1)(solve(a, unsqueeze(-1)(b)))'
  return `reshape it to [${[...lead, n, 'k'].join(', ')}], for k right sides`
}
const mostLength = 400
/** A clause that is short enough to read: long shapes and lists are cut. */
const short = (text: string): string =>
  text.length > mostLength ? `${text.slice(0, mostLength)} ... (${text.length - mostLength} more characters)` : text
/** The three lines of every error that is shown: what is wrong, where, what to try. */
export const fault = (what: string, where: string, advice: string): string =>
  `${what}\n  in   ${where}\n  try  ${advice}`
/** Only reshape computes a size. */
const adviceOf = ({ problem, op }: Diagnostic): string | undefined =>
  problem._tag === 'SizeMismatch' && op !== 'reshape' ? undefined : adviceFor(problem)
/** A diagnostic as two to four lines: what is wrong, where, by which part of the operation, and what to try. */
export const showDiagnostic = (d: Diagnostic): string => {
  const advice = adviceOf(d)
  return [
    short(`${d.op}: ${showProblem(d.problem)}`),
    `  in   ${short(`${d.op}(${list(d.types)})`)}   at ${d.site}`,
    ...(d.via === undefined ? [] : [`  via  ${short(`${d.via.op}(${list(d.via.types)})`)}`]),
    ...(advice === undefined ? [] : [`  try  ${short(advice)}`]),
  ].join('\n')
}
const mostShown = 50
/**
 * All diagnostics, one after the other; of a very long list the first fifty.
 *
 * @example
 * const f = program({ x: real(2), y: real(3) }, ({ x, y }) => add(x, y as Expr))
 * const text = E.isLeft(f) ? showDiagnostics(f.left) : ''
 * text.split('\n')[0] // => 'add: shapes [2] and [3] differ'
 */
export const showDiagnostics = (ds: Diagnostics): string =>
  [...ds.slice(0, mostShown).map(showDiagnostic), ...(ds.length > mostShown ? [`... and ${ds.length - mostShown} more`] : [])].join(
    '\n',
  )

/** Throws, for a state that an earlier check excludes. */
export const bug = (message: string): never => {
  throw new Error(`bug in adjoint: ${message}`)
}
/** The value; or an exception whose message lists every diagnostic, for scripts. */
export const orThrow = <A>(result: E.Either<Diagnostics, A>): A => {
  if (E.isRight(result)) return result.right
  throw Object.assign(new Error(showDiagnostics(result.left)), { name: 'IllTyped', diagnostics: result.left })
}
