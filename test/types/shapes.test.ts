/** Shapes at compile time: what each rule gives, and how it refuses. Checked by tsc, not at run time. */
import { flow, pipe } from 'fp-ts/lib/function.js'
import { describe, expectTypeOf, test } from 'vitest'
import type {
  Add,
  AtMost,
  Axes,
  Axis,
  Broadcast,
  BroadcastTo,
  Concat,
  ConvOptions,
  ConvOut,
  ConvShape,
  Dims,
  Div,
  Einsum,
  Fits,
  FitsAxes,
  FitsConcat,
  FitsConv,
  FitsDims,
  FitsEinsum,
  FitsInserted,
  FitsMatmul,
  FitsPermutation,
  FitsPool,
  FitsRemoved,
  FitsReshape,
  FitsSize,
  FitsTo,
  FitsTransposedConv,
  Flattened,
  Inserted,
  Joined,
  Kept,
  Less,
  Matmul,
  Max,
  Mod,
  Mul,
  Padded,
  Permuted,
  PoolOptions,
  PoolOut,
  PoolShape,
  Reduced,
  Removed,
  Replaced,
  Reshaped,
  Size,
  Sliced,
  Stacked,
  Sub,
  Tiled,
  TransposedConvOut,
  TransposedConvShape,
} from '../../lang/types/index.ts'

describe('digits', () => {
  test('are exact at any size', () => {
    expectTypeOf<Add<999, 1>>().toEqualTypeOf<1000>()
    expectTypeOf<Add<1, 9_999_999>>().toEqualTypeOf<10_000_000>()
    expectTypeOf<Add<9_876_543, 1_234_567>>().toEqualTypeOf<11_111_110>()
    expectTypeOf<Add<0, 0>>().toEqualTypeOf<0>()
    expectTypeOf<Sub<1000, 1>>().toEqualTypeOf<999>()
    expectTypeOf<Sub<1_000_000, 999_999>>().toEqualTypeOf<1>()
    expectTypeOf<Sub<500, 500>>().toEqualTypeOf<0>()
    expectTypeOf<Sub<3, 5>>().toEqualTypeOf<never>()
    expectTypeOf<Sub<99, 100>>().toEqualTypeOf<never>()
    expectTypeOf<Mul<100, 100>>().toEqualTypeOf<10_000>()
    expectTypeOf<Mul<12_345, 6_789>>().toEqualTypeOf<83_810_205>()
    expectTypeOf<Mul<64, 0>>().toEqualTypeOf<0>()
    expectTypeOf<Mul<1001, 1001>>().toEqualTypeOf<1_002_001>()
    expectTypeOf<Div<1001, 7>>().toEqualTypeOf<143>()
    expectTypeOf<Div<38_597_376, 224>>().toEqualTypeOf<172_309>()
    expectTypeOf<Div<1_000_000, 1001>>().toEqualTypeOf<999>()
    expectTypeOf<Div<6, 7>>().toEqualTypeOf<0>()
    expectTypeOf<Div<7, 0>>().toEqualTypeOf<never>()
    expectTypeOf<Mod<1_000_003, 1_000>>().toEqualTypeOf<3>()
    expectTypeOf<Mod<1024, 32>>().toEqualTypeOf<0>()
    expectTypeOf<Mod<5, 12>>().toEqualTypeOf<5>()
    expectTypeOf<Mod<100, 70>>().toEqualTypeOf<30>()
    expectTypeOf<Mod<7, 0>>().toEqualTypeOf<never>()
  })
  test('compare', () => {
    expectTypeOf<[Less<9, 10>, Less<10, 9>, Less<7, 7>]>().toEqualTypeOf<[true, false, false]>()
    expectTypeOf<[AtMost<9, 10>, AtMost<100, 99>, AtMost<7, 7>]>().toEqualTypeOf<[true, false, true]>()
    expectTypeOf<[Max<3, 12>, Max<12, 3>, Max<0, 0>]>().toEqualTypeOf<[12, 12, 0]>()
    expectTypeOf<[Less<number, 3>, AtMost<3, number>, Max<3, number>]>().toEqualTypeOf<[boolean, boolean, number]>()
  })
  test('number and any give number', () => {
    expectTypeOf<[Add<number, 1>, Sub<1, number>, Mul<number, 2>, Div<number, 2>, Mod<5, number>]>().toEqualTypeOf<
      [number, number, number, number, number]
    >()
    // biome-ignore lint/suspicious/noExplicitAny: what is tested
    expectTypeOf<[Add<any, 1>, Sub<1, any>, Mul<any, 0>, Div<any, 2>]>().toEqualTypeOf<
      [number, number, number, number]
    >()
  })
  test('never stays never', () => {
    expectTypeOf<Add<never, 1>>().toEqualTypeOf<never>()
    expectTypeOf<Mul<2, never>>().toEqualTypeOf<never>()
    expectTypeOf<Div<never, 2>>().toEqualTypeOf<never>()
    expectTypeOf<Sub<never, 1>>().toEqualTypeOf<never>()
  })
})

describe('axes', () => {
  type S = readonly [100, 200, 300]
  test('count from both ends', () => {
    expectTypeOf<[Axis<S, 0>, Axis<S, 2>, Axis<S, -1>, Axis<S, -3>]>().toEqualTypeOf<[0, 2, 2, 0]>()
    expectTypeOf<Axis<S, 3>>().toEqualTypeOf<never>()
    expectTypeOf<Axis<S, -4>>().toEqualTypeOf<never>()
    expectTypeOf<Axis<S, number>>().toEqualTypeOf<number>()
    expectTypeOf<Axis<Dims, 1>>().toEqualTypeOf<number>()
  })
  test('are reduced and kept', () => {
    expectTypeOf<Reduced<S, 1>>().toEqualTypeOf<readonly [100, 300]>()
    expectTypeOf<Reduced<S, -1>>().toEqualTypeOf<readonly [100, 200]>()
    expectTypeOf<Reduced<S, readonly [0, -1]>>().toEqualTypeOf<readonly [200]>()
    expectTypeOf<Reduced<S, readonly []>>().toEqualTypeOf<S>()
    expectTypeOf<Reduced<S, undefined>>().toEqualTypeOf<readonly []>()
    expectTypeOf<Reduced<readonly [], undefined>>().toEqualTypeOf<readonly []>()
    expectTypeOf<Reduced<readonly [number, 3], 1>>().toEqualTypeOf<readonly [number]>()
    expectTypeOf<Kept<S, -2>>().toEqualTypeOf<readonly [100, 1, 300]>()
    expectTypeOf<Kept<S, readonly [0, 2]>>().toEqualTypeOf<readonly [1, 200, 1]>()
    expectTypeOf<Kept<S, undefined>>().toEqualTypeOf<readonly [1, 1, 1]>()
  })
  test('must exist, and be named once', () => {
    expectTypeOf<FitsAxes<S, readonly [0, 1, 2]>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsAxes<S, undefined>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsAxes<S, 3>>().toEqualTypeOf<'[100, 200, 300] has no axis 3'>()
    expectTypeOf<FitsAxes<S, readonly [0, -5]>>().toEqualTypeOf<'[100, 200, 300] has no axis -5'>()
    expectTypeOf<FitsAxes<S, readonly [2, -1]>>().toEqualTypeOf<'axis -1 of [100, 200, 300] is named twice'>()
    expectTypeOf<Reduced<S, 3>>().toBeAny()
  })
  test('are permuted', () => {
    expectTypeOf<Permuted<S, readonly [2, 0, 1]>>().toEqualTypeOf<readonly [300, 100, 200]>()
    expectTypeOf<Permuted<S, readonly [-1, 1, 0]>>().toEqualTypeOf<readonly [300, 200, 100]>()
    expectTypeOf<
      FitsPermutation<S, readonly [1, 0]>
    >().toEqualTypeOf<'[1, 0] does not permute the axes of [100, 200, 300]: rank 2 is not 3'>()
    expectTypeOf<FitsPermutation<S, readonly [1, 0, 1]>>().toEqualTypeOf<'axis 1 of [100, 200, 300] is named twice'>()
  })
  test('are inserted, removed and replaced', () => {
    expectTypeOf<Inserted<S, 0>>().toEqualTypeOf<readonly [1, 100, 200, 300]>()
    expectTypeOf<Inserted<S, 3>>().toEqualTypeOf<readonly [100, 200, 300, 1]>()
    expectTypeOf<Inserted<S, -1>>().toEqualTypeOf<readonly [100, 200, 300, 1]>()
    expectTypeOf<Inserted<readonly [], 0, 7>>().toEqualTypeOf<readonly [7]>()
    expectTypeOf<FitsInserted<S, 4>>().toEqualTypeOf<'no axis 4 can be inserted into [100, 200, 300]'>()
    expectTypeOf<Removed<readonly [1, 5], 0>>().toEqualTypeOf<readonly [5]>()
    expectTypeOf<FitsRemoved<readonly [1, 5], 0>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsRemoved<readonly [number, 5], 0>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsRemoved<readonly [1, 5], -1>>().toEqualTypeOf<'axis -1 of [1, 5] is 5, not 1'>()
    expectTypeOf<FitsRemoved<readonly [1, 5], 2>>().toEqualTypeOf<'[1, 5] has no axis 2'>()
    expectTypeOf<Replaced<S, 1, 7>>().toEqualTypeOf<readonly [100, 7, 300]>()
    expectTypeOf<Replaced<S, -1, number>>().toEqualTypeOf<readonly [100, 200, number]>()
  })
})

describe('broadcast', () => {
  test('aligns at the right; size 1 stretches', () => {
    expectTypeOf<Broadcast<readonly [4, 1, 3], readonly [5, 3]>>().toEqualTypeOf<readonly [4, 5, 3]>()
    expectTypeOf<Broadcast<readonly [], readonly [5, 3]>>().toEqualTypeOf<readonly [5, 3]>()
    expectTypeOf<Broadcast<readonly [100, 100], readonly [100, 100]>>().toEqualTypeOf<readonly [100, 100]>()
    expectTypeOf<Broadcast<readonly [1], readonly [1_000_000]>>().toEqualTypeOf<readonly [1_000_000]>()
    expectTypeOf<Broadcast<readonly [0, 1], readonly [1, 3]>>().toEqualTypeOf<readonly [0, 3]>()
    expectTypeOf<Fits<readonly [4, 1, 3], readonly [5, 3]>>().toEqualTypeOf<unknown>()
  })
  test('refuses in a sentence; what follows is gradual', () => {
    expectTypeOf<
      Fits<readonly [100, 100], readonly [100, 99]>
    >().toEqualTypeOf<'cannot broadcast [100, 100] with [100, 99]: 100 is not 99'>()
    expectTypeOf<Fits<readonly [2, 3], readonly [4, 2, 3]>>().toEqualTypeOf<unknown>()
    expectTypeOf<
      Fits<readonly [7, 2, 3], readonly [4, 2, 3]>
    >().toEqualTypeOf<'cannot broadcast [7, 2, 3] with [4, 2, 3]: 7 is not 4'>()
    expectTypeOf<Joined<readonly [5, 3], readonly [5, 4]>>().toBeAny()
  })
  test('leaves to run time what is not known', () => {
    expectTypeOf<Broadcast<readonly [number, 3], readonly [5, 3]>>().toEqualTypeOf<readonly [5, 3]>()
    expectTypeOf<Broadcast<readonly [number], readonly [1]>>().toEqualTypeOf<readonly [number]>()
    expectTypeOf<Broadcast<readonly [1, 3], readonly [number, 3]>>().toEqualTypeOf<readonly [number, 3]>()
    expectTypeOf<Broadcast<readonly [number, 3], readonly [number, 1]>>().toEqualTypeOf<readonly [number, 3]>()
    expectTypeOf<
      Fits<readonly [number, 3], readonly [2, 4]>
    >().toEqualTypeOf<'cannot broadcast [?, 3] with [2, 4]: 3 is not 4'>()
    expectTypeOf<Joined<Dims, readonly [3]>>().toBeAny()
    // biome-ignore lint/suspicious/noExplicitAny: what is tested
    expectTypeOf<Joined<any, readonly [3]>>().toBeAny()
    // biome-ignore lint/suspicious/noExplicitAny: what is tested
    expectTypeOf<Fits<any, readonly [3]>>().toEqualTypeOf<unknown>()
  })
  test('to a given shape stretches one side only', () => {
    expectTypeOf<BroadcastTo<readonly [1, 3], readonly [4, 5, 3]>>().toEqualTypeOf<readonly [4, 5, 3]>()
    expectTypeOf<BroadcastTo<readonly [number], readonly [3]>>().toEqualTypeOf<readonly [3]>()
    expectTypeOf<
      FitsTo<readonly [2, 3], readonly [2, 1]>
    >().toEqualTypeOf<'cannot broadcast [2, 3] to [2, 1]: 3 is not 1'>()
    expectTypeOf<
      FitsTo<readonly [2, 3], readonly [3]>
    >().toEqualTypeOf<'cannot broadcast [2, 3] to [3]: rank 2 is more than 1'>()
  })
})

describe('reshape', () => {
  test('has a size', () => {
    expectTypeOf<Size<readonly [64, 3, 224, 224]>>().toEqualTypeOf<9_633_792>()
    expectTypeOf<Size<readonly []>>().toEqualTypeOf<1>()
    expectTypeOf<Size<readonly [4, 0]>>().toEqualTypeOf<0>()
    expectTypeOf<Size<readonly [4, number]>>().toEqualTypeOf<number>()
  })
  test('keeps it, and infers -1', () => {
    expectTypeOf<Reshaped<readonly [100, 100], readonly [50, 200]>>().toEqualTypeOf<readonly [50, 200]>()
    expectTypeOf<Reshaped<readonly [100, 100], readonly [-1, 8]>>().toEqualTypeOf<readonly [1250, 8]>()
    expectTypeOf<Reshaped<readonly [256, 7, 7], readonly [-1]>>().toEqualTypeOf<readonly [12_544]>()
    expectTypeOf<Reshaped<readonly [], readonly [1, -1]>>().toEqualTypeOf<readonly [1, 1]>()
    expectTypeOf<Reshaped<readonly [number, 4], readonly [2, -1]>>().toEqualTypeOf<readonly [2, number]>()
    expectTypeOf<Reshaped<Dims, readonly [2, -1]>>().toEqualTypeOf<readonly [2, number]>()
    expectTypeOf<Reshaped<readonly [2, 2], Dims>>().toBeAny()
    // biome-ignore lint/suspicious/noExplicitAny: what is tested
    expectTypeOf<Reshaped<any, readonly [2, 3]>>().toEqualTypeOf<readonly [2, 3]>()
  })
  test('refuses another size', () => {
    expectTypeOf<FitsReshape<readonly [3, 4], readonly [2, 6]>>().toEqualTypeOf<unknown>()
    expectTypeOf<
      FitsReshape<readonly [3, 4], readonly [2, 5]>
    >().toEqualTypeOf<'cannot reshape [3, 4] to [2, 5]: 12 elements are not 10'>()
    expectTypeOf<
      FitsReshape<readonly [3, 4], readonly [5, -1]>
    >().toEqualTypeOf<'cannot reshape [3, 4] to [5, -1]: 12 is not a multiple of 5'>()
    expectTypeOf<
      FitsReshape<readonly [3, 4], readonly [-1, -1]>
    >().toEqualTypeOf<'cannot reshape [3, 4] to [-1, -1]: only one dimension can be -1'>()
    expectTypeOf<
      FitsReshape<readonly [3, 4], readonly [-3, 4]>
    >().toEqualTypeOf<'cannot reshape [3, 4] to [-3, 4]: -3 is not a dimension'>()
    expectTypeOf<
      FitsReshape<readonly [0], readonly [0, -1]>
    >().toEqualTypeOf<'cannot reshape [0] to [0, -1]: -1 beside 0 could be anything'>()
    expectTypeOf<FitsReshape<readonly [3, number], readonly [2, 5]>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsReshape<readonly [3, 4], readonly [number, 5]>>().toEqualTypeOf<unknown>()
  })
  test('flattens from an axis on', () => {
    expectTypeOf<Flattened<readonly [64, 7, 7]>>().toEqualTypeOf<readonly [3136]>()
    expectTypeOf<Flattened<readonly [32, 64, 7, 7], 1>>().toEqualTypeOf<readonly [32, 3136]>()
    expectTypeOf<Flattened<readonly [32, 64, 7, 7], -2>>().toEqualTypeOf<readonly [32, 64, 49]>()
    expectTypeOf<Flattened<readonly [number, 64, 7], 1>>().toEqualTypeOf<readonly [number, 448]>()
    expectTypeOf<Flattened<readonly []>>().toEqualTypeOf<readonly [1]>()
    expectTypeOf<Flattened<Dims, 1>>().toBeAny()
  })
})

describe('concat and its kin', () => {
  type S = readonly [readonly [100, 3], readonly [200, 3], readonly [1, 3]]
  test('sizes add up along one axis', () => {
    expectTypeOf<Concat<S, 0>>().toEqualTypeOf<readonly [301, 3]>()
    expectTypeOf<Concat<readonly [readonly [2, 3], readonly [2, number]], -1>>().toEqualTypeOf<readonly [2, number]>()
    expectTypeOf<Concat<readonly [readonly [2, 3], readonly [number, 5]], 1>>().toEqualTypeOf<readonly [2, 8]>()
    expectTypeOf<Concat<readonly [readonly [4]], 0>>().toEqualTypeOf<readonly [4]>()
    expectTypeOf<Concat<readonly Dims[], 0>>().toBeAny()
    expectTypeOf<Concat<readonly [readonly [4], Dims], 0>>().toBeAny()
  })
  test('others agree', () => {
    expectTypeOf<FitsConcat<S, 0>>().toEqualTypeOf<unknown>()
    expectTypeOf<
      FitsConcat<S, 1>
    >().toEqualTypeOf<'cannot concat [100, 3] with [200, 3] along axis 1: 100 is not 200'>()
    expectTypeOf<
      FitsConcat<readonly [readonly [2], readonly [2, 2]], 0>
    >().toEqualTypeOf<'cannot concat [2] with [2, 2] along axis 0: rank 1 is not 2'>()
    expectTypeOf<FitsConcat<S, 2>>().toEqualTypeOf<'[100, 3] has no axis 2'>()
    expectTypeOf<FitsConcat<readonly [], 0>>().toEqualTypeOf<'nothing to concat'>()
  })
  test('stack, slice, pad, tile', () => {
    expectTypeOf<Stacked<readonly [2, 3], 10, 1>>().toEqualTypeOf<readonly [2, 10, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 0, 10, 90>>().toEqualTypeOf<readonly [80, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 0, -10>>().toEqualTypeOf<readonly [10, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 0, 1, -1>>().toEqualTypeOf<readonly [98, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], -2, 0, 100, 3>>().toEqualTypeOf<readonly [34, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 1, 2, 2>>().toEqualTypeOf<readonly [100, 0]>()
    expectTypeOf<Sliced<readonly [100, 3], 0, 10, 101>>().toEqualTypeOf<readonly [90, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 1, 2, 1>>().toEqualTypeOf<readonly [100, 0]>()
    expectTypeOf<Sliced<readonly [100, 3], 1, -4>>().toEqualTypeOf<readonly [100, 3]>()
    expectTypeOf<Sliced<readonly [number, 3], 0, 2, 5>>().toEqualTypeOf<readonly [number, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 0, number>>().toEqualTypeOf<readonly [number, 3]>()
    expectTypeOf<Sliced<readonly [100, 3], 2, 0, 1>>().toBeAny()
    expectTypeOf<Padded<readonly [100, 3], 0, 2, 3>>().toEqualTypeOf<readonly [105, 3]>()
    expectTypeOf<Padded<readonly [100, 3], -1, number, 3>>().toEqualTypeOf<readonly [100, number]>()
    expectTypeOf<Tiled<readonly [100, 3], readonly [2, 4]>>().toEqualTypeOf<readonly [200, 12]>()
    expectTypeOf<Tiled<readonly [3], readonly [2, 2]>>().toEqualTypeOf<readonly [2, 6]>()
    expectTypeOf<Tiled<readonly [5, 3], readonly [2]>>().toEqualTypeOf<readonly [5, 6]>()
  })
})

describe('matmul', () => {
  test('as numpy', () => {
    expectTypeOf<Matmul<readonly [100, 200], readonly [200, 300]>>().toEqualTypeOf<readonly [100, 300]>()
    expectTypeOf<Matmul<readonly [7], readonly [7]>>().toEqualTypeOf<readonly []>()
    expectTypeOf<Matmul<readonly [3, 7], readonly [7]>>().toEqualTypeOf<readonly [3]>()
    expectTypeOf<Matmul<readonly [7], readonly [7, 4]>>().toEqualTypeOf<readonly [4]>()
    expectTypeOf<Matmul<readonly [7], readonly [5, 7, 4]>>().toEqualTypeOf<readonly [5, 4]>()
    expectTypeOf<Matmul<readonly [8, 1, 3, 7], readonly [5, 7, 4]>>().toEqualTypeOf<readonly [8, 5, 3, 4]>()
    expectTypeOf<Matmul<readonly [number, 7], readonly [number, 4]>>().toEqualTypeOf<readonly [number, 4]>()
    expectTypeOf<Matmul<Dims, readonly [7, 4]>>().toBeAny()
  })
  test('refuses', () => {
    expectTypeOf<
      FitsMatmul<readonly [3, 4], readonly [5, 2]>
    >().toEqualTypeOf<'cannot multiply [3, 4] by [5, 2]: 4 is not 5'>()
    expectTypeOf<
      FitsMatmul<readonly [3, 4], readonly [1]>
    >().toEqualTypeOf<'cannot multiply [3, 4] by [1]: 4 is not 1'>()
    expectTypeOf<
      FitsMatmul<readonly [6, 3, 4], readonly [5, 4, 2]>
    >().toEqualTypeOf<'cannot broadcast [6] with [5]: 6 is not 5'>()
    expectTypeOf<
      FitsMatmul<readonly [], readonly [5]>
    >().toEqualTypeOf<'cannot multiply [] by [5]: a number is not a matrix'>()
    expectTypeOf<FitsMatmul<readonly [3, number], readonly [5, 2]>>().toEqualTypeOf<unknown>()
    expectTypeOf<Matmul<readonly [3, 4], readonly [5, 2]>>().toBeAny()
  })
})

describe('convolution', () => {
  test('one axis', () => {
    expectTypeOf<ConvOut<224, 7, { stride: 2; pad: 3 }>>().toEqualTypeOf<112>()
    expectTypeOf<ConvOut<32, 3, { stride: 1; pad: 2; dilation: 2 }>>().toEqualTypeOf<32>()
    expectTypeOf<ConvOut<16_000, 400, { stride: 160 }>>().toEqualTypeOf<98>()
    expectTypeOf<ConvOut<28, 5, {}>>().toEqualTypeOf<24>()
    expectTypeOf<ConvOut<28, 5, { pad: [[2, 1]] }>>().toEqualTypeOf<27>()
    expectTypeOf<ConvOut<3, 5, {}>>().toEqualTypeOf<never>()
    expectTypeOf<ConvOut<number, 5, {}>>().toEqualTypeOf<number>()
    expectTypeOf<ConvOut<28, 5, { stride: number }>>().toEqualTypeOf<number>()
    expectTypeOf<ConvOut<28, 5, ConvOptions>>().toEqualTypeOf<number>()
    expectTypeOf<TransposedConvOut<112, 7, { stride: 2; pad: 3; outputPad: 1 }>>().toEqualTypeOf<224>()
    expectTypeOf<PoolOut<24, { kernel: 3 }>>().toEqualTypeOf<8>()
    expectTypeOf<PoolOut<112, { kernel: 3; stride: 2; pad: 1 }>>().toEqualTypeOf<56>()
    expectTypeOf<PoolOut<24, { kernel: number }>>().toEqualTypeOf<number>()
  })
  test('one image, a batch, any rank', () => {
    expectTypeOf<ConvShape<readonly [3, 224, 224], readonly [64, 3, 7, 7], { stride: 2; pad: 3 }>>().toEqualTypeOf<
      readonly [64, 112, 112]
    >()
    expectTypeOf<ConvShape<readonly [number, 3, 32, 32], readonly [8, 3, 3, 3], { pad: 1 }>>().toEqualTypeOf<
      readonly [number, 8, 32, 32]
    >()
    expectTypeOf<ConvShape<readonly [1, 16_000], readonly [80, 1, 400], { stride: 160 }>>().toEqualTypeOf<
      readonly [80, 98]
    >()
    expectTypeOf<
      ConvShape<readonly [2, 16, 32, 32], readonly [4, 2, 3, 3, 3], { pad: readonly [1, 0, [0, 2]] }>
    >().toEqualTypeOf<readonly [4, 16, 30, 32]>()
    expectTypeOf<
      ConvShape<readonly [6, 10, 10], readonly [9, 2, 3, 5], { groups: 3; stride: readonly [1, 2] }>
    >().toEqualTypeOf<readonly [9, 8, 3]>()
    expectTypeOf<ConvShape<Dims, readonly [9, 2, 3, 5], {}>>().toBeAny()
    expectTypeOf<TransposedConvShape<readonly [8, 14, 14], readonly [8, 3, 2, 2], { stride: 2 }>>().toEqualTypeOf<
      readonly [3, 28, 28]
    >()
    expectTypeOf<PoolShape<readonly [64, 112, 112], { kernel: 3; stride: 2; pad: 1 }>>().toEqualTypeOf<
      readonly [64, 56, 56]
    >()
    expectTypeOf<PoolShape<readonly [32, 64, 28, 30], { kernel: readonly [2, 3] }>>().toEqualTypeOf<
      readonly [32, 64, 14, 10]
    >()
    expectTypeOf<PoolShape<Dims, { kernel: 2 }>>().toBeAny()
    expectTypeOf<PoolShape<readonly [1, 4, 4], PoolOptions>>().toBeAny()
  })
  test('refuses', () => {
    expectTypeOf<
      FitsConv<readonly [3, 8, 8], readonly [8, 4, 3, 3]>
    >().toEqualTypeOf<'a filter [8, 4, 3, 3] does not fit [3, 8, 8]: 4 channels are not 3'>()
    expectTypeOf<
      FitsConv<readonly [6, 8, 8], readonly [8, 2, 3, 3], { groups: 2 }>
    >().toEqualTypeOf<'a filter [8, 2, 3, 3] does not fit [6, 8, 8]: 4 channels are not 6'>()
    expectTypeOf<
      FitsConv<readonly [3, 8, 4], readonly [8, 3, 3, 5]>
    >().toEqualTypeOf<'a filter [8, 3, 3, 5] does not fit [3, 8, 4]: a span of 5 is more than 4'>()
    expectTypeOf<
      FitsConv<readonly [3, 8], readonly [8, 3, 3, 5]>
    >().toEqualTypeOf<'a filter [8, 3, 3, 5] needs another rank than that of [3, 8]'>()
    expectTypeOf<FitsConv<readonly [3, 8, 4], readonly [8, 3, 3, 5], { pad: 1 }>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsConv<readonly [3, 8, number], readonly [8, 3, 3, 5]>>().toEqualTypeOf<unknown>()
    expectTypeOf<
      FitsTransposedConv<readonly [3, 8, 8], readonly [8, 4, 3, 3]>
    >().toEqualTypeOf<'a filter [8, 4, 3, 3] does not fit [3, 8, 8]: 8 channels are not 3'>()
    expectTypeOf<
      FitsPool<readonly [3, 2, 2], { kernel: 3 }>
    >().toEqualTypeOf<'a window does not fit [3, 2, 2]: a span of 3 is more than 2'>()
    expectTypeOf<FitsPool<readonly [3], { kernel: readonly [2, 2] }>>().toEqualTypeOf<'[3] has too few axes to pool'>()
  })
})

describe('einsum', () => {
  type Two<A extends Dims, B extends Dims> = readonly [A, B]
  test('letters are sizes', () => {
    expectTypeOf<Einsum<'ij,jk->ik', Two<readonly [100, 200], readonly [200, 300]>>>().toEqualTypeOf<
      readonly [100, 300]
    >()
    expectTypeOf<Einsum<'bhqd, bhkd -> bhqk', Two<readonly [2, 8, 100, 64], readonly [2, 8, 50, 64]>>>().toEqualTypeOf<
      readonly [2, 8, 100, 50]
    >()
    expectTypeOf<Einsum<'ii->i', readonly [readonly [9, 9]]>>().toEqualTypeOf<readonly [9]>()
    expectTypeOf<Einsum<'ij->', readonly [readonly [9, 8]]>>().toEqualTypeOf<readonly []>()
    expectTypeOf<Einsum<',i->i', Two<readonly [], readonly [8]>>>().toEqualTypeOf<readonly [8]>()
    expectTypeOf<Einsum<'i,j,k->kji', readonly [readonly [1], readonly [2], readonly [3]]>>().toEqualTypeOf<
      readonly [3, 2, 1]
    >()
    expectTypeOf<Einsum<'ij,jk->jk', Two<readonly [4, number], readonly [5, number]>>>().toEqualTypeOf<
      readonly [5, number]
    >()
    expectTypeOf<Einsum<string, Two<readonly [4], readonly [5]>>>().toBeAny()
    expectTypeOf<Einsum<'ij,jk->ik', Two<Dims, readonly [5, 6]>>>().toBeAny()
  })
  test('refuses', () => {
    type F<E extends string> = FitsEinsum<E, Two<readonly [3, 4], readonly [5, 6]>>
    expectTypeOf<F<'ij,kl->il'>>().toEqualTypeOf<unknown>()
    expectTypeOf<F<'ij,jk->ik'>>().toEqualTypeOf<'ij,jk->ik: j is 4 and 5'>()
    expectTypeOf<F<'ij,k->ik'>>().toEqualTypeOf<'ij,k->ik: k does not name the axes of [5, 6]'>()
    expectTypeOf<F<'ijl,km->ik'>>().toEqualTypeOf<'ijl,km->ik: ijl does not name the axes of [3, 4]'>()
    expectTypeOf<F<'ij->i'>>().toEqualTypeOf<'ij->i: number of operands: 1 is not 2'>()
    expectTypeOf<F<'ij,kl->m'>>().toEqualTypeOf<'ij,kl->m: m is in the output only'>()
    expectTypeOf<F<'ij,kl->ii'>>().toEqualTypeOf<unknown>()
    expectTypeOf<F<'ij,jk'>>().toEqualTypeOf<'ij,jk: j is 4 and 5'>()
    expectTypeOf<F<'...j,...k->jk'>>().toEqualTypeOf<'...j,...k->jk: cannot broadcast [3] with [5]: 3 is not 5'>()
    expectTypeOf<F<'...ijk,kl'>>().toEqualTypeOf<'...ijk,kl: …ijk does not name the axes of [3, 4]'>()
    expectTypeOf<FitsEinsum<'ii', readonly [readonly [1, 3]]>>().toEqualTypeOf<'ii: i is 1 and 3'>()
  })
  test('dots, repeated outputs, and no output', () => {
    type E<W extends string, A extends Dims, B extends Dims> = Einsum<W, Two<A, B>>
    expectTypeOf<E<'ij,jk', readonly [3, 4], readonly [4, 5]>>().toEqualTypeOf<readonly [3, 5]>()
    expectTypeOf<E<'ba,bC', readonly [3, 4], readonly [3, 5]>>().toEqualTypeOf<readonly [5, 4]>()
    expectTypeOf<E<'...ij,...jk', readonly [7, 1, 3, 4], readonly [6, 4, 5]>>().toEqualTypeOf<readonly [7, 6, 3, 5]>()
    expectTypeOf<E<'i...,i...->...', readonly [3, 4], readonly [3, 4]>>().toEqualTypeOf<readonly [4]>()
    expectTypeOf<E<'...i,ij->...', readonly [8, 3], readonly [3, 4]>>().toEqualTypeOf<readonly [8]>()
    expectTypeOf<E<'ij,ij->ij', readonly [1, 4], readonly [3, 1]>>().toEqualTypeOf<readonly [3, 4]>()
    expectTypeOf<E<'ij,jk->ik', readonly [3, 1], readonly [number, 5]>>().toEqualTypeOf<readonly [3, 5]>()
    expectTypeOf<Einsum<'i->iji', readonly [readonly [3]]>>().toBeAny()
    expectTypeOf<Einsum<'ij->iji', readonly [readonly [3, 2]]>>().toEqualTypeOf<readonly [3, 2, 3]>()
    expectTypeOf<Einsum<'ii', readonly [readonly [3, 3]]>>().toEqualTypeOf<readonly []>()
    expectTypeOf<Einsum<'...', readonly [readonly [3, 4]]>>().toEqualTypeOf<readonly [3, 4]>()
  })
})

describe('literals', () => {
  test('a union is not a dimension', () => {
    expectTypeOf<FitsSize<3>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsSize<number>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsSize<3 | 4>>().toEqualTypeOf<{ readonly 'a dimension is one number, not one of': 3 | 4 }>()
    expectTypeOf<FitsSize<-1>>().toEqualTypeOf<{ readonly 'a dimension is a whole number, not': -1 }>()
    expectTypeOf<FitsSize<1.5>>().toEqualTypeOf<{ readonly 'a dimension is a whole number, not': 1.5 }>()
    expectTypeOf<FitsSize<2147483647>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsSize<2147483648>>().toEqualTypeOf<{ readonly 'a dimension is a whole number, not': 2147483648 }>()
    expectTypeOf<FitsDims<readonly [1e21]>>().toEqualTypeOf<'1e+21 is not a dimension'>()
    expectTypeOf<FitsDims<readonly [3, number, 0]>>().toEqualTypeOf<unknown>()
    expectTypeOf<FitsDims<readonly [3 | 4, 5]>>().toEqualTypeOf<'a dimension is one number, not one of several'>()
    expectTypeOf<FitsDims<readonly [3, -4]>>().toEqualTypeOf<'-4 is not a dimension'>()
    expectTypeOf<FitsDims<readonly [2.5]>>().toEqualTypeOf<'2.5 is not a dimension'>()
    expectTypeOf<FitsDims<Dims>>().toEqualTypeOf<unknown>()
  })
})

// -- operations, as lang/ declares them ------------------------------------------------------------

// biome-ignore lint/suspicious/noExplicitAny: the gradual shape and element type, as in lang/syntax/expr.ts
interface Expr<S extends Dims = any, D = any> {
  readonly type: { readonly shape: S; readonly dtype: D }
  readonly node: unknown
}
/** The types are what is tested; at run time there is only this. */
const nothing: Expr = { type: { shape: [], dtype: 'real' }, node: null }
const unary = () => nothing
type Each<S extends readonly Dims[]> = { readonly [K in keyof S]: Expr<S[K]> }

const real: <const S extends Dims>(...shape: S & FitsDims<S>) => Expr<S> = unary
const axis: <const N extends number>(size: N & FitsSize<N>) => Expr<readonly [N]> = unary
const add: <A extends Dims, B extends Dims>(x: Expr<A>, y: Expr<B> & Fits<A, B>) => Expr<Joined<A, B>> = unary
const matmul: <A extends Dims, B extends Dims>(x: Expr<A>, y: Expr<B> & FitsMatmul<A, B>) => Expr<Matmul<A, B>> = unary
const relu: <S extends Dims>(x: Expr<S>) => Expr<S> = unary
const flatten: <S extends Dims>(x: Expr<S>) => Expr<Flattened<S>> = unary
const reshape: <const T extends Dims>(
  t: T,
) => <S extends Dims>(x: Expr<S> & FitsReshape<S, T>) => Expr<Reshaped<S, T>> = () => unary
const sum: <const A extends Axes = undefined>(
  axes?: A,
) => <S extends Dims>(x: Expr<S> & FitsAxes<S, A>) => Expr<Reduced<S, A>> = () => unary
const permute: <const P extends Dims>(
  p: P,
) => <S extends Dims>(x: Expr<S> & FitsPermutation<S, P>) => Expr<Permuted<S, P>> = () => unary
const to: <const T extends Dims>(t: T) => <S extends Dims>(x: Expr<S> & FitsTo<S, T>) => Expr<BroadcastTo<S, T>> = () =>
  unary
const concat: <const A extends number>(
  axis: A,
) => <const S extends readonly Dims[]>(xs: Each<S> & FitsConcat<S, A>) => Expr<Concat<S, A>> = () => unary
const einsum: <const E extends string>(
  equation: E,
) => <const S extends readonly Dims[]>(...xs: Each<S> & FitsEinsum<E, S>) => Expr<Einsum<E, S>> = () => unary
const conv: <W extends Dims, const O extends ConvOptions = {}>(
  filter: Expr<W>,
  options?: O,
) => <X extends Dims>(x: Expr<X> & FitsConv<X, W, O>) => Expr<ConvShape<X, W, O>> = () => unary
const pool: <const O extends PoolOptions>(
  options: O,
) => <S extends Dims>(x: Expr<S> & FitsPool<S, O>) => Expr<PoolShape<S, O>> = () => unary
const dense: <W extends Dims>(w: Expr<W>) => <X extends Dims>(x: Expr<X> & FitsMatmul<X, W>) => Expr<Matmul<X, W>> =
  () => unary

describe('operations', () => {
  const m = real(2, 3),
    v = real(4)
  test('compose with pipe and flow', () => {
    expectTypeOf(pipe(m, sum([0]), reshape([3, -1]))).toEqualTypeOf<Expr<readonly [3, 1]>>()
    expectTypeOf(pipe(m, sum(), reshape([1, -1]))).toEqualTypeOf<Expr<readonly [1, 1]>>()
    expectTypeOf(pipe(m, sum(-1), relu, to([5, 2]), permute([1, 0]))).toEqualTypeOf<Expr<readonly [2, 5]>>()
    expectTypeOf(flow(sum([0]), reshape([-1, 1]))(m)).toEqualTypeOf<Expr<readonly [3, 1]>>()
    expectTypeOf(add(m, real(4, 1, 3))).toEqualTypeOf<Expr<readonly [4, 2, 3]>>()
    expectTypeOf(matmul(m, real(3, 100))).toEqualTypeOf<Expr<readonly [2, 100]>>()
    expectTypeOf(concat(0)([m, real(5, 3), m])).toEqualTypeOf<Expr<readonly [9, 3]>>()
    expectTypeOf(einsum('ij,jk->ki')(m, real(3, 7))).toEqualTypeOf<Expr<readonly [7, 2]>>()
  })
  test('refuse at the argument that does not fit', () => {
    // @ts-expect-error cannot broadcast [2, 3] with [4]: 3 is not 4
    add(m, v)
    // @ts-expect-error cannot multiply [2, 3] by [4]: 3 is not 4
    matmul(m, v)
    // @ts-expect-error [2, 3] has no axis 2
    pipe(m, sum([2]), relu)
    // @ts-expect-error cannot reshape [2, 3] to [5, -1]: 6 is not a multiple of 5
    pipe(m, reshape([5, -1]), relu)
    // @ts-expect-error [0] does not permute the axes of [2, 3]: rank 1 is not 2
    pipe(m, permute([0]), relu)
    // @ts-expect-error cannot concat [2, 3] with [5, 4] along axis 0: 3 is not 4
    concat(0)([m, real(5, 4)])
    // @ts-expect-error ij,jk->ik: j is 3 and 4
    einsum('ij,jk->ik')(m, real(4, 7))
    // @ts-expect-error a filter [8, 4, 3, 3] does not fit [3, 32, 32]: 4 channels are not 3
    pipe(real(3, 32, 32), conv(real(8, 4, 3, 3)))
    // @ts-expect-error a dimension is one number, not one of several
    real(2 as 2 | 3)
    // @ts-expect-error -1 is not a dimension
    real(2, -1)
    // @ts-expect-error a dimension is one number, not one of: 2 | 3
    axis(2 as 2 | 3)
  })
  test('what is not known goes anywhere', () => {
    const un: Expr = m,
      wide: Expr<Dims> = m,
      some = real(2 as number, 3)
    expectTypeOf(add(un, v)).toEqualTypeOf<Expr>()
    expectTypeOf(add(v, wide)).toEqualTypeOf<Expr>()
    expectTypeOf(add(some, real(4, 1, 1))).toEqualTypeOf<Expr<readonly [4, number, 3]>>()
    expectTypeOf(matmul(wide, un)).toEqualTypeOf<Expr>()
    expectTypeOf(pipe(un, sum([0]), reshape([3, -1]))).toEqualTypeOf<Expr<readonly [3, number]>>()
    expectTypeOf(pipe(wide, pool({ kernel: 2 }), conv(un), sum())).toEqualTypeOf<Expr>()
    expectTypeOf(concat(0)([un, m])).toEqualTypeOf<Expr>()
    expectTypeOf(einsum('ij,jk->ik')(wide, m)).toEqualTypeOf<Expr>()
    expectTypeOf(einsum('ij,jk->ik' as string)(m, m)).toEqualTypeOf<Expr>()
    const loss: Expr<readonly []> = pipe(un, sum([0]))
    expectTypeOf(loss).toEqualTypeOf<Expr<readonly []>>()
  })
})

describe('generic code', () => {
  test('keeps what it knows: layers need no casts', () => {
    const layer = <N extends number, I extends number, O extends number>(
      x: Expr<readonly [N, I]>,
      w: Expr<readonly [I, O]>,
      b: Expr<readonly [O]>,
    ): Expr<readonly [N, O]> => add(matmul(x, w), b)
    const scores = <Q extends number, K extends number, D extends number>(
      q: Expr<readonly [Q, D]>,
      k: Expr<readonly [K, D]>,
    ): Expr<readonly [Q, K]> => einsum('qd,kd->qk')(q, k)
    const rows = <N extends number, M extends number>(x: Expr<readonly [N, M]>): Expr<readonly [N]> => sum(1)(x)
    const half = <S extends Dims>(x: Expr<S>): Expr<S> => add(x, real())
    const one = <N extends number>(n: N & FitsSize<N>): Expr<readonly [N]> => axis(n)
    const column = <N extends number>(n: N): Expr<readonly [N, 1]> => real(n, 1)
    const double = <S extends Dims>(x: Expr<S>): Expr<S> => add(x, x)
    const digits = <N extends number>(x: Expr<readonly [N, 1, 28, 28]>): Expr<readonly [N, 8, 24, 24]> =>
      conv(real(8, 1, 5, 5))(x)
    expectTypeOf(layer(real(5, 4), real(4, 3), real(3))).toEqualTypeOf<Expr<readonly [5, 3]>>()
    expectTypeOf(scores(real(5, 4), real(6, 4))).toEqualTypeOf<Expr<readonly [5, 6]>>()
    expectTypeOf(rows(real(5, 4))).toEqualTypeOf<Expr<readonly [5]>>()
    expectTypeOf(half(real(5, 4))).toEqualTypeOf<Expr<readonly [5, 4]>>()
    expectTypeOf(column(5)).toEqualTypeOf<Expr<readonly [5, 1]>>()
    expectTypeOf(one(5)).toEqualTypeOf<Expr<readonly [5]>>()
    expectTypeOf(double(real(5, 4))).toEqualTypeOf<Expr<readonly [5, 4]>>()
    expectTypeOf(digits(real(32, 1, 28, 28))).toEqualTypeOf<Expr<readonly [32, 8, 24, 24]>>()
  })
  test('decides later what it cannot decide', () => {
    const spread = <S extends Dims>(x: Expr<S>) => add(sum(0)(x), sum(1)(x))
    expectTypeOf(spread(real(3, 3))).toEqualTypeOf<Expr<readonly [3]>>()
    const affine = <L extends Dims>(x: Expr<readonly [...L, 5]>) => add(matmul(x, real(5, 7)), real(7))
    expectTypeOf(affine<readonly [4, 6]>(real(4, 6, 5))).toEqualTypeOf<Expr<readonly [4, 6, 7]>>()
  })
  test('lets pass what it cannot decide, rule by rule', () => {
    type Undecided<S extends Dims, N extends number, M extends number> = readonly [
      FitsAxes<S, 0>,
      FitsAxes<readonly [2, 3], N>,
      FitsPermutation<S, readonly [1, 0]>,
      FitsInserted<S, N>,
      FitsRemoved<readonly [N], 0>,
      Fits<readonly [N], readonly [3]>,
      Fits<readonly [N], readonly [M]>,
      FitsTo<readonly [N], readonly [3]>,
      FitsReshape<readonly [N, 4], readonly [-1, 3]>,
      FitsReshape<S, readonly [N, 5]>,
      FitsConcat<readonly [readonly [N, 2], readonly [M, 2]], 1>,
      FitsMatmul<readonly [N, M], readonly [3, 4]>,
      FitsConv<readonly [N, M, 28, 28], readonly [8, 3, 5, 5]>,
      FitsConv<readonly [3, N, M], readonly [8, 3, 5, 5]>,
      FitsTransposedConv<S, readonly [8, 3, 5, 5]>,
      FitsPool<readonly [3, N, M], { kernel: 3 }>,
      FitsPool<readonly [3, 9, 9], { kernel: N }>,
      FitsEinsum<'ij,jk->ik', readonly [readonly [N, 3], readonly [M, N]]>,
      FitsDims<readonly [N, 3]>,
      FitsSize<N>,
    ]
    const pass = <S extends Dims, N extends number, M extends number>(x: Expr<S>): Undecided<S, N, M> => [
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
      x,
    ]
    expectTypeOf(pass).toBeFunction()
  })
  test('refuses what can never fit', () => {
    // @ts-expect-error cannot multiply [N, 784] by [785, 10], whatever N is
    const wrong = <N extends number>(x: Expr<readonly [N, 784]>) => matmul(x, real(785, 10))
    expectTypeOf(wrong).toBeFunction()
  })
})

describe('networks', () => {
  test('fifty convolutions', () => {
    const c = conv(real(8, 8, 3, 3))
    const at10 = pipe(real(8, 224, 224), c, c, c, c, c, c, c, c, c, c)
    const at20 = pipe(at10, c, c, c, c, c, c, c, c, c, c)
    const at30 = pipe(at20, c, c, c, c, c, c, c, c, c, c)
    const at40 = pipe(at30, c, c, c, c, c, c, c, c, c, c)
    const at50 = pipe(at40, c, c, c, c, c, c, c, c, c, c)
    expectTypeOf(at50).toEqualTypeOf<Expr<readonly [8, 124, 124]>>()
  })
  test('a whole network for digits', () => {
    const features = flow(
      conv(real(32, 1, 5, 5)),
      relu,
      pool({ kernel: 3 }),
      conv(real(64, 32, 5, 5)),
      relu,
      pool({ kernel: 2 }),
      flatten,
    )
    expectTypeOf(features(real(1, 28, 28))).toEqualTypeOf<Expr<readonly [256]>>()
    expectTypeOf(pipe(real(1, 28, 28), features, dense(real(256, 256)), relu, dense(real(256, 10)))).toEqualTypeOf<
      Expr<readonly [10]>
    >()
    // @ts-expect-error cannot multiply [256] by [255, 10]: 256 is not 255
    pipe(real(1, 28, 28), features, dense(real(255, 10)))
  })
})
