/** float32 holds integers to 2^24: on gpu.js, a program that may meet a larger one is refused before it runs. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { showBackendError } from '../../backends/error.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import type { Expr } from '../../lang/expr.ts'
import { abs, add, max, mul, neg, select, sub } from '../../lang/primitives/elementwise.ts'
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
import { orFail } from './execution.ts'

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
  ['what a maximum may be', reduceMax()(mul(i5000, 5000)), 4999 * 5000],
  ['data', intTensor([2], [1, limit + 1]), limit + 1],
]
const accepted: readonly (readonly [string, Int, number])[] = [
  ['the limit itself', add(iota([1]), limit), limit],
  ['a product below', sum()(mul(iota([3]), 5_000)), 15_000],
  ['the largest of two', max(iota([1]), -limit), 0],
  ['what is taken back at once', abs(sub(iota([1]), 4096)), 4096],
  ['a place', argmax(0)(toReal(iota([5]))), 4],
]

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
  test('what comes from outside is looked at when it comes', async () => {
    const executable = orFail(await gpujs({ mode }).compile(programOrThrow(int(), (x) => add(x, 1)))())
    expect(await executable.run(limit + 1)()).toMatchObject({ left: { _tag: 'WrongElement', found: limit + 1 } })
    expect([...(orFail(await executable.run(7)()) as Int32Array)]).toEqual([8])
    executable.release()
  })
})
