/**
 * What users call: an operation knows how it is written, as in `mean(axes?, options?)(x)`.
 *
 * A diagnostic raised inside a derived operation names that operation, at the line that called it; `via` keeps the
 * primitive that refused. A call in the wrong form, such as sum(x) instead of sum()(x) or relu()(x) instead of relu(x),
 * throws WrongCall, since no expression could stand for it.
 */
import { type Form, formOf, type Parameter } from './callForm.ts'
import { topological } from './closed.ts'
import type { Diagnostic } from './error.ts'
import { type Expr, poison } from './expr.ts'
import { nth } from './list.ts'
import { callSite } from './site.ts'
import { isObject } from './tree.ts'
import { typed } from './typed.ts'
import { type Given, isTerm, misplaced, unreadable, wrongCall } from './wrongCall.ts'

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

/** A function on expressions as users call it. `call` says how it is written, in the notation of callForm.ts. */
export const operation = <F>(call: string, f: F): F => {
  const form = formOf(call)
  return typed(Object.defineProperty(stage(form, [], typed(f), false), 'name', { value: form.name }))
}
