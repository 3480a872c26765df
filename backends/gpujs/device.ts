/**
 * A device: gpu.js in one mode, checked to run in it. Programs of one mode share a device, and one kernel where their
 * sources are the same; what nobody uses any more is given back.
 */
import * as E from 'fp-ts/lib/Either.js'
import { sizeOf } from '../../lang/shape.ts'
import { findGpu } from '../auto/gpu.ts'
import type { CompileError } from '../error.ts'
import { provideWebgpu } from './adapter.ts'
import { inOrder, lanes, orderingOf } from './interleave.ts'
import { type Argument, type Gpu, type Handle, type Kernel, type Library, library, missing } from './library.ts'
import {
  asNumbers,
  deviceMemory,
  faultOf,
  flattened,
  free,
  hostMemory,
  inOneAxis,
  type Memory,
  type Stored,
  watch,
} from './memory.ts'
import { type Mode, traits } from './modes.ts'

/** A kernel that is built. The result belongs to the caller, who frees it. */
export type Built = (args: readonly Stored[]) => Stored | Promise<Stored>

/** Kernels that run as one: the outputs from the inputs, in host memory. */
export type Chained = (args: readonly Stored[]) => Promise<readonly Stored[]>

/** A kernel as source, and what it is called with. */
export interface Printed {
  /** For people: the value it makes and the operations in it. */
  readonly name: string
  readonly source: string
  readonly output: readonly number[]
  /** Of threads that compute several elements each: see interleave.ts. */
  readonly inner?: number | undefined
  /** Numbers that follow the arrays among the arguments: those that cannot be written in the source. */
  readonly numbers: readonly number[]
}
/** A kernel of a chain; it reads inputs 0, 1, ... of the chain, and results -1, -2, ... of the kernels before it. */
export interface Link {
  readonly printed: Printed
  readonly reads: readonly number[]
}
export interface Device extends Memory {
  readonly mode: Mode
  readonly reason: string
  /** What went wrong on it, if anything did. */
  readonly fault: () => string | undefined
  /** Bytes that one array may have. */
  readonly largest: number
  /** Builds now, for arrays of these sizes, so that a kernel's faults are errors of compilation. */
  readonly build: (k: Printed, sizes: readonly number[]) => Promise<E.Either<CompileError, Built>>
  /** Kernels as one pipeline; `outputs`: whose results are wanted. */
  readonly chain: (
    links: readonly Link[],
    inputs: readonly number[],
    outputs: readonly number[],
  ) => Promise<E.Either<CompileError, Chained>>
  /** Gives back the kernels built through this device, and the device itself after its last user. */
  readonly release: () => void
}

/** Something built, and how many times it has been asked for and not yet given back. */
interface Entry<Run> {
  readonly built: Promise<E.Either<CompileError, { readonly run: Run; readonly destroy: () => void }>>
  users: number
}
/** One of gpu.js's GPUs. */
interface Open {
  readonly gpu: Gpu
  readonly memory: Memory
  /** An array of the device to build kernels with; where the device is the host, there is none. */
  readonly standIn: Handle | undefined
  /** One of cells of four numbers, where those are of another class. */
  readonly fours: Handle | undefined
  readonly kernels: Map<string, Entry<Built>>
  readonly chains: Map<string, Entry<Chained>>
}
/** The one for all programs of a mode. */
interface Slot {
  readonly open: Promise<Open>
  users: number
}
const slots = new Map<Mode, Slot>()

/**
 * Loops are never cut short; numbers have all their bits, where WebGL would take half of them for small arrays on a phone;
 * every result on a device is an array of its own there, of whatever size comes.
 */
const settingsOf = (mode: Mode): object => ({
  loopMaxIterations: 1e9,
  precision: 'single',
  tactic: 'precision',
  ...(traits[mode].onDevice ? { pipeline: true, immutable: true, dynamicArguments: true } : {}),
})
const foursOf = async (create: (source: string) => Kernel, one: Handle): Promise<Handle | undefined> => {
  const found = (await create('function(a){const x=a[this.thread.x];return [x,x,x,x];}')(one)) as Handle
  if (found.constructor !== one.constructor) return found
  free(found)
  return undefined
}
const open = async (GPU: Library, mode: Mode): Promise<Open> => {
  const gpu = new GPU({ mode })
  const { onDevice } = traits[mode]
  const create = (source: string): Kernel =>
    gpu.createKernel(source, { ...settingsOf(mode), output: [1], dynamicOutput: true })
  const memory = onDevice ? await deviceMemory(create) : hostMemory
  const first = await memory.upload(new Float32Array(1))
  const standIn = onDevice ? (first as Handle) : undefined
  if (standIn) watch(standIn)
  const fours = standIn && (await foursOf(create, standIn))
  return { gpu, memory, standIn, fours, kernels: new Map(), chains: new Map() }
}
const leave = async (slot: Slot, mode: Mode): Promise<void> => {
  if (--slot.users > 0) return
  if (slots.get(mode) === slot) slots.delete(mode)
  const { gpu, standIn, fours } = await slot.open
  if (standIn) free(standIn)
  if (fours) free(fours)
  await gpu.destroy()
}
/** A device that has a fault is left to those who have it; the next program gets another. */
const enter = async (GPU: Library, mode: Mode): Promise<readonly [Slot, Open]> => {
  const slot = slots.get(mode) ?? { open: open(GPU, mode), users: 0 }
  slots.set(mode, slot)
  slot.users++
  const found = await slot.open.catch((error: unknown) => {
    if (slots.get(mode) === slot) slots.delete(mode)
    throw error
  })
  if (found.standIn === undefined || faultOf(found.standIn) === undefined) return [slot, found]
  if (slots.get(mode) === slot) slots.delete(mode)
  void leave(slot, mode)
  // until it is gone gpu.js hands it out again
  await found.standIn.context?.device?.lost
  return enter(GPU, mode)
}

/** The flat result as it is, where gpu.js would cut it into rows and cells. */
const unshaped = (kernel: Kernel['kernel']): void => {
  if (kernel._shapeOutput !== undefined) kernel._shapeOutput = (data) => data
}
/** Why a kernel does not run in the mode that was asked for, if it does not. */
const elsewhere = (gpu: Gpu, kernel: Kernel['kernel']): string | undefined =>
  kernel.constructor !== gpu.Kernel || kernel.fallbackReason ? (kernel.fallbackReason ?? 'no reason given') : undefined
/** Throws where the kernel is refused, or would run elsewhere. */
const built = async (
  { gpu }: Open,
  mode: Mode,
  source: string,
  output: readonly number[],
  args: readonly Argument[],
): Promise<Kernel> => {
  const kernel = gpu.createKernel(source, { ...settingsOf(mode), output: [...output] })
  try {
    await kernel.build(...args)
    const why = elsewhere(gpu, kernel.kernel)
    if (why !== undefined) throw new Error(`it would not run in mode ${mode}: ${why}`)
  } catch (error) {
    kernel.destroy()
    throw error
  }
  unshaped(kernel.kernel)
  return kernel
}
/** Cells of four numbers, as the kernel that puts them in order takes them. */
const cellsOf = ({ fours }: Open, x: Handle): Handle => (fours ? (inOneAxis(fours, x) as Handle) : asNumbers(x))

const build = async (
  o: Open,
  mode: Mode,
  { name, source, output, inner, numbers }: Printed,
  sizes: readonly number[],
) => {
  const { standIn } = o
  try {
    const kernel = await built(o, mode, source, output, [
      ...sizes.map((n) => standIn ?? new Float32Array(n)),
      ...numbers,
    ])
    if (standIn === undefined) {
      const run: Built = (args) => {
        const y = flattened(kernel(...args, ...numbers))
        return inner === undefined ? y : inOrder(y, inner)
      }
      return E.right({ run, destroy: () => kernel.destroy() })
    }
    const result = (x: unknown) => inOneAxis(standIn, x as Handle)
    if (inner === undefined)
      return E.right({
        run: (args: readonly Stored[]) => result(kernel(...args, ...numbers)),
        destroy: () => kernel.destroy(),
      })
    const n = lanes * sizeOf(output)
    const ordering = orderingOf(n, inner, o.fours !== undefined, traits[mode].dialect)
    const order = await built(o, mode, ordering, [n], [o.fours ?? standIn])
    const ordered = (found: Handle): Handle | Promise<Handle> => {
      const cells = cellsOf(o, found)
      const y = result(order(cells))
      // what the device has been told to do it does with the array as it is now
      free(cells)
      return y
    }
    const run: Built = (args) => {
      const found = kernel(...args, ...numbers) as Handle | Promise<Handle>
      return found instanceof Promise ? found.then(ordered) : ordered(found)
    }
    const destroy = () => {
      kernel.destroy()
      order.destroy()
    }
    return E.right({ run, destroy })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return E.left<CompileError>({ _tag: 'KernelFailed', kernel: name, source, message })
  }
}
/** Compiles by running once on zeros, for gpu.js compiles a pipeline when it is first called. */
const chain = async (
  o: Open,
  mode: Mode,
  links: readonly Link[],
  inputs: readonly number[],
  outputs: readonly number[],
) => {
  const failed = (message: string): Awaited<Entry<Chained>['built']> =>
    E.left({
      _tag: 'KernelFailed',
      kernel: links.map((l) => l.printed.name).join('; '),
      source: links.map((l) => l.printed.source).join('\n'),
      message,
    })
  try {
    const kernels = new Map<string, Kernel>()
    const kernelOf = ({ source, output }: Printed): Kernel => {
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
    const run: Chained = async (args) => {
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
/** The one thing of this content, and its key among those that a device has used. */
const cached = async <Run>(
  entries: Map<string, Entry<Run>>,
  key: string,
  make: () => Entry<Run>['built'],
  onRelease: (give: () => void) => void,
): Promise<E.Either<CompileError, Run>> => {
  const entry = entries.get(key) ?? { built: make(), users: 0 }
  entries.set(key, entry)
  entry.users++
  onRelease(() => {
    if (--entry.users > 0) return
    entries.delete(key)
    void entry.built.then((made) => E.isRight(made) && made.right.destroy())
  })
  return E.map((made: { readonly run: Run }) => made.run)(await entry.built)
}

/** What makes a kernel the one that it is. JSON has no NaN and no infinities, and -0 is 0 there. */
const contentOf = ({ source, output, inner, numbers }: Printed): unknown => [
  source,
  output,
  inner,
  numbers.map((v) => (Object.is(v, -0) ? '-0' : String(v))),
]
const keyOf = (content: unknown): string => JSON.stringify(content)
/** An error under the name of whoever asked: another program may have been the first to. */
const named = <A>(kernel: string, made: E.Either<CompileError, A>): E.Either<CompileError, A> =>
  E.mapLeft((e: CompileError) => (e._tag === 'KernelFailed' ? { ...e, kernel } : e))(made)

const use = async (GPU: Library, mode: Mode, reason: string): Promise<Device> => {
  const [slot, o] = await enter(GPU, mode)
  const releases: (() => void)[] = []
  const keep = (give: () => void) => releases.push(give)
  const limits = o.standIn?.context?.device?.limits
  return {
    ...o.memory,
    mode,
    reason,
    fault: () => o.standIn && faultOf(o.standIn),
    largest: limits ? Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) : Number.POSITIVE_INFINITY,
    build: async (k, sizes) =>
      named(k.name, await cached(o.kernels, keyOf([contentOf(k), sizes]), () => build(o, mode, k, sizes), keep)),
    chain: (links, inputs, outputs) => {
      const content = links.map(({ printed, reads }) => [contentOf(printed), reads])
      return cached(o.chains, keyOf([content, inputs, outputs]), () => chain(o, mode, links, inputs, outputs), keep)
    },
    release: () => {
      for (const give of releases) give()
      void leave(slot, mode)
    },
  }
}

const noDevice = (mode: Mode, why: string, howTo = traits[mode].howTo): E.Either<CompileError, Device> =>
  E.left({ _tag: 'NoDevice', mode, why, howTo })

/** The device asked for, or for 'auto' a real GPU, else what every machine has. */
export const openDevice = async (wanted: Mode | 'auto'): Promise<E.Either<CompileError, Device>> => {
  const GPU = await library()
  if (GPU === undefined)
    return noDevice(wanted === 'auto' ? 'cpu' : wanted, 'the package gpu.js cannot be loaded', 'npm install gpu.js')
  if (wanted !== 'auto') return tried(GPU, wanted, 'asked for')
  await provideWebgpu()
  const gpu = await findGpu()
  if ('mode' in gpu) return tried(GPU, gpu.mode, `a GPU: ${gpu.name}`)
  const why = `no GPU: ${gpu.missing}`
  const first = await tried(GPU, 'webasm', why)
  return E.isRight(first) ? first : tried(GPU, 'cpu', `${why}; no WebAssembly`)
}
const tried = async (GPU: Library, mode: Mode, reason: string): Promise<E.Either<CompileError, Device>> => {
  const why = await missing(GPU, mode)
  if (why !== undefined) return noDevice(mode, why)
  try {
    return E.right(await use(GPU, mode, reason))
  } catch (error) {
    return noDevice(mode, error instanceof Error ? error.message : String(error))
  }
}
