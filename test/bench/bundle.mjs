/** One file of this folder with all it imports from the project; packages stay outside. Gives the bundle's address. */
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

export const bundle = async (entry, folder) => {
  const file = `${entry.replace(/^.*\/|\.\w+$/g, '')}.mjs`
  await build({
    configFile: false,
    root: here('.'),
    logLevel: 'error',
    build: {
      ssr: here(entry),
      outDir: here(folder),
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rollupOptions: { external: (name) => /^[@\w]/.test(name) && !isAbsolute(name), output: { entryFileNames: file } },
    },
  })
  return pathToFileURL(here(`${folder}/${file}`)).href
}
