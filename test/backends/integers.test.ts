/**
 * float32 holds integers up to 2^24. gpu.js refuses larger constants and indices before anything runs, and larger
 * results after the run.
 */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { showBackendError } from '../../backends/error.ts'
import { gpujs, reference, wasm } from '../../backends/index.ts'
import { abs, add, max, mul, neg, select, sub } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import {
  argmax,
  int,
  intTensor,
  iota,
  lt,
  prod,
  programOrThrow,
  real,
  reduceMax,
  type Shape,
  sum,
  toReal,
} from '../../src/index.ts'
import { type AnyProgram, orFail } from './execution.ts'

const limit = 16777216
const i5000 = iota([5000])
type Int = Expr<Shape, 'int'>
const refused: readonly (readonly [string, Int, number])[] = [
  ['a constant', add(i5000, limit + 1), limit + 1 + 4999],
  ['a product', mul(i5000, 5000), 4999 * 5000],
  ['a square', mul(i5000, i5000), 4999 * 4999],
  ['a negative number', neg(mul(i5000, 5000)), 4999 * 5000],
  ['a difference', sub(-9_000_000, mul(i5000, 2000)), 9_000_000 + 4999 * 2000],
  ['a sum of many', sum()(add(i5000, 5000)), 9999 * 5000],
  ['a product of many', prod()(add(iota([8]), 10)), 17 ** 8],
  ['one branch of a choice', select(lt(i5000, 3), mul(i5000, 5000), 0), 4999 * 5000],
  ['the bound of a maximum', reduceMax()(mul(i5000, 5000)), 4999 * 5000],
  ['data', intTensor([2], [1, limit + 1]), limit + 1],
]
const accepted: readonly (readonly [string, Int, number])[] = [
  ['the limit itself as an intermediate result', sub(add(iota([1]), limit), 1), limit - 1],
  ['a product below the limit', sum()(mul(iota([3]), 5_000)), 15_000],
  ['the largest of two', max(iota([1]), -limit), 0],
  ['the magnitude of a negative number', abs(sub(iota([1]), 4096)), 4096],
  ['a position', argmax(0)(toReal(iota([5]))), 4],
]
const any = (p: unknown): AnyProgram => p as AnyProgram
/** Integers that depend on inputs are checked in the results: programs, inputs, the error, and the right result. */
const wrong: readonly (readonly [string, AnyProgram, unknown, object, unknown])[] = [
  [
    'a square',
    any(programOrThrow(int(2), (x) => mul(x, x))),
    [3, 4097],
    { path: 'the result', index: 1, found: 16785408 },
    Int32Array.of(9, 16785409),
  ],
  [
    'a sum',
    any(programOrThrow({ x: int(3) }, ({ x }) => ({ small: add(x, 1), all: { sum: sum()(x) } }))),
    { x: [limit - 2, 2, 1] },
    { path: 'all.sum', index: 0, found: limit },
    { small: Int32Array.of(limit - 1, 3, 2), all: { sum: Int32Array.of(limit + 1) } },
  ],
  [
    'a negative product',
    any(programOrThrow(int(), (x) => mul(x, -5000))),
    5000,
    { path: 'the result', found: -25_000_000 },
    Int32Array.of(-25_000_000),
  ],
]
const counter = programOrThrow(
  [{ k: int(2) }, int()],
  ([{ k }, by]) => [{ k: add(k, by) }, { next: add(k, by) }] as const,
)

describe.each(['cpu', 'webasm'] as const)('gpujs %s', (mode) => {
  const compile = (y: Int) => gpujs({ mode }).compile(programOrThrow(real(), () => y))()
  test.each(refused)('refuses %s', async (_, y, size) => {
    const made = await compile(y)
    if (E.isRight(made)) throw new Error('it was accepted')
    expect(made.left).toMatchObject({ _tag: 'TooLarge', size, limit })
    expect(showBackendError(made.left)).toContain(`is ${size}; the limit is ${limit}`)
  })
  test.each(accepted)('accepts %s', async (_, y, value) => {
    const executable = orFail(await compile(y))
    expect([...(orFail(await executable.run(0 as never)()) as Int32Array)]).toEqual([value])
    executable.release()
  })
  test('inputs are checked before a run', async () => {
    const executable = orFail(await gpujs({ mode }).compile(programOrThrow(int(), (x) => add(x, 1)))())
    expect(await executable.run(limit + 1)()).toMatchObject({ left: { _tag: 'WrongElement', found: limit + 1 } })
    expect([...(orFail(await executable.run(7)()) as Int32Array)]).toEqual([8])
    executable.release()
  })
  test.each(wrong)('a result of %s is an error that names it', async (_, p, inputs, at) => {
    const executable = orFail(await gpujs({ mode }).compile(p)())
    const ran = await executable.run(inputs as never)()
    expect(ran).toMatchObject({ left: { _tag: 'InexactInteger', limit, ...at } })
    expect(E.isLeft(ran) && showBackendError(ran.left)).toMatch(
      /^an integer of -?\d+, .*16777216\n.* of the results\n.*wasm/,
    )
    executable.release()
  })
  test('a result of a step, and a state that is read', async () => {
    const held = orFail(await gpujs({ mode }).resident(counter)())
    const beyond = (path: string) => ({ left: { _tag: 'InexactInteger', path, index: 1, found: limit, limit } })
    orFail(await held.load({ k: [1, limit - 2] })())
    expect(orFail(await held.step(1)())).toEqual({ next: Int32Array.of(2, limit - 1) })
    expect(orFail(await held.read())).toEqual({ k: Int32Array.of(2, limit - 1) })
    expect(await held.step(1)()).toMatchObject(beyond('next'))
    expect(await held.read()).toMatchObject(beyond('k'))
    expect(orFail(await held.step(-5)())).toEqual({ next: Int32Array.of(-2, limit - 5) })
    expect(orFail(await held.read())).toEqual({ k: Int32Array.of(-2, limit - 5) })
    held.release()
  })
})
describe.each([reference, wasm()])('$name', (backend) => {
  test('holds all of int32, and wraps', async () => {
    for (const [, p, inputs, , right] of wrong) {
      const executable = orFail(await backend.compile(p)())
      expect(orFail(await executable.run(inputs as never)())).toEqual(right)
      executable.release()
    }
  })
})
