/**
 * The instructions, by the type they work on. TypeScript checks their operands. Where a name here differs from the
 * specification's, that one stands in a comment. Integers are signed.
 */
import { bytesOf, type Code, code, double, float, type Numeric, type Rope, signed, unsigned, view } from './code.ts'

type Unary<A extends Numeric, B extends Numeric = A> = (x: Code<A>) => Code<B>
type Binary<A extends Numeric, B extends Numeric = A> = (x: Code<A>, y: Code<A>) => Code<B>
const unary =
  <A extends Numeric, B extends Numeric>(to: B, ...op: Rope): Unary<A, B> =>
  (x) =>
    code(to, x.bytes, op)
const binary =
  <A extends Numeric, B extends Numeric>(to: B, ...op: Rope): Binary<A, B> =>
  (x, y) =>
    code(to, x.bytes, y.bytes, op)
/** An access to memory: an address, and a constant offset that is added without wrapping. */
type Load<T extends Numeric> = (at: Code<'i32'>, offset?: number) => Code<T>
type Store<T extends Numeric> = (at: Code<'i32'>, x: Code<T>, offset?: number) => Code
const load =
  <T extends Numeric>(to: T, align: number, ...op: Rope): Load<T> =>
  (at, offset = 0) =>
    code(to, at.bytes, op, align, unsigned(offset))
const store =
  <T extends Numeric>(align: number, ...op: Rope): Store<T> =>
  (at, x, offset = 0) =>
    code('none', at.bytes, x.bytes, op, align, unsigned(offset))

const int = (op: number) => binary<'i32', 'i32'>('i32', op)
export const i32 = {
  const: (n: number): Code<'i32'> => code('i32', 0x41, signed(n)),
  load: load('i32', 2, 0x28),
  store: store<'i32'>(2, 0x36),
  eqz: unary<'i32', 'i32'>('i32', 0x45),
  eq: int(0x46),
  ne: int(0x47),
  lt: int(0x48), // i32.lt_s
  gt: int(0x4a), // i32.gt_s
  le: int(0x4c), // i32.le_s
  ge: int(0x4e), // i32.ge_s
  add: int(0x6a),
  sub: int(0x6b),
  mul: int(0x6c),
  div: int(0x6d), // i32.div_s
  rem: int(0x6f), // i32.rem_s
  and: int(0x71),
  or: int(0x72),
  xor: int(0x73),
  shl: int(0x74),
  /** Arithmetic: rounds towards -infinity. */
  shr: int(0x75), // i32.shr_s
  /** Truncates, saturates; NaN is 0. */
  ofF32: unary<'f32', 'i32'>('i32', 0xfc, 0), // i32.trunc_sat_f32_s
  /** Truncates, saturates; NaN is 0. */
  ofF64: unary<'f64', 'i32'>('i32', 0xfc, 2), // i32.trunc_sat_f64_s
  bitsOfF32: unary<'f32', 'i32'>('i32', 0xbc), // i32.reinterpret_f32
  atomicLoad: load('i32', 2, 0xfe, 0x10), // i32.atomic.load
  atomicStore: store<'i32'>(2, 0xfe, 0x17), // i32.atomic.store
  /** `i32.atomic.rmw.add`: adds, and returns the old value. */
  atomicAdd: (at: Code<'i32'>, x: Code<'i32'>, offset = 0): Code<'i32'> =>
    code('i32', at.bytes, x.bytes, 0xfe, 0x1e, 2, unsigned(offset)),
  /** `i32.atomic.rmw.cmpxchg`: stores `next` if the old value is `seen`, and returns the old value. */
  atomicExchangeIf: (at: Code<'i32'>, seen: Code<'i32'>, next: Code<'i32'>, offset = 0): Code<'i32'> =>
    code('i32', at.bytes, seen.bytes, next.bytes, 0xfe, 0x48, 2, unsigned(offset)),
} as const
export const i64 = {
  /** The bits of a float64. */
  bitsOf: unary<'f64', 'i64'>('i64', 0xbd), // i64.reinterpret_f64
  and: binary<'i64', 'i64'>('i64', 0x83),
} as const

const single = (op: number) => binary<'f32', 'f32'>('f32', op)
const test32 = (op: number) => binary<'f32', 'i32'>('i32', op)
export const f32 = {
  const: (x: number): Code<'f32'> => code('f32', 0x43, float(x)),
  load: load('f32', 2, 0x2a),
  store: store<'f32'>(2, 0x38),
  eq: test32(0x5b),
  ne: test32(0x5c),
  lt: test32(0x5d),
  gt: test32(0x5e),
  le: test32(0x5f),
  ge: test32(0x60),
  abs: unary<'f32', 'f32'>('f32', 0x8b),
  neg: unary<'f32', 'f32'>('f32', 0x8c),
  ceil: unary<'f32', 'f32'>('f32', 0x8d),
  floor: unary<'f32', 'f32'>('f32', 0x8e),
  /** Half to even. */
  nearest: unary<'f32', 'f32'>('f32', 0x90),
  sqrt: unary<'f32', 'f32'>('f32', 0x91),
  add: single(0x92),
  sub: single(0x93),
  mul: single(0x94),
  div: single(0x95),
  min: single(0x96),
  max: single(0x97),
  copysign: single(0x98),
  ofI32: unary<'i32', 'f32'>('f32', 0xb2), // f32.convert_i32_s
  ofF64: unary<'f64', 'f32'>('f32', 0xb6), // f32.demote_f64
} as const

const wide = (op: number) => binary<'f64', 'f64'>('f64', op)
const test64 = (op: number) => binary<'f64', 'i32'>('i32', op)
export const f64 = {
  const: (x: number): Code<'f64'> => code('f64', 0x44, double(x)),
  load: load('f64', 3, 0x2b),
  store: store<'f64'>(3, 0x39),
  eq: test64(0x61),
  ne: test64(0x62),
  lt: test64(0x63),
  gt: test64(0x64),
  le: test64(0x65),
  ge: test64(0x66),
  abs: unary<'f64', 'f64'>('f64', 0x99),
  neg: unary<'f64', 'f64'>('f64', 0x9a),
  ceil: unary<'f64', 'f64'>('f64', 0x9b),
  floor: unary<'f64', 'f64'>('f64', 0x9c),
  trunc: unary<'f64', 'f64'>('f64', 0x9d),
  /** Half to even. */
  nearest: unary<'f64', 'f64'>('f64', 0x9e),
  sqrt: unary<'f64', 'f64'>('f64', 0x9f),
  add: wide(0xa0),
  sub: wide(0xa1),
  mul: wide(0xa2),
  div: wide(0xa3),
  min: wide(0xa4),
  max: wide(0xa5),
  copysign: wide(0xa6),
  ofI32: unary<'i32', 'f64'>('f64', 0xb7), // f64.convert_i32_s
  ofF32: unary<'f32', 'f64'>('f64', 0xbb), // f64.promote_f32
  ofBits: unary<'i64', 'f64'>('f64', 0xbf), // f64.reinterpret_i64
} as const
/** The bits of +infinity: the exponent of a float64. */
export const exponentMask: Code<'i64'> = code('i64', 0x42, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xf8, 0xff, 0x00])

const simd = (op: number): Rope => [0xfd, unsigned(op)]
const lanes1 = (op: number): Unary<'v128'> => unary('v128', simd(op))
const lanes2 = (op: number): Binary<'v128'> => binary('v128', simd(op))
const shift =
  (op: number) =>
  (x: Code<'v128'>, by: number): Code<'v128'> =>
    code('v128', x.bytes, i32.const(by).bytes, simd(op))
type Pick<T extends Numeric> = (x: Code<'v128'>, lane: number) => Code<T>
const pick =
  <T extends Numeric>(to: T, op: number): Pick<T> =>
  (x, lane) =>
    code(to, x.bytes, simd(op), lane)
const put =
  <T extends Numeric>(op: number) =>
  (x: Code<'v128'>, lane: number, y: Code<T>): Code<'v128'> =>
    code('v128', x.bytes, y.bytes, simd(op), lane)

type LoadLane = (x: Code<'v128'>, lane: number, at: Code<'i32'>, offset?: number) => Code<'v128'>
const loadLane =
  (align: number, op: number): LoadLane =>
  (x, lane, at, offset = 0) =>
    code('v128', at.bytes, x.bytes, simd(op), align, unsigned(offset), lane)
type StoreLane = (at: Code<'i32'>, x: Code<'v128'>, lane: number, offset?: number) => Code
const storeLane =
  (align: number, op: number): StoreLane =>
  (at, x, lane, offset = 0) =>
    code('none', at.bytes, x.bytes, simd(op), align, unsigned(offset), lane)

export const v128 = {
  load: load('v128', 2, simd(0)),
  /** The first half; the second is zero. */
  loadHalf: load('v128', 2, simd(93)), // v128.load64_zero
  /** One number in all lanes. */
  loadSplat: load('v128', 2, simd(9)), // v128.load32_splat
  loadSplat64: load('v128', 3, simd(10)), // v128.load64_splat
  /** `v128.load32_lane`: reads one lane, the others are those of x. */
  loadLane: loadLane(2, 86),
  /** `v128.load64_lane` */
  loadLane64: loadLane(3, 87),
  store: store<'v128'>(2, simd(11)),
  /** `v128.store32_lane`: writes one lane. */
  storeLane: storeLane(2, 90),
  /** `v128.store64_lane` */
  storeLane64: storeLane(3, 91),
  not: lanes1(77),
  and: lanes2(78),
  /** x and not y. */
  andnot: lanes2(79),
  or: lanes2(80),
  xor: lanes2(81),
  /** `v128.bitselect`: x where the mask's bit is set, else y. */
  select: (mask: Code<'v128'>, x: Code<'v128'>, y: Code<'v128'>): Code<'v128'> =>
    code('v128', x.bytes, y.bytes, mask.bytes, simd(82)),
  any: unary<'v128', 'i32'>('i32', simd(83)), // v128.any_true
  /** `i8x16.shuffle`: lanes 0-3 are those of x, 4-7 those of y. */
  shuffle: (x: Code<'v128'>, y: Code<'v128'>, lanes: readonly number[]): Code<'v128'> =>
    code(
      'v128',
      x.bytes,
      y.bytes,
      simd(13),
      lanes.flatMap((l) => [4 * l, 4 * l + 1, 4 * l + 2, 4 * l + 3]),
    ),
} as const
const fourInts = (lanes: readonly [number, number, number, number]): Code<'v128'> => {
  lanes.forEach((n, k) => {
    view.setInt32(4 * k, n, true)
  })
  return code('v128', simd(12), bytesOf(16))
}
export const i32x4 = {
  const: (n: number): Code<'v128'> => fourInts([n, n, n, n]), // v128.const
  lanes: fourInts, // v128.const
  splat: unary<'i32', 'v128'>('v128', simd(17)),
  lane: pick('i32', 27), // i32x4.extract_lane
  put: put<'i32'>(28), // i32x4.replace_lane
  eq: lanes2(55),
  ne: lanes2(56),
  lt: lanes2(57), // i32x4.lt_s
  gt: lanes2(59), // i32x4.gt_s
  above: lanes2(60), // i32x4.gt_u
  le: lanes2(61), // i32x4.le_s
  ge: lanes2(63), // i32x4.ge_s
  abs: lanes1(160),
  neg: lanes1(161),
  shl: shift(171),
  shr: shift(172), // i32x4.shr_s
  shrUnsigned: shift(173), // i32x4.shr_u
  add: lanes2(174),
  sub: lanes2(177),
  mul: lanes2(181),
  min: lanes2(182), // i32x4.min_s
  max: lanes2(184), // i32x4.max_s
  ofF32: lanes1(248), // i32x4.trunc_sat_f32x4_s
  /** The two doubles become lanes 0 and 1; the others are zero. */
  ofF64: lanes1(252), // i32x4.trunc_sat_f64x2_s_zero
} as const
export const f32x4 = {
  /** `v128.const` */
  const: (x: number): Code<'v128'> => {
    for (let k = 0; k < 4; k++) view.setFloat32(4 * k, x, true)
    return code('v128', simd(12), bytesOf(16))
  },
  splat: unary<'f32', 'v128'>('v128', simd(19)),
  lane: pick('f32', 31), // f32x4.extract_lane
  put: put<'f32'>(32), // f32x4.replace_lane
  eq: lanes2(65),
  ne: lanes2(66),
  lt: lanes2(67),
  gt: lanes2(68),
  le: lanes2(69),
  ge: lanes2(70),
  ceil: lanes1(103),
  floor: lanes1(104),
  trunc: lanes1(105),
  nearest: lanes1(106),
  abs: lanes1(224),
  neg: lanes1(225),
  sqrt: lanes1(227),
  add: lanes2(228),
  sub: lanes2(229),
  mul: lanes2(230),
  div: lanes2(231),
  min: lanes2(232),
  max: lanes2(233),
  /** y < x ? y : x, in one instruction: x if either is NaN. */
  pmin: lanes2(234),
  /** x < y ? y : x, in one instruction: x if either is NaN. */
  pmax: lanes2(235),
  ofI32: lanes1(250), // f32x4.convert_i32x4_s
  /** The two doubles become lanes 0 and 1; the others are zero. */
  ofF64: lanes1(94), // f32x4.demote_f64x2_zero
  /** `f32x4.relaxed_madd`: x y + z, rounded once or twice, depending on the machine. */
  relaxedMadd: (x: Code<'v128'>, y: Code<'v128'>, z: Code<'v128'>): Code<'v128'> =>
    code('v128', x.bytes, y.bytes, z.bytes, simd(0x105)),
} as const
export const f64x2 = {
  /** `v128.const` */
  const: (x: number): Code<'v128'> => {
    for (let k = 0; k < 2; k++) view.setFloat64(8 * k, x, true)
    return code('v128', simd(12), bytesOf(16))
  },
  splat: unary<'f64', 'v128'>('v128', simd(20)),
  lane: pick('f64', 33), // f64x2.extract_lane
  put: put<'f64'>(34), // f64x2.replace_lane
  eq: lanes2(71),
  ne: lanes2(72),
  lt: lanes2(73),
  gt: lanes2(74),
  le: lanes2(75),
  ge: lanes2(76),
  ceil: lanes1(116),
  floor: lanes1(117),
  trunc: lanes1(122),
  nearest: lanes1(148),
  abs: lanes1(236),
  neg: lanes1(237),
  sqrt: lanes1(239),
  add: lanes2(240),
  sub: lanes2(241),
  mul: lanes2(242),
  div: lanes2(243),
  min: lanes2(244),
  max: lanes2(245),
  /** Of lanes 0 and 1. */
  ofF32: lanes1(95), // f64x2.promote_low_f32x4
  ofI32: lanes1(254), // f64x2.convert_low_i32x4_s
  addInt: lanes2(206), // i64x2.add
  shlInt: shift(203), // i64x2.shl
  subInt: lanes2(209), // i64x2.sub
  shrInt: shift(205), // i64x2.shr_u
  /** Lanes 0 and 1 as integers of 64 bits. */
  widened: lanes1(199), // i64x2.extend_low_i32x4_s
  /** `f64x2.relaxed_madd`: x y + z, rounded once or twice, depending on the machine. */
  relaxedMadd: (x: Code<'v128'>, y: Code<'v128'>, z: Code<'v128'>): Code<'v128'> =>
    code('v128', x.bytes, y.bytes, z.bytes, simd(0x107)),
} as const

export const memory = {
  copy: (to: Code<'i32'>, from: Code<'i32'>, bytes: Code<'i32'>): Code =>
    code('none', to.bytes, from.bytes, bytes.bytes, 0xfc, 10, 0, 0),
  fill: (to: Code<'i32'>, byte: Code<'i32'>, bytes: Code<'i32'>): Code =>
    code('none', to.bytes, byte.bytes, bytes.bytes, 0xfc, 11, 0),
  /** `memory.atomic.wait32`: if the word is `expected`, sleeps until notified or the time is over, which returns 2. */
  wait: (at: Code<'i32'>, expected: Code<'i32'>, nanoseconds = -1): Code<'i32'> =>
    code('i32', at.bytes, expected.bytes, 0x42, signed(nanoseconds), 0xfe, 1, 2, 0),
  /** `memory.atomic.notify`: wakes all that sleep on the word. */
  notify: (at: Code<'i32'>): Code => code('none', at.bytes, i32.const(-1).bytes, 0xfe, 0, 2, 0, 0x1a),
} as const
