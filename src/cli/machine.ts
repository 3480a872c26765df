/** Back ends by name, with their errors as text. */
import * as E from 'fp-ts/lib/Either.js'
import { flow, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Backend, type GpujsOptions, gpujs, reference, showBackendError, wasm } from '../../backends/index.ts'
import type { Machine, Precision } from '../systems/index.ts'

const asText = TE.mapLeft(showBackendError)
export const machineOf = (backend: Backend): Machine => ({
  compile: (p) =>
    pipe(
      backend.compile(p),
      TE.bimap(showBackendError, ({ run, release }) => ({ run: flow(run, asText), release })),
    ),
  resident: (step) =>
    pipe(
      backend.resident(step),
      TE.bimap(showBackendError, (held) => ({
        load: flow(held.load, asText),
        step: flow(held.step, asText),
        read: asText(held.read),
        release: held.release,
      })),
    ),
})
/** reference, gpujs, gpujs:MODE, wasm. */
export const backendNamed = (name: string): E.Either<string, Backend> => {
  const [head, mode] = name.split(':')
  if (name === 'reference') return E.right(reference)
  if (name === 'wasm') return E.right(wasm())
  if (head === 'gpujs') return E.right(gpujs({ mode: (mode ?? 'auto') as NonNullable<GpujsOptions['mode']> }))
  return E.left(`no back end is called ${name}\n  in   --backend\n  try  one of reference, gpujs, gpujs:MODE, wasm`)
}
/** What a system runs on when nobody says. */
export const usual: { readonly [P in Precision]: string } = { exact: 'reference', fast: 'gpujs:webasm' }
