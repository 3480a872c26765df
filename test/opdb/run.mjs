/** Vite's module runner loads the TypeScript as it stands, so nothing has to be built. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

await runnerImport(fileURLToPath(new URL('./run.ts', import.meta.url)), { configFile: false, logLevel: 'error' })
