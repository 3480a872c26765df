/** The part of the WebAssembly JavaScript interface that is used here. */

export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  readonly grow: (pages: number) => number
}
export interface Module {
  readonly kind?: 'module'
}
interface Engine {
  readonly Memory: new (limits: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory
  readonly Module: new (bytes: BufferSource) => Module
  /** At once; a page may refuse large modules. */
  readonly Instance: new (
    module: Module,
    imports: object,
  ) => { readonly exports: Record<string, unknown> }
  readonly validate: (bytes: BufferSource) => boolean
  readonly compile: (bytes: BufferSource) => Promise<Module>
  readonly instantiate: (module: Module, imports: object) => Promise<{ readonly exports: Record<string, unknown> }>
}
type BufferSource = Uint8Array<ArrayBuffer>
export const engine: Engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly
