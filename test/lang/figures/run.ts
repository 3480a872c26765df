/** The outputs of a program on a back end, one array after another. */
import * as E from 'fp-ts/lib/Either.js'
import type { wasm } from '../../../backends/index.ts'
import { type BackendError, showBackendError } from '../../../backends/index.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'

const leaves = (x: unknown): readonly ArrayLike<number>[] =>
  typeof x === 'number' || typeof x === 'boolean'
    ? [[Number(x)]]
    : ArrayBuffer.isView(x)
      ? [x as unknown as ArrayLike<number>]
      : x === null || x === undefined
        ? []
        : Object.values(x as object).flatMap(leaves)
export const valuesOn = async (
  backend: ReturnType<typeof wasm>,
  program: unknown,
  inputs: readonly ArrayLike<number>[],
): Promise<readonly ArrayLike<number>[]> => {
  const compiled = await backend.compile(program as UntypedProgram)()
  if (E.isLeft(compiled)) throw new Error(showBackendError(compiled.left as BackendError))
  const result = await compiled.right.run(inputs as never)()
  compiled.right.release()
  if (E.isLeft(result)) throw new Error(showBackendError(result.left as BackendError))
  return leaves(result.right)
}
