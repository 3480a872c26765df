/**
 * `adjoint check`: are the derivatives of a formula or of a module's program right?
 *
 * Exit code: 0 when they are; 1 when one is wrong, or the program could not be read; 2 when nothing could be decided.
 */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Command, InvalidArgumentError } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { type Program, showDiagnostics } from '../../lang/index.ts'
import { sizeOf } from '../../lang/shape.ts'
import { parse, showParseErrors } from '../../lang/text/parse.ts'
import { isObject, refill } from '../../lang/tree.ts'
import {
  checkGradients,
  type GradientReport,
  gradientPage,
  type Interval,
  reportToJSON,
  showReport,
} from '../check/index.ts'

type Untyped = Program<unknown, unknown>
type Read<A> = E.Either<string, A>

// -- what is checked -------------------------------------------------------------------------------------------------

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

// -- options ---------------------------------------------------------------------------------------------------------

/** x=1.2,y=[1, 2]: the elements of every array in row-major order. */
const parsePoint = (text: string, p: Untyped): Read<unknown> => {
  const given = new Map<string, readonly number[]>()
  for (const [, name = '', list, single] of text.matchAll(/([\w.']+)\s*=\s*(?:\[([^\]]*)\]|([^,\s]+))/g))
    given.set(name, (list ?? single ?? '').split(',').map(Number))
  const inputs = p.closed.inputs
  const asked = inputs.map((i) => i.name)
  const unknown = [...given.keys()].filter((name) => !asked.includes(name))
  if (unknown.length > 0)
    return E.left(`--at: no input is called ${unknown.join(', ')}; the inputs are ${asked.join(', ')}`)
  const missing = asked.filter((name) => !given.has(name))
  if (missing.length > 0)
    return E.left(`--at: no value for ${missing.join(', ')}: write ${missing.map((m) => `${m}=1.5`).join(',')}`)
  for (const { name, type } of inputs) {
    const values = given.get(name) ?? []
    if (values.some(Number.isNaN)) return E.left(`--at: the value of ${name} is not a number`)
    if (values.length !== sizeOf(type.shape))
      return E.left(
        `--at: ${name} has ${sizeOf(type.shape)} elements, and ${values.length} are given: write ${name}=[1, 2, ...]`,
      )
  }
  return E.right(
    refill(
      p.in,
      inputs.map((i) => given.get(i.name) ?? []),
    ),
  )
}
const whole = (text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 0) throw new InvalidArgumentError('not a whole number')
  return n
}
const interval = (text: string): Interval => {
  const [low, high, ...rest] = text.split(',').map(Number)
  if (low === undefined || high === undefined || rest.length > 0 || !(low < high))
    throw new InvalidArgumentError('not an interval: write -1,1')
  return [low, high]
}
interface Options {
  readonly at?: string
  readonly range?: Interval
  readonly seed: number
  readonly samples?: number
  readonly forward: boolean
  readonly html?: string
  readonly json: boolean
}

// -- the command -----------------------------------------------------------------------------------------------------

const exitCode = (r: GradientReport): number => (r.verdict === 'correct' ? 0 : r.verdict === 'wrong' ? 1 : 2)
const failed = (message: string): number => {
  console.error(message)
  return 1
}
const run = async (what: string, options: Options): Promise<number> => {
  const [, path, name] = modulePath.exec(what) ?? []
  const read = path === undefined ? fromText(what) : await fromModule(path, name)
  if (E.isLeft(read)) return failed(read.left)
  const p = read.right
  const at = options.at === undefined ? E.right(undefined) : parsePoint(options.at, p)
  if (E.isLeft(at)) return failed(at.left)
  const checked = checkGradients(p, {
    seed: options.seed,
    reverse: !options.forward,
    ...(options.samples === undefined ? {} : { samples: options.samples }),
    ...(options.range === undefined ? {} : { range: options.range }),
    ...(at.right === undefined ? {} : { at: at.right as never }),
  })
  if (E.isLeft(checked)) return failed(showDiagnostics(checked.left))
  const report = checked.right
  if (options.html !== undefined) writeFileSync(options.html, gradientPage(report, what))
  console.log(options.json ? reportToJSON(report) : showReport(report))
  if (options.html !== undefined && !options.json) console.log(`report: ${options.html}`)
  return exitCode(report)
}
export const registerCheck = (adjoint: Command): void => {
  adjoint
    .command('check <program>')
    .description("verify derivatives: of a formula, 'x*sin(x*y)', or of a module's program, model.js#loss")
    .option('--at <point>', 'the point, x=1.2,y=[1,2]; drawn when absent')
    .option('--range <low,high>', 'where real inputs are drawn from', interval)
    .option('--seed <n>', 'the same seed, the same report', whole, 1)
    .option('--samples <n>', 'how many points', whole)
    .option('--forward', 'forward mode alone, for programs without a reverse derivative', false)
    .option('--html <file>', 'write the report as a page')
    .option('--json', 'print the report as JSON', false)
    .action(async (what: string, options: Options) => {
      process.exitCode = await run(what, options)
    })
}
