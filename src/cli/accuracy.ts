/**
 * `adjoint accuracy`: how many bits of a program's value and of its derivatives are right, and where they are lost.
 *
 * Exit code: 0 with a report; 1 where there is none.
 */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../backends/index.ts'
import type { Diagnostics } from '../../lang/index.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { isTypeOrExpr, refill } from '../../lang/syntax/tree.ts'
import { accuracyPage, accuracyToJSON, checkAccuracy, showAccuracy } from '../check/index.ts'
import { failed, fault, perhaps, refused } from './fault.ts'
import { backendNamed, backendNames } from './machine.ts'
import { programArgument, type Read, readProgram } from './read.ts'
import { whole } from './values.ts'
import { write } from './write.ts'

interface Options {
  readonly over?: string
  readonly digits: number
  readonly points?: number
  readonly seed: number
  readonly backend: readonly string[]
  readonly html?: string
  readonly json: boolean
}
type Interval = readonly [number, number]
const usual = ['reference', 'wasm']

const sample = 'x=-20..20,y=0..1'
/** Intervals as one types them: x=-20..20,y=0..1. One for all real inputs needs no name. */
const parseOver = (text: string, p: UntypedProgram): Read<unknown> => {
  const names = p.closed.inputs.map((i) => i.name)
  const number = '[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?'
  const one = new RegExp(`^\\s*(?:([\\w.']+)\\s*=\\s*)?(${number})\\s*\\.\\.\\s*(${number})\\s*$`)
  const found = new Map<string | undefined, Interval>()
  for (const part of text.split(',')) {
    const [whole, name, low, high] = one.exec(part) ?? []
    if (whole === undefined) return E.left(fault(`'${part.trim()}' is no interval of an input`, '--over', sample))
    if (name !== undefined && !names.includes(name))
      return E.left(fault(`no input is called ${name}`, '--over', perhaps(name, names, `one of ${names.join(', ')}`)))
    if (found.has(name)) return E.left(fault('an input has two intervals', '--over', sample))
    if (!(Number(low) <= Number(high)))
      return E.left(fault(`the interval ${low} .. ${high} ends before it begins`, '--over', `${high}..${low}`))
    found.set(name, [Number(low), Number(high)])
  }
  return E.right(
    refill(
      p.in,
      names.map((name) => found.get(name) ?? found.get(undefined)),
      isTypeOrExpr,
    ),
  )
}

const run = async (what: string, options: Options): Promise<number> => {
  const read = await readProgram(what)
  if (E.isLeft(read)) return failed(read.left)
  const p = read.right
  const over = options.over === undefined ? E.right(undefined) : parseOver(options.over, p)
  if (E.isLeft(over)) return failed(over.left)
  const names = options.backend.length === 0 ? usual : options.backend
  const backends = names.map(backendNamed)
  for (const b of backends) if (E.isLeft(b)) return failed(b.left)
  const checked = await checkAccuracy(p, {
    digits: options.digits,
    seed: options.seed,
    backends: backends.flatMap((b) => (E.isRight(b) ? [b.right] : [])),
    ...(options.points === undefined ? {} : { points: options.points }),
    ...(over.right === undefined ? {} : { over: over.right as never }), // a tree of intervals like the inputs
  })()
  if (E.isLeft(checked))
    return failed(isDiagnostics(checked.left) ? refused(checked.left) : showBackendError(checked.left))
  const report = checked.right
  if (options.html !== undefined) {
    const file = write(options.html, accuracyPage(report, what), '--html')
    if (E.isLeft(file)) return failed(file.left)
  }
  console.log(options.json ? accuracyToJSON(report) : showAccuracy(report))
  if (options.html !== undefined && !options.json) console.log(`\nreport: ${options.html}`)
  return 0
}
const isDiagnostics = (e: unknown): e is Diagnostics => Array.isArray(e)
export const registerAccuracy = (adjoint: Command): void => {
  adjoint
    .command('accuracy')
    .description('how many bits of a program and of its derivatives are right?')
    .argument(...programArgument)
    .option(
      '--over <intervals>',
      `where: ${sample}, or -1..1 for all inputs; by default where its operations are tested`,
    )
    .option('--digits <n>', 'how many digits of the exact numbers are right', whole(20, 300), 30)
    .option('--points <n>', 'at how many points; by default 64, fewer for a large program', whole(1))
    .option('--seed <n>', 'the same seed, the same points', whole(0), 1)
    .option(
      '--backend <name>',
      `one of ${backendNames}; more than once for several; by default ${usual.join(' and ')}`,
      (name: string, all: readonly string[]) => [...all, name],
      [],
    )
    .option('--html <file>', 'write the report as a page')
    .option('--json', 'print the report as JSON', false)
    .action(async (what: string, options: Options) => {
      process.exitCode = await run(what, options)
    })
}
