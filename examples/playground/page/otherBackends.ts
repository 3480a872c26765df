/** The back ends that are fetched only when chosen. */
export { gpujs, reference } from '../../../backends/index.ts'
