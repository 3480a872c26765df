/** A block several times, written out and as one loop: the same function, with the same gradients. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { square } from '../../../lang/operations/comparison.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { type UntypedProgram, untypedProgram } from '../../../lang/syntax/program.ts'
import { apply, foldIn, gradOrThrow, real, relu, sum, type Type, take, tanh, vmap } from '../../../src/index.ts'
import * as models from '../../../src/models/index.ts'
import * as nn from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'
import { orFail } from '../../backends/execution.ts'

const key = randomKey(5)
type Numbers = readonly Float64Array[]
/** The numbers of a tree, leaf by leaf. */
const leaves = (tree: unknown): Numbers =>
  tree === null
    ? []
    : ArrayBuffer.isView(tree)
      ? [Float64Array.from(tree as Float32Array)]
      : Object.values(tree as object).flatMap(leaves)
const output = (network: nn.Layer, x: readonly number[], shape: readonly number[]): readonly number[] => {
  const { params, state } = network.init(key)
  const p = nn.predictOrThrow(network, real(...shape))
  const [y] = evaluate(p.closed, [...leaves(params), ...leaves(state), Float64Array.from(x)])
  return [...(y as Float64Array)]
}

describe('repeat', () => {
  const block = nn.residual(nn.sequential(nn.dense(3, 3), relu))
  test('three times a block is the sequence of three', () => {
    const [once, thrice] = [nn.repeat(3, block), nn.sequential(block, block, block)]
    expect(once.params).toEqual(thrice.params)
    expect(once.init(key)).toEqual(thrice.init(key))
    expect(output(once, [1, -2, 3], [3])).toEqual(output(thrice, [1, -2, 3], [3]))
    expectTypeOf(once.params).toEqualTypeOf(thrice.params)
    expect(once.name).toBe('repeat(3, residual(sequential(dense(3, 3), relu), identity))')
  })
  test('a function or a list of layers is a block, as elsewhere', () => {
    for (const as of ['sequence', 'scan'] as const) {
      expect(output(nn.repeat(2, relu, { as: as as 'scan' }), [1, -2, 3], [3])).toEqual([1, 0, 3])
      const found = output(nn.repeat(2, [nn.dense(3, 3), tanh], { as } as { as: 'sequence' }), [1, -2, 3], [3])
      expect(found).toEqual(output(nn.repeat(2, nn.sequential(nn.dense(3, 3), tanh)), [1, -2, 3], [3]))
    }
  })
  test('the integers of a loop of steps start as integers', () => {
    const l = nn.repeat(2, nn.multiHeadAttention(4, 2, { causal: true }), { as: 'scan' })
    const [cached, at] = [new Float32Array(2 * 2 * 3 * 2), new Int32Array(2)]
    expect(nn.stepwise(3)(l).init(key).state).toEqual({ keys: cached, values: cached, at })
  })
  test('no time is the identity', () => {
    expect(output(nn.repeat(0, block), [1, 2, 3], [3])).toEqual([1, 2, 3])
  })
  test('a number of times is a whole number', () => {
    for (const n of [2.5, -1, Number.NaN]) expect(() => nn.repeat(n, block)).toThrow(/repeat: n must be a whole number/)
  })
  test('the copies have weights of their own', () => {
    const [a, b] = nn.repeat(2, nn.dense(2, 2)).init(key).params
    expect(a.w).not.toEqual(b.w)
  })
  test('TypeScript refuses a block that gives another shape than it takes', () => {
    const wrong = nn.repeat(2, nn.dense(3, 4))
    // @ts-expect-error a block that is repeated gives what it takes
    expect(() => nn.predictOrThrow(wrong, real(3))).toThrow()
  })
})

/** Of each leaf of a block the numbers of all n blocks, from those of the blocks in turn. */
const stacked = (n: number, all: Numbers): Numbers => {
  const each = all.length / n
  return Array.from({ length: each }, (_, k) =>
    Float64Array.from(Array.from({ length: n }, (_, i) => [...(all[i * each + k] as Float64Array)]).flat()),
  )
}
/** { params, state, key, x } -> [outputs, next states], of two examples. */
const batchOf = (l: nn.Layer, mode: 'train' | 'eval', x: Type): UntypedProgram => {
  const one = nn.forwardOrThrow(mode)(l, x as never)
  return vmap(2, { over: { params: false, state: false, key: true, x: true } as never, axis: 'batch' })(one as never)
}
/** The gradients of the sum of the squared outputs. */
const gradientsOf = (l: nn.Layer, x: Type): UntypedProgram => {
  const p = batchOf(l, 'train', x)
  const loss = untypedProgram(p.in, (v: never) =>
    sum()(square((apply(p as never)(v) as never as readonly Expr[])[0] as Expr)),
  )
  return gradOrThrow(orFail(loss) as never) as never
}
const numbers = (p: UntypedProgram, start: { readonly params: unknown; readonly state: unknown }, x: Float64Array) =>
  evaluate(p.closed, [...leaves(start.params), ...leaves(start.state), x]) as unknown as Numbers
const expectClose = (a: Numbers, b: Numbers): void => {
  expect(a.map((v) => v.length)).toEqual(b.map((v) => v.length))
  a.forEach((v, k) => {
    v.forEach((n, i) => {
      expect(n).toBeCloseTo(b[k]?.[i] as number, 9)
    })
  })
}
const pair = (n: number, block: nn.Layer): readonly [apart: nn.Layer, loop: nn.Layer] => [
  nn.repeat(n, block) as nn.Layer,
  nn.repeat(n, block, { as: 'scan' }) as nn.Layer,
]
const x = Float64Array.of(0.3, -0.2, 0.5, 0.1, 0.7, -0.4)

describe('as a scan', () => {
  const blocks: readonly (readonly [string, nn.Layer])[] = [
    ['a residual block', nn.residual(nn.sequential(nn.dense(3, 3), tanh)) as nn.Layer],
    ['layer normalisation', nn.sequential(nn.layerNorm([3]), nn.dense(3, 3)) as nn.Layer],
    ['batch normalisation, whose state is stacked', nn.sequential(nn.dense(3, 3), nn.batchNorm(3)) as nn.Layer],
    ['a loop in a loop', nn.repeat(2, nn.sequential(nn.dense(3, 3), tanh), { as: 'scan' }) as nn.Layer],
  ]
  test.each(blocks)('%s: the same start, outputs and next state', (_, block) => {
    const [apart, loop] = pair(3, block)
    const [a, b] = [apart.init(key), loop.init(key)]
    expect(leaves(b.params)).toEqual(stacked(3, leaves(a.params)))
    expect(leaves(b.state)).toEqual(stacked(3, leaves(a.state)))
    for (const mode of ['train', 'eval'] as const) {
      const [y, ...next] = numbers(batchOf(apart, mode, real(3)), a, x) as Float64Array[]
      const [z, ...after] = numbers(batchOf(loop, mode, real(3)), b, x) as Float64Array[]
      expectClose([z as Float64Array], [y as Float64Array])
      // every example has the next state of the batch
      const first = (all: Numbers): Numbers => all.map((s) => s.slice(0, s.length / 2))
      expectClose(first(after), stacked(3, first(next)))
    }
  })
  test.each(blocks)('%s: the same gradients', async (_, block) => {
    const [apart, loop] = pair(3, block)
    const [a, b] = [apart.init(key), loop.init(key)]
    const counts = leaves(a.params).length
    const of = (found: Numbers, params: number): readonly [Numbers, Numbers] => [
      found.slice(0, params),
      [found.at(-1) as Float64Array],
    ]
    const [wanted, wantedX] = of(numbers(gradientsOf(apart, real(3)), a, x), counts)
    const [found, foundX] = of(numbers(gradientsOf(loop, real(3)), b, x), counts / 3)
    expectClose(found, stacked(3, wanted))
    expectClose(foundX, wantedX)
    const run = orFail(await wasm({ precision: 'float64' }).compile(gradientsOf(loop, real(3)) as never)()).run
    const { params, state } = b
    const onWasm = leaves(orFail(await run({ params, state, key: loop.keys, x } as never)()))
    expectClose(onWasm.slice(0, counts / 3), found)
  })
  test('the k-th block draws from the k-th child of the key', () => {
    const block = nn.sequential(nn.dense(3, 3), nn.dropout(0.5)) as nn.Layer
    const loop = nn.repeat(3, block, { as: 'scan' }) as nn.Layer
    const { params } = loop.init(key)
    const both = (one: Expr, b: Expr, k: Expr, v: Expr): readonly unknown[] => {
      const rows = Array.from({ length: 3 }, (_, i) => i)
      const at = (e: Expr, i: number): Expr => take(0, i)(e as Expr<readonly [3]>) as Expr
      const apart = rows.reduce((y, i) => {
        const context = { mode: 'train', key: [null, foldIn(i)(k as never)] }
        const [next] = block.apply(
          [{ w: at(one, i), b: at(b, i) }, null] as never,
          [null, null] as never,
          context as never,
          y as never,
        )
        return next as Expr
      }, v)
      const context = { mode: 'train', key: [null, k] }
      const [looped] = loop.apply([{ w: one, b }, null] as never, [null, null] as never, context as never, v as never)
      return [apart, looped]
    }
    const p = orFail(
      untypedProgram([real(3, 3, 3), real(3, 3), nn.dropout(0.5).keys, real(3)], ([w, b, k, v]: readonly Expr[]) =>
        both(w as Expr, b as Expr, k as Expr, v as Expr),
      ),
    )
    const [apart, looped] = evaluate(p.closed, [...leaves(params), Float64Array.of(1, 2, 3), x.slice(0, 3)])
    expect(looped).toEqual(apart)
    expect([...(looped as Float64Array)].some((v) => v === 0)).toBe(true)
  })
  test('its trees are those of the block, stacked', () => {
    const loop = nn.repeat(3, nn.dense(2, 2), { as: 'scan' })
    expectTypeOf(loop.params.w).toEqualTypeOf<Type<readonly [3, 2, 2], 'real'>>()
    expect(loop.params).toEqual({ w: real(3, 2, 2), b: real(3, 2) })
    expect(loop.name).toBe('repeat(3, dense(2, 2), scan)')
  })
  test('no time is the identity', () => {
    expect(output(nn.repeat(0, nn.dense(3, 3), { as: 'scan' }), [1, 2, 3], [3])).toEqual([1, 2, 3])
  })
  test('a block that gives another shape is refused, and so is another way to repeat', () => {
    const wrong = nn.repeat(2, nn.dense(3, 4), { as: 'scan' }) as nn.Layer
    expect(() => nn.predictOrThrow(wrong, real(3))).toThrow(
      /scan: the body changes the type of a carry: expected real\[3\], found real\[4\]/,
    )
    expect(() => nn.repeat(2, nn.dense(3, 3), { as: 'loop' as never })).toThrow(
      /repeat: as must be 'sequence' or 'scan'/,
    )
  })
})

test('a transformer of twelve blocks is the same program of stacked parameters', () => {
  const small = { symbols: 7, length: 4, width: 8, heads: 2, depth: 3 } as const
  const [apart, loop] = [models.gpt2(small) as nn.Layer, models.gpt2({ ...small, as: 'scan' }) as nn.Layer]
  expect(nn.parameterCount(loop)).toBe(nn.parameterCount(apart))
})
