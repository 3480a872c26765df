/** One workload in this process: what `ours` of participants.ts starts. Prints its line as JSON, then its profile. */
import * as E from 'fp-ts/lib/Either.js'
import { type Backend, wasm } from '../../backends/index.ts'
import { backendNamed } from '../../src/cli/machine.ts'
import { isCheck } from './check/list.ts'
import { runCheck } from './check/run.ts'
import { failure, lineOf } from './line.ts'
import { isModel } from './models/list.ts'
import { runModel } from './models/run.ts'
import { isOp } from './ops/list.ts'
import { runOp } from './ops/run.ts'
import { type Ours, ours } from './participants.ts'
import { showProfile } from './profile.ts'
import { runOn } from './steps.ts'

const backendOf = ({ backend, ...options }: Ours): Backend => {
  if (backend === 'wasm') return wasm(options)
  const named = backendNamed(backend)
  if (E.isRight(named)) return named.right
  throw new Error(named.left)
}
export const one = async (workload: string, options: Ours): Promise<void> => {
  const { name } = ours(options)
  try {
    const run = isOp(workload) ? runOp : isModel(workload) ? runModel : runOn
    const measured = isCheck(workload) ? runCheck(workload) : await run(backendOf(options), workload)
    console.log(JSON.stringify(lineOf(name, workload, measured)))
    if (measured.times.profile) console.log(showProfile(measured.times.profile))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    console.log(JSON.stringify(failure(name, workload, `FAIL: ${message.replaceAll('\n', ';')}`)))
  }
}
