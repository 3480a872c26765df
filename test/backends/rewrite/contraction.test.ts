/** Contractions on the matrix core: every layout, blocks and edges, both gradients of convolutions. */
import { describe, expect, test } from 'vitest'
import { contractionIn } from '../../../backends/rewrite/contraction.ts'
import { simplified } from '../../../backends/rewrite/shortestIndices.ts'
import { kernelsOf } from '../../../backends/schedule/plan.ts'
import { schedule } from '../../../backends/schedule/schedule.ts'
import { float32 } from '../../../backends/wasm/assembler/index.ts'
import { isWorthPacking } from '../../../backends/wasm/gemm/tiling.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import * as O from '../../../lang/operations/index.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import * as P from '../../../lang/primitives/elementwise.ts'
import { permute } from '../../../lang/primitives/reindex.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real, type Shape } from '../../../lang/syntax/shape.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { valueAndGradOrThrow } from '../../../src/transform/grad.ts'
import { agrees, subject } from '../../laws/backend.ts'
import type { AnyProgram } from '../execution.ts'

type Build = (...xs: readonly Expr[]) => Expr
const make = programOrThrow as unknown as (types: unknown, f: (xs: readonly Expr[]) => Expr) => AnyProgram
const of = (shapes: readonly Shape[], f: Build): AnyProgram =>
  make(
    shapes.map((s) => real(...s)),
    (xs) => f(...xs),
  )
/** The sum of squares, with its gradient. */
const descent = (shapes: readonly Shape[], f: Build): AnyProgram =>
  valueAndGradOrThrow(of(shapes, (...xs) => sum()(O.square(f(...xs) as never) as Expr) as Expr) as never) as never
const t = (x: Expr): Expr => O.swapAxes(-1, -2)(x as never) as Expr
const matmul = (x: Expr, y: Expr): Expr => O.matmul(x, y as never)
const conv =
  (options: object): Build =>
  (x, w, b) =>
    O.conv(options as never)(x as never, w as never, b as never) as Expr

const cases: readonly (readonly [string, AnyProgram])[] = [
  [
    'a b',
    of(
      [
        [33, 40],
        [40, 50],
      ],
      (x, y) => matmul(x as Expr, y as Expr),
    ),
  ],
  [
    "a' b",
    of(
      [
        [40, 33],
        [40, 50],
      ],
      (x, y) => matmul(t(x as Expr), y as Expr),
    ),
  ],
  [
    "a b'",
    of(
      [
        [33, 40],
        [50, 40],
      ],
      (x, y) => matmul(x as Expr, t(y as Expr)),
    ),
  ],
  [
    "a' b'",
    of(
      [
        [40, 33],
        [50, 40],
      ],
      (x, y) => matmul(t(x as Expr), t(y as Expr)),
    ),
  ],
  [
    'batched',
    of(
      [
        [3, 20, 24],
        [3, 24, 17],
      ],
      (x, y) => matmul(x as Expr, y as Expr),
    ),
  ],
  [
    'heads',
    of(
      [
        [2, 24, 3, 16],
        [2, 24, 3, 16],
      ],
      (x, y) => matmul(permute([0, 2, 1, 3])(x as Expr) as Expr, permute([0, 2, 3, 1])(y as Expr) as Expr),
    ),
  ],
  [
    'bias and relu',
    of(
      [[32, 40], [40, 24], [24]],
      (x, y, b) => O.relu(P.add(matmul(x as Expr, y as Expr), b as Expr) as never) as Expr,
    ),
  ],
  [
    'computed operands',
    of(
      [
        [20, 40],
        [40, 30],
      ],
      (x, y) => matmul(P.tanh(x as Expr) as Expr, P.mul(2, y as Expr) as Expr),
    ),
  ],
  [
    'long sums',
    descent(
      [
        [6, 3000],
        [3000, 9],
      ],
      (x, y) => matmul(x as Expr, y as Expr),
    ),
  ],
  [
    'wide',
    of(
      [
        [8, 64],
        [64, 3000],
      ],
      (x, y) => matmul(x as Expr, y as Expr),
    ),
  ],
  ['conv', descent([[3, 4, 11, 10], [6, 4, 3, 3], [6]], conv({}))],
  ['conv, padded', descent([[2, 4, 9, 8], [5, 4, 3, 3], [5]], conv({ pad: 1 }))],
  ['conv, stride 2', descent([[2, 4, 9, 11], [6, 4, 3, 3], [6]], conv({ stride: 2, pad: 1 }))],
  ['conv, dilation 2', descent([[2, 3, 12, 11], [6, 3, 3, 3], [6]], conv({ dilation: 2 }))],
  ['conv, groups', descent([[2, 4, 9, 9], [6, 2, 3, 3], [6]], conv({ groups: 2 }))],
  ['depthwise', descent([[2, 5, 9, 9], [5, 1, 3, 3], [5]], conv({ groups: 5, pad: 1 }))],
]
const packed = (p: AnyProgram): number =>
  kernelsOf(schedule(p.closed)).filter((k) => {
    const c = contractionIn(k.indices, simplified(k.body))
    return c !== undefined && isWorthPacking(float32, c)
  }).length

test.each(cases)('%s', async (_, p) => {
  const s = await subject(wasm(), p)
  for (const seed of [1, 2]) expect(await agrees(s, valuesFrom(seed, inTypes(p.closed), [-1, 1]), 1e-5)).toBe(true)
  s.release()
})
test('the matrix core is used: for products, and for all three products of a convolution', () => {
  const found = Object.fromEntries(cases.map(([name, p]) => [name, packed(p)]))
  expect(found['a b']).toBe(1)
  expect(found["a' b'"]).toBe(1)
  expect(found.heads).toBe(1)
  expect(found.conv).toBe(3)
  expect(found['conv, padded']).toBe(3)
})

describe('elements that a guard excludes are not multiplied', () => {
  // a filter's infinity meets the padding's zeros: 0 there, never NaN
  const p = of(
    [
      [2, 4, 9, 8],
      [6, 4, 3, 3],
    ],
    conv({ pad: 1 }),
  )
  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s in the filter', async (bad) => {
    expect(packed(p)).toBe(1)
    const values = valuesFrom(1, inTypes(p.closed), [-1, 1]).map((x, k) => (k === 1 ? x.with(0, bad) : x))
    for (const threads of [1, 2]) {
      const s = await subject(wasm({ threads }), p)
      expect(await agrees(s, values, 1e-5)).toBe(true)
      s.release()
    }
  })
})
