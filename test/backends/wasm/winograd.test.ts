/** Short convolutions in transformed tiles: forward and both gradients, of any size, their error, and what they refuse. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dividedInPlace } from '../../../backends/rewrite/residues.ts'
import { type KernelStep, kernelsOf, type Plan, sizeAt, typeOf } from '../../../backends/schedule/plan.ts'
import { winogradOf } from '../../../backends/wasm/gemm/winograd.ts'
import { errorFactor, type Short, shortConvolution } from '../../../backends/wasm/gemm/winogradMatrices.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import type { Tensor } from '../../../lang/evaluate.ts'
import { conv, relu } from '../../../lang/operations/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Shape } from '../../../lang/syntax/shape.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { subject } from '../../laws/backend.ts'
import { closeAll, same, type Values } from '../../laws/close.ts'
import type { AnyProgram } from '../execution.ts'

const layer = (x: Shape, w: Shape, options: object, after: (y: Expr) => Expr = (y) => y): AnyProgram =>
  programOrThrow(
    [real(...x), real(...w)] as never,
    (([a, b]: readonly [Expr, Expr]) => after(conv(options as never)(a as never, b as never) as Expr)) as never,
  ) as unknown as AnyProgram
const withGradients = (p: AnyProgram): AnyProgram => vjpOrThrow(p as never) as unknown as AnyProgram
const numbers = (p: AnyProgram, seed = 1): Values =>
  valuesFrom(seed, inTypes(p.closed), [-1, 1]).map((v) => Float64Array.from(v as ArrayLike<number>, Math.fround))

/** How a kernel is tiled. */
const tilesIn = (p: Plan, k: KernelStep): readonly string[] => {
  const region = (v: number) => ({ base: 0, size: sizeAt(p, v), width: 4 as const })
  const spec = {
    ...dividedInPlace(k.indices, k.body),
    shapes: k.reads.map((v) => typeOf(p, v).shape),
    reads: k.reads.map(region),
    out: region(k.out),
    dtype: 'real' as const,
    label: '',
  }
  const f = winogradOf(spec)
  return f ? [`${f.tiled} by ${f.step}`] : []
}
const tilesOf = (p: AnyProgram): readonly string[] => {
  const plan = planOf(p.closed)
  return kernelsOf(plan).flatMap((k) => tilesIn(plan, k))
}
/** Errors of a sum are those of its terms, which are as large as the largest sums. */
const inScale = (found: Values, exact: Values): boolean =>
  found.every((v, k) => {
    const of = exact[k] as Tensor
    const largest = of.reduce((m: number, y: number) => Math.max(m, Math.abs(y)), 0)
    return v.every((y: number, i: number) => Math.abs(y - (of[i] ?? Number.NaN)) <= 4e-6 * largest)
  })
/** The interpreter takes seconds for such a convolution; float64 is held to it by tests of its own. */
const agrees = async (
  p: AnyProgram,
  x: Values,
  near: (found: Values, exact: Values) => boolean = inScale,
): Promise<boolean> => {
  const all = [wasm({ threads: 1 }), wasm({ threads: 3 }), wasm({ threads: 1, precision: 'float64' })]
  const [one, several, exact] = await Promise.all(
    all.map(async (b) => {
      const s = await subject(b, p)
      const found = await s.run(x)
      s.release()
      return found
    }),
  )
  return same(one as Values, several as Values) && near(one as Values, exact as Values)
}

const cases: readonly (readonly [string, AnyProgram, readonly string[]])[] = [
  [
    'padded',
    withGradients(layer([1, 64, 28, 28], [64, 64, 3, 3], { pad: 1 })),
    ['outputs by 4', 'outputs by 4', 'taps by 4'],
  ],
  [
    'without padding',
    withGradients(layer([1, 48, 26, 27], [64, 48, 3, 3], {})),
    ['outputs by 4', 'outputs by 4', 'taps by 4'],
  ],
  [
    'two of padding',
    withGradients(layer([1, 48, 24, 23], [64, 48, 3, 3], { pad: 2 })),
    ['outputs by 4', 'outputs by 4', 'taps by 4'],
  ],
  [
    'a batch of odd sizes',
    withGradients(layer([3, 36, 13, 11], [72, 36, 3, 3], { pad: 1 })),
    ['outputs by 4', 'taps by 4'],
  ],
  [
    'a small image of many channels',
    withGradients(layer([4, 512, 7, 7], [512, 512, 3, 3], { pad: 1 })),
    ['outputs by 4', 'outputs by 4', 'taps by 4'],
  ],
  [
    'groups',
    withGradients(layer([2, 128, 20, 20], [128, 64, 3, 3], { pad: 1, groups: 2 })),
    ['outputs by 4', 'outputs by 4', 'taps by 4'],
  ],
  [
    'many channels',
    withGradients(layer([1, 256, 14, 14], [256, 256, 3, 3], { pad: 1 })),
    ['outputs by 2', 'outputs by 2', 'taps by 2'],
  ],
  ['relu', layer([2, 64, 14, 14], [64, 64, 3, 3], { pad: 1 }, (y) => relu(y as never) as Expr), ['outputs by 4']],
  ['one channel', withGradients(layer([1, 1, 32, 32], [8, 1, 3, 3], { pad: 1 })), []],
  ['a stride', withGradients(layer([1, 32, 28, 28], [32, 32, 3, 3], { pad: 1, stride: 2 })), []],
  ['a dilation', layer([1, 32, 28, 28], [32, 32, 3, 3], { pad: 2, dilation: 2 }), []],
]
describe.each(cases)('%s', (_, p, tiles) => {
  test('is tiled where that gains', () => expect(tilesOf(p)).toEqual(tiles))
  test('has the values of float64, and the same bits on any number of threads', async () => {
    expect(await agrees(p, numbers(p))).toBe(true)
  })
})
test('convolutions of any size, with both gradients', async () => {
  const size = fc.integer({ min: 6, max: 30 })
  const shapes = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.tuple(fc.integer({ min: 8, max: 20 }), fc.integer({ min: 4, max: 10 })),
    size: fc.tuple(size, size),
    pad: fc.tuple(fc.tuple(fc.nat(2), fc.nat(2)), fc.tuple(fc.nat(2), fc.nat(2))),
    groups: fc.integer({ min: 1, max: 2 }),
  })
  const found = new Set<string>()
  await fc.assert(
    fc.asyncProperty(shapes, async ({ batch, channels: [c, k], size: [h, w], pad, groups }) => {
      const p = withGradients(layer([batch, 4 * c * groups, h, w], [8 * k * groups, 4 * c, 3, 3], { pad, groups }))
      for (const t of tilesOf(p)) found.add(t)
      return agrees(p, numbers(p))
    }),
    { numRuns: 10 },
  )
  expect([...found]).toEqual(expect.arrayContaining(['outputs by 4', 'taps by 4']))
})

const odd: readonly number[] = [Number.NaN, Number.POSITIVE_INFINITY, 1e30]
test.each(odd)('%s reaches only the outputs whose windows it is in', async (bad) => {
  const p = withGradients(layer([1, 64, 28, 28], [64, 64, 3, 3], { pad: 1 }))
  expect(tilesOf(p).length).toBe(3)
  for (const at of [0, 1, 2]) {
    const x = numbers(p).map((v, k) => (k === at ? (v as Float64Array).with(300, Math.fround(bad)) : v))
    expect(await agrees(p, x as Values, (a, b) => closeAll(a, b, 1e-4))).toBe(true)
  }
})

describe('errors', () => {
  const unit = 2 ** -24
  const [channels, size] = [64, 28]
  const p = layer([1, channels, size, size], [64, channels, 3, 3], { pad: 1 })
  const run = async (precision: 'float32' | 'float64', x: Values): Promise<Tensor> => {
    const s = await subject(wasm({ threads: 1, precision }), p)
    const [y] = await s.run(x)
    s.release()
    return y as Tensor
  }
  /** The direct sum in float32, term by term, of some outputs. */
  const direct = ([x, w]: Values, k: number, y: number, z: number): number => {
    let sum = 0
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const [v, h] = [y + i - 1, z + j - 1]
          if (v < 0 || h < 0 || v >= size || h >= size) continue
          const term = Math.fround(
            (x?.[(c * size + v) * size + h] ?? 0) * (w?.[((k * channels + c) * 3 + i) * 3 + j] ?? 0),
          )
          sum = Math.fround(sum + term)
        }
    return sum
  }
  test('of random numbers are about twice those of the direct sum', async () => {
    const x = numbers(p)
    const [y, exact] = [await run('float32', x), await run('float64', x)]
    let [ours, theirs] = [0, 0]
    for (let k = 0; k < 64; k += 4)
      for (let v = 0; v < size; v++)
        for (let h = 0; h < size; h++) {
          const at = (k * size + v) * size + h
          ours += ((y[at] ?? 0) - (exact[at] ?? 0)) ** 2
          theirs += (direct(x, k, v, h) - (exact[at] ?? 0)) ** 2
        }
    expect(Math.sqrt(ours / theirs)).toBeLessThan(2.5)
  })
  const magnitudes = (of: Tensor | undefined, positions: readonly number[]): number =>
    positions.reduce((m, k) => Math.max(m, Math.abs(of?.[k] ?? 0)), 0)
  const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, k) => from + k)
  /** Of a tile of 4 x 4 outputs from y, z on: for every channel, the largest number among the 6 x 6 that it reads. */
  const largestInTile = ([x]: Values, y: number, z: number): readonly number[] => {
    const within = (from: number): readonly number[] => range(Math.max(0, from - 1), Math.min(size, from + 5))
    const rows = within(y).flatMap((v) => within(z).map((h) => v * size + h))
    return range(0, channels).map((c) =>
      magnitudes(
        x as Tensor,
        rows.map((r) => c * size * size + r),
      ),
    )
  }
  const largestInFilter = ([, w]: Values, k: number): readonly number[] =>
    range(0, channels).map((c) =>
      magnitudes(
        w as Tensor,
        range(0, 9).map((t) => (k * channels + c) * 9 + t),
      ),
    )
  /** The largest error in parts of the bound of its tile. */
  const partOfBound = async (x: Values): Promise<number> => {
    const [found, exact] = [await run('float32', x), await run('float64', x)]
    const each = (channels + 16) * errorFactor(shortConvolution(4, 3)) ** 2 * unit
    const filters = range(0, 64).map((k) => largestInFilter(x, k))
    const starts = range(0, size / 4).map((t) => 4 * t)
    const parts = starts.flatMap((y) =>
      starts.flatMap((z) => {
        const tile = largestInTile(x, y, z)
        return filters.map((filter, k) => {
          const sums = tile.reduce((s, d, c) => s + d * (filter[c] ?? 0), 0)
          const outputs = range(0, 16).map((i) => (k * size + y + (i >> 2)) * size + z + (i & 3))
          return Math.max(...outputs.map((o) => Math.abs((found[o] ?? 0) - (exact[o] ?? 0)))) / (each * sums)
        })
      }),
    )
    return Math.max(...parts)
  }
  const dark = 2 ** -30
  /** The image times a number that depends on the position. */
  const lit = (light: (position: number) => number): Values =>
    numbers(p).map((v, k) => (k === 0 ? (v as Float64Array).map((n, i) => Math.fround(n * light(i))) : v)) as Values
  test.each<[string, Values]>([
    ['random numbers', numbers(p)],
    ['dark rows', lit((i) => (Math.floor(i / size) % size < 14 ? dark : 1))],
    ['dark channels', lit((i) => (i < 3 * size * size ? 1 : dark))],
    ['a bright pixel among dark ones', lit((i) => (i === 30 * size + 14 ? 1 : dark))],
  ])('of %s are below a hundredth of the bound of their tile', async (_, x) => {
    const part = await partOfBound(x)
    expect(part).toBeLessThan(0.01)
    expect(part).toBeGreaterThan(1e-4)
  })
  test.each([
    [2, 3],
    [4, 3],
    [3, 2],
    [3, 4],
  ])('the matrices for %i outputs of %i terms give a convolution', (outs, taps) => {
    const { data, filter, result }: Short = shortConvolution(outs, taps)
    const [d, g] = [data.map((_, k) => Math.cos(k)), (filter[0] ?? []).map((_, k) => Math.sin(k + 1))]
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, k) => s + x * (b[k] ?? 0), 0)
    const products = data.map((row, k) => dot(row, d) * dot(filter[k] ?? [], g))
    result.forEach((row, i) => {
      expect(dot(row, products)).toBeCloseTo(dot(g, d.slice(i, i + taps)), 12)
    })
  })
})
