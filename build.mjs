/**
 * npm run build [-- FOLDER]: declarations from the compiler, and the JavaScript of each entry of package.json as one file
 * and what entries share: a process that imports the package reads a dozen files, where there are hundreds of modules.
 * Packages stay outside, but for those of which little is used in many small files.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const out = resolve(process.argv[2] ?? join(root, 'dist'))
rmSync(out, { recursive: true, force: true })

const compiler = join(root, 'node_modules/typescript/bin/tsc')
const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', out]
const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' })
if (status !== 0) process.exit(1)

const inside = /^(fp-ts|parser-ts|@noble\/hashes)\//
const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = [...Object.values(exports).map((e) => e.default), ...Object.values(bin)]
  .filter((path) => path !== undefined)
  .map((path) => path.replace(/^(\.\/)?dist\//, ''))
/**
 * What entries share, in few files: each name that one file imports from another is looked up, which takes longer than
 * reading code that is not used. A module belongs to the first group that imports it, at whatever distance.
 */
const groups = [
  ['program', /\/lang\/(program|primitives\/(elementwise|broadcast|reindex))\.js$/],
  ['language', /\/(lang\/(?!text)|src\/simplify\/)/],
  ['core', /\/src\/index\.js$/],
  ['backends', /\/backends\/index\.js$/],
  ['training', /\/src\/(optim|train)\/index\.js$/],
].map(([name, test], k, { length }) => ({ name, test, priority: length - k }))
const compiled = readdirSync(out, { recursive: true }).filter((path) => path.endsWith('.js'))
await build({
  configFile: false,
  root,
  logLevel: 'error',
  ssr: { noExternal: true },
  // where they are, and in a form from which what is not used can be left out
  resolve: {
    alias: [
      { find: /^(fp-ts|parser-ts)\/lib\//, replacement: join(root, 'node_modules/$1/es6/') },
      { find: /^@noble\/hashes\//, replacement: join(root, 'node_modules/@noble/hashes/') },
    ],
  },
  build: {
    ssr: true,
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    minify: false,
    rollupOptions: {
      input: Object.fromEntries(entries.map((path) => [path.replace(/\.js$/, ''), join(out, path)])),
      external: (name) => /^[@\w]/.test(name) && !isAbsolute(name) && !inside.test(name),
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        codeSplitting: { groups },
      },
    },
  },
})
const kept = new Set(entries)
for (const path of compiled) if (!kept.has(path)) rmSync(join(out, path))
