/** Pages with code and its output: finds the blocks and runs them unchanged. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
/** Blocks of TypeScript, each followed by what it prints. */
export const examplesIn = (page: string): readonly (readonly [code: string, printed: string])[] =>
  [...page.matchAll(/^```ts\n((?:(?!```)[\s\S])*)```\n\nprints\n\n```\n((?:(?!```)[\s\S])*)```$/gm)].map(
    ([, code, printed]) => [code as string, printed as string],
  )

/** Imports of the package become imports of the sources. */
const fromSources = (code: string): string =>
  code.replace(
    /(from |import\()'adjoint(?:\/(\w+))?'/g,
    (_, how: string, part?: string) =>
      `${how}'${part === undefined ? join(root, 'src/index.ts') : part === 'backends' ? join(root, 'backends/index.ts') : join(root, 'src', part, 'index.ts')}'`,
  )
const show = (x: unknown): string =>
  typeof x === 'string'
    ? x
    : ArrayBuffer.isView(x)
      ? `${x.constructor.name}(${(x as Float32Array).length}) [ ${[...(x as Float32Array)].join(', ')} ]`
      : String(x)

/** What a block prints, a line per call of console.log. */
export const outputOf = async (code: string): Promise<string> => {
  const folder = mkdtempSync(join(root, 'test', '.markdown-')),
    file = join(folder, 'example.ts')
  const lines: string[] = [],
    log = console.log
  try {
    writeFileSync(file, fromSources(code))
    console.log = (...xs: readonly unknown[]) => {
      lines.push(xs.map(show).join(' '))
    }
    // by this test's own runner, so that pages share the modules that they import
    await import(/* @vite-ignore */ file)
  } finally {
    console.log = log
    rmSync(folder, { recursive: true, force: true })
  }
  return `${lines.join('\n')}\n`
}
