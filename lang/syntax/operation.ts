/**
 * What users call: an operation knows how it is written, as in `mean(axes?, options?)(x)`.
 *
 * A diagnostic raised inside a derived operation names that operation, at the line that called it; `via` keeps the
 * primitive that refused. A call in the wrong form, such as sum(x) instead of sum()(x) or relu()(x) instead of relu(x),
 * throws WrongCall, since no expression could stand for it.
 */
import { topological } from './closed.ts'
import { type Diagnostic, fault } from './error.ts'
import { type Expr, isExpr, poison } from './expr.ts'
import { nth } from './list.ts'
import { showType } from './shape.ts'
import { callSite } from './site.ts'
import { isObject } from './tree.ts'
import { typed } from './typed.ts'

interface Parameter {
  readonly name: string
  readonly optional: boolean
  /** Whether it may be an expression before the last brackets. */
  readonly early: boolean
  /** Whether it is a body: a function on expressions. */
  readonly body: boolean
  /** The element type that it must have, if the operation has one meaning only. */
  readonly dtype: string | undefined
  /** The names of its options, if it is a record of options. */
  readonly keys: readonly string[] | undefined
}
/** The parts of a call: its name, and the parameters in each pair of brackets. */
interface Form {
  readonly name: string
  readonly stages: readonly (readonly Parameter[])[]
}
const parameterOf = (written: string): Parameter => {
  const [, name = '', mark = '', keys, dtype] = /^(\w+)([?!*]|\.{3})?(?:\{([\w ]+)\})?(?:: (\w+))?$/.exec(written) ?? []
  return {
    name: mark === '!' || mark === '*' ? name : name + mark,
    optional: mark === '?' || mark === '...',
    early: mark === '!',
    body: mark === '*',
    dtype,
    keys: keys?.split(' '),
  }
}
const formOf = (call: string): Form => ({
  name: call.slice(0, call.indexOf('(')),
  stages: [...call.matchAll(/\(([^()]*)\)/g)].map(([, names = '']) => names.split(', ').map(parameterOf)),
})
const written = ({ name, stages }: Form, shown: (p: Parameter) => boolean): string =>
  name +
  stages
    .map(
      (parameters) =>
        `(${parameters
          .filter(shown)
          .map((p) => p.name)
          .join(', ')})`,
    )
    .join('')

// -- calls in the wrong form -----------------------------------------------------------------------------------------

const isTerm = (x: unknown): x is Expr => isObject(x) && isExpr(x)
/** A short name for an argument, whatever it is. */
const described = (x: unknown): string => {
  if (isTerm(x)) return showType(x.type)
  if (typeof x === 'function') return 'a function'
  if (Array.isArray(x)) return x.length > 4 ? `a list of ${x.length}` : `[${x.map(described).join(', ')}]`
  if (isObject(x)) return `{ ${Object.keys(x).slice(0, 4).join(', ')} }`
  return typeof x === 'string' ? JSON.stringify(x.slice(0, 40)) : String(x)
}
/** The arguments in each pair of brackets of a call so far. */
type Given = readonly (readonly unknown[])[]
const wrongCall = (form: Form, given: Given, what: string, site: string, cause?: unknown): TypeError => {
  const whole = written(form, () => true)
  const short = written(form, (p) => !p.optional || p.name.endsWith('...'))
  const advice = short === whole ? `write ${short}` : `write ${short}: the whole call is ${whole}`
  const brackets = given.map((args) => `(${args.map(described).join(', ')})`).join('')
  const where = `${form.name}${brackets}   at ${site}`
  return Object.assign(new TypeError(fault(`${form.name}: ${what}`, where, advice), { cause }), { name: 'WrongCall' })
}
/** What is wrong with a record of options; undefined if nothing is. */
const optionFault = ({ name, keys }: Parameter, x: unknown): string | undefined => {
  if (keys === undefined || x === undefined) return undefined
  if (!isObject(x) || Array.isArray(x)) return `${described(x)} stands where the ${name.replace('?', '')} belong`
  const unknown = Object.keys(x).find((key) => !keys.includes(key))
  return unknown === undefined ? undefined : `has no option ${unknown}; it has ${keys.join(', ')}`
}
/** Whether arguments are those that a list gives the function it is mapped by: an element, its index, the list. */
const isMapped = (args: readonly unknown[]): boolean =>
  args.length > 2 && Array.isArray(args.at(-1)) && typeof args.at(-2) === 'number'
/** What is wrong with the arguments in a pair of brackets; undefined if nothing is. */
const misplaced = ({ stages }: Form, k: number, args: readonly unknown[]): string | undefined => {
  const parameters = stages[k] ?? []
  const last = k === stages.length - 1
  const body = parameters.findIndex((p, i) => p.body && args[i] !== undefined && typeof args[i] !== 'function')
  if (body >= 0) return `${described(args[body])} stands where the function ${parameters[body]?.name} belongs`
  const isMisplaced = (x: unknown): boolean => isTerm(x) || (Array.isArray(x) && x.some(isTerm))
  if (!last && args.some((x, i) => isMisplaced(x) && parameters[i]?.early === false))
    return 'an array stands where the options belong'
  const missing = parameters.find((p, i) => args[i] === undefined && !p.optional)
  if (missing !== undefined) return `${missing.name} is missing`
  const many = parameters.some((p) => p.name.endsWith('...')) || isMapped(args)
  if (args.slice(parameters.length).some((x) => x !== undefined) && !many) {
    const [n, where] = [parameters.length, stages.length > 1 ? ' in these brackets' : '']
    return `takes ${n} argument${n === 1 ? '' : 's'}${where}, not ${args.length}`
  }
  const option = parameters.map((p, i) => optionFault(p, args[i])).find((fault) => fault !== undefined)
  if (option !== undefined) return option
  if (last && parameters.some((p, i) => p.name === 'arrays' && Array.isArray(args[i]) && args[i].length === 0))
    return 'the list of arrays is empty'
  return last && args.some((x) => typeof x === 'function') ? 'a function stands where an array belongs' : undefined
}
/** What an operation could not read: of the last brackets first, where arrays belong. */
const unreadable = ({ stages }: Form, given: Given): string => {
  const [args = [], before] = [given.at(-1), given.slice(0, -1)]
  const stands = (k: number, i: number, x: unknown): string =>
    `cannot read ${described(x)} as ${stages[k]?.[i]?.name.replace(/\W+$/, '') ?? 'an argument'}`
  const stray = args.findIndex((x) => x !== undefined && typeof x !== 'number' && !isTerm(x))
  if (stray >= 0) return stands(given.length - 1, stray, args[stray])
  const early = before.flatMap((xs, k) =>
    xs.flatMap((x, i) => (x === undefined || isTerm(x) ? [] : [[k, i, x] as const])),
  )
  const [first] = early
  if (first !== undefined && early.length === 1) return stands(...first)
  if (early.length > 0) return 'cannot read its options'
  const number = args.find((x) => typeof x === 'number')
  return number === undefined
    ? 'cannot read its arguments'
    : `the number ${number} stands where an array belongs, as constant([], ${number}) is`
}

// -- diagnostics -----------------------------------------------------------------------------------------------------

/** The expressions in a list, a record or a single value. */
const termsIn = (x: unknown): readonly Expr[] =>
  isTerm(x) ? [x] : isObject(x) ? Object.values(x).flatMap(termsIn) : []
const isIll = (e: Expr): boolean => e.node._tag === 'Poison'
const replaceIll = (x: unknown, spoilt: Expr): unknown => {
  if (isTerm(x)) return isIll(x) ? spoilt : x
  if (Array.isArray(x)) return x.map((item) => replaceIll(item, spoilt))
  return isObject(x) ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, replaceIll(v, spoilt)])) : x
}
/** The diagnostics inside results that are not those of the arguments. */
const raised = (ill: readonly Expr[], args: readonly Expr[]): readonly Diagnostic[] =>
  topological(ill, args).flatMap(({ node }) => (node._tag === 'Poison' ? node.diagnostics : []))
/** The result; where it is ill-typed, with one diagnostic that names the operation. */
const renamed = (name: string, args: readonly unknown[], result: unknown, called: Called): unknown => {
  if (isTerm(result) && !isIll(result)) return result
  const ill = termsIn(result).filter(isIll)
  if (ill.length === 0) return result
  const given = [...new Set(args.flatMap(termsIn))]
  const [first] = given.some(isIll) ? [] : raised(ill, given)
  if (first === undefined) return replaceIll(result, poison(given, []))
  const { op, types, via } = first
  const own = op === name
  const diagnostic: Diagnostic = {
    ...first,
    op: name,
    types: own ? types : given.map((e) => e.type),
    site: callSite(called),
    ...(!own && { via: via ?? { op, types } }),
  }
  return replaceIll(result, poison(given, [diagnostic]))
}

// -- operations ------------------------------------------------------------------------------------------------------

type Called = (...args: readonly unknown[]) => unknown
/** The arguments whose element type the form excludes. */
const ofOtherType = (parameters: readonly Parameter[], args: readonly unknown[]): readonly Expr[] =>
  parameters.flatMap(({ dtype }, i) => {
    const x = args[i]
    return dtype !== undefined && isTerm(x) && !isIll(x) && x.type.dtype !== dtype ? [x] : []
  })
const refuseType = (form: Form, args: readonly unknown[], found: readonly Expr[], called: Called): Expr => {
  const given = args.flatMap(termsIn)
  const problem = { _tag: 'ElementType', expected: ['real'], found: found.map((x) => x.type.dtype) } as const
  const types = given.map((x) => x.type)
  return poison(given, given.some(isIll) ? [] : [{ problem, op: form.name, types, site: callSite(called) }])
}
/** An error because an argument is nothing that the operation, or one inside it, can read. */
const isUnreadable = (error: unknown): boolean =>
  (error instanceof TypeError && ['TypeError', 'WrongCall', 'ExpressionIsNotANumber'].includes(error.name)) ||
  (error instanceof RangeError && /^Invalid/.test(error.message))
/** Whether it runs bodies: then the diagnostics inside them are at lines of their own. */
const hasBodies = ({ stages }: Form): boolean => stages.some((parameters) => parameters.some((p) => p.body))
const isOperand = (x: unknown): boolean => typeof x === 'number' || isTerm(x)
/**
 * One pair of brackets; `before` has the arguments in those before it. `callbacks`: whether they held a function, whose
 * errors are the user's.
 */
const stage = (form: Form, before: Given, f: Called, callbacks: boolean): Called => {
  const k = before.length
  const parameters = nth(form.stages, k)
  const last = k === form.stages.length - 1
  const isTyped = last && parameters.some((p) => p.dtype !== undefined)
  const bodies = hasBodies(form)
  const called: Called = (...args) => {
    // most calls have an array for each parameter: they cost no more than this
    const usual = last && !bodies && args.length === parameters.length && args.every(isOperand)
    const what = usual ? undefined : misplaced(form, k, args)
    if (what !== undefined) throw wrongCall(form, [...before, args], what, callSite(called))
    const others = isTyped ? ofOtherType(parameters, args) : []
    if (others.length > 0) return refuseType(form, args, others, called)
    const callsBack = callbacks || (!usual && args.some((x) => typeof x === 'function'))
    try {
      const result = f(...args)
      // there are as many stages as the form has brackets
      if (!last) return stage(form, [...before, args], result as Called, callsBack)
      return bodies ? result : renamed(form.name, args, result, called)
    } catch (error) {
      if (callsBack || !isUnreadable(error)) throw error
      const given = [...before, args]
      throw wrongCall(form, given, unreadable(form, given), callSite(called), error)
    }
  }
  return called
}

/**
 * A function on expressions as users call it. `call` says how it is written: `?` marks a parameter that may be left
 * out, `!` one before the last brackets that may be an expression, `*` a body, and three dots a list of arguments. The names in
 * `options{eps axis}` are all that a record of options may have. `: real` is for an operation whose parts would take
 * integers too, but not mean the same.
 */
export const operation = <F>(call: string, f: F): F => {
  const form = formOf(call)
  return typed(Object.defineProperty(stage(form, [], typed(f), false), 'name', { value: form.name }))
}
