/** Vite's module runner loads the TypeScript as it stands, so nothing has to be built. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const file = fileURLToPath(new URL('./run.ts', import.meta.url))
const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' })
try {
  process.exitCode = await module.main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
