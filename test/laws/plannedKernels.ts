/** The kernels that `plan` prints are those that run. */
import type { Backend } from '../../backends/backend.ts'
import type { Mode } from '../../backends/gpujs/device/modes.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { kernelsFor } from '../../backends/gpujs/plan/kernels.ts'
import { planOf } from '../../backends/gpujs/plan/planOf.ts'
import { plan } from '../../backends/plan.ts'
import { compileModule } from '../../backends/wasm/host/moduleCache.ts'
import { type WasmOptions, wasm } from '../../backends/wasm/index.ts'
import { type AnyProgram, orFail } from '../backends/execution.ts'

/** `%7 sum sin` for every kernel that a plan prints as `%7[i0]: real[3] = sum sin`, sub-plans included. */
export const printedKernels = async (backend: Backend, p: AnyProgram): Promise<ReadonlySet<string>> => {
  const text = orFail(await plan(p, backend)())
  const heads = text.matchAll(/^ +(%\d+)\[[^\]]*\]: \w+(?:\[[^\]]*\])? = (.+)$/gm)
  return new Set([...heads].map(([, out, ops]) => `${out} ${ops}`))
}

/** Reads numbers, names and sections of the WebAssembly binary format. */
const reader = (bytes: Uint8Array) => {
  let at = 0
  const number = (): number => {
    let [value, scale, byte] = [0, 1, 128]
    for (; byte >= 128; scale *= 128) {
      byte = bytes[at++] as number
      value += (byte % 128) * scale
    }
    return value
  }
  const take = (n: number): Uint8Array => {
    at += n
    return bytes.subarray(at - n, at)
  }
  const text = (): string => new TextDecoder().decode(take(number()))
  return { number, take, text, done: () => at >= bytes.length, skip: () => take(1) }
}
/** The names of functions: subsection 1 of the custom section 'name'. */
export const functionNames = (module: Uint8Array): readonly string[] => {
  const sections = reader(module.subarray(8))
  while (!sections.done()) {
    const id = sections.number()
    const section = reader(sections.take(sections.number()))
    if (id !== 0 || section.text() !== 'name') continue
    section.skip()
    section.number()
    return Array.from({ length: section.number() }, () => {
      section.number()
      return section.text()
    })
  }
  return []
}
/** A kernel on the matrix core is several functions, named `%7 dot: left`, `%7 dot: 8 x 8 x 64`, ...; a shared one has all names. */
const kernelNames = (module: Uint8Array): ReadonlySet<string> =>
  new Set(
    functionNames(module)
      .flatMap((n) => n.split(', '))
      .filter((n) => n.startsWith('%'))
      .map((n) => n.split(': ')[0] as string),
  )
const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((x) => b.has(x))

/** plan(p, wasm()) prints the kernels that the name section of the module lists. */
export const wasmRunsItsPlan = async (p: AnyProgram, options: WasmOptions = {}): Promise<boolean> => {
  const { compiled } = orFail(await compileModule(p.closed, 0, options))
  return sameSet(await printedKernels(wasm(options), p), kernelNames(compiled.bytes))
}
/** plan(p, gpujs({ mode })) prints the kernels that the mode builds. */
export const gpujsRunsItsPlan = async (p: AnyProgram, mode: Mode): Promise<boolean> => {
  const built = kernelsFor(planOf(p.closed, mode), mode).map((k) => k.printed.name.replace(' = ', ' '))
  return sameSet(await printedKernels(gpujs({ mode }), p), new Set(built))
}
