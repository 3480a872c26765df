/**
 * `adjoint run`: one system, its figures beside the ones expected, its pictures. Exit code 1 when a figure is missed.
 */
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { showBackendError } from '../../backends/index.ts'
import { type Language, languages } from '../explain/index.ts'
import { progress, type Report, withTextErrors } from '../report/index.ts'
import { findingInFrench, inFrench, type Phrases, passed, type System, study } from '../systems/index.ts'
import { downloadBar } from './download.ts'
import { failed } from './fault.ts'
import { backendNamed, backendNames, showPlacement, usual, watched } from './machine.ts'
import { misuse, noSystem, partsOf, type RunFlags, systemNamed, withoutUse } from './runFlags.ts'
import { runWords } from './runWords.ts'
import { whole } from './values.ts'
import { version } from './version.ts'

export interface Ran {
  readonly system: System
  /** The name of the back end, and the back ends that its programs were compiled for. */
  readonly backend: string
  readonly placements: readonly string[]
  /** The options that it used. */
  readonly used: ReadonlySet<string>
  readonly seconds: number
  /** Left: why it could not be run. */
  readonly outcome: E.Either<string, Report>
}
export const runSystem = async (system: System, flags: RunFlags): Promise<Ran> => {
  const began = performance.now()
  const name = flags.backend ?? usual[system.precision]
  const backend = backendNamed(name)
  const { data, dir, epochs, seed, small, out, resume, part, long } = flags
  const placements = new Set<string>()
  const used = new Set<string>()
  const outcome = E.isLeft(backend)
    ? backend
    : await study(system)({
        backend: withTextErrors(showBackendError)(watched(backend.right, (p) => placements.add(showPlacement(p)))),
        data,
        seed,
        small,
        onDownload: downloadBar(),
        follow: (training) => progress({ name: training }),
        machine: name,
        versions: { adjoint: version },
        onUse: (what) => used.add(what),
        ...(out !== undefined && { out: resolve(out) }),
        ...(resume !== undefined && { resume }),
        ...(dir !== undefined && { dir }),
        ...(part !== undefined && { part }),
        ...(long !== undefined && { long }),
        ...(epochs !== undefined && { epochs }),
      })()
  return {
    system,
    backend: name,
    placements: [...placements],
    used,
    seconds: (performance.now() - began) / 1000,
    outcome,
  }
}
const savePictures = async (folder: string, { pictures = [] }: Report): Promise<readonly string[]> => {
  for (const p of pictures) await writeFile(join(folder, p.name), p.content)
  return pictures.map((p) => join(folder, p.name))
}
/** The pages that `learn` has written into the folder. */
const reportsIn = async (folder: string, since: number): Promise<readonly string[]> => {
  const pages = (await readdir(folder)).filter((f) => f.endsWith('.html')).map((f) => join(folder, f))
  const written = await Promise.all(pages.map(async (f) => (await stat(f)).mtimeMs >= since))
  return pages.filter((_, i) => written[i])
}
const report = ({ system, backend, placements, seconds }: Ran, o: Report, lang: Language, phrases: Phrases): string => {
  const words = runWords[lang]
  const findings = lang === 'fr' ? o.findings.map(findingInFrench(phrases)) : o.findings
  const title = lang === 'fr' ? inFrench(phrases)(system.title) : system.title
  const wide = words.missed.length + 2
  return [
    `${system.code} ${system.name}: ${title}`,
    ...(o.text === undefined ? [] : ['', o.text]),
    '',
    ...findings.flatMap((f) => [
      `${(f.passed ? words.met : words.missed).padEnd(wide)}${f.what}`,
      `${' '.repeat(wide)}${words.found.padEnd(10)}${f.found}`,
      `${' '.repeat(wide)}${words.expected.padEnd(10)}${f.expected}  (${f.bar})`,
    ]),
    '',
    ...(backend === 'auto' ? placements.map(words.ranOn) : []),
    words.figures(findings.filter((f) => f.passed).length, findings.length, backend, seconds.toFixed(1)),
  ].join('\n')
}

const run = async (name: string, flags: RunFlags): Promise<number> => {
  // loaded late: the examples build their programs when they are loaded
  const { systems } = await import('../../examples/index.ts')
  const { french } = await import('../../examples/french.ts')
  const { lang = 'en' } = flags
  const words = runWords[lang]
  const system = systemNamed(systems, name)
  if (system === undefined) return failed(noSystem(systems, name))
  const wrong = await misuse(system, flags)
  if (wrong !== undefined) return failed(wrong)
  const began = Date.now()
  const ran = await runSystem(system, flags)
  if (E.isLeft(ran.outcome)) return failed(ran.outcome.left)
  const outcome = ran.outcome.right
  console.log(report(ran, outcome, lang, french))
  const others = partsOf(system).filter((p, k) => (flags.part === undefined ? k > 0 : p !== flags.part))
  if (others.length > 0) console.log(`${words.otherParts}: --part ${others.join(', --part ')}`)
  for (const flag of withoutUse(flags, ran.used)) console.log(words.noEffect(flag, system.name))
  if (flags.out !== undefined) {
    const folder = resolve(flags.out)
    for (const path of await savePictures(folder, outcome)) console.log(`${words.picture}: ${path}`)
    for (const path of await reportsIn(folder, began)) console.log(`${words.report}: ${path}`)
  } else if (outcome.pictures !== undefined)
    console.log(`${words.withOut}: ${outcome.pictures.map((p) => p.name).join(', ')}`)
  return passed(outcome) ? 0 : 1
}
export const registerRun = (adjoint: Command): void => {
  adjoint
    .command('run')
    .description('run a system: its figures beside the expected ones, its pictures')
    .argument('<name>', 'a name or code of adjoint list: fit, or D3')
    .option('--backend <name>', `${backendNames}; by default the one that suits the system`)
    .addOption(
      new Option('--data <name>', 'the pictures to learn from, for systems that learn pictures')
        .choices(['generated', 'mnist', 'fashion-mnist'])
        .default('generated'),
    )
    .option('--dir <folder>', "the folder of the data's files; by default they are downloaded once, into the cache")
    .option('--epochs <n>', "how many epochs; by default the system's own number", whole(1))
    .option('--part <name>', 'one part of a system that has several; by default the first')
    .option('--long', 'learn longer, where there is more to show then')
    .option('--seed <n>', 'the same seed, the same figures', whole(0), 1)
    .option('--out <folder>', 'keep pictures, reports, records and checkpoints there')
    .option('--resume', 'continue the interrupted run in --out')
    .addOption(new Option('--lang <language>', 'the language of the sentences').choices(languages).default('en'))
    .option('--small', 'a short run, whose figures meet lower bars', false)
    .action(async (name: string, flags: RunFlags) => {
      process.exitCode = await run(name, flags)
    })
}
