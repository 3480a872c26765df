/** Kernels that feed one another, brought to a GPU as one of gpu.js's pipelines. */
import * as E from 'fp-ts/lib/Either.js'
import { inOrder } from '../source/interleave.ts'
import { elsewhere, unshaped } from './build.ts'
import type { CacheEntry } from './cache.ts'
import type { ChainLink, CompiledChain, KernelSource } from './kernelTypes.ts'
import type { GpujsKernel } from './library.ts'
import { faultOf, flattened, type Stored } from './memory.ts'
import type { Mode } from './modes.ts'
import { type OpenGpu, settingsOf } from './sharedGpus.ts'

/** Compiles by running once on zeros, for gpu.js compiles a pipeline when it is first called. Errors: KernelFailed. */
export const chain = async (
  o: OpenGpu,
  mode: Mode,
  links: readonly ChainLink[],
  inputs: readonly number[],
  outputs: readonly number[],
) => {
  const failed = (message: string): Awaited<CacheEntry<CompiledChain>['built']> =>
    E.left({
      _tag: 'KernelFailed',
      kernel: links.map((l) => l.printed.name).join('; '),
      source: links.map((l) => l.printed.source).join('\n'),
      message,
    })
  try {
    const kernels = new Map<string, GpujsKernel>()
    const kernelOf = ({ source, output }: KernelSource): GpujsKernel => {
      const key = `${output}:${source}`
      const kernel = kernels.get(key) ?? o.gpu.createKernel(source, { ...settingsOf(mode), output: [...output] })
      kernels.set(key, kernel)
      return kernel
    }
    const called = links.map(({ printed }) => kernelOf(printed))
    const trace = (...args: readonly unknown[]): unknown => {
      const made: unknown[] = []
      links.forEach(({ printed, reads }, k) => {
        const given = reads.map((r) => (r < 0 ? made[-1 - r] : args[r]))
        made.push(called[k]?.(...(given as Stored[]), ...printed.numbers))
      })
      return outputs.map((k) => made[k])
    }
    Object.defineProperty(trace, 'length', { value: inputs.length })
    const pipeline = o.gpu.createPipeline(trace, { threads: false })
    const destroy = () => {
      void pipeline.destroy()
      for (const k of kernels.values()) k.destroy()
    }
    await pipeline(...inputs.map((n) => new Float32Array(n)))
    const clones = pipeline.plan?.kernels ?? []
    const why =
      pipeline.executorKind === 'generic'
        ? (pipeline.fallbackReason ?? 'it would not run as one')
        : clones.map(({ clone }) => elsewhere(o.gpu, clone.kernel)).find((w) => w !== undefined)
    if (why !== undefined) {
      destroy()
      return failed(`it would not run in mode ${mode}: ${why}`)
    }
    for (const { clone } of clones) unshaped(clone.kernel)
    const run: CompiledChain = async (args) => {
      const found = await pipeline(...(args as readonly Float32Array[]))
      const fault = o.standIn && faultOf(o.standIn)
      if (fault !== undefined) throw new Error(fault)
      return found.map((y, i) => {
        const inner = links[outputs[i] as number]?.printed.inner
        return inner === undefined ? flattened(y) : inOrder(flattened(y), inner)
      })
    }
    return E.right({ run, destroy })
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}
