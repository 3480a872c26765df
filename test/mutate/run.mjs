/**
 * `npm run mutate:sources -- --folder src/transform --each 1 --seed 1`: faults in source files, planted one by one into a
 * copy of the tree, and how many turn a test red. Without --folder: the named ones and every folder of faults.ts.
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
    .filter(({ folder }) => values.folder === undefined || folder === values.folder)
    .flatMap(({ folder, tests }) =>
      tracked
        .filter((f) => f.startsWith(`${folder}/`) && /\.ts$/.test(f) && !f.includes('/stubs/') && !taken.has(f))
        .flatMap((file) => {
          taken.add(file)
          return drawn(file).map(({ row, from, to, line }) => {
            const lines = textOf(file).split('\n')
            return {
              kind: folder,
              file,
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
/** Whether the tests are red in the copy. A run that does not end counts. */
const isRed = ({ tests, only }) => {
  const args = [
    'vitest',
    'run',
    '--bail',
    '1',
    '--reporter',
    'dot',
    ...tests,
    ...(only === undefined ? [] : ['-t', only]),
  ]
  return spawnSync('npx', args, { cwd: copy, stdio: 'ignore', timeout: 300_000 }).status !== 0
}

const outcomes = []
for (const f of faults) {
  writeFileSync(join(copy, f.file), f.text)
  const red = f.text !== textOf(f.file) && isRed(f)
  writeFileSync(join(copy, f.file), textOf(f.file))
  outcomes.push({ ...f, red })
  console.log(`${red ? 'red  ' : 'GREEN'} ${f.file}: ${f.what}`)
}
const sound = [...new Set(faults.map((f) => JSON.stringify({ tests: f.tests, only: f.only })))].filter((t) =>
  isRed(JSON.parse(t)),
)
for (const t of sound) console.log(`red without a fault, so that nothing is shown: ${t}`)
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
process.exitCode = outcomes.every((o) => o.red) && sound.length === 0 ? 0 : 1
