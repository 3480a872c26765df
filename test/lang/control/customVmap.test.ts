/** customVmap: the declared batch runs, and derivatives of both go together. */
import { describe, expect, test } from 'vitest'
import {
  add,
  customJvp,
  customVmap,
  type Expr,
  exp,
  gradOrThrow,
  hessianOrThrow,
  jvp,
  mul,
  program,
  programOrThrow,
  real,
  showDiagnostics,
  sin,
  sum,
  vmap,
} from '../../../src/index.ts'
import { spreadFrom } from '../../../src/testing/arbitrary/values.ts'
import { agree, opsOf } from '../../src/programs.ts'

type Real = Expr<readonly [], 'real'>
type Pair = { readonly x: Real; readonly y: Real }
/** x sin(y), with the batch written in another order. */
const f = customVmap(
  4,
  ({ x, y }: Pair) => mul(x, sin(y)),
  ({ x, y }) => mul(mul(1, sin(y)), x),
)
const ins = { x: real(), y: real() } as const
const p = programOrThrow(ins, (z) => f(z))
const plain = programOrThrow(ins, ({ x, y }) => mul(x, sin(y)))
const many = spreadFrom(3, [real(4), real(4)], [-1, 1])

describe('a declared batch', () => {
  test('runs under vmap of its size, and no other', () => {
    expect(opsOf(vmap(4)(p)).filter((op) => op === 'mul').length).toBe(2)
    expect(opsOf(vmap(3)(p)).filter((op) => op === 'mul').length).toBe(1)
    expect(opsOf(p)).toEqual(['customVmap'])
  })
  test('of values, gradients, tangents and second derivatives, whatever is mapped', () => {
    expect(agree(vmap(4)(p), vmap(4)(plain))(many)).toBe(true)
    expect(agree(vmap(4)(gradOrThrow(p)), vmap(4)(gradOrThrow(plain)))(many)).toBe(true)
    expect(agree(vmap(4)(hessianOrThrow(p)), vmap(4)(hessianOrThrow(plain)))(many)).toBe(true)
    expect(agree(vmap(4)(jvp(p)), vmap(4)(jvp(plain)))([...many, ...many])).toBe(true)
    const one = [many[0] as Float64Array, Float64Array.of(0.3)]
    expect(agree(vmap(4, { over: { x: true } })(p), vmap(4, { over: { x: true } })(plain))(one)).toBe(true)
  })
  test('of other types, or with values from around it, is refused', () => {
    const wrong = program(real(), (x) =>
      customVmap(
        4,
        (v: Real) => v,
        (xs) => sum()(xs) as never,
      )(x),
    )
    expect(wrong._tag === 'Left' && showDiagnostics(wrong.left)).toMatch(/customVmap: what the batch gives/)
    const capturing = program({ x: real(), k: real() }, ({ x, k }) =>
      customVmap(
        4,
        (v: Real) => mul(k, v),
        (xs) => xs,
      )(x),
    )
    expect(capturing._tag === 'Left' && showDiagnostics(capturing.left)).toMatch(/from around it.*pass it in x/)
  })
})

describe('zeros in declared derivatives', () => {
  const g = programOrThrow(ins, (z) =>
    customJvp(
      ({ x, y }: Pair) => mul(x, y),
      ({ x, y }, { x: dx, y: dy }) => add(mul(exp(y), dx), mul(sin(x), dy)),
    )(z),
  )
  test('a tangent that is 0 is absent: a rule does not work for it', () => {
    expect(opsOf(gradOrThrow(g, { wrt: { x: true } }))).not.toContain('sin')
    expect(opsOf(gradOrThrow(g, { wrt: { y: true } }))).not.toContain('exp')
  })
})
