/** The README's code, run as it stands: what it says is printed is what is printed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
/** Code that says what it prints. */
const examples = [
  ...readme.matchAll(/^```ts\n((?:(?!```)[\s\S])*)```\n\nprints\n\n```\n((?:(?!```)[\s\S])*)```$/gm),
].map(([, code, printed]) => [code as string, printed as string] as const)

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

test('there are two: the twenty lines, and a check that fails', () => expect(examples.length).toBe(2))
test.each(examples)('what the code prints is what the README says', async (code, printed) => {
  const folder = mkdtempSync(join(root, 'test', '.readme-')),
    file = join(folder, 'example.ts')
  const lines: string[] = [],
    log = console.log
  try {
    writeFileSync(file, fromSources(code))
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
