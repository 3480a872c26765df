/** The playground built as `npm run build` builds it, and served as `adjoint play` serves it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'
import { serveFolder } from '../../src/cli/play.ts'
import { findChromium } from '../browser/chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly playground: { readonly chromium: string; readonly address: string; readonly folder: string }
  }
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const chromium = findChromium()
  const folder = mkdtempSync(join(tmpdir(), 'adjoint-playground-'))
  const configFile = join(import.meta.dirname, '../../examples/playground/vite.config.ts')
  await build({ configFile, logLevel: 'error', build: { outDir: folder } })
  const { server, address } = await serveFolder(folder, 0)
  project.provide('playground', { chromium, address, folder })
  return async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  }
}
