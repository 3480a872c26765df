/**
 * How long the editor takes to check three large models as users write them (editor/), against the declarations of a
 * build: the compiler's own `Check time`, on one thread. A network's shapes are computed there.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder } from '../participants.ts'
import { root } from './reference.ts'

const editor = join(folder, 'gate/editor')
const tsc = join(root, 'node_modules/typescript/bin/tsc')
export const userFiles = (): readonly string[] => readdirSync(editor).sort()

/** A folder of a build with its declarations and the users' files. */
export const prepareEditor = (build: string): string => {
  const at = join(build, 'test/bench/.built/editor')
  mkdirSync(at, { recursive: true })
  const config = {
    extends: join(build, 'tsconfig.build.json'),
    compilerOptions: { rootDir: build, outDir: join(at, 'types'), emitDeclarationOnly: true, noCheck: true },
    include: [],
    files: ['src/index.ts', 'src/nn/index.ts'].map((f) => join(build, f)),
  }
  writeFileSync(join(at, 'declarations.json'), JSON.stringify(config))
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join(at, 'declarations.json')], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`no declarations of ${build}: ${stdout}`)
  for (const file of userFiles()) {
    const text = readFileSync(join(editor, file), 'utf8')
    writeFileSync(join(at, file), text.replaceAll(/'(\.\.\/){4}(src\/[\w/]+)\.ts'/g, "'./types/$2.js'"))
    const options = { noEmit: true, types: [], rewriteRelativeImportExtensions: false }
    const one = { extends: join(build, 'tsconfig.json'), compilerOptions: options, include: [], files: [file] }
    writeFileSync(join(at, `${file}.json`), JSON.stringify(one))
  }
  return at
}
export interface CheckTime {
  readonly seconds: number
  readonly instantiations: number
}
/** Undefined where the file does not check: the build has not all that it uses. */
export const checkTime = (at: string, file: string): CheckTime | undefined => {
  const args = [tsc, '-p', join(at, `${file}.json`), '--extendedDiagnostics', '--singleThreaded', '--pretty', 'false']
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s*([\\d.]+)`, 'm').exec(stdout)?.[1])
  if (status !== 0) return undefined
  return { seconds: figure('Check time'), instantiations: figure('Instantiations') }
}
