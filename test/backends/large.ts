/** Programs beyond what some device holds in one axis, one loop or one texture. */
import { concat, matmul, mul, programOrThrow, real, reduceMax, sub, sum } from '../../src/index.ts'
import type { AnyProgram } from './execution.ts'

export const large: readonly (readonly [string, AnyProgram])[] = [
  ['more rows than a texture', programOrThrow([real(20_000, 5), real(5, 9)], ([a, b]) => matmul(a, b)) as never],
  [
    'rows of four, more than a texture',
    programOrThrow([real(20_000, 40), real(40, 9)], ([a, b]) => matmul(a, b)) as never,
  ],
  [
    'more arrays than a kernel may have',
    programOrThrow(
      Array.from({ length: 20 }, () => real(3)),
      (xs) => concat(0)(xs as never),
    ) as never,
  ],
  [
    'two long loops in a kernel',
    programOrThrow(real(18, 66_000), (x) => sub(reduceMax(1)(x), sum(1)(mul(x, 1e-5)))) as never,
  ],
  [
    'sums of a prime number of terms, more than a loop may have',
    programOrThrow(real(18, 70_001), (x) => sum(1)(x)) as never,
  ],
]
