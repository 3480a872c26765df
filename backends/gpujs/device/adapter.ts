/** WebGPU where no browser brings it: the package webgpu, put where gpu.js looks, on navigator.gpu. */

/** What the package webgpu exports; only that it makes something with requestAdapter matters here. */
interface Package {
  readonly create: (options: readonly string[]) => { readonly requestAdapter: () => Promise<unknown> }
}
type LoadPackage = () => Promise<unknown>

// bundlers are not to look for it: in a browser nothing is missing
const name = 'webgpu'
const installed: LoadPackage = () => import(/* @vite-ignore */ name)

/** True when an adapter answers. A navigator.gpu that is there already is left alone. */
export const provideWebgpu = async (load: LoadPackage = installed): Promise<boolean> => {
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
