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
  /** The element type that it must have, if the operation has one meaning only. */
  readonly dtype: string | undefined
}
/** The parts of a call: its name, and the parameters in each pair of brackets. */
interface Form {
  readonly name: string
  readonly stages: readonly (readonly Parameter[])[]
}
const parameterOf = (written: string): Parameter => {
  const [, name = '', mark = '', dtype] = /^(\w+)([?!]|\.{3})?(?:: (\w+))?$/.exec(written) ?? []
  return {
    name: mark === '!' ? name : name + mark,
    optional: mark === '?' || mark === '...',
    early: mark === '!',
    dtype,
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
const wrongCall = (form: Form, args: readonly unknown[], what: string, site: string, cause?: unknown): TypeError => {
  const whole = written(form, () => true)
  const short = written(form, (p) => !p.optional)
  const advice = short === whole ? `write ${short}` : `write ${short}: the whole call is ${whole}`
  const where = `${form.name}(${args.map(described).join(', ')})   at ${site}`
  return Object.assign(new TypeError(fault(`${form.name}: ${what}`, where, advice), { cause }), { name: 'WrongCall' })
}
/** What is wrong with the arguments in a pair of brackets; undefined if nothing is. */
const misplaced = ({ stages }: Form, k: number, args: readonly unknown[]): string | undefined => {
  const parameters = stages[k] ?? []
  const last = k === stages.length - 1
  if (!last && args.some((x, i) => isTerm(x) && parameters[i]?.early !== true))
    return 'an array stands where the options belong'
  const missing = parameters.find((p, i) => args[i] === undefined && !p.optional)
  if (missing !== undefined) return `${missing.name} is missing`
  if (last && parameters.some((p, i) => p.name === 'arrays' && Array.isArray(args[i]) && args[i].length === 0))
    return 'the list of arrays is empty'
  return last && args.some((x) => typeof x === 'function') ? 'a function stands where an array belongs' : undefined
}
const unreadable = (args: readonly unknown[]): string => {
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
const isOperand = (x: unknown): boolean => typeof x === 'number' || isTerm(x)
/** One pair of brackets. `callbacks`: whether the brackets before held a function, whose errors are the user's. */
const stage = (form: Form, k: number, f: Called, callbacks: boolean): Called => {
  const parameters = nth(form.stages, k)
  const last = k === form.stages.length - 1
  const isTyped = last && parameters.some((p) => p.dtype !== undefined)
  const called: Called = (...args) => {
    // most calls have an array for each parameter: they cost no more than this
    const usual = last && args.length === parameters.length && args.every(isOperand)
    const what = usual ? undefined : misplaced(form, k, args)
    if (what !== undefined) throw wrongCall(form, args, what, callSite(called))
    const others = isTyped ? ofOtherType(parameters, args) : []
    if (others.length > 0) return refuseType(form, args, others, called)
    const callsBack = callbacks || (!usual && args.some((x) => typeof x === 'function'))
    try {
      const result = f(...args)
      // there are as many stages as the form has brackets
      return last ? renamed(form.name, args, result, called) : stage(form, k + 1, result as Called, callsBack)
    } catch (error) {
      if (callsBack || !isUnreadable(error)) throw error
      throw wrongCall(form, args, unreadable(last ? args : []), callSite(called), error)
    }
  }
  return called
}

/**
 * A function on expressions as users call it. `call` says how it is written: `?` marks a parameter that may be left
 * out, `!` one before the last brackets that may be an expression, and three dots a list of arguments. `: real` is for
 * an operation whose parts would take integers too, but not mean the same.
 */
export const operation = <F>(call: string, f: F): F => {
  const form = formOf(call)
  return typed(Object.defineProperty(stage(form, 0, typed(f), false), 'name', { value: form.name }))
}
