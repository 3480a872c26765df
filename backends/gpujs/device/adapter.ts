/** WebGPU outside of a browser: the package webgpu, put where gpu.js looks for it, on navigator.gpu. */

/** The part of the package webgpu that is used. */
interface Package {
  readonly create: (options: readonly string[]) => { readonly requestAdapter: () => Promise<unknown> }
}
type LoadPackage = () => Promise<unknown>

// a variable hides the import from bundlers: in a browser nothing is missing
const name = 'webgpu'
const installed: LoadPackage = () => import(/* @vite-ignore */ name)

/** Whether WebGPU is available now: an adapter answers, or the host has its own navigator.gpu, which stays. */
export const provideWebgpu = async (load: LoadPackage = installed): Promise<boolean> => {
  // the part of globalThis that is used: Node's types have no navigator.gpu
  const host = globalThis as { readonly navigator?: { readonly gpu?: unknown }; readonly process?: unknown }
  if (host.navigator?.gpu !== undefined || host.process === undefined) return host.navigator?.gpu !== undefined
  try {
    const gpu = ((await load()) as Package).create([])
    if ((await gpu.requestAdapter()) === null) return false
    const settings = { value: gpu, configurable: true }
    if (host.navigator === undefined)
      Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true })
    else Object.defineProperty(host.navigator, 'gpu', settings)
    return true
  } catch {
    return false
  }
}
