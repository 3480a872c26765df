/** Back ends by name, as on the command line: reference, wasm, wasm:THREADS, wasm:float64, gpujs:MODE. */
import { type Backend, gpujs, reference, wasm } from '../../backends/index.ts'

export const backendNamed = (name: string): Backend => {
  const [backend, detail] = name.split(':')
  switch (backend) {
    case 'reference':
      return reference
    case 'gpujs':
      return gpujs({ mode: (detail ?? 'auto') as 'auto' })
    case 'wasm':
      return detail === 'float64' ? wasm({ precision: 'float64' }) : wasm({ threads: Number(detail ?? 1) })
    default:
      throw new Error(`no back end is called ${name}: try reference, wasm, wasm:THREADS, wasm:float64 or gpujs:MODE`)
  }
}
