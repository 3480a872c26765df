/** npm run systems -- [NAME ...] [--backend NAME] [--small]: every system with its defaults, as a table. */
import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { systems } from '../../examples/index.ts'
import { type Ran, runSystem } from '../../src/cli/run.ts'
import { partsOf, systemNamed } from '../../src/cli/runFlags.ts'
import { passed } from '../../src/systems/index.ts'

const line = ({ system, backend, seconds, outcome }: Ran, part: string | undefined): string => {
  const head = `${system.code.padEnd(4)} ${(part === undefined ? system.name : `${system.name} ${part}`).padEnd(26)} ${backend.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s`
  if (E.isLeft(outcome)) return `${head}  FAILED\n${outcome.left}`
  const { findings } = outcome.right
  const missed = findings.filter((f) => !f.passed)
  return [
    `${head}  ${String(findings.length - missed.length).padStart(3)} of ${findings.length}`,
    ...missed.map((f) => `     MISSED ${f.what}: found ${f.found}, expected ${f.expected} (${f.bar})`),
  ].join('\n')
}
/** The exit code: 0 only when every figure of every system is met. */
const main = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { backend: { type: 'string' }, small: { type: 'boolean', default: false } },
  })
  const unknown = positionals.filter((name) => systemNamed(systems, name) === undefined)
  if (unknown.length > 0) throw new Error(`no system is called ${unknown.join(', ')}: adjoint list`)
  const chosen = systems.filter(
    (s) => positionals.length === 0 || positionals.some((name) => systemNamed(systems, name) === s),
  )
  let met = 0
  const runs = chosen.flatMap((system) =>
    (system.parts === undefined ? [undefined] : partsOf(system)).map((part) => ({ system, part })),
  )
  for (const { system, part } of runs) {
    const { backend, small } = values
    const ran = await runSystem(system, {
      data: 'generated',
      seed: 1,
      small,
      ...(part !== undefined && { part }),
      ...(backend !== undefined && { backend }),
    })
    console.log(line(ran, part))
    if (E.isRight(ran.outcome) && passed(ran.outcome.right)) met++
  }
  console.log(`${met} of ${runs.length} systems and parts`)
  return met === runs.length ? 0 : 1
}
/** Awaited here: back ends import gpu.js late, while Vite's runner is still open. */
export const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})
