/** `adjoint run`: one system, its figures beside the ones expected, its pictures. Exit code 1 when a figure is missed. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { type DataName, type Outcome, passed, type System, study } from '../systems/index.ts'
import { downloadBar } from './download.ts'
import { backendNamed, backendNames, machineOf, showPlace, usual, watched } from './machine.ts'

export interface RunFlags {
  readonly backend?: string
  readonly data: DataName
  readonly dir?: string
  readonly epochs?: number
  readonly seed: number
  readonly out?: string
  readonly small: boolean
}
export interface Ran {
  readonly system: System
  /** The back end asked for, and what its programs were compiled to. */
  readonly backend: string
  readonly places: readonly string[]
  readonly seconds: number
  /** Left: why it could not be run. */
  readonly outcome: E.Either<string, Outcome>
}
export const runSystem = async (system: System, flags: RunFlags): Promise<Ran> => {
  const began = performance.now()
  const name = flags.backend ?? usual[system.precision]
  const backend = backendNamed(name)
  const { data, dir, epochs, seed, small } = flags
  const places = new Set<string>()
  const outcome = E.isLeft(backend)
    ? backend
    : await study(system)({
        backend: machineOf(watched(backend.right, (p) => places.add(showPlace(p)))),
        data,
        seed,
        small,
        onDownload: downloadBar(),
        ...(dir !== undefined && { dir }),
        ...(epochs !== undefined && { epochs }),
      })()
  return { system, backend: name, places: [...places], seconds: (performance.now() - began) / 1000, outcome }
}
/** By its name or its code, in any case. */
export const systemNamed = (systems: readonly System[], name: string): System | undefined =>
  systems.find((s) => s.name === name.toLowerCase() || s.code === name.toUpperCase())

const savePictures = async (folder: string, { pictures = [] }: Outcome): Promise<readonly string[]> => {
  await mkdir(folder, { recursive: true })
  for (const p of pictures) await writeFile(join(folder, p.name), p.content)
  return pictures.map((p) => join(folder, p.name))
}
const report = ({ system, backend, places, seconds }: Ran, o: Outcome): string =>
  [
    `${system.code} ${system.name}: ${system.title}`,
    ...(o.text === undefined ? [] : ['', o.text]),
    '',
    ...o.findings.flatMap((f) => [
      `${f.passed ? 'ok    ' : 'MISSED'}  ${f.what}`,
      `        found     ${f.found}`,
      `        expected  ${f.expected}  (${f.bar})`,
    ]),
    '',
    ...(backend === 'auto' ? places.map((p) => `ran on ${p}`) : []),
    `${o.findings.filter((f) => f.passed).length} of ${o.findings.length} figures, backend ${backend}, ${seconds.toFixed(1)} s`,
  ].join('\n')

const run = async (name: string, flags: RunFlags): Promise<number> => {
  // the examples build their programs when they are loaded, so only now
  const { systems } = await import('../../examples/index.ts')
  const system = systemNamed(systems, name)
  if (system === undefined) {
    console.error(`no system is called ${name}\n  in   adjoint run\n  try  adjoint list`)
    return 1
  }
  const ran = await runSystem(system, flags)
  if (E.isLeft(ran.outcome)) {
    console.error(ran.outcome.left)
    return 1
  }
  const outcome = ran.outcome.right
  console.log(report(ran, outcome))
  if (flags.out !== undefined)
    for (const path of await savePictures(resolve(flags.out), outcome)) console.log(`picture: ${path}`)
  else if (outcome.pictures !== undefined)
    console.log(`pictures, with --out FOLDER: ${outcome.pictures.map((p) => p.name).join(', ')}`)
  return passed(outcome) ? 0 : 1
}
const whole =
  (least: number) =>
  (text: string): number => {
    const n = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(n) || n < least)
      throw new InvalidArgumentError(`a whole number, at least ${least}`)
    return n
  }
export const registerRun = (adjoint: Command): void => {
  adjoint
    .command('run <name>')
    .description('run a system, by its name or its code (adjoint list)')
    .option('--backend <name>', `${backendNames}; by default what suits the system`)
    .addOption(
      new Option('--data <name>', 'where pictures come from, for systems that learn them')
        .choices(['generated', 'mnist', 'fashion-mnist'])
        .default('generated'),
    )
    .option('--dir <folder>', "the folder of the data's files; without one they are fetched into the cache, once")
    .option('--epochs <n>', "in place of the system's own number", whole(1))
    .option('--seed <n>', 'the same seed, the same figures', whole(0), 1)
    .option('--out <folder>', 'write the pictures there')
    .option('--small', 'a short run, with the bars of a short run', false)
    .action(async (name: string, flags: RunFlags) => {
      process.exitCode = await run(name, flags)
    })
}
