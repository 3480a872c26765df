/** The back ends that are loaded only when chosen. */
export { gpujs, reference } from '../../../backends/index.ts'
