/** How .ci/run finds or installs Chromium, tested with stubs for npm, apt-get and Chromium. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const script = join(import.meta.dirname, '../.ci/run')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adjoint-ci-'))
  mkdirSync(join(folder, 'bin'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stub = (name: string, body: string): void => {
  const path = join(folder, 'bin', name)
  writeFileSync(path, `#!/bin/bash\necho "${name} $*" >>"${folder}/calls"\n${body}\n`)
  chmodSync(path, 0o755)
}
/** The programs that the script may find besides the stubs. */
const borrow = (name: string): void => {
  const found = spawnSync('/bin/bash', ['-c', `type -P ${name}`], { encoding: 'utf8' }).stdout.trim()
  if (found === '') throw new Error(`this machine has no ${name}`)
  symlinkSync(found, join(folder, 'bin', name))
}
const chromiumStub = `printf '#!/bin/bash\\n' >"${'$'}{0%/*}/chromium"; chmod +x "${'$'}{0%/*}/chromium"`

const run = (apt: string, env: Readonly<Record<string, string>> = {}) => {
  for (const name of ['bash', 'dirname', 'mktemp', 'rm', 'node', 'chmod']) borrow(name)
  stub('id', 'echo 0')
  // a vitest script writes the report that it is asked for; FAIL names a command that fails
  stub(
    'npm',
    `[ -z "$FAIL" ] || [ "$*" != "$FAIL" ] || exit 1; for a in "$@"; do case "$a" in --outputFile.json=*) echo '{"numPassedTests":1,"numFailedTests":0}' >"\${a#*=}";; esac; done`,
  )
  stub('apt-get', apt)
  const done = spawnSync('/bin/bash', [script], {
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin'), HOME: folder, ...env },
  })
  const log = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : ''
  return { ...done, calls: log.trim().split('\n') }
}
const installs = (calls: readonly string[]): readonly string[] => calls.filter((c) => c.startsWith('apt-get'))

describe('.ci/run provides a Chromium', () => {
  test('it installs one where there is none, says so, and continues', () => {
    const { status, stdout, calls } = run(`[ "$1" = update ] || { ${chromiumStub}; }`)
    expect(installs(calls)).toEqual(['apt-get update -qq', 'apt-get install -y -qq --no-install-recommends chromium'])
    expect(stdout).toContain(`chromium: ${join(folder, 'bin/chromium')} (installed now, by apt-get)`)
    expect(calls).toContainEqual(expect.stringMatching(/^npm run test:playground/))
    expect(stdout).toMatch(/\n3 passed, 0 failed\n$/)
    expect(status).toBe(0)
  })

  test.each(['chromium', 'chromium-browser', 'google-chrome'])('it installs nothing where %s is there', (name) => {
    stub(name, '')
    const { status, stdout, calls } = run('exit 1')
    expect(installs(calls)).toEqual([])
    expect(stdout).toContain(`chromium: ${join(folder, 'bin', name)}\n`)
    expect(status).toBe(0)
  })

  test('it takes the one that ADJOINT_CHROMIUM names', () => {
    stub('mine', '')
    const path = join(folder, 'bin/mine')
    const { status, stdout, calls } = run('exit 1', { ADJOINT_CHROMIUM: path })
    expect(installs(calls)).toEqual([])
    expect(stdout).toContain(`chromium: ${path}\n`)
    expect(status).toBe(0)
  })

  test.each([
    ['the install fails', '[ "$1" = update ]', {}, 'apt-get could not install chromium'],
    ['the package lists cannot be read', 'exit 100', {}, 'apt-get could not install chromium'],
    ['the install brings no program', 'exit 0', {}, 'there is no program of that name on the PATH'],
    ['ADJOINT_CHROMIUM names nothing', 'exit 0', { ADJOINT_CHROMIUM: '/nowhere/chromium' }, "'/nowhere/chromium'"],
  ])('it ends red before any test when %s', (_, apt, env, reason) => {
    const { status, stdout, stderr, calls } = run(apt, env)
    expect(stderr).toContain(reason)
    expect(stdout).toMatch(/\n0 passed, 1 failed\n$/)
    expect(calls.filter((c) => c.startsWith('npm'))).toEqual([])
    expect(status).toBe(1)
  })

  test('a command that fails is counted, and the commands after it still run', () => {
    stub('chromium', '')
    const { status, stdout, calls } = run('exit 1', { FAIL: 'run lint' })
    expect(calls).toContainEqual(expect.stringMatching(/^npm run test:playground/))
    expect(stdout).toMatch(/\n3 passed, 1 failed\n$/)
    expect(status).toBe(1)
  })

  test('a failing install of the packages ends red', () => {
    stub('chromium', '')
    const { status, stdout } = run('exit 1', { FAIL: 'ci' })
    expect(stdout).toMatch(/\n0 passed, 1 failed\n$/)
    expect(status).toBe(1)
  })
})
