/** The playground as a static site: `npm run build` writes it to dist/playground, for any static host. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: './',
  build: {
    outDir: here('../../dist/playground'),
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      checks: { bundlerTimings: false, pluginTimings: false },
      // what reads disks stays behind when the rest is taken: nothing of it is in the page, which a test sees
      onLog: (level, log, say) => {
        if (!/has been externalized for browser compatibility/.test(log.message)) say(level, log)
      },
    },
  },
})
