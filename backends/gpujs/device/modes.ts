/** The modes of gpu.js: limits, syntax, deviations from IEEE-754, and how a kernel is divided into threads. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import type { Shape } from '../../../lang/syntax/shape.ts'
import { partsOf } from '../../rewrite/scalars.ts'
import type { UnrollLimits } from '../../rewrite/unroll.ts'
import { generous, type Limits } from '../../schedule/fuse.ts'
import { javascript, single } from '../source/functions.ts'
import { portable } from '../source/portable.ts'
import type { Syntax } from '../source/syntax.ts'
import { flat, rows } from '../source/threadLayout.ts'
import { blocked, plain, type Shaped } from '../source/threads.ts'

export type Mode = 'cpu' | 'webasm' | 'webgpu' | 'webgl2' | 'webgl' | 'headlessgl'

export interface Traits {
  readonly limits: Limits
  readonly syntax: Syntax
  /** Arrays are in a device's memory, and are copied to the host only to be read. */
  readonly onDevice: boolean
  /** How far loops are unrolled. */
  readonly unroll: UnrollLimits
  /**
   * A sum over shifted operands is split where it has this many times the products of its parts: a guard in a sum
   * costs as much as its products, unless it is a branch.
   */
  readonly shiftGain: number
  /** How a kernel is divided into threads. `iterations`: those of its innermost loops. */
  readonly shape: (indices: readonly Index[], body: Scalar, shapes: readonly Shape[], iterations: number) => Shaped
  /** The same for the kernels of a pipeline; absent where a pipeline is no faster than its kernels. */
  readonly chained?: {
    readonly shape: Traits['shape']
    /** For kernels that feed no other kernel of the pipeline, where it differs. */
    readonly last?: Traits['shape']
    /** Which kernels run in pipelines: small ones that follow one another, or all of a plan as one. */
    readonly which: 'small' | 'all'
  }
  /** How results differ from the reference beyond precision; every line has a test. */
  readonly deviations: readonly string[]
  /** How to get the mode on a machine that lacks it. */
  readonly howTo: string
}

const integers = 'integers are exact to +-2^24 only; conversion saturates at 2147483520'
const float32 = 'reals are float32'
const remainders = 'the remainder of a quotient beyond 2^22 is inexact'
const gpuSpecials = 'NaN, infinities and -0 are not reliable'
const sizes = (indices: readonly Index[]): Shape => indices.map((i) => i.size)
const oneByOne: Traits['shape'] = (indices, body, shapes) => plain(indices, body, shapes, flat(sizes(indices)))
const inRows: Traits['shape'] = (indices, body, shapes, iterations) =>
  plain(indices, body, shapes, iterations > 1 ? rows(sizes(indices)) : flat(sizes(indices)))
const inBlocks: Traits['shape'] = (indices, body, shapes, iterations) =>
  iterations > 1 ? blocked(indices, body, shapes, sizes(indices)) : oneByOne(indices, body, shapes, iterations)
const isGuarded = (body: Scalar): boolean => [...partsOf(body)].some((s) => s._tag === 'Call' && s.fn === 'select')
/**
 * Several elements per thread need a second kernel that puts them in order, which pays for long loops. Not for guarded
 * elements: some shading compilers make every choice a branch, and one took minutes for four times as many branches.
 */
const inLongBlocks: Traits['shape'] = (indices, body, shapes, iterations) =>
  (iterations >= 32 && !isGuarded(body) ? inBlocks : inRows)(indices, body, shapes, iterations)
/** Eight copies of the body of a long loop avoid most of the loop's own cost. */
const unroll: UnrollLimits = { long: 8, short: 16, nodes: 400 }
/** A Scatter of no more operations is one kernel: sorting, which the host does, would take longer. */
const [onHost, onGpu] = [
  { ...generous, segments: 1 << 16 },
  { ...generous, segments: 1 << 22 },
]
const gpu = { shiftGain: 1, unroll, syntax: portable, shape: inLongBlocks, onDevice: true }

export const traits: { readonly [M in Mode]: Traits } = {
  cpu: {
    limits: onHost,
    syntax: javascript,
    unroll,
    shiftGain: Number.POSITIVE_INFINITY,
    onDevice: false,
    shape: inBlocks,
    deviations: ['reals are computed in float64 and stored as float32', integers],
    howTo: "a page whose Content-Security-Policy allows 'unsafe-eval'; other modes need none",
  },
  webasm: {
    limits: onHost,
    syntax: single,
    unroll,
    shiftGain: 1,
    onDevice: false,
    shape: inBlocks,
    chained: { shape: inRows, which: 'small' },
    deviations: [float32, integers, remainders],
    howTo: 'a JavaScript engine with WebAssembly',
  },
  webgpu: {
    ...gpu,
    chained: { shape: inRows, last: inBlocks, which: 'all' },
    limits: { ...onGpu, arrays: 7 },
    deviations: [float32, integers, remainders, gpuSpecials],
    howTo: 'a browser with WebGPU; in Node, npm install webgpu@0.6 and a Vulkan, Metal or Direct3D driver',
  },
  webgl2: {
    ...gpu,
    limits: { ...onGpu, arrays: 14 },
    deviations: [float32, integers, remainders, gpuSpecials],
    howTo: 'a browser with WebGL 2',
  },
  webgl: {
    ...gpu,
    limits: { ...onGpu, arrays: 7 },
    deviations: [float32, integers, remainders, gpuSpecials],
    howTo: 'a browser with WebGL and OES_texture_float',
  },
  headlessgl: {
    ...gpu,
    limits: { ...onGpu, arrays: 14 },
    deviations: [float32, integers, remainders, gpuSpecials],
    howTo: 'in Node, install the package gl with the system libraries it needs, and give it a display (xvfb-run)',
  },
}
export const modes = Object.keys(traits) as readonly Mode[] // traits has every mode and nothing else
export const isMode = (name: string): name is Mode => Object.hasOwn(traits, name)
