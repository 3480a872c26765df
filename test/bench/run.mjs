/**
 * npm run bench: the TypeScript as it stands, bundled, so that every measured process is a plain Node process over one
 * file. Options: main.ts.
 */
import { existsSync } from 'node:fs'
import { bundle } from './bundle.mjs'

const args = process.argv.slice(2)
const installed = existsSync(new URL('peers/node_modules', import.meta.url))
try {
  if (args.includes('--peers') && installed)
    for (const peer of ['tfjs', 'jaxjs', 'tfjs_models', 'onnxruntime_web'])
      await bundle(`peers/${peer}.mjs`, 'peers/.built')
  const { main } = await import(await bundle('main.ts', '.built'))
  process.exitCode = await main(args)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
