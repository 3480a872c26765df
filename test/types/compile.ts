/** The project's own tsc on one generated file, in a folder of its own: what it reports, and what it cost. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Compiled {
  readonly errors: readonly string[]
  readonly instantiations: number
}

const root = join(import.meta.dirname, '../..')
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
const config = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: { types: [], rewriteRelativeImportExtensions: false },
  include: [],
  files: ['generated.mts'],
}
/** A generated file opens with this, and so has the types under the name T. */
export const importTypes = `import type * as T from ${JSON.stringify(join(root, 'lang/types/index.ts'))}`
/** The claim that two types, given as text, are the same; `any` is the same as nothing else. */
export const same = (a: string, b: string): string => `true satisfies T.Identical<${a}, ${b}>`

export const compile = (source: string): Compiled => {
  const folder = mkdtempSync(join(tmpdir(), 'adjoint-types-'))
  try {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(join(folder, 'generated.mts'), source)
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [tsc, '-p', folder, '--extendedDiagnostics', '--pretty', 'false'],
      { encoding: 'utf8' },
    )
    const instantiations = /^Instantiations:\s*(\d+)/m.exec(stdout)?.[1]
    if (instantiations === undefined) throw new Error(`tsc did not run: ${stderr}${stdout}`)
    return {
      errors: stdout.split('\n').filter((line) => / error TS\d+: /.test(line)),
      instantiations: Number(instantiations),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
