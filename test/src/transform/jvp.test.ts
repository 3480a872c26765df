/** Forward mode on programs: what the laws do not say. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { add, exp, mul, sin } from '../../../lang/primitives/elementwise.ts'
import { gather } from '../../../lang/primitives/indexing.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { opsOf } from '../programs.ts'

const r2 = real(2)

describe('structural zeros', () => {
  test('a constant factor adds nothing', () => {
    const p = programOrThrow(r2, (x) => mul(x, constant([2], 3)))
    expect(opsOf(jvp(p))).toEqual(['constant', 'mul', 'mul'])
    expect([...opsOf(gradOrThrow(programOrThrow(r2, (x) => sum()(mul(x, constant([2], 3))))))].sort()).toEqual([
      'broadcast',
      'constant',
      'constant',
      'mul',
    ])
  })
  test('an integer input has a null tangent, and so has its gradient', () => {
    const p = programOrThrow({ t: real(3, 2), at: int(4) }, ({ t, at }) => sum()(gather(t, at)))
    expect(jvp(p).in).toEqual([p.in, { t: real(3, 2), at: null }])
    expect(gradOrThrow(p).out).toEqual({ t: real(3, 2), at: null })
  })
  test('smooth operations build no zero, in either mode or both', () => {
    const p = programOrThrow({ x: r2, y: r2 }, ({ x, y }) => exp(mul(sin(x), y)))
    for (const q of [jvp(p), vjpOrThrow(p), jvp(vjpOrThrow(p))])
      expect(q.closed.equations.filter((e) => e.op === 'constant')).toEqual([])
  })
  test('an output that does not move gets a solid zero', () => {
    const p = programOrThrow(r2, () => constant([2], 5))
    expect(evaluate(jvp(p).closed, [Float64Array.of(1, 2), Float64Array.of(3, 4)]).map((t) => [...t])).toEqual([
      [5, 5],
      [0, 0],
    ])
  })
  test('an integer output has no tangent', () => {
    const p = programOrThrow({ x: r2, n: int(2) }, ({ x, n }) => ({ y: sin(x), m: add(n, 1) }))
    expect(jvp(p).out).toEqual([p.out, { y: r2, m: null }])
  })
  test('a tangent goes only where it leads: the other factor is not touched', () => {
    const p = programOrThrow({ x: r2, y: r2 }, ({ x, y }) => [sin(x), exp(y)] as const)
    expect(opsOf(jvp(p)).filter((op) => op === 'add')).toEqual([])
  })
})
