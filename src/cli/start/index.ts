/**
 * The main job: a formula is differentiated as text, gradients are verified, a network is trained through gpu.js on
 * generated digits, then again on the fastest back end of this machine; a page shows it all.
 */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SingleBar } from 'cli-progress'
import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { auto, type Backend, type GpujsOptions, gpujs, showBackendError } from '../../../backends/index.ts'
import { programOrThrow, real } from '../../../lang/index.ts'
import { failed, fault } from '../fault.ts'
import { type BackendPlacement, gpujsModes, showPlacement, watched } from '../machine.ts'
import { write } from '../write.ts'
import { describeNetwork, digitsIn, generatedDigits, type Source, type TrainedDigits, trainDigits } from './digits.ts'
import { formulas } from './formula.ts'
import { compared } from './repeat.ts'
import { reportPage } from './report.ts'
import { type Verified, verify } from './verify.ts'

interface StartOptions {
  readonly mode: NonNullable<GpujsOptions['mode']>
  readonly out: string
  /** A folder with MNIST's files; generated digits otherwise. */
  readonly dir?: string
}
const heading = (text: string): void => console.log(`\n== ${text}\n`)
const percent = (share: number, digits: number): string => `${(100 * share).toFixed(digits)} %`
const error = (v: number): string => v.toExponential(1).padStart(8)
const line = (v: Verified): string =>
  `  ${v.name.padEnd(36)} ${v.correct ? 'correct' : v.verdict.toUpperCase()} ${error(v.forward)} ${error(v.reverse)} ${error(v.second)}`

/** The mode that gpu.js gets on this machine, known before anything long begins. */
const probe = async (backend: Backend): Promise<E.Either<string, BackendPlacement>> => {
  const compiled = await backend.compile(programOrThrow(real(), (x) => x))()
  if (E.isLeft(compiled)) return E.left(showBackendError(compiled.left))
  compiled.right.release()
  return E.right({ backend: compiled.right.backend, reason: compiled.right.reason })
}
const train = async (backend: Backend, source: Source): Promise<E.Either<string, TrainedDigits>> => {
  const bar = new SingleBar({
    format: '  |{bar}| step {value}/{total}  loss {loss}  test accuracy {accuracy}  {eta_formatted} left',
    noTTYOutput: true,
    notTTYSchedule: 5000,
  })
  let started = false
  const result = await trainDigits(backend, source, ({ step, steps, loss, accuracy }) => {
    const payload = {
      loss: loss.toFixed(4),
      accuracy: accuracy === undefined ? '-' : `${(100 * accuracy).toFixed(2)} %`,
    }
    if (!started) bar.start(steps, 0, payload)
    started = true
    bar.update(step, payload)
  })()
  bar.stop()
  if (E.isRight(result))
    for (const [epoch, loss, accuracy] of result.right.epochs)
      console.log(`  epoch ${epoch}  mean loss ${loss.toFixed(4)}  test accuracy ${percent(accuracy, 2)}`)
  return result
}

const showFormulas = (shown: ReturnType<typeof formulas>): void => {
  for (const s of shown) {
    heading(s.title)
    console.log(s.before === s.after ? s.before : `${s.before}\n\nsimplified:\n${s.after}`)
  }
}
/** Trains again on the fastest back end; whether the numbers agree. */
const trainAgain = async (source: Source, first: TrainedDigits, mode: string): Promise<E.Either<string, boolean>> => {
  heading('the same on the fastest back end of this machine')
  const placements = new Set<string>()
  const again = await train(
    watched(auto(), (p) => placements.add(showPlacement(p))),
    source,
  )
  if (E.isLeft(again)) return again
  const { loss, accuracy, agree } = compared(first, again.right)
  console.log(
    `\n${first.seconds.toFixed(1)} s through ${mode}, ${again.right.seconds.toFixed(1)} s on ${[...placements].join(' and ')}\n` +
      `the numbers ${agree ? 'agree' : 'DISAGREE'}: mean losses within ${percent(loss, 3)} of each other, accuracies within ${percent(accuracy, 2)}`,
  )
  return E.right(agree)
}
const leastAccuracy = 0.97

/** The exit code. */
const start = async ({ mode, out, dir }: StartOptions): Promise<number> => {
  const began = performance.now()
  const path = resolve(out)
  if (!existsSync(dirname(path)))
    return failed(fault(`there is no folder ${dirname(path)}`, '--out', 'a file in a folder that exists'))
  const asked = gpujs({ mode })
  const machine = await probe(asked)
  if (E.isLeft(machine)) return failed(machine.left)
  const { backend, reason } = machine.right
  const source = dir === undefined ? E.right(generatedDigits()) : await digitsIn(dir)()
  if (E.isLeft(source)) return failed(source.left)
  const shown = formulas()
  showFormulas(shown)
  heading('gradients against finite differences; forward, reverse and second-order disagreement')
  const verified = verify(1)
  if (E.isLeft(verified)) return failed(verified.left)
  for (const v of verified.right) console.log(line(v))
  heading(`a dense network on ${source.right.name}, through ${backend} (${reason})`)
  console.log(`${describeNetwork()}\n`)
  const trained = await train(asked, source.right)
  if (E.isLeft(trained)) return failed(trained.left)
  const agree = await trainAgain(source.right, trained.right, backend)
  if (E.isLeft(agree)) return failed(agree.left)
  const file = write(path, reportPage(shown, verified.right, trained.right, describeNetwork(), backend), '--out')
  if (E.isLeft(file)) return failed(file.left)
  console.log(`report: ${file.right}`)
  const [correct, of] = [verified.right.filter((v) => v.correct).length, verified.right.length]
  const enough = trained.right.accuracy >= leastAccuracy
  if (!enough)
    console.error(`test accuracy ${percent(trained.right.accuracy, 2)} is under ${percent(leastAccuracy, 0)}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  const accuracy = percent(trained.right.accuracy, 1)
  console.log(
    `main job done: test accuracy ${accuracy}, gradients verified ${correct}/${of}, backend ${backend}, ${seconds} s`,
  )
  return enough && agree.right && correct === of ? 0 : 1
}

export const registerStart = (adjoint: Command): void => {
  adjoint
    .command('start')
    .description('the main job: a formula differentiated, gradients verified, a network trained')
    .addOption(new Option('--mode <mode>', 'the mode of gpu.js').choices(gpujsModes).default('auto'))
    .option('--dir <folder>', "MNIST's four IDX files, gzip or not; generated digits otherwise")
    .option('--out <file>', 'the report', 'adjoint-report.html')
    .action(async (options: StartOptions) => {
      process.exitCode = await start(options)
    })
}
