/**
 * The element type of reals: float32, four in a vector, or float64, two. A module has one. Code generators take it as a
 * parameter; integers and truth values have 32 bits in memory with both, and as many lanes as reals.
 *
 * A lane of integers has 32 bits: with float64 the first two of four lanes count. A mask has the bits of a real's lane.
 */
import type { RealPrecision } from '../../../lang/backend.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import type { Code } from './code.ts'
import { f32, f32x4, f64, f64x2, i32, i32x4, v128 } from './instructions.ts'

type V = Code<'v128'>
type Int = Code<'i32'>
/** One real: of the type that the module has. */
export type Real = Code<'f32' | 'f64'>
type Compare = (x: Real, y: Real) => Int
type One1 = (x: Real) => Real
type One2 = (x: Real, y: Real) => Real
type Each2 = (x: V, y: V) => V
type Each1 = (x: V) => V

/** The instructions on one real. */
interface OneReal {
  readonly const: (x: number) => Real
  readonly load: (at: Int, offset?: number) => Real
  readonly store: (at: Int, x: Real, offset?: number) => Code
  readonly ofI32: (x: Int) => Real
  readonly eq: Compare
  readonly ne: Compare
  readonly lt: Compare
  readonly gt: Compare
  readonly le: Compare
  readonly ge: Compare
  readonly abs: One1
  readonly neg: One1
  readonly ceil: One1
  readonly floor: One1
  readonly nearest: One1
  readonly sqrt: One1
  readonly add: One2
  readonly sub: One2
  readonly mul: One2
  readonly div: One2
  readonly min: One2
  readonly max: One2
}
/** The instructions on a vector of reals. */
interface EachReal {
  readonly const: (x: number) => V
  readonly splat: (x: Real) => V
  readonly lane: (x: V, lane: number) => Real
  readonly put: (x: V, lane: number, y: Real) => V
  readonly ofI32: Each1
  readonly eq: Each2
  readonly ne: Each2
  readonly lt: Each2
  readonly gt: Each2
  readonly le: Each2
  readonly ge: Each2
  readonly add: Each2
  readonly sub: Each2
  readonly mul: Each2
  readonly div: Each2
  readonly min: Each2
  readonly max: Each2
  readonly relaxedMadd: (x: V, y: V, z: V) => V
}
/** How lanes of one width are read and written. */
interface LaneAccess {
  /** As many neighbours as a vector has lanes. */
  readonly load: (at: Int, offset?: number) => V
  readonly loadSplat: (at: Int, offset?: number) => V
  readonly loadLane: (x: V, lane: number, at: Int, offset?: number) => V
  readonly storeLane: (at: Int, x: V, lane: number, offset?: number) => Code
  /** Lanes in this order. */
  readonly order: (x: V, lanes: readonly number[]) => V
}
export interface Element {
  readonly precision: RealPrecision
  readonly type: 'f32' | 'f64'
  /** Lanes of a vector. */
  readonly lanes: 2 | 4
  readonly one: OneReal
  readonly each: EachReal
  /** Truncates, saturates; NaN is 0. */
  readonly toI32: (x: Real) => Int
  readonly toI32s: Each1
  /** From lanes of 32 bits, all bits of each equal, to a mask. */
  readonly maskOf: Each1
  /** From a mask to lanes of 32 bits. */
  readonly narrowed: Each1
  readonly reals: LaneAccess
  readonly ints: LaneAccess
}
/** The bytes of an element in memory. */
export const widthOf = ({ type }: Element, dtype: DType): 4 | 8 => (dtype === 'real' && type === 'f64' ? 8 : 4)
export const accessOf = ({ reals, ints }: Element, dtype: DType): LaneAccess => (dtype === 'real' ? reals : ints)

const four = (x: V, lanes: readonly number[]): V => v128.shuffle(x, x, lanes)
const narrow: LaneAccess = {
  load: v128.load,
  loadSplat: v128.loadSplat,
  loadLane: v128.loadLane,
  storeLane: v128.storeLane,
  order: four,
}
const wide: LaneAccess = {
  load: v128.load,
  loadSplat: v128.loadSplat64,
  loadLane: v128.loadLane64,
  storeLane: v128.storeLane64,
  order: (x, lanes) =>
    four(
      x,
      lanes.flatMap((l) => [2 * l, 2 * l + 1]),
    ),
}
/** Two integers in the first half of a vector. The code of x runs twice where it is not a local. */
const half: LaneAccess = {
  ...narrow,
  load: v128.loadHalf,
  order: (x, lanes) => four(x, [...lanes, 2, 3]),
}
const same: Each1 = (x) => x
// code of the other type never reaches an element's instructions: all reals of a module come from them
const reals = (one: typeof f32 | typeof f64): OneReal => one as unknown as OneReal
const vectors = (each: typeof f32x4 | typeof f64x2): EachReal => each as unknown as EachReal

export const float32: Element = {
  precision: 'float32',
  type: 'f32',
  lanes: 4,
  one: reals(f32),
  each: vectors(f32x4),
  toI32: i32.ofF32 as Element['toI32'],
  toI32s: i32x4.ofF32,
  maskOf: same,
  narrowed: same,
  reals: narrow,
  ints: narrow,
}
export const float64: Element = {
  precision: 'float64',
  type: 'f64',
  lanes: 2,
  one: reals(f64),
  each: vectors(f64x2),
  toI32: i32.ofF64 as Element['toI32'],
  toI32s: i32x4.ofF64,
  maskOf: f64x2.widened,
  narrowed: (x) => v128.shuffle(x, i32x4.const(0), [0, 2, 4, 4]),
  reals: wide,
  ints: half,
}
export const elementOf = (precision: RealPrecision): Element => (precision === 'float64' ? float64 : float32)
