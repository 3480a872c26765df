/** Back ends by name, with their errors as text. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { modes } from '../../backends/gpujs/device/modes.ts'
import { auto, type Backend, type GpujsOptions, gpujs, reference, wasm } from '../../backends/index.ts'
import type { Precision } from '../systems/index.ts'
import { fault, perhaps } from './fault.ts'

/** Where something was compiled to, and why there. */
export interface Placement {
  readonly backend: string
  readonly reason: string
}
export const showPlacement = ({ backend, reason }: Placement): string => `${backend} (${reason})`
/** A back end that tells of everything it compiles. */
export const watched = (b: Backend, onPlacement: (p: Placement) => void): Backend => {
  const tell = (made: Placement): Placement => {
    onPlacement(made)
    return made
  }
  return {
    name: b.name,
    compile: (p) => TE.map(tell)(b.compile(p) as never) as never,
    resident: (step) => TE.map(tell)(b.resident(step) as never) as never,
  }
}
type GpujsMode = NonNullable<GpujsOptions['mode']>
export const gpujsModes: readonly GpujsMode[] = ['auto', ...modes]
const gpujsNames = gpujsModes.map((m) => `gpujs:${m}`)
const isGpujsMode = (name: string): name is GpujsMode => (gpujsModes as readonly string[]).includes(name)
export const backendNames = 'auto, reference, gpujs, gpujs:MODE, wasm'
export const backendNamed = (name: string): E.Either<string, Backend> => {
  const [head, mode = 'auto'] = name.split(':')
  if (name === 'auto') return E.right(auto())
  if (name === 'reference') return E.right(reference)
  if (name === 'wasm') return E.right(wasm())
  if (head === 'gpujs' && isGpujsMode(mode)) return E.right(gpujs({ mode }))
  return E.left(
    head === 'gpujs'
      ? fault(`gpu.js has no mode ${mode}`, '--backend', perhaps(name, gpujsNames, `one of ${gpujsNames.join(', ')}`))
      : fault(`no back end is called ${name}`, '--backend', `one of ${backendNames}`),
  )
}
/** What a system runs on when nobody says: float64, or the fastest there is. */
export const usual: { readonly [P in Precision]: string } = { exact: 'reference', fast: 'auto' }
