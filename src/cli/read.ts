/** Programs and points from what people write: a formula, a model of the examples by name, or a module's export. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { Program } from '../../lang/index.ts'
import { sizeOf } from '../../lang/shape.ts'
import { parse, showParseErrors } from '../../lang/text/parse.ts'
import { isObject } from '../../lang/tree.ts'

export type Untyped = Program<unknown, unknown>
export type Read<A> = E.Either<string, A>

// -- programs --------------------------------------------------------------------------------------------------------

const modulePath = /^(.+\.[cm]?[jt]s)(?:#([\w$]+))?$/
const isProgram = (x: unknown): x is Untyped => isObject(x) && 'in' in x && 'out' in x && 'closed' in x
const named = (names: readonly string[]): string =>
  names.length === 0 ? 'it exports no program' : `it exports ${names.join(', ')}`

/** The program that an export is, or holds as the right of an Either. */
const programIn = (x: unknown): Untyped | undefined =>
  isProgram(x) ? x : isObject(x) && 'right' in x && isProgram(x.right) ? x.right : undefined
const build = (path: string): string =>
  `${path} is TypeScript, which this Node (${process.version}) does not run: compile it (npx tsc ${path}) and name the .js file, or use Node 22.18 or later`

const fromModule = async (path: string, name: string | undefined): Promise<Read<Untyped>> => {
  const loaded: Read<{ readonly [name: string]: unknown }> = await import(pathToFileURL(resolve(path)).href).then(
    E.right,
    (error: unknown) => {
      const code = isObject(error) && 'code' in error ? error.code : undefined
      if (
        code === 'ERR_UNKNOWN_FILE_EXTENSION' ||
        (code !== undefined && /\.[cm]?ts$/.test(path) && error instanceof SyntaxError)
      )
        return E.left(build(path))
      return E.left(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    },
  )
  if (E.isLeft(loaded)) return loaded
  const found = Object.entries(loaded.right).flatMap(([key, value]) => {
    const program = programIn(value)
    return program === undefined ? [] : [[key, program] as const]
  })
  const names = found.map(([key]) => key)
  const chosen = name === undefined ? (found.length === 1 ? found[0] : undefined) : found.find(([key]) => key === name)
  if (chosen !== undefined) return E.right(chosen[1])
  return E.left(
    name === undefined
      ? `name a program, as in ${path}#loss: ${named(names)}`
      : `${path} has no program called ${name}: ${named(names)}`,
  )
}
const fromText = (text: string): Read<Untyped> => E.mapLeft(showParseErrors)(parse(text))

/** model.js#loss, else a formula. */
export const readProgram = async (what: string): Promise<Read<Untyped>> => {
  const [, path, name] = modulePath.exec(what) ?? []
  return path === undefined ? fromText(what) : await fromModule(path, name)
}
/** The same, or a model of the examples: its name or code (adjoint list), and after # which of its programs. */
export const readModel = async (what: string): Promise<Read<Untyped>> => {
  const [name = '', key] = what.split('#')
  if (!/^[\w-]+$/.test(name)) return readProgram(what)
  // the examples build their programs when they are loaded, so only now
  const { systems } = await import('../../examples/index.ts')
  const system = systems.find((s) => s.name === name || s.code === name)
  if (system === undefined) return readProgram(what)
  const programs = Object.entries(system.gradients ?? {})
  const found = key === undefined ? programs[0] : programs.find(([k]) => k === key)
  if (found !== undefined) return E.right(found[1])
  const known = programs.map(([k]) => `'${name}#${k}'`)
  return E.left(
    `${what}: ${known.length === 0 ? 'this model has no program with a gradient' : 'it has no such program'}\n  in   adjoint\n  try  ${known.length === 0 ? 'adjoint list' : known.join(', ')}`,
  )
}

// -- points ----------------------------------------------------------------------------------------------------------

const refused = (what: string, option: string, advice: string): Read<never> =>
  E.left(`${what}\n  in   ${option}\n  try  ${advice}`)

/** x=1.2,y=[1, 2]: the elements of every array in row-major order, one array per input; `option`: where it was written. */
export const parsePoint = (
  text: string,
  inputs: Untyped['closed']['inputs'],
  option = '--at',
): Read<readonly (readonly number[])[]> => {
  const given = new Map<string, readonly number[]>()
  for (const [, name = '', list, single] of text.matchAll(/([\w.']+)\s*=\s*(?:\[([^\]]*)\]|([^,\s]+))/g))
    given.set(name, (list ?? single ?? '').split(',').map(Number))
  const asked = inputs.map((i) => i.name)
  const unknown = [...given.keys()].filter((name) => !asked.includes(name))
  if (unknown.length > 0)
    return refused(`no input is called ${unknown.join(', ')}`, option, `one of ${asked.join(', ')}`)
  const missing = asked.filter((name) => !given.has(name))
  if (missing.length > 0)
    return refused(`no value for ${missing.join(', ')}`, option, missing.map((m) => `${m}=1.5`).join(','))
  for (const { name, type } of inputs) {
    const values = given.get(name) ?? []
    if (values.some(Number.isNaN)) return refused(`the value of ${name} is not a number`, option, `${name}=1.5`)
    if (values.length !== sizeOf(type.shape))
      return refused(
        `${name} has ${sizeOf(type.shape)} elements, and ${values.length} are given`,
        option,
        `${name}=[1, 2, ...], in row-major order`,
      )
  }
  return E.right(inputs.map((i) => given.get(i.name) ?? []))
}
