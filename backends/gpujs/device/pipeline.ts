/** Compiles kernels that feed one another as one of gpu.js's pipelines. */

import * as E from 'fp-ts/lib/Either.js'
import { nth } from '../../../lang/syntax/list.ts'
import type { CompileError } from '../../error.ts'
import { inOrder } from '../source/interleave.ts'
import { elsewhere, unshaped } from './build.ts'
import type { ChainLink, CompiledChain, Destroyable } from './kernelTypes.ts'
import type { GpujsKernel, Pipeline } from './library.ts'
import { faultOf, flattened, type Stored } from './memory.ts'
import type { Mode } from './modes.ts'
import { type OpenGpu, settingsOf } from './sharedGpus.ts'

/**
 * `inputs`: the elements of every input. `outputs`: the kernels whose results the chain returns. Runs once on zeros,
 * because gpu.js compiles a pipeline when it is first called. Errors: KernelFailed.
 */
export const chain = async (
  o: OpenGpu,
  mode: Mode,
  links: readonly ChainLink[],
  inputs: readonly number[],
  outputs: readonly number[],
): Promise<E.Either<CompileError, Destroyable<CompiledChain>>> => {
  try {
    const kernels = kernelsOf(o, mode, links)
    const pipeline = o.gpu.createPipeline(traceOf(kernels, links, inputs.length, outputs), { threads: false })
    const destroy = () => {
      void pipeline.destroy()
      for (const k of new Set(kernels)) k.destroy()
    }
    await pipeline(...inputs.map((n) => new Float32Array(n)))
    const why = refusal(o, pipeline)
    if (why !== undefined) {
      destroy()
      throw new Error(`it would not run in mode ${mode}: ${why}`)
    }
    for (const { clone } of clonesOf(pipeline)) unshaped(clone.kernel)
    return E.right({ run: runOf(o, pipeline, links, outputs), destroy })
  } catch (error) {
    return E.left({
      _tag: 'KernelFailed',
      kernel: links.map((l) => l.printed.name).join('; '),
      source: links.map((l) => l.printed.source).join('\n'),
      message: error instanceof Error ? error.message : String(error),
    })
  }
}
/** The kernel of every link; links of equal source and output share one. */
const kernelsOf = (o: OpenGpu, mode: Mode, links: readonly ChainLink[]): readonly GpujsKernel[] => {
  const kernels = new Map<string, GpujsKernel>()
  return links.map(({ printed: { source, output } }) => {
    const key = `${output}:${source}`
    const kernel = kernels.get(key) ?? o.gpu.createKernel(source, { ...settingsOf(mode), output: [...output] })
    kernels.set(key, kernel)
    return kernel
  })
}
/** The function that gpu.js traces: it calls every kernel once. gpu.js reads the number of inputs from its length. */
const traceOf = (
  kernels: readonly GpujsKernel[],
  links: readonly ChainLink[],
  inputs: number,
  outputs: readonly number[],
) => {
  const trace = (...args: readonly unknown[]): unknown => {
    const results: unknown[] = []
    links.forEach(({ printed, reads }, k) => {
      const given = reads.map((r) => (r < 0 ? results[-1 - r] : args[r]))
      // gpu.js passes stand-ins, which its kernels take for arrays
      results.push(nth(kernels, k)(...(given as Stored[]), ...printed.numbers))
    })
    return outputs.map((k) => results[k])
  }
  return Object.defineProperty(trace, 'length', { value: inputs })
}
const clonesOf = (pipeline: Pipeline) => pipeline.plan?.kernels ?? []
/** Why a pipeline does not run as one, or in another mode; undefined when it runs as it should. */
const refusal = ({ gpu }: OpenGpu, pipeline: Pipeline): string | undefined =>
  pipeline.executorKind === 'generic'
    ? (pipeline.fallbackReason ?? 'it would not run as one')
    : clonesOf(pipeline)
        .map(({ clone }) => elsewhere(gpu, clone.kernel))
        .find((why) => why !== undefined)
const runOf =
  (o: OpenGpu, pipeline: Pipeline, links: readonly ChainLink[], outputs: readonly number[]): CompiledChain =>
  async (args) => {
    const found = await pipeline(...(args as readonly Float32Array[])) // a chain reads host memory
    const fault = o.standIn && faultOf(o.standIn)
    if (fault !== undefined) throw new Error(fault)
    return found.map((y, i) => {
      const inner = nth(links, nth(outputs, i)).printed.inner
      return inner === undefined ? flattened(y) : inOrder(flattened(y), inner)
    })
  }
