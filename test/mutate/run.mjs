/**
 * `npm run mutate:sources -- --folder src/transform --each 1 --seed 1`: faults in source files, planted one by one into a
 * copy of the tree, and how many turn a test red. Without --folder: the named ones and every folder of faults.ts. A folder
 * inside one of them takes its files alone.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    each: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
})
const file = fileURLToPath(new URL('./faults.ts', import.meta.url))
const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' })
const { exchangesIn, folders, named } = module
const root = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
const textOf = (file) => readFileSync(join(root, file), 'utf8')

/** A number from a text, the same every time. */
const hash = (text) => [...text].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0, 7)
/** `each` exchanged operators of a file. */
const drawn = (file) => {
  const all = exchangesIn(textOf(file))
  const rank = ({ row, from }) => hash(`${values.seed} ${file} ${row} ${from}`)
  return [...all].sort((a, b) => rank(a) - rank(b)).slice(0, Number(values.each))
}
const inFolders = () => {
  const taken = new Set()
  return folders
    .filter(({ folder }) => values.folder === undefined || `${values.folder}/`.startsWith(`${folder}/`))
    .flatMap(({ folder, quick, tests }) =>
      tracked
        .filter(
          (f) =>
            f.startsWith(`${values.folder ?? folder}/`) && /\.ts$/.test(f) && !f.includes('/stubs/') && !taken.has(f),
        )
        .flatMap((file) => {
          taken.add(file)
          return drawn(file).map(({ row, from, to, line }) => {
            const lines = textOf(file).split('\n')
            return {
              kind: folder,
              file,
              quick,
              tests,
              what: `line ${row + 1}:${from}becomes${to}`,
              text: lines.with(row, line).join('\n'),
            }
          })
        }),
    )
}
const faults = [
  ...named
    .filter(({ kind }) => values.folder === undefined || kind === values.folder)
    .map((f) => ({ ...f, what: f.after.trim(), text: textOf(f.file).replace(f.before, () => f.after) })),
  ...inFolders(),
]

const copy = mkdtempSync(join(tmpdir(), 'adjoint-mutate-'))
for (const f of tracked) {
  mkdirSync(join(copy, dirname(f)), { recursive: true })
  cpSync(join(root, f), join(copy, f))
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
/** The exit status of tests in the copy: 0 is green, and null is no end within the limit. */
const status = (args, limit) => {
  const all = [vitest, 'run', '--bail', '1', '--reporter', 'dot', ...args]
  const { pid, status } = spawnSync(process.execPath, all, {
    cwd: copy,
    stdio: 'ignore',
    timeout: limit,
    detached: true,
  })
  try {
    // workers in an endless loop outlive vitest
    if (status === null && pid > 0) process.kill(-pid, 'SIGKILL')
  } catch {}
  return status
}
/** The runs of a fault, one after the other until one is red: the quick tests, then the others. */
const stages = ({ quick = [], tests, only }) => [
  ...(quick.length === 0 ? [] : [quick]),
  [...tests, ...quick.flatMap((t) => ['--exclude', t]), ...(only === undefined ? [] : ['-t', only])],
]
/** How long each run may take: several times as long as it takes without a fault, where it has to be green. */
const limits = new Map()
for (const f of faults)
  for (const args of stages(f)) {
    const key = args.join(' ')
    if (limits.has(key)) continue
    const start = Date.now()
    if (status(args, 900_000) !== 0) {
      rmSync(copy, { recursive: true, force: true })
      throw new Error(`red without a fault, so that nothing is shown: vitest run ${key}`)
    }
    limits.set(key, 60_000 + 4 * (Date.now() - start))
  }
/** What the tests say in the copy. A run that does not end is red. */
const outcome = (f) => {
  for (const args of stages(f)) {
    const found = status(args, limits.get(args.join(' ')))
    if (found !== 0) return found === null ? 'red, no end' : 'red'
  }
  return 'GREEN'
}

const outcomes = []
for (const f of faults) {
  writeFileSync(join(copy, f.file), f.text)
  const found = f.text === textOf(f.file) ? 'GREEN' : outcome(f)
  writeFileSync(join(copy, f.file), textOf(f.file))
  outcomes.push({ ...f, red: found !== 'GREEN' })
  console.log(`${found.padEnd(5)} ${f.file}: ${f.what}`)
}
rmSync(copy, { recursive: true, force: true })

const kinds = [...new Set(faults.map((f) => f.kind))]
console.table(
  Object.fromEntries(
    kinds.map((kind) => {
      const here = outcomes.filter((o) => o.kind === kind)
      return [kind, { planted: here.length, red: here.filter((o) => o.red).length }]
    }),
  ),
)
process.exitCode = outcomes.every((o) => o.red) ? 0 : 1
