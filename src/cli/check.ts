/**
 * `adjoint check`: are the derivatives of a formula or of a module's program right?
 *
 * Exit code: 0 when they are right; 1 when one is wrong, or the program cannot be read; 2 when the check is undecided.
 */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { evaluator } from '../../backends/index.ts'
import {
  checkGradients,
  type GradientReport,
  gradientPage,
  type Interval,
  reportToJSON,
  showReport,
} from '../check/index.ts'
import { treeOf } from '../check/point.ts'
import { checkProgress, clearLine } from './checkProgress.ts'
import { failed, fault, refused } from './fault.ts'
import { parsePoint } from './point.ts'
import { programArgument, readProgram } from './read.ts'
import { interval, whole } from './values.ts'
import { write } from './write.ts'

interface Options {
  readonly at?: string
  readonly range?: Interval
  readonly seed: number
  readonly samples?: number
  readonly seconds: number
  readonly evaluations?: number
  readonly forward: boolean
  readonly html?: string
  readonly json: boolean
}

// -- the command -----------------------------------------------------------------------------------------------------

const exitCode = (r: GradientReport): number => (r.verdict === 'correct' ? 0 : r.verdict === 'wrong' ? 1 : 2)
const run = async (what: string, options: Options): Promise<number> => {
  if (options.at !== undefined && options.range !== undefined)
    return failed(fault('--range and --at exclude each other', '--range', 'one of the two'))
  const read = await readProgram(what)
  if (E.isLeft(read)) return failed(read.left)
  const p = read.right
  const at =
    options.at === undefined
      ? E.right(undefined)
      : E.map((xs: readonly (readonly number[])[]) => treeOf(p, xs))(parsePoint(options.at, p.closed.inputs))
  if (E.isLeft(at)) return failed(at.left)
  const checked = checkGradients(p, {
    seed: options.seed,
    reverse: !options.forward,
    seconds: options.seconds,
    now: () => performance.now(),
    on: evaluator(),
    onProgress: checkProgress(process.stderr),
    ...(options.evaluations === undefined ? {} : { evaluations: options.evaluations }),
    ...(options.samples === undefined ? {} : { samples: options.samples }),
    ...(options.range === undefined ? {} : { range: options.range }),
    ...(at.right === undefined ? {} : { at: at.right }),
  })
  clearLine(process.stderr)
  if (E.isLeft(checked)) return failed(refused(checked.left))
  const report = checked.right
  if (options.html !== undefined) {
    const file = write(options.html, gradientPage(report, what), '--html')
    if (E.isLeft(file)) return failed(file.left)
  }
  console.log(options.json ? reportToJSON(report) : showReport(report))
  if (options.html !== undefined && !options.json) console.log(`report: ${options.html}`)
  return exitCode(report)
}
export const registerCheck = (adjoint: Command): void => {
  adjoint
    .command('check')
    .description('are the derivatives of a program right?')
    .argument(...programArgument)
    .option('--at <point>', 'the point, x=1.2,y=[1,2]; by default points are drawn')
    .option('--range <low,high>', 'where real inputs are drawn from', interval)
    .option('--seed <n>', 'the same seed, the same report', whole(0), 1)
    .option('--samples <n>', 'how many points; by default 3, or 1 with --at', whole(1))
    .option('--seconds <s>', 'how long it may take', whole(1), 300)
    .option('--evaluations <n>', 'how often it may evaluate the program; by default a million times', whole(1))
    .option('--forward', 'check forward mode only, for programs without a reverse derivative', false)
    .option('--html <file>', 'write the report as a page')
    .option('--json', 'print the report as JSON', false)
    .action(async (what: string, options: Options) => {
      process.exitCode = await run(what, options)
    })
}
