/** The back ends, and the interface they share. */
export { type AutoOptions, auto } from './auto/index.ts'
export type { Backend, Executable, Resident } from './backend.ts'
export { type BackendError, type CompileError, type RunError, showBackendError } from './error.ts'
export { type GpujsOptions, gpujs } from './gpujs/index.ts'
export { plan } from './plan.ts'
export { reference } from './reference/index.ts'
export { type EvaluatorOptions, evaluator } from './wasm/evaluator.ts'
export { pageModules, type WasmOptions, wasm } from './wasm/index.ts'
