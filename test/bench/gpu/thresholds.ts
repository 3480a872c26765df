/**
 * Programs on both sides of a size at which plans for a graphics card change their form. Where the form is changed at the
 * right size, neighbours cost alike: a step that costs much more above than below says to raise the size, and much less,
 * to lower it.
 */
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul, sin } from '../../../lang/primitives/elementwise.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'

export interface Threshold {
  readonly name: string
  /** Where it stands. */
  readonly stands: string
  /** Sizes just below and just above it. */
  readonly below: number
  readonly above: number
  readonly inputs: (n: number) => readonly Type[]
  readonly f: (n: number) => (...xs: readonly Expr[]) => Expr
}
const product = (x: Expr, y: Expr): Expr => O.matmul(x as never, y as never) as Expr
const all: readonly Threshold[] = [
  {
    name: 'terms of a sum that one thread adds',
    stands: 'long in backends/gpujs/plan/planOf.ts',
    ...{ below: 2048, above: 2049 },
    inputs: (n) => [real(64, n)],
    f: () => (x) => sum(1)(x as Expr) as Expr,
  },
  {
    name: 'products in a loop that one thread computes for several elements',
    stands: 'inLongBlocks in backends/gpujs/device/modes.ts',
    ...{ below: 31, above: 32 },
    inputs: (n) => [real(512, n), real(n, 512)],
    f: () => (x, y) => product(x as Expr, y as Expr),
  },
  {
    name: 'operations of a Scatter in one kernel',
    stands: 'segments in backends/gpujs/device/modes.ts',
    // rows times places times width
    ...{ below: 2048, above: 2176 },
    inputs: (n) => [real(64, 32), int(n), real(n, 32)],
    f: () => (x, places, rows) => O.indexAdd(0)(x as never, places as never, rows as never) as Expr,
  },
  {
    name: 'small kernels that become one pipeline',
    stands: 'fewest in backends/gpujs/plan/chains.ts',
    ...{ below: 4, above: 5 },
    inputs: () => [real(32, 32)],
    f: (n) => (x) => Array.from({ length: n }).reduce((h: Expr) => sin(mul(0.1, product(h, h))) as Expr, x as Expr),
  },
]
/** `small`: a tenth of the sizes, for a run that only shows that the script works. */
export const thresholds = (small: boolean): readonly Threshold[] =>
  small ? all.map((t) => (t.below < 100 ? t : { ...t, below: t.below >> 4, above: (t.below >> 4) + 1 })) : all
/** What the times say of where the size stands. */
export const advice = (below: number, above: number, sizes: readonly [number, number]): string => {
  const ratio = above / below / (sizes[1] / sizes[0])
  return ratio > 1.25 ? 'raise it' : ratio < 0.8 ? 'lower it' : 'right'
}
