/** Rows by index: one shape at compile time and at run time. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type Expr, gather, int, program, programOrThrow, real, scatterAdd } from '../../src/index.ts'

describe('gather', () => {
  test('[5, 3, 2] at [4] is [4, 3, 2]', () => {
    const p = programOrThrow({ t: real(5, 3, 2), at: int(4) }, ({ t, at }) => gather(t, at))
    expectTypeOf(p.out.shape).toEqualTypeOf<readonly [4, 3, 2]>()
    expect(p.out).toEqual(real(4, 3, 2))
  })
  test('one index, and indices in rows', () => {
    const p = programOrThrow(
      { t: real(5), one: int(), many: int(2, 3) },
      ({ t, one, many }) => [gather(t, one), gather(t, many)] as const,
    )
    expectTypeOf(p.out[0].shape).toEqualTypeOf<readonly []>()
    expectTypeOf(p.out[1].shape).toEqualTypeOf<readonly [2, 3]>()
    expect(p.out).toEqual([real(), real(2, 3)])
  })
  test('integers stay integers', () => {
    const p = programOrThrow({ t: int(5), at: int(2) }, ({ t, at }) => gather(t, at))
    expectTypeOf(p.out.dtype).toEqualTypeOf<'int'>()
    expect(p.out).toEqual(int(2))
  })
  test('indices are integers', () => {
    // @ts-expect-error: real numbers are no indices
    const p = program({ t: real(5), at: real(2) }, ({ t, at }) => gather(t, at))
    expect(E.isLeft(p)).toBe(true)
  })
  test('what is not known may be anything', () => {
    const f = (t: Expr, at: Expr): Expr => gather(t, at)
    expect(f).toBeTypeOf('function')
  })
})
test('scatterAdd: [4, 3] at [4] into 6 rows is [6, 3]', () => {
  const p = programOrThrow({ x: real(4, 3), at: int(4) }, ({ x, at }) => scatterAdd(6)(x, at))
  expectTypeOf(p.out.shape).toEqualTypeOf<readonly [6, 3]>()
  expect(p.out).toEqual(real(6, 3))
})
