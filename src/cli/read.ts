/** Programs as the command line names them: a formula, a model of the examples, or a module's export. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { Diagnostics } from '../../lang/index.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { isObject } from '../../lang/syntax/tree.ts'
import { parse, showParseErrors } from '../../lang/text/parse.ts'
import type { System } from '../systems/index.ts'
import { grad } from '../transform/grad.ts'
import { fault, perhaps } from './fault.ts'
import { systemNamed } from './runFlags.ts'

export type Read<A> = E.Either<string, A>
/** The gradient of a program that was read. Its types are unknown; `grad` refuses an output that is no real scalar. */
export const gradientOf = (p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => grad(p as never)

// -- modules ---------------------------------------------------------------------------------------------------------

const modulePath = /^(.+\.[cm]?[jt]s)(?:#([\w$]+))?$/
const isProgram = (x: unknown): x is UntypedProgram => isObject(x) && 'in' in x && 'out' in x && 'closed' in x

/** The program that an export is, or holds as the right of an Either. */
const programIn = (x: unknown): UntypedProgram | undefined =>
  isProgram(x) ? x : isObject(x) && 'right' in x && isProgram(x.right) ? x.right : undefined
const cannotLoad = (path: string, error: unknown): string => {
  const code = isObject(error) && 'code' in error ? error.code : undefined
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || (/\.[cm]?ts$/.test(path) && error instanceof SyntaxError))
    return fault(
      `${path} is TypeScript, which this Node (${process.version}) does not run`,
      path,
      `npx tsc ${path}, and the .js file; or Node 22.18 or later`,
    )
  if (code === 'ERR_MODULE_NOT_FOUND' && !existsSync(path))
    return fault(`there is no module ${path}`, path, 'the path of a module that exists')
  const [why = ''] = String(error).split('\n')
  return fault(`the module does not load: ${why}`, path, `node ${path}, to see why`)
}
const fromModule = async (path: string, name: string | undefined): Promise<Read<UntypedProgram>> => {
  const loaded: Read<{ readonly [name: string]: unknown }> = await import(pathToFileURL(resolve(path)).href).then(
    E.right,
    (error: unknown) => E.left(cannotLoad(path, error)),
  )
  if (E.isLeft(loaded)) return loaded
  const found = Object.entries(loaded.right).flatMap(([key, value]) => {
    const program = programIn(value)
    return program === undefined ? [] : [[key, program] as const]
  })
  const chosen = name === undefined ? (found.length === 1 ? found[0] : undefined) : found.find(([key]) => key === name)
  if (chosen !== undefined) return E.right(chosen[1])
  const known = found.map(([key]) => `${path}#${key}`).join(', ')
  return E.left(
    fault(
      found.length === 0
        ? 'the module exports no program'
        : name === undefined
          ? 'the module exports several programs'
          : `the module has no program called ${name}`,
      path,
      found.length === 0 ? 'export const loss = programOrThrow(...)' : known,
    ),
  )
}

// -- models ----------------------------------------------------------------------------------------------------------

/**
 * Whether a word is the name of a model and never a formula, so that a misspelt name is an error: one word of more than
 * one letter, or words joined by hyphens. Single letters, with a number or without, joined by hyphens are formulas:
 * x-y, x1-x2. So is everything that begins with a digit.
 */
const looksLikeName = (word: string): boolean => {
  const parts = word.split('-')
  return (
    /^[A-Za-z][\w-]*$/.test(word) &&
    (parts.length === 1 ? word.length > 1 : parts.some((part) => !/^[A-Za-z]?\d*$/.test(part)))
  )
}
const noModel = (systems: readonly System[], name: string): string =>
  fault(
    `no model is called ${name}`,
    name,
    `${perhaps(
      name.toLowerCase(),
      systems.map((s) => s.name),
      'adjoint list',
    )}; ${
      name.includes('-')
        ? `a formula of these letters has spaces, '${name.split('-').join(' - ')}'`
        : `a formula that is one input has brackets, '(${name})'`
    }`,
  )
const fromSystem = (system: System, key: string | undefined): Read<UntypedProgram> => {
  const programs = Object.entries(system.programs ?? {})
  const found = key === undefined ? programs[0] : programs.find(([k]) => k === key)
  if (found !== undefined) return E.right(found[1])
  const known = programs.map(([k]) => `'${system.name}#${k}'`)
  return E.left(
    known.length === 0
      ? fault('this model has no program with a gradient', system.name, 'another one of adjoint list')
      : fault(`it has no program called ${key}`, system.name, known.join(', ')),
  )
}

/** The help of the argument that names a program. */
export const programArgument = [
  '<program>',
  "a formula, 'x*sin(x*y)', or a program's text; a model by name or code (adjoint list), tanh-network or B3; a module's export, model.js#loss",
] as const
/** Reads model.js#loss; or a model's name or code (adjoint list), perhaps with #program; or else a formula. */
export const readProgram = async (what: string): Promise<Read<UntypedProgram>> => {
  if (what.trim() === '')
    return E.left(fault('there is nothing to read', `'${what}'`, "a formula, 'x*sin(x*y)'; or a model of adjoint list"))
  const [, path, exported] = modulePath.exec(what) ?? []
  if (path !== undefined) return fromModule(path, exported)
  const [name = '', key] = what.split('#')
  if (/^[\w-]+$/.test(name)) {
    // loaded late: the examples build their programs when they are loaded
    const { systems } = await import('../../examples/index.ts')
    const system = systemNamed(systems, name)
    if (system !== undefined) return fromSystem(system, key)
    if (looksLikeName(name) || key !== undefined) return E.left(noModel(systems, name))
  }
  return E.mapLeft(showParseErrors)(parse(what))
}
