/** `adjoint plan`: the kernels that would run a formula, a model or a module's program. Nothing is run. */
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { plan, showBackendError } from '../../backends/index.ts'
import { failed, refused } from './fault.ts'
import { backendNamed, backendNames } from './machine.ts'
import { gradientOf, programArgument, readProgram } from './read.ts'

interface Options {
  readonly backend: string
  readonly grad: boolean
}
const run = async (what: string, options: Options): Promise<number> => {
  const backend = backendNamed(options.backend)
  if (E.isLeft(backend)) return failed(backend.left)
  const read = await readProgram(what)
  if (E.isLeft(read)) return failed(read.left)
  const program = options.grad ? gradientOf(read.right) : read
  if (E.isLeft(program)) return failed(refused(program.left))
  const text = await plan(program.right, backend.right)()
  if (E.isLeft(text)) return failed(showBackendError(text.left))
  console.log(text.right)
  return 0
}
export const registerPlan = (adjoint: Command): void => {
  adjoint
    .command('plan')
    .description('how a program is run: kernels, their source, memory and cost')
    .argument(...programArgument)
    .option('--backend <name>', `one of ${backendNames}`, 'gpujs:webasm')
    .option('--grad', 'plan its gradient instead', false)
    .action(async (what: string, options: Options) => {
      process.exitCode = await run(what, options)
    })
}
