/** The README's code, run as it stands: what it says is printed is what is printed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
/** The fenced blocks of a language, '' for none, in order. */
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text as string)

/** Imports of the package become imports of the sources. */
const fromSources = (code: string): string =>
  code.replace(
    /from 'adjoint(?:\/(\w+))?'/g,
    (_, part?: string) =>
      `from '${part === undefined ? join(root, 'src/index.ts') : part === 'backends' ? join(root, 'backends/index.ts') : join(root, 'src', part, 'index.ts')}'`,
  )
const show = (x: unknown): string =>
  typeof x === 'string'
    ? x
    : ArrayBuffer.isView(x)
      ? `${x.constructor.name}(${(x as Float32Array).length}) [ ${[...(x as Float32Array)].join(', ')} ]`
      : String(x)

test('the twenty lines print what the README says', async () => {
  const [code] = blocks('ts'),
    [, printed] = blocks('')
  const folder = mkdtempSync(join(root, 'test', '.readme-')),
    file = join(folder, 'example.ts')
  const lines: string[] = [],
    log = console.log
  try {
    writeFileSync(file, fromSources(code as string))
    console.log = (...xs: readonly unknown[]) => {
      lines.push(xs.map(show).join(' '))
    }
    await runnerImport(file, { configFile: false, logLevel: 'error' })
  } finally {
    console.log = log
    rmSync(folder, { recursive: true, force: true })
  }
  expect(`${lines.join('\n')}\n`).toBe(printed)
})
