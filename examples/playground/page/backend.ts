/**
 * Where programs run. The page's content security policy forbids eval. The modes of gpu.js for WebGPU, WebGL 2 and
 * WebAssembly respect that; its mode `cpu` does not, and is not offered.
 */
import { wasm } from '../../../backends/index.ts'
import { choice, field } from './url.ts'

export const backendNames = ['wasm', 'gpujs:webgpu', 'gpujs:webgl2', 'gpujs:webasm', 'reference'] as const
export type BackendName = (typeof backendNames)[number]
export const backendName = field<BackendName>('any', 'backend', 'wasm', choice(backendNames))

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
