/** Another state of this repository, beside this one: its files in a folder of its own, and its bench as a bundle. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { folder } from '../participants.ts'

export const root = resolve(folder, '../..')
/** Where there is no tag yet: the state before the gate was written. */
const fallback = '4c3871fe9d'

export interface Reference {
  readonly name: string
  readonly commit: string
}
const git = (...args: readonly string[]): string | undefined => {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  return status === 0 ? stdout.trim() : undefined
}
const commitOf = (ref: string): string | undefined => git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`)
/** The ref that is asked for, else the newest tag, else the commit above. Undefined: this checkout does not have it. */
export const findReference = (asked: string | undefined): Reference | undefined => {
  const name = asked ?? (git('describe', '--tags', '--abbrev=0') || fallback)
  const commit = commitOf(name)
  return commit === undefined ? undefined : { name, commit }
}
const must = (what: string, command: string, args: readonly string[], cwd: string): void => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${what}: ${error?.message ?? (stderr || stdout).slice(-2000)}`)
}
/** Its folder, with this checkout's packages, and its bench bundled there. */
export const checkOut = ({ commit }: Reference): string => {
  const at = mkdtempSync(join(tmpdir(), 'adjoint-reference-'))
  try {
    const file = join(at, 'files.tar')
    must('git archive', 'git', ['-C', root, 'archive', '--format=tar', '-o', file, commit], root)
    must('tar', 'tar', ['-xf', file, '-C', at], at)
    symlinkSync(join(root, 'node_modules'), join(at, 'node_modules'), 'dir')
    const bundle = "import('./test/bench/bundle.mjs').then((m) => m.bundle('main.ts', '.built'))"
    must('the reference does not build', process.execPath, ['-e', bundle], at)
    return at
  } catch (error) {
    remove(at)
    throw error
  }
}
export const remove = (at: string): void => rmSync(at, { recursive: true, force: true })
