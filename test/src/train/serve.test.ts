/** Programs that answer: what is bound, and batches of any number of examples. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Backend, gpujs, reference, wasm } from '../../../backends/index.ts'
import { relu } from '../../../lang/operations/activation.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { add, exp, lt, mul, sin } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import type { NumericArray } from '../../../lang/syntax/tree.ts'
import { batchNorm, conv2d, dense, flatten, maxPool, predictOrThrow, sequential } from '../../../src/nn/index.ts'
import { normal, randomKey } from '../../../src/random/index.ts'
import { piecesOf } from '../../../src/train/pieces.ts'
import { serve } from '../../../src/train/serve.ts'

const right = <A>(e: E.Either<unknown, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left))
  return e.right
}
const draws = (n: number, seed = 1): Float32Array => Float32Array.from(normal(n)(randomKey(seed)))
const near = (a: ArrayLike<number>, b: ArrayLike<number>, within: number): void => {
  expect(a.length).toBe(b.length)
  for (let i = 0; i < a.length; i++) expect(Math.abs((a[i] ?? 0) - (b[i] ?? 0))).toBeLessThan(within)
}

const network = sequential(conv2d(2, 3, 3), batchNorm(3), relu, maxPool(2), flatten(), dense(12, 4))
const one = predictOrThrow(network, real(2, 6, 6))
const start = network.init(randomKey(3))
/** Statistics that change something. */
const state = [null, { mean: [0.1, -0.2, 0.3], variance: [0.5, 2, 1.5] }, null, null, null, null] as never
const trained = { params: start.params, state }
/** The network on every example by itself, in float64. */
const expected = async (x: Float32Array): Promise<readonly number[]> => {
  const { run } = right(await reference.compile(one)())
  const rows = Array.from({ length: x.length / 72 }, (_, i) => x.subarray(72 * i, 72 * (i + 1)))
  const found = await Promise.all(rows.map(async (row) => right(await run({ ...trained, x: row } as never)())))
  return found.flatMap((y) => [...y])
}

const backends: readonly Backend[] = [reference, wasm(), gpujs({ mode: 'cpu' }), gpujs({ mode: 'webasm' })]
describe.each(backends.map((b) => [b.name, b] as const))('%s', (_, backend) => {
  test('one example', async () => {
    const model = right(await serve(backend)(one, trained)())
    const x = draws(72)
    near(right(await model.run({ x })()), await expected(x), 1e-5)
    model.release()
  })
  test.each([false, true])('any number of examples, regrouped: %s', async (regroup) => {
    const model = right(await serve(backend, { batch: [1, 4], regroup })(one, trained)())
    for (const n of [0, 1, 2, 4, 5, 9]) {
      const x = draws(72 * n, n)
      near(right(await model.run({ x })()), await expected(x), 1e-5)
    }
    model.release()
  })
  test('calls at once, whose arrays are then overwritten', async () => {
    const model = right(await serve(backend, { batch: [2, 3] })(one, trained)())
    const xs = [1, 2, 3, 4, 5].map((n) => draws(72 * n, n))
    const wanted = await Promise.all(xs.map(expected))
    const runs = xs.map((x) => model.run({ x })())
    for (const x of xs) x.fill(1000)
    const found = await Promise.all(runs)
    found.forEach((y, i) => {
      near(right(y), wanted[i] ?? [], 1e-5)
    })
    model.release()
    expect(await model.run({ x: draws(72) })()).toMatchObject(
      E.left({ _tag: 'BackendFailed', error: { _tag: 'Released' } }),
    )
  })
})

/** A back end that counts what it compiles. */
const counting = () => {
  const compiled: string[] = []
  const backend: Backend = {
    ...reference,
    compile: (p) => {
      compiled.push('program')
      return reference.compile(p)
    },
    resident: (p) => {
      compiled.push(JSON.stringify(p.in[1]))
      return reference.resident(p)
    },
  }
  return { backend, compiled }
}
describe('what is compiled', () => {
  const p = programOrThrow({ w: real(2), x: real(2) }, ({ w, x }) => sum()(mul(exp(w), x)))
  test('the largest size at once, the others when they are needed, each once', async () => {
    const { backend, compiled } = counting()
    const model = right(await serve(backend, { batch: [8, 1, 2, 8] })(p, { w: [0, 0] })())
    const size = (n: number): string => JSON.stringify({ x: real(n, 2) })
    expect(compiled).toEqual(['program', size(8)])
    const given = [3, 8, 1, 20, 1, 17].map((n) => Float32Array.from({ length: 2 * n }, (_, i) => i))
    for (const x of given) expect(right(await model.run({ x })())).toHaveLength(x.length / 2)
    expect(compiled).toEqual(['program', size(8), size(1)])
    await Promise.all([model.run({ x: [1, 2, 3, 4] })(), model.run({ x: [1, 2, 3, 4] })()])
    expect(compiled).toEqual(['program', size(8), size(1), size(2)])
  })
  test('what is left prints, and has no trace of what is bound', async () => {
    const model = right(await serve(reference)(p, { w: [0, 0] })())
    expect(model.program.closed.equations.map((q) => q.op)).toEqual(['mul', 'sum'])
    expectTypeOf(model.run).parameter(0).toEqualTypeOf<{ readonly x: NumericArray }>()
    expect(right(await model.run({ x: [3, 4] })())).toEqual(Float64Array.of(7))
  })
  test('a tree of inputs and of outputs, of every element type', async () => {
    const q = programOrThrow({ k: int(), x: { a: int(2), b: real() } }, ({ k, x }) => ({
      n: add(x.a, k),
      positive: lt(0, x.b),
      deep: [sin(x.b)],
    }))
    const model = right(await serve(reference, { batch: 2 })(q, { k: 10 })())
    expect(right(await model.run({ x: { a: [1, 2, 3, 4, 5, 6], b: [0, 1, -1] } })())).toEqual({
      n: Int32Array.of(11, 12, 13, 14, 15, 16),
      positive: Uint8Array.of(0, 1, 0),
      deep: [Float64Array.of(Math.sin(0), Math.sin(1), Math.sin(-1))],
    })
  })
  test('the pieces hold every example once, in order', () =>
    fc.assert(
      fc.property(fc.nat(100), fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (count, some) => {
        const sizes = some.toSorted((a, b) => a - b)
        const pieces = piecesOf(count, sizes)
        expect(pieces.reduce((n, piece) => (piece.from === n ? n + piece.count : Number.NaN), 0)).toBe(count)
        for (const piece of pieces) expect(sizes.includes(piece.size) && piece.count <= piece.size).toBe(true)
      }),
    ))
})

describe('errors are data', () => {
  const p = programOrThrow({ w: real(2), x: real(2), y: real() }, ({ w, x, y }) => mul(sum()(mul(exp(w), x)), y))
  const serving = (batch: number | readonly number[] | undefined, known: unknown = { w: [0, 0] }) =>
    serve(reference, batch === undefined ? {} : { batch })(p, known as { readonly w: readonly number[] })
  test.each([
    [0, 'batch names 0 examples: a size is a whole number, at least 1'],
    [[2, 1.5], 'batch names 1.5 examples: a size is a whole number, at least 1'],
    [[], 'batch names no size'],
  ])('sizes %j', async (batch, what) => {
    expect(await serving(batch)()).toMatchObject(
      E.left({ _tag: 'IllTyped', diagnostics: [{ problem: { _tag: 'Malformed', what } }] }),
    )
  })
  test('a bound input that does not exist, or is wrong', async () => {
    expect(await serving(2, { v: [0, 0] })()).toMatchObject(E.left({ _tag: 'IllTyped' }))
    expect(await serving(2, { w: [0, 0, 0] })()).toMatchObject(
      E.left({ _tag: 'BackendFailed', error: { _tag: 'WrongLength', path: 'w' } }),
    )
  })
  test.each([
    [{ x: [1, 2, 3], y: [1] }, 'x', '3 numbers'],
    [{ x: [1, 2, 3, 4], y: [1] }, 'y', '1 numbers'],
    [{ x: [1, 2] }, 'y', 'no array of numbers'],
    [{ x: 'ab', y: [1] }, 'x', 'no array of numbers'],
  ])('examples %j', async (x, path, found) => {
    const model = right(await serving(2)())
    expect(await model.run(x as never)()).toMatchObject(E.left({ _tag: 'WrongExamples', path, found }))
  })
  test('a back end that fails', async () => {
    const broken = { ...reference, resident: () => TE.left({ _tag: 'NoDevice' }) } as unknown as Backend
    expect(await serve(broken)(p, { w: [0, 0] })()).toMatchObject(
      E.left({ _tag: 'BackendFailed', error: { _tag: 'NoDevice' } }),
    )
  })
})
