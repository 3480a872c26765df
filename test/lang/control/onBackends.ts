/** A program's outputs on the reference and on the kernel back ends, one after another. */
import * as E from 'fp-ts/lib/Either.js'
import { type BackendError, gpujs, reference, showBackendError, wasm } from '../../../backends/index.ts'
import type { UntypedProgram } from '../../../lang/syntax/program.ts'

/** Every back end that a machine without a GPU has. */
export const everyBackend = [reference, wasm(), gpujs({ mode: 'webasm' }), gpujs({ mode: 'cpu' })]
/** The result of each back end for these inputs, or its error. */
export const onBackends = async (p: unknown, inputs: unknown): Promise<readonly E.Either<BackendError, unknown>[]> => {
  const results: E.Either<BackendError, unknown>[] = []
  for (const backend of everyBackend) {
    const compiled = await backend.compile(p as UntypedProgram)()
    if (E.isLeft(compiled)) results.push(compiled)
    else {
      results.push(await compiled.right.run(inputs as never)())
      compiled.right.release()
    }
  }
  return results
}
/** The results, or an exception with the first error. */
export const valuesOn = async (p: unknown, inputs: unknown): Promise<readonly unknown[]> =>
  (await onBackends(p, inputs)).map((r) => {
    if (E.isLeft(r)) throw new Error(showBackendError(r.left))
    return ArrayBuffer.isView(r.right) ? [...(r.right as Float64Array)] : r.right
  })
