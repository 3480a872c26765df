/** `adjoint plan`: how a formula, a model or a module's program would be run, kernel by kernel, on any machine. */

import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { plan, showBackendError } from '../../backends/index.ts'
import type { Diagnostics } from '../../lang/index.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { grad } from '../transform/grad.ts'
import { failed, refused } from './fault.ts'
import { backendNamed, backendNames } from './machine.ts'
import { programArgument, readProgram } from './read.ts'

interface Options {
  readonly backend: string
  readonly grad: boolean
}
const run = async (what: string, options: Options): Promise<number> => {
  const backend = backendNamed(options.backend)
  if (E.isLeft(backend)) return failed(backend.left)
  const read = await readProgram(what)
  if (E.isLeft(read)) return failed(read.left)
  const made: E.Either<Diagnostics, UntypedProgram> = options.grad
    ? (grad(read.right as never) as E.Either<Diagnostics, UntypedProgram>)
    : E.right(read.right)
  if (E.isLeft(made)) return failed(refused(made.left))
  const text = await plan(made.right, backend.right)()
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
    .option('--grad', 'of its gradient', false)
    .action(async (what: string, options: Options) => {
      process.exitCode = await run(what, options)
    })
}
