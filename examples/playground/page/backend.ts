/**
 * Where programs run. WebAssembly and the reference need no permission. gpu.js builds functions from text, which the
 * page's policy forbids: it has a page of its own, gpu.html, the same but for that one word of the policy.
 */
import { wasm } from '../../../backends/index.ts'
import { choice, field } from './url.ts'

export const backendNames = ['wasm', 'gpujs:webgpu', 'gpujs:webgl2', 'gpujs:webasm', 'reference'] as const
export type BackendName = (typeof backendNames)[number]
export const backendName = field<BackendName>('any', 'backend', 'wasm', choice(backendNames))

const mayEval = document.documentElement.dataset.eval === 'allowed'
const needsEval = (name: BackendName): boolean => name.startsWith('gpujs:')
/** Goes to the page whose policy this back end needs; true when that is another page. */
export const moveFor = (name: BackendName, link: string): boolean => {
  if (needsEval(name) === mayEval) return false
  const [, hash = ''] = link.split('#')
  location.assign(`${needsEval(name) ? 'gpu.html' : 'index.html'}#${hash}`)
  return true
}

export type Backend = ReturnType<typeof wasm>
/** Loaded when chosen: gpu.js is larger than the rest of the page. */
export const loadBackend = async (name: BackendName): Promise<Backend> => {
  switch (name) {
    case 'wasm':
      return wasm()
    case 'reference':
      return (await import('./otherBackends.ts')).reference
    case 'gpujs:webgpu':
      return (await import('./otherBackends.ts')).gpujs({ mode: 'webgpu' })
    case 'gpujs:webgl2':
      return (await import('./otherBackends.ts')).gpujs({ mode: 'webgl2' })
    case 'gpujs:webasm':
      return (await import('./otherBackends.ts')).gpujs({ mode: 'webasm' })
  }
}
