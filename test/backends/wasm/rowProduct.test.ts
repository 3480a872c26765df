/** Vectors, and few rows, times matrices, in every order that their kernels read, against the reference; and loops of them. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { partsOf } from '../../../backends/rewrite/scalars.ts'
import { kernelsOf } from '../../../backends/schedule/plan.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { programOf } from '../../../lang/primitives/bodies.ts'
import { contract } from '../../../lang/primitives/contraction.ts'
import { add, tanh } from '../../../lang/primitives/elementwise.ts'
import { permute, reverse } from '../../../lang/primitives/reindex.ts'
import { scanClosed } from '../../../lang/primitives/scan.ts'
import { slice } from '../../../lang/primitives/window.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { spreadFrom, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { vjp } from '../../../src/transform/vjp.ts'
import { arbitraryLoop } from '../../laws/arbitraryLoop.ts'
import { agrees, deterministic, subject } from '../../laws/backend.ts'
import type { AnyProgram } from '../execution.ts'

const times = (x: string, y: string, out: string) => (a: Expr, b: Expr) => contract({ x, y, out, ties: [] })(a, b)
const along = times('k', 'jk', 'j')
const down = times('k', 'kj', 'j')
const [k, j] = [64, 132]
const programs: readonly (readonly [string, AnyProgram])[] = [
  ['along the rows', programOrThrow([real(k), real(j, k)], ([x, m]) => along(x, m))],
  ['down the columns', programOrThrow([real(k), real(k, j)], ([x, m]) => down(x, m))],
  ['one row of a matrix', programOrThrow([real(1, k), real(k, j)], ([x, m]) => times('ik', 'kj', 'ij')(x, m))],
  ['matrix first', programOrThrow([real(j, k), real(k)], ([m, x]) => times('jk', 'k', 'j')(m, x))],
  ['and what follows', programOrThrow([real(k), real(j, k), real(j)], ([x, m, b]) => tanh(add(along(x, m), b)))],
  ['and what follows, down', programOrThrow([real(k), real(k, j), real(j)], ([x, m, b]) => tanh(add(down(x, m), b)))],
  ['a transposed matrix', programOrThrow([real(k), real(j, k)], ([x, m]) => down(x, permute([1, 0])(m) as Expr))],
  ['backwards', programOrThrow([real(k), real(j, k)], ([x, m]) => along(reverse([0])(x) as Expr, m))],
  ['a reversed matrix', programOrThrow([real(k), real(k, j)], ([x, m]) => down(x, reverse([0])(m) as Expr))],
  [
    'every other row',
    programOrThrow([real(k), real(2 * k, j)], ([x, m]) =>
      down(x, slice({ start: [1, 0], shape: [k, j], stride: [2, 1] })(m)),
    ),
  ],
  ['a matrix of three axes', programOrThrow([real(k), real(4, 33, k)], ([x, m]) => times('k', 'abk', 'ab')(x, m))],
  ['a sum over two axes', programOrThrow([real(8, 8), real(8, 8, j)], ([x, m]) => times('ab', 'abj', 'j')(x, m))],
  ['whole vectors of columns alone', programOrThrow([real(63), real(63, j)], ([x, m]) => down(x, m))],
  ['whole vectors of columns alone, along', programOrThrow([real(63), real(j, 63)], ([x, m]) => along(x, m))],
  ['whole vectors of terms alone', programOrThrow([real(k), real(k, 131)], ([x, m]) => down(x, m))],
  ['no whole vectors', programOrThrow([real(63), real(63, 131)], ([x, m]) => down(x, m))],
] as unknown as readonly (readonly [string, AnyProgram])[]

const [alongAll, downAll] = [times('ik', 'jk', 'ij'), times('ik', 'kj', 'ij')]
/** Some rows, in the orders of both operands and of the result. */
const few = [2, 3, 4, 5, 8, 11].flatMap((n): readonly (readonly [string, AnyProgram])[] => {
  const of = (name: string, p: unknown) => [`${n} rows ${name}`, p as AnyProgram] as const
  return [
    of(
      'along',
      programOrThrow([real(n, k), real(j, k)], ([x, m]) => alongAll(x, m)),
    ),
    of(
      'down',
      programOrThrow([real(n, k), real(k, j)], ([x, m]) => downAll(x, m)),
    ),
    of(
      'down, from columns',
      programOrThrow([real(k, n), real(k, j)], ([x, m]) => times('ki', 'kj', 'ij')(x, m)),
    ),
    of(
      'along, into columns',
      programOrThrow([real(n, k), real(j, k)], ([x, m]) => times('jk', 'ik', 'ji')(m, x)),
    ),
    of(
      'down, into columns',
      programOrThrow([real(k, n), real(k, j)], ([x, m]) => times('kj', 'ki', 'ji')(m, x)),
    ),
    of(
      'along, and what follows',
      programOrThrow([real(n, k), real(j, k), real(n, j)], ([x, m, b]) => tanh(add(alongAll(x, m), b))),
    ),
    of(
      'along in blocks',
      programOrThrow([real(n, 8200), real(12, 8200)], ([x, m]) => alongAll(x, m)),
    ),
    of(
      'down in blocks',
      programOrThrow([real(n, 8), real(8, 8200)], ([x, m]) => downAll(x, m)),
    ),
  ]
})
test('the sums of few rows are not split', () => {
  const long = programOrThrow([real(4, 25088), real(8, 25088)], ([x, m]) => alongAll(x, m)) as unknown as AnyProgram
  const deep = programOrThrow([real(4, 4096), real(4096, 8)], ([x, m]) => downAll(x, m)) as unknown as AnyProgram
  expect([long, deep].map((p) => kernelsOf(planOf(p.closed)).length)).toEqual([1, 1])
})
test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d in a matrix reaches its column alone', async (x) => {
  const p = programOrThrow([real(3, k), real(k, j)], ([a, m]) => downAll(a, m)) as unknown as AnyProgram
  const s = await subject(wasm(), p)
  const [a, m] = valuesFrom(5, inTypes(p.closed)) as [Float64Array, Float64Array]
  const spoilt = [a, m.map((v, i) => (i === 5 * j + 7 ? x : v))]
  const [found] = (await s.run(spoilt)) as unknown as readonly [ArrayLike<number>]
  expect(Array.from(found, Number.isFinite)).toEqual(Array.from({ length: 3 * j }, (_, i) => i % j !== 7))
  s.release()
})

describe.each([1, 2])('on %i threads', (threads) => {
  test.each([...programs, ...few])('%s', async (_, p) => {
    const s = await subject(wasm({ threads }), p)
    const x = valuesFrom(5, inTypes(p.closed))
    expect(await agrees(s, x, 1e-5)).toBe(true)
    expect(await deterministic(s, x)).toBe(true)
    s.release()
  })
})
test('a product that four parts of a step read is computed once, by one kernel', async () => {
  const step = programOf([real(k), real(4 * k), real(4 * k, k)], (h, x, u) => {
    const gates = add(x, along(h, u))
    const part = (n: number): Expr => slice({ start: [n * k], shape: [k], stride: [1] })(gates)
    return [tanh(add(add(part(0), part(1)), add(part(2), part(3))))]
  })
  const p = programOrThrow([real(k), real(5, 4 * k), real(4 * k, k)], ([h, xs, u]) =>
    scanClosed(5, false, step)([h], [xs], [u]),
  ) as unknown as AnyProgram
  const sums = kernelsOf(planOf(p.closed)).filter((s) => [...partsOf(s.body)].some((x) => x._tag === 'Reduce'))
  expect(sums.map((s) => s.ops)).toEqual([['contract']])
  const s = await subject(wasm(), p)
  expect(await agrees(s, valuesFrom(5, inTypes(p.closed), [-0.2, 0.2]), 1e-5)).toBe(true)
  s.release()
})
test('random loops and their gradients agree with the reference', async () => {
  const law = fc.asyncProperty(arbitraryLoop(), fc.integer(), async (f, seed) => {
    const back = vjp(f) as E.Either<unknown, AnyProgram>
    for (const p of [f as AnyProgram, ...(E.isRight(back) ? [back.right] : [])]) {
      const s = await subject(wasm(), p)
      const x = spreadFrom(seed, inTypes(p.closed))
      expect(await agrees(s, x, 1e-4)).toBe(true)
      s.release()
    }
  })
  await fc.assert(law, { numRuns: Number(process.env.RUNS ?? 30), seed: Number(process.env.SEED ?? 1) })
})
