/**
 * Is there a GPU that is faster than the CPU? An API that answers is not enough: software renderers such as SwiftShader
 * and llvmpipe run on the CPU, slower than WebAssembly does. So the GPU must report a name that is not one of theirs.
 */
import type { Mode } from './modes.ts'

/** A GPU by its name, or why there is none. */
type Found = { readonly mode: Mode; readonly name: string } | { readonly missing: string }

/** The parts of WebGPU and WebGL that are used. Node has neither, so their typings are not loaded. */
interface Adapter {
  readonly isFallbackAdapter?: boolean
  readonly info?: { readonly [part: string]: unknown }
}
interface Context {
  readonly getExtension: (name: string) => { readonly loseContext?: () => void } | null
  readonly getParameter: (name: number) => unknown
}
/** The part of globalThis that is used; tests pass a substitute. */
export interface Host {
  readonly navigator?: { readonly gpu?: { readonly requestAdapter: () => Promise<Adapter | null> } }
  readonly OffscreenCanvas?: new (
    width: number,
    height: number,
  ) => { readonly getContext: (kind: 'webgl2') => Context | null }
}

const software = /swiftshader|llvmpipe|lavapipe|softpipe|swrast|basic render|software|fallback/i
const judged = (mode: Mode, name: string): Found =>
  name === ''
    ? { missing: `the GPU behind ${mode} does not say its name` }
    : software.test(name)
      ? { missing: `${name} draws on the CPU` }
      : { mode, name }

const webgpu = async ({ navigator }: Host): Promise<Found> => {
  const adapter = await navigator?.gpu?.requestAdapter().catch(() => null)
  if (!adapter) return { missing: 'no WebGPU adapter answers' }
  const { vendor, architecture, device, description } = adapter.info ?? {}
  const parts = [vendor, architecture, device, description].filter((x) => typeof x === 'string' && x !== '')
  const fallback = adapter.isFallbackAdapter === true || adapter.info?.isFallbackAdapter === true
  return judged('webgpu', [...parts, ...(fallback ? ['fallback adapter'] : [])].join(' '))
}
/** UNMASKED_RENDERER_WEBGL, of WEBGL_debug_renderer_info */
const unmaskedRenderer = 0x9246
const webgl2 = ({ OffscreenCanvas }: Host): Found => {
  const context = OffscreenCanvas && new OffscreenCanvas(1, 1).getContext('webgl2')
  if (!context) return { missing: 'no WebGL 2 context can be made' }
  const named = context.getExtension('WEBGL_debug_renderer_info') !== null
  const name = named ? context.getParameter(unmaskedRenderer) : ''
  context.getExtension('WEBGL_lose_context')?.loseContext?.()
  return judged('webgl2', typeof name === 'string' ? name : '')
}
/** The first real GPU, through WebGPU or else WebGL 2. Not through headlessgl, which does not report its renderer. */
export const findGpu = async (host: Host = globalThis as Host): Promise<Found> => {
  const first = await webgpu(host)
  if ('mode' in first) return first
  const second = webgl2(host)
  return 'mode' in second ? second : { missing: `${first.missing}, ${second.missing}` }
}
