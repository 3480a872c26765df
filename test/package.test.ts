/** What a user gets: pack, install the tarball into an empty folder, use it from JavaScript, TypeScript, a shell. */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build as bundle } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as models from '../src/models/index.ts'
import * as nn from '../src/nn/index.ts'
import * as declared from './types/declared.ts'

const minutes = 60_000
const root = join(import.meta.dirname, '..')
const temp = mkdtempSync(join(tmpdir(), 'adjoint-package-'))
const stage = join(temp, 'stage')
const user = join(temp, 'user')
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

/** Under `npx -p node@24 npm test` an inner npx would inherit the outer one's package. */
const { npm_config_package: _, ...env } = process.env

/** A command's output; what it printed is the message when it fails. */
const run = (cwd: string, command: string, ...args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile(command, args, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
    ),
  )
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8'))

/** The sources as they are now, compiled beside the repository: dist may be older, and others may be reading it. */
const build = async (): Promise<void> => {
  mkdirSync(stage)
  for (const file of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    if (existsSync(join(root, file))) cpSync(join(root, file), join(stage, file))
  await run(root, process.execPath, 'build.mjs', join(stage, 'dist'))
}

/** The project's lock and overrides go with it: no network, the same versions, no 84 MB of WebGPU. */
const install = async (): Promise<void> => {
  const stubs = join('backends', 'gpujs', 'stubs')
  cpSync(join(root, stubs), join(user, stubs), { recursive: true })
  cpSync(join(root, 'package-lock.json'), join(user, 'package-lock.json'))
  const { overrides } = json(join(root, 'package.json'))
  writeFileSync(join(user, 'package.json'), JSON.stringify({ private: true, type: 'module', overrides }))
  const [tarball = ''] = (await run(stage, 'npm', 'pack', '--ignore-scripts', '--pack-destination', user))
    .trim()
    .split('\n')
    .slice(-1)
  await run(user, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`)
}

beforeAll(async () => {
  await build()
  await install()
}, 4 * minutes)
afterAll(() => rmSync(temp, { recursive: true, force: true }))

const program = `
import { gradOrThrow, print, programOrThrow, real, sin } from 'adjoint'
const f = programOrThrow({ x: real() }, ({ x }) => sin(x))
console.log(print(gradOrThrow(f)))
`

test('JavaScript imports it', { timeout: 2 * minutes }, async () => {
  writeFileSync(join(user, 'program.mjs'), program)
  expect(await run(user, process.execPath, 'program.mjs')).toContain('cos')
})

test('TypeScript compiles against it, strictly, declarations included', {
  timeout: 2 * minutes,
}, async () => {
  writeFileSync(
    join(user, 'program.ts'),
    `declare const console: { readonly log: (text: string) => void }
     ${program}
     // @ts-expect-error a dimension is a number: the types are there, and are not any
     export const t = real('three')`,
  )
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023', '--types', '']
  await run(user, process.execPath, tsc, ...options, '--skipLibCheck', 'false', '--outDir', 'out', 'program.ts')
  expect(await run(user, process.execPath, 'out/program.js')).toContain('cos')
})

/** A file by the compiler, with declarations, which themselves are compiled. An error is what `run` throws. */
const declare = async (name: string, text: string): Promise<string> => {
  writeFileSync(join(user, `${name}.ts`), text)
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023', '--types', '']
  await run(user, process.execPath, tsc, ...options, '--skipLibCheck', '--declaration', '--outDir', 'out', `${name}.ts`)
  writeFileSync(join(user, 'out', `${name}Types.ts`), `export type * from './${name}.js'`)
  await run(user, process.execPath, tsc, ...options, '--noEmit', join('out', `${name}Types.ts`))
  return readFileSync(join(user, 'out', `${name}.d.ts`), 'utf8')
}
/** Each file imports one entry only, so that what its types name must be under that entry. */
test.each([
  ['nn', nn, declared.nn],
  ['models', models, declared.models],
] as const)(
  'what users make by adjoint/%s has declarations that name it',
  {
    timeout: 2 * minutes,
  },
  async (entry, exported, made) => {
    expect(Object.keys(made)).toEqual(Object.keys(exported).sort((a, b) => (a < b ? -1 : 1)))
    const lines = Object.entries(made).map(([name, value]) => `export const ${name} = ${value}\n`)
    const text = await declare(entry, `import * as m from 'adjoint/${entry}'\n${lines.join('')}`)
    expect(text.match(/^export declare const \w+: any/gm) ?? []).toEqual([])
  },
)
test('networks with plain functions, their programs and steps have declarations too', {
  timeout: 2 * minutes,
}, async () => {
  expect(await declare('whole', declared.whole)).toContain('activations')
})

/** An example as a user would copy it: the package's names in place of our paths. */
const copied = (file: string): string =>
  readFileSync(join(root, 'examples', file), 'utf8').replace(
    /'\.\.\/(src|backends)\/(\w+\/)?index\.ts'/g,
    (_, part: string, folder = '') =>
      `'${['adjoint', part === 'src' ? folder.slice(0, -1) : part].filter(Boolean).join('/')}'`,
  )
test('an example can be copied', { timeout: 2 * minutes }, async () => {
  const use = `import { reference, showBackendError } from 'adjoint/backends'
    import { withTextErrors } from 'adjoint/report'
    const options = { backend: withTextErrors(showBackendError)(reference), seed: 1, data: 'generated', small: true } as const
    const report = await run(options)()
    console.log(report._tag === 'Right' && report.right.findings.every((f) => f.passed) ? 'all met' : report)`
  writeFileSync(
    join(user, 'example.ts'),
    `declare const console: { readonly log: (text: unknown) => void }\n${copied('b09-descent-paths.ts')}\n${use}`,
  )
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023', '--types', '']
  await run(user, process.execPath, tsc, ...options, '--skipLibCheck', '--outDir', 'out', 'example.ts')
  expect(await run(user, process.execPath, 'out/example.js')).toBe('all met\n')
})

test('its command runs', { timeout: 2 * minutes }, async () => {
  expect(await run(user, 'npx', '--no', '--', 'adjoint', '--help')).toMatch(/usage: adjoint/i)
})

test('the tarball holds what was compiled, the page, the licence, and nothing else', {
  timeout: 2 * minutes,
}, async () => {
  const report = await run(root, 'npm', 'pack', '--dry-run', '--json', '--ignore-scripts')
  const [{ files } = { files: [] }]: readonly { readonly files: readonly { readonly path: string }[] }[] =
    JSON.parse(report)
  const paths = files.map((f) => f.path)
  expect(paths).toContain('LICENSE')
  expect(
    paths.filter(
      (p) =>
        !/^(dist\/(lang|src|backends|examples)\/.*\.(js|d\.ts)|dist\/chunks\/[\w-]+\.js|dist\/playground\/.*|package\.json|(README|CHANGELOG)\.md|LICENSE)$/.test(
          p,
        ),
    ),
  ).toEqual([])
})

const illTyped = `
import { grad, program, programOrThrow, real, relu, showDiagnostics, softmax } from 'adjoint'
const show = (p) => console.log(p._tag === 'Left' ? showDiagnostics(p.left) : 'well-typed')
export const derived = () => show(program(real(3), (x) => softmax(5)(x)))
export const output = () => show(program(real(3), () => 5))
export const gradient = () => show(grad(programOrThrow(real(3), (x) => x)))
export const call = () => { try { relu() } catch (e) { console.log(e.message) } }
derived()
output()
gradient()
call()
`
/** The lines of a file that the sites of its output name. */
const sitesIn = (output: string, file: string): readonly number[] =>
  [...output.matchAll(/ at (\S+):(\d+):\d+$/gm)].map(([, path, line]) => (path === file ? Number(line) : 0))
/** The lines of the four functions above, wherever they are in a file. */
const linesOf = (text: string): readonly number[] =>
  ['softmax(5)', '=> 5)', 'grad(programOrThrow', 'relu()'].map(
    (mark) => text.split('\n').findLastIndex((line) => line.includes(mark)) + 1,
  )

test('a package that is linked, and one that is bundled, name the user’s lines', { timeout: 2 * minutes }, async () => {
  const linked = join(temp, 'linked')
  mkdirSync(join(linked, 'node_modules'), { recursive: true })
  symlinkSync(stage, join(linked, 'node_modules', 'adjoint'))
  const file = join(linked, 'user.mjs')
  writeFileSync(file, illTyped)
  expect(sitesIn(await run(linked, process.execPath, file), file)).toEqual(linesOf(illTyped))
  const out = join(linked, 'out')
  await bundle({
    configFile: false,
    root: linked,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: file, outDir: out, minify: false, rollupOptions: { output: { entryFileNames: 'user.mjs' } } },
  })
  const joined = join(out, 'user.mjs')
  expect(sitesIn(await run(out, process.execPath, joined), joined)).toEqual(linesOf(readFileSync(joined, 'utf8')))
})
