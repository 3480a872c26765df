/** Loops written out: how many statements and loops there are, and what they compute. */
import { describe, expect, test } from 'vitest'
import { reducesIn } from '../../../backends/rewrite/scalars.ts'
import { type Block, unrolledBlock } from '../../../backends/rewrite/unroll.ts'
import { unrollShort } from '../../../backends/rewrite/unrollShort.ts'
import { runKernel } from '../../../lang/kernel/evaluate.ts'
import { fn, kernel, load, type Monoid, reduce, type Scalar } from '../../../lang/kernel/index.ts'
import { real, type Shape, sizeOf } from '../../../lang/syntax/shape.ts'

const ofArray = (by: Monoid, sizes: Shape): Scalar => reduce(by, sizes, (at) => load(0, at, 'real'))
const valueAt = (body: Scalar, shape: Shape): number | undefined =>
  runKernel(
    real(),
    kernel(() => body) as never,
    [real(...shape)],
    [Float64Array.from({ length: sizeOf(shape) }, (_, k) => (k % 5) - 1.5)],
  )[0]
/** All statements of a block, those in loops too. */
const statements = (block: Block): Block => block.flatMap((s) => (s._tag === 'For' ? [s, ...statements(s.body)] : [s]))
/** How many loops it has, how many accumulators it starts, and how many terms it writes. */
const shapeOf = (block: Block) => {
  const all = statements(block)
  const starts = all.filter((s) => s._tag === 'Start')
  return {
    loops: all.filter((s) => s._tag === 'For').length,
    started: starts.length,
    terms: starts.filter((s) => s.from !== undefined).length + all.filter((s) => s._tag === 'Into').length,
  }
}

describe('a nest of sums', () => {
  const limits = { long: 1, short: 1, nodes: 1000 }
  test('has one accumulator', () => {
    expect(shapeOf(unrolledBlock([], [ofArray('add', [9, 10])], limits))).toEqual({ loops: 2, started: 1, terms: 1 })
  })
  test('has its short loops unrolled whole', () => {
    const block = unrolledBlock([], [ofArray('add', [9, 3])], { ...limits, short: 4 })
    expect(shapeOf(block)).toEqual({ loops: 1, started: 1, terms: 3 })
  })
  test('has copies of the body of a long loop, and the rest', () => {
    const block = unrolledBlock([], [ofArray('add', [11])], { ...limits, long: 4 })
    expect(shapeOf(block)).toEqual({ loops: 1, started: 1, terms: 4 + 3 })
  })
  test('of two kinds has two accumulators', () => {
    const both = reduce('max', [9], ([i]) => reduce('add', [10], ([k]) => load(0, [i as Scalar, k as Scalar], 'real')))
    expect(shapeOf(unrolledBlock([], [both], limits))).toEqual({ loops: 2, started: 2, terms: 2 })
  })
})

describe('a short loop in an expression', () => {
  test.each<readonly [Monoid, number]>([
    ['add', 1],
    ['add', 4],
    ['mul', 3],
    ['max', 4],
    ['min', 2],
  ])('%s of %d is unrolled', (by, n) => {
    const body = ofArray(by, [n])
    expect(reducesIn(unrollShort(body))).toEqual([])
    expect(valueAt(unrollShort(body), [n])).toBe(valueAt(body, [n]))
  })
  test('a sum of -0 stays 0', () => {
    const zeros = reduce('add', [2], ([k]) => fn('mul', load(0, [k as Scalar], 'real'), load(0, [k as Scalar], 'real')))
    const negative = reduce('add', [2], ([k]) => fn('neg', fn('abs', fn('mul', load(0, [k as Scalar], 'real'), zeros))))
    const run = (s: Scalar) => runKernel(real(), kernel(() => s) as never, [real(2)], [new Float64Array(2)])[0]
    expect([run(negative), run(unrollShort(negative))]).toEqual([0, 0])
  })
  test('is unrolled inside a long one; a long one, an empty one and a large one stay', () => {
    const nested = reduce('add', [9, 3], (at) => load(0, at, 'real'))
    expect(reducesIn(unrollShort(nested)).length).toBe(1)
    expect(valueAt(unrollShort(nested), [9, 3])).toBe(valueAt(nested, [9, 3]))
    for (const n of [0, 5]) expect(reducesIn(unrollShort(ofArray('add', [n]))).length).toBe(1)
    const large = reduce('add', [4], ([k]) =>
      Array.from({ length: 100 }, (_, j) => j).reduce<Scalar>((s) => fn('sin', s), load(0, [k as Scalar], 'real')),
    )
    expect(reducesIn(unrollShort(large)).length).toBe(1)
  })
})
