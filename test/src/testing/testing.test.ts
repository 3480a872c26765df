/** What adjoint/testing publishes. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  customJvp,
  type Expr,
  exp,
  grad,
  mul,
  orThrow,
  programOrThrow,
  real,
  simplify,
  sin,
  sub,
  sum,
} from '../../../src/index.ts'
import {
  arbitraryProgram,
  arbitraryShape,
  arbitraryTensor,
  gradientProperty,
  matchers,
} from '../../../src/testing/index.ts'

expect.extend(matchers)
type X = Expr<readonly [3], 'real'>
const loss = programOrThrow(real(3), (x) => sum()(mul(sin(x), exp(x))))
const halved = customJvp(
  (x: X) => exp(x),
  (x: X, dx: X) => mul(mul(dx, 0.5), exp(x)),
)
const wrong = programOrThrow(real(3), (x) => sum()(halved(x)))

test('toHaveCorrectGradients', () => {
  expect(loss).toHaveCorrectGradients()
  expect(orThrow(grad(loss))).toHaveCorrectGradients({ seed: 2, second: false })
  expect(wrong).not.toHaveCorrectGradients()
  expect(() => expect(wrong).toHaveCorrectGradients()).toThrow(/gradients wrong[\s\S]*suspect: customJvp/)
  expect(() => expect(3).toHaveCorrectGradients()).toThrow(/expected a program/)
})
test('toBeEquivalentTo', () => {
  expect(simplify(loss)).toBeEquivalentTo(loss)
  expect(() => expect(loss).toBeEquivalentTo(wrong)).toThrow(/output\[\] is/)
})
test('toBeLinear', () => {
  expect(programOrThrow(real(3), (x) => sub(mul(x, 2), x))).toBeLinear()
  expect(programOrThrow({ a: real(3), b: real(3) }, ({ a, b }) => mul(a, b))).toBeLinear({ inputs: ['b'] })
  expect(() => expect(programOrThrow(real(3), (x) => add(x, 1))).toBeLinear()).toThrow(/differs/)
})
test('gradientProperty', () => {
  fc.assert(gradientProperty(loss), { numRuns: 10, seed: 1 })
  expect(() => fc.assert(gradientProperty(wrong), { numRuns: 3 })).toThrow(/Property failed/)
})
test('arbitraries', () => {
  fc.assert(
    fc.property(arbitraryProgram({ maxEquations: 3 }), (p) => p.closed.outputs.length > 0),
    { numRuns: 10 },
  )
  fc.assert(
    fc.property(arbitraryShape({ maxRank: 2 }), (s) => s.length <= 2 && s.every((n) => n >= 1)),
    { numRuns: 10 },
  )
  fc.assert(
    fc.property(arbitraryTensor(real(2, 2), [0, 1]), (x) => x.length === 4 && x.every((v) => v >= 0 && v <= 1)),
    { numRuns: 10 },
  )
})
test('programs are drawn from empty arrays too, such as the start of a box of no axes', () => {
  const drawn = arbitraryProgram({ primitives: ['dynamicSlice', 'dynamicPad', 'gather', 'reshape'] })
  fc.assert(
    fc.property(drawn, (p) => p.closed.outputs.length > 0),
    { numRuns: 300, seed: 1 },
  )
})
