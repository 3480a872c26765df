/** The page built by Vite as a user would, and served from loopback with the headers that matter. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type PreviewServer, preview } from 'vite'
import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.ts'

const shared = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const policy = (more = '') => ({ 'Content-Security-Policy': `script-src 'self' 'wasm-unsafe-eval'${more}` })
/** How a page is served: what the server says with it. */
const headers = {
  plain: {},
  /** Cross-origin isolated: it has shared memory. */
  isolated: shared,
  /** No eval in any form but WebAssembly; no worker but from a file. */
  strict: policy(),
  strictIsolated: { ...shared, ...policy() },
  strictWithWorkers: { ...shared, ...policy("; worker-src 'self' blob:") },
  /** Not even WebAssembly. */
  noWasm: { 'Content-Security-Policy': "script-src 'self'" },
} as const
export type Served = keyof typeof headers

declare module 'vitest' {
  interface ProvidedContext {
    readonly chromium: string
    readonly pages: { readonly [S in Served]: string }
    /** Where the built page lies. */
    readonly built: string
  }
}

const root = join(import.meta.dirname, 'page')
const serve = async (outDir: string, extra: Readonly<Record<string, string>>): Promise<PreviewServer> =>
  preview({
    configFile: false,
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, headers: extra },
  })
const urlOf = (server: PreviewServer): string => {
  const at = server.httpServer.address()
  return `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}/`
}

export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  project.provide('chromium', findChromium())
  const outDir = mkdtempSync(join(tmpdir(), 'adjoint-page-'))
  const input = { index: join(root, 'index.html'), core: join(root, 'core.html') }
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 2000, rolldownOptions: { input } },
  })
  const servers = await Promise.all(
    Object.entries(headers).map(async ([name, extra]) => [name as Served, await serve(outDir, extra)] as const),
  )
  project.provide('built', outDir)
  project.provide('pages', Object.fromEntries(servers.map(([name, s]) => [name, urlOf(s)])) as Record<Served, string>)
  return async () => {
    await Promise.all(servers.map(([, s]) => s.close()))
    rmSync(outDir, { recursive: true, force: true })
  }
}
