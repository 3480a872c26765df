/** Back ends by name, with their errors as text. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { modes } from '../../backends/gpujs/device/modes.ts'
import { auto, type Backend, type GpujsOptions, gpujs, reference, wasm } from '../../backends/index.ts'
import type { Precision } from '../systems/index.ts'
import { fault, perhaps } from './fault.ts'

/** The back end that a program was compiled for, and why that one. */
export interface BackendPlacement {
  readonly backend: string
  readonly reason: string
}
export const showPlacement = ({ backend, reason }: BackendPlacement): string => `${backend} (${reason})`
/** A back end that calls `onPlacement` for every program it compiles. */
export const watched = (b: Backend, onPlacement: (p: BackendPlacement) => void): Backend => {
  const told = <P extends BackendPlacement>(compiled: P): P => {
    onPlacement(compiled)
    return compiled
  }
  return {
    name: b.name,
    compile: (p) =>
      pipe(
        b.compile(p),
        TE.map((e) => told(e)),
      ),
    resident: (step) =>
      pipe(
        b.resident(step),
        TE.map((e) => told(e)),
      ),
  }
}
type GpujsMode = NonNullable<GpujsOptions['mode']>
export const gpujsModes: readonly GpujsMode[] = ['auto', ...modes]
const gpujsNames = gpujsModes.map((m) => `gpujs:${m}`)
const isGpujsMode = (name: string): name is GpujsMode => (gpujsModes as readonly string[]).includes(name)
export const backendNames = 'auto, auto:float64, reference, gpujs, gpujs:MODE, wasm, wasm:float64'
export const backendNamed = (name: string): E.Either<string, Backend> => {
  const [head, mode = 'auto'] = name.split(':')
  if (name === 'auto') return E.right(auto())
  if (name === 'reference') return E.right(reference)
  if (name === 'wasm') return E.right(wasm())
  if (name === 'auto:float64') return E.right(auto({ precision: 'float64' }))
  if (name === 'wasm:float64') return E.right(wasm({ precision: 'float64' }))
  if (head === 'gpujs' && isGpujsMode(mode)) return E.right(gpujs({ mode }))
  return E.left(
    head === 'gpujs'
      ? fault(`gpu.js has no mode ${mode}`, '--backend', perhaps(name, gpujsNames, `one of ${gpujsNames.join(', ')}`))
      : fault(`no back end is called ${name}`, '--backend', `one of ${backendNames}`),
  )
}
/** The back end that a system runs on by default: float64, or the fastest on this machine. */
export const usual: { readonly [P in Precision]: string } = { exact: 'reference', fast: 'auto' }
