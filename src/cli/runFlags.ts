/** The options of `adjoint run`, and what is wrong with them before anything runs: what, where, what to try. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { nearest } from '../../lang/nearest.ts'
import { ownName, reasonOf } from '../disk/whole.ts'
import type { Language } from '../explain/index.ts'
import type { DataName } from '../report/index.ts'
import type { System } from '../systems/index.ts'
import { fault } from './fault.ts'

export interface RunFlags {
  readonly backend?: string
  readonly data: DataName
  readonly dir?: string
  readonly epochs?: number
  readonly seed: number
  readonly part?: string
  readonly long?: boolean
  readonly out?: string
  readonly resume?: boolean
  readonly small: boolean
  /** Default: 'en'. */
  readonly lang?: Language
}

/** By its name or its code, in any case. */
export const systemNamed = (systems: readonly System[], name: string): System | undefined =>
  systems.find((s) => s.name === name.toLowerCase() || s.code === name.toUpperCase())

export const noSystem = (systems: readonly System[], name: string): string => {
  const near = nearest(
    name.toLowerCase(),
    systems.map((s) => s.name),
  )
  return fault(
    `no system is called ${name}`,
    'adjoint run',
    near === undefined ? 'adjoint list' : `adjoint run ${near}, or adjoint list`,
  )
}
/** Options that contradict one another. */
const contradiction = ({ data, dir, out, resume }: RunFlags): string | undefined => {
  if (dir !== undefined && data === 'generated')
    return fault(
      '--dir names a folder of data, but the data are generated',
      `--dir ${dir}`,
      'add --data mnist or --data fashion-mnist',
    )
  if (resume && out === undefined)
    return fault('nothing to resume', '--resume', 'add --out FOLDER, the folder of the run that was interrupted')
  return undefined
}
/** The names of a system's parts. */
export const partsOf = ({ parts = {} }: System): readonly string[] => Object.keys(parts)
/** A part that the system does not have. */
const noPart = (system: System, { part }: RunFlags): string | undefined => {
  const [all, { name }] = [partsOf(system), system]
  if (part === undefined || all.includes(part)) return undefined
  const what = all.length === 0 ? `${name} has no parts` : `${name} has no part ${part}`
  return fault(what, `--part ${part}`, all.length === 0 ? `adjoint run ${name}` : `--part ${all.join(', --part ')}`)
}
/** Creates the folder of --out. It must be writable; with --resume it must hold a run. */
const folderProblem = async ({ out, resume }: RunFlags): Promise<string | undefined> => {
  if (out === undefined) return undefined
  const folder = resolve(out)
  try {
    if (resume) {
      const found = await readdir(folder)
      if (!found.some((f) => f.endsWith('.safetensors')))
        return fault(
          'the folder holds no checkpoint',
          folder,
          'the folder of the run that was interrupted, or leave out --resume',
        )
    }
    await mkdir(folder, { recursive: true })
    // only writing shows whether one may write
    const probe = ownName(join(folder, 'probe'), 'tmp')
    await writeFile(probe, '')
    await rm(probe)
    return undefined
  } catch (error) {
    const reason = reasonOf(error)
    return reason === 'ENOENT'
      ? fault('there is no such folder', folder, 'the folder of the run that was interrupted, or leave out --resume')
      : fault(`the folder cannot be used (${reason})`, folder, 'another folder for --out, that you may write')
  }
}
/** Undefined where the run can begin. */
export const misuse = async (system: System, flags: RunFlags): Promise<string | undefined> =>
  contradiction(flags) ?? noPart(system, flags) ?? (await folderProblem(flags))
/** Options that were given and that the system did not use. */
export const withoutUse = ({ data, epochs, long }: RunFlags, used: ReadonlySet<string>): readonly string[] => [
  ...(data !== 'generated' && !used.has('data') ? [`--data ${data}`] : []),
  ...(epochs !== undefined && !used.has('epochs') ? [`--epochs ${epochs}`] : []),
  ...(long && !used.has('long') ? ['--long'] : []),
]
