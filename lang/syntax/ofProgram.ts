/**
 * What users call on programs: transformations, printers, checks. Each knows how it is written, as in
 * `vmap(size, options?)(f: program)`. What is no program gets one diagnostic, NotAProgram, at the user's line. A function
 * that returns an Either returns it as a Left; the others throw it.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Form, formOf, type Parameter } from './callForm.ts'
import { isClosed } from './closed.ts'
import { type Diagnostics, orThrow, type Problem } from './error.ts'
import { nth } from './list.ts'
import { isProgram } from './program.ts'
import { callSite } from './site.ts'
import { isObject, isTypeOrExpr } from './tree.ts'
import { typed } from './typed.ts'
import {
  described,
  type Given,
  isMapped,
  isTerm,
  misplaced,
  misplacement,
  optionFault,
  wrongCall,
} from './wrongCall.ts'

/** What a parameter takes: a program with its trees, or the closed program in it. */
type Wanted = 'program' | 'closed'
const fits = (wanted: Wanted, x: unknown): boolean => (wanted === 'closed' ? isClosed(x) : isProgram(x))
const wantedBy = ({ dtype }: Parameter): Wanted | undefined =>
  dtype === 'program' || dtype === 'closed' ? dtype : undefined

/** What was found in place of a program, and what to write. */
type Instead = readonly [found: string, instead: string | undefined]
const insteadOf = (wanted: Wanted, x: unknown): Instead => {
  if (typeof x === 'function') {
    const name = x.name === '' ? 'f' : x.name
    return [
      x.name === '' ? 'a function' : `the function ${name}`,
      `programOrThrow({ x: real() }, ({ x }) => ${name}(x)), with the types of its inputs`,
    ]
  }
  if (typeof x === 'string')
    return [described(x), 'read it first: parseOrThrow for a program, parseFormulaOrThrow for a formula']
  if (isTerm(x))
    return ['an expression', 'make it the output of a program: programOrThrow({ x: real() }, ({ x }) => ...)']
  if (!isObject(x)) return [described(x), undefined]
  if (isProgram(x)) return ['a program', 'write f.closed in place of f']
  if (isClosed(x)) return ['a closed program', 'write f in place of f.closed']
  if (isTypeOrExpr(x)) return ['a type', 'make a program with an input of this type: programOrThrow(type, f)']
  if (x instanceof Promise) return ['a promise', 'await it']
  if ('_tag' in x && x._tag === 'Left')
    return [
      'a Left, which holds errors',
      'look at its `left`, or make it by the function that throws, such as programOrThrow',
    ]
  if ('_tag' in x && x._tag === 'Right')
    return ['a Right', 'take its `right`, or make it by the function that throws, such as programOrThrow']
  const part = Object.entries(x).find(([, part]) => fits(wanted, part))?.[0]
  return [described(x), part === undefined ? undefined : `pass a part of it, such as its member ${part}`]
}
const problemOf = (wanted: Wanted, x: unknown): Problem => {
  const [found, instead] = insteadOf(wanted, x)
  const what = wanted === 'closed' ? 'a closed program' : 'a program'
  return { _tag: 'NotAProgram', wanted: what, found, ...(instead !== undefined && { instead }) }
}
/** The diagnostic of a value that is no program; none for a program. `called`: as in `callSite`. */
const notAProgram = (op: string, x: unknown, called: readonly unknown[], wanted: Wanted = 'program'): Diagnostics =>
  fits(wanted, x) ? [] : [{ problem: problemOf(wanted, x), op, types: [], site: callSite(...called) }]

type Called = (...args: readonly unknown[]) => unknown
/** What is wrong with the brackets before the program, or with options. */
const wrongIn = (form: Form, k: number, args: readonly unknown[]): string | undefined => {
  const parameters = nth(form.stages, k)
  const missing = parameters.find((p, i) => !p.optional && args[i] === undefined)
  if (missing !== undefined) return `${missing.name} is missing`
  if (k === form.stages.length - 1)
    return parameters
      .map((p, i) => (isMapped(args) ? undefined : optionFault(p, args[i])))
      .find((what) => what !== undefined)
  const early = args.findIndex((x) => typeof x === 'function' || isProgram(x))
  return early < 0 ? misplaced(form, k, args) : misplacement(args[early], parameters[early]?.name ?? 'options')
}
/** One pair of brackets; `before` has the arguments in those before it. */
const stage = (form: Form, refuse: (ds: Diagnostics) => unknown, before: Given, f: Called): Called => {
  const k = before.length
  const parameters = nth(form.stages, k)
  const called: Called = (...args) => {
    const wrong = parameters.flatMap((p, i) => {
      const wanted = wantedBy(p)
      return wanted === undefined ? [] : notAProgram(form.name, args[i], [called], wanted)
    })
    if (wrong.length > 0) return refuse(wrong)
    const what = wrongIn(form, k, args)
    if (what !== undefined) throw wrongCall(form, [...before, args], what, callSite(called))
    const result = f(...args)
    // there are as many stages as the form has brackets
    return k === form.stages.length - 1 ? result : stage(form, refuse, [...before, args], result as Called)
  }
  return called
}
/** Functions on programs that answer diagnostics in this way. `call`: how the function is written, as in callForm.ts. */
export const taking =
  (refuse: (ds: Diagnostics) => unknown) =>
  <F>(call: string, f: F): F => {
    const form = formOf(call)
    return typed(Object.defineProperty(stage(form, refuse, [], typed(f)), 'name', { value: form.name }))
  }
/** A function on programs that throws. */
export const ofProgram = taking((ds) => orThrow(E.left(ds)))
/** A function on programs that returns an Either of diagnostics. */
export const eitherOfProgram = taking(E.left)
/** A function on programs that returns a TaskEither of diagnostics. */
export const taskOfProgram = taking(TE.left)
