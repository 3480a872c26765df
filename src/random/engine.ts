/** WebAssembly where the host has it: its modules, instantiated at once. */
interface Memory {
  readonly buffer: ArrayBuffer
}
interface Engine {
  readonly Memory: new (limits: { readonly initial: number }) => Memory
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> }
}
const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly?: Engine }

/** A module with a memory of its own. */
interface Instance<F> {
  readonly buffer: ArrayBuffer
  readonly calls: F
}
/**
 * Instances of a module with some bytes of memory. Undefined where the host has no vectors, or refuses modules at once. The
 * module is written and compiled when it is first needed. F: the functions that it exports.
 */
export const instances = <F>(write: () => Uint8Array<ArrayBuffer>): ((bytes: number) => Instance<F> | undefined) => {
  let code: Uint8Array<ArrayBuffer> | undefined
  let module: object | undefined
  let refused = engine === undefined
  return (bytes) => {
    if (refused || engine === undefined) return undefined
    code ??= write()
    try {
      module ??= new engine.Module(code)
      const memory = new engine.Memory({ initial: Math.ceil(bytes / 65536) })
      const { exports } = new engine.Instance(module, { env: { memory } })
      return { buffer: memory.buffer, calls: exports as F }
    } catch {
      refused = module === undefined
      return undefined
    }
  }
}
