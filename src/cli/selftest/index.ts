/** `adjoint selftest`: tests and times every back end of this machine. Exit code 1 when one is wrong. */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { Backend } from '../../../backends/index.ts'
import { failed } from '../fault.ts'
import { backendNamed, backendNames } from '../machine.ts'
import { type BackendTrial, isRight, selfTest, showOutcomes } from './core.ts'

const usual = ['gpujs:cpu', 'gpujs:webasm', 'gpujs:webgpu', 'gpujs:headlessgl', 'wasm', 'wasm:float64']
const run = async (names: readonly string[]): Promise<number> => {
  const backends: Backend[] = []
  for (const name of names) {
    const found = backendNamed(name)
    if (E.isLeft(found)) return failed(found.left)
    backends.push(found.right)
  }
  const tell = process.stderr.isTTY
    ? (b: Backend) => (what: string) => process.stderr.write(`\r\x1b[K${b.name}: ${what}`)
    : () => () => undefined
  const outcomes: BackendTrial[] = []
  for (const b of backends) outcomes.push(await selfTest(b, tell(b)))
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  console.log(showOutcomes(outcomes))
  return outcomes.every(isRight) && outcomes.some((o) => o._tag === 'Ran') ? 0 : 1
}
export const registerSelftest = (adjoint: Command): void => {
  adjoint
    .command('selftest')
    .description('are the back ends right on this machine, and how fast?')
    .option('--backend <names...>', `which back ends, of ${backendNames}; by default all that run in Node`, usual)
    .action(async ({ backend }: { readonly backend: readonly string[] }) => {
      process.exitCode = await run(backend)
    })
}
