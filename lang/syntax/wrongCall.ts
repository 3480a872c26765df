/** A call in the wrong form, such as sum(x) instead of sum()(x): what is wrong with it, and the error that says so. */
import { type Form, type Parameter, written } from './callForm.ts'
import { fault } from './error.ts'
import { type Expr, isExpr } from './expr.ts'
import { isProgram } from './program.ts'
import { showType } from './shape.ts'
import { isObject } from './tree.ts'

export const isTerm = (x: unknown): x is Expr => isObject(x) && isExpr(x)
/** A short name for an argument, whatever it is. */
export const described = (x: unknown): string => {
  if (isTerm(x)) return showType(x.type)
  if (isProgram(x)) return 'a program'
  if (typeof x === 'function') return 'a function'
  if (Array.isArray(x)) return x.length > 4 ? `a list of ${x.length}` : `[${x.map(described).join(', ')}]`
  if (isObject(x)) return Object.keys(x).length === 0 ? '{}' : `{ ${Object.keys(x).slice(0, 4).join(', ')} }`
  return typeof x === 'string' ? JSON.stringify(x.slice(0, 40)) : String(x)
}
/** Parameters that are numbers, words or lists of them, and never a record. */
const plain = /^(axis|axes|k|n|q|mode|shift|sizes?|shape|length|lowest|highest|reps|perm|from|start|bins|pads)\b/
/** Whether a record of options, as in sum({ axis: 0 }), stands for a parameter that is given by its place: sum(0). */
const isStrayRecord = ({ name, keys }: Parameter, x: unknown): boolean =>
  keys === undefined && plain.test(name) && isObject(x) && !Array.isArray(x) && !isTerm(x) && !isProgram(x)
/** The arguments in each pair of brackets of a call so far. */
export type Given = readonly (readonly unknown[])[]
export const wrongCall = (form: Form, given: Given, what: string, site: string, cause?: unknown): TypeError => {
  const whole = written(form, () => true)
  const stray = form.stages
    .slice(0, -1)
    .flatMap((parameters, k) => parameters.filter((p, i) => isStrayRecord(p, given[k]?.[i])))
  const short = written(form, (p) => !p.optional || p.name.endsWith('...') || stray.includes(p))
  const advice = short === whole ? `write ${short}` : `write ${short}: the whole call is ${whole}`
  const brackets = given.map((args) => `(${args.map(described).join(', ')})`).join('')
  const where = `${form.name}${brackets}   at ${site}`
  return Object.assign(new TypeError(fault(`${form.name}: ${what}`, where, advice), { cause }), { name: 'WrongCall' })
}
/** A value that stands where another belongs; `name` is that of the parameter. */
export const misplacement = (x: unknown, name: string): string => {
  const place = name.replace('?', '')
  return `${described(x)} stands where the ${place} belong${place.endsWith('s') && place !== 'axis' ? '' : 's'}`
}
/** What is wrong with a record of options; undefined if nothing is. */
export const optionFault = ({ name, keys }: Parameter, x: unknown): string | undefined => {
  if (keys === undefined || x === undefined) return undefined
  if (!isObject(x) || Array.isArray(x)) return misplacement(x, name)
  const unknown = Object.keys(x).find((key) => !keys.includes(key))
  return unknown === undefined ? undefined : `has no option ${unknown}; it has ${keys.join(', ')}`
}
/** Whether arguments are those that a list gives the function it is mapped by: an element, its index, the list. */
export const isMapped = (args: readonly unknown[]): boolean =>
  args.length > 2 && Array.isArray(args.at(-1)) && typeof args.at(-2) === 'number'
/** What is wrong with the arguments in a pair of brackets; undefined if nothing is. */
export const misplaced = ({ stages }: Form, k: number, args: readonly unknown[]): string | undefined => {
  const parameters = stages[k] ?? []
  const last = k === stages.length - 1
  const body = parameters.findIndex((p, i) => p.body && args[i] !== undefined && typeof args[i] !== 'function')
  if (body >= 0) return `${described(args[body])} stands where the function ${parameters[body]?.name} belongs`
  const isMisplaced = (x: unknown): boolean => isTerm(x) || (Array.isArray(x) && x.some(isTerm))
  if (!last && args.some((x, i) => isMisplaced(x) && parameters[i]?.early === false))
    return 'an array stands where the options belong'
  const record = last ? -1 : parameters.findIndex((p, i) => isStrayRecord(p, args[i]))
  if (record >= 0) return misplacement(args[record], parameters[record]?.name ?? '')
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
export const unreadable = ({ stages }: Form, given: Given): string => {
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
