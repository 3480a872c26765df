/** Indices at their edges: nothing indexed, ties, places that occur often, NaN, integers and truth values; and what is refused. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import * as O from '../../../lang/operations/index.ts'
import { intTensor } from '../../../lang/primitives/constant.ts'
import { showDiagnostics } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { bool, int, real, type Type } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { valuesOn } from '../figures/run.ts'

type Any = Expr<readonly number[] & { readonly length: number }>
type Reals = Expr<readonly number[] & { readonly length: number }, 'real'>
type Ints = Expr<readonly number[] & { readonly length: number }, 'int'>
const run = async (
  types: readonly Type[],
  f: (...xs: readonly never[]) => unknown,
  ...data: readonly (readonly number[])[]
): Promise<readonly (readonly number[])[]> => {
  const p = programOrThrow(types, (xs) => f(...(xs as readonly never[])))
  const inputs = data.map((x) => Float64Array.from(x))
  const found = evaluate(p.closed, inputs).map((y) => [...y])
  expect((await valuesOn(wasm({ precision: 'float64' }), p, inputs)).map((y) => [...(y as Float64Array)])).toEqual(
    found,
  )
  return found
}
const complaint = (types: readonly Type[], f: (...xs: readonly never[]) => unknown): string => {
  const p = program(types, (xs) => f(...(xs as readonly never[])))
  return E.isLeft(p) ? showDiagnostics(p.left) : 'well-typed'
}
const gradient = (
  types: readonly Type[],
  f: (...xs: readonly never[]) => unknown,
  ...data: readonly (readonly number[])[]
) => {
  const p = programOrThrow(types, (xs) => f(...(xs as readonly never[])))
  const g = gradOrThrow(p as never) as unknown as typeof p
  return evaluate(
    g.closed,
    data.map((x) => Float64Array.from(x)),
  ).map((y) => [...y])
}

describe('at', () => {
  test('no index changes nothing', async () => {
    const f = (x: Reals, i: Ints, v: Reals) => [
      O.at(i)(x).set(v),
      O.at(i)(x).max(v),
      O.at(i)(x).add(v),
      O.at(i)(x).get(),
    ]
    expect(await run([real(2), int(0), real(0)], f, [1, 2], [], [])).toEqual([[1, 2], [1, 2], [1, 2], []])
  })
  test('the last of several rows at one place is there', async () => {
    const f = (x: Reals, i: Ints, v: Reals) => O.at(i)(x).set(v)
    expect(await run([real(3), int(5), real(5)], f, [0, 0, 0], [2, 0, 2, 0, 2], [1, 2, 3, 4, 5])).toEqual([[4, 0, 5]])
    expect(
      gradient([real(3), int(5), real(5)], (x, i, v) => total(f(x, i, v)), [0, 0, 0], [2, 0, 2, 0, 2], [1, 2, 3, 4, 5]),
    ).toEqual([
      [0, 1, 0],
      [0, 0, 0, 1, 1],
    ])
  })
  test('a row outside hides no row inside, and infinities and NaN are set as they are', async () => {
    const f = (x: Reals, i: Ints, v: Reals) => O.at(i, { mode: 'fill' })(x).set(v)
    expect(await run([real(2), int(4), real(4)], f, [1, 1], [-1, 0, 1, 2], [5, Infinity, NaN, 6])).toEqual([
      [Infinity, NaN],
    ])
  })
  test('negative numbers count from the end, negative indices do with wrap, and else mean the first', async () => {
    const f = (x: Reals, i: Ints) => [O.at(-1)(x).get(), O.at(i, { mode: 'wrap' })(x).get(), O.at(i)(x).get()]
    expect(await run([real(3), int(2)], f, [1, 2, 3], [-1, 4])).toEqual([[3], [3, 2], [1, 3]])
  })
  test('integers and truth values', async () => {
    const f = (x: Ints, b: Any, i: Ints) => [
      O.at(i)(x).set(7),
      O.at(i)(x).max(4),
      O.at(i)(x).multiply(3),
      O.at(i)(b as never).set(1),
      O.at(i)(x).min(-2147483648),
    ]
    expect(await run([int(3), bool(3), int(2)], f, [1, 5, -3], [0, 0, 1], [2, 2])).toEqual([
      [1, 5, 7],
      [1, 5, 4],
      [1, 5, -27],
      [0, 0, 1],
      [1, 5, -2147483648],
    ])
  })
  test('three that tie share the derivative evenly, and a maximum in x takes part', () => {
    const f = (x: Reals, i: Ints, v: Reals) => total(O.at(i)(x).max(v))
    expect(gradient([real(2), int(3), real(3)], f, [2, 9], [0, 0, 0], [2, 2, 1])).toEqual([
      [1 / 3, 1],
      [1 / 3, 1 / 3, 0],
    ])
  })
  test.each([
    ['3 is outside its axis', [real(3)], (x: Reals) => O.at(3)(x).get()],
    ['5 is not an axis', [real(3), int(2)], (x: Reals, i: Ints) => O.at(i, { axis: 5 })(x).get()],
    ['element types', [real(3), real(2)], (x: Reals, i: Ints) => O.at(i)(x).get()],
    ['shapes [2] and [3] differ', [real(3, 3), int(2), int(3)], (x: Reals, i: Ints, j: Ints) => O.at([i, j])(x).get()],
    ['at.set', [real(3), int(2), real(5)], (x: Reals, i: Ints, v: Reals) => O.at(i)(x).set(v)],
    ['mode is far', [real(3), int(2)], (x: Reals, i: Ints) => O.at(i, { mode: 'far' as never })(x).get()],
    [
      'scatterReduce: by is product',
      [real(3), int(2), real(2)],
      (x: Reals, i: Ints, v: Reals) => O.scatterReduce('product' as never, 0)(x, i, v),
    ],
    ['maskedSum: ', [real(3), bool(2)], (x: Reals, m: never) => O.maskedSum()(x, m)],
    ['maskedFill: element types', [real(3), real(3)], (x: Reals, m: never) => O.maskedFill(0)(x, m)],
    ['gridSample: ', [real(1, 3, 3), real(2, 3)], (x: Reals, g: Reals) => O.gridSample()(x, g)],
    ['resize: size must be whole and at least 1', [real(1, 3, 3)], (x: Reals) => O.resize([0, 2])(x)],
    ['resize: method is bicubic', [real(1, 3)], (x: Reals) => O.resize(4, { method: 'bicubic' as never })(x)],
    [
      'attention: dropout needs a key',
      [real(3, 2)],
      (x: Reals) => O.attention({ dropout: 0.5 })(x as never, x as never, x as never),
    ],
    [
      'attention: grouped needs a multiple of the 2 heads',
      [real(3, 4, 2), real(2, 4, 2)],
      (x: Reals, y: Reals) => O.attention({ grouped: true })(x, y, y),
    ],
    [
      'ctcLoss: blank must be one of the classes',
      [real(4, 3), int(2)],
      (x: Reals, t: Ints) => O.ctcLoss({ blank: 3 })(x, t, intTensor([], [4]), intTensor([], [2])),
    ],
    [
      'conv: batchGroups of 2 do not divide 3 examples',
      [real(3, 2, 5), real(2, 2, 3)],
      (x: Reals, w: Reals) => O.conv({ batchGroups: 2 })(x, w),
    ],
    ['col2im: size gives 12 windows', [real(4, 3)], (x: Reals) => O.col2im([4, 5], { kernel: [2, 2] })(x)],
    ['cdist: ', [real(3, 2), real(3, 4)], (x: Reals, y: Reals) => O.cdist()(x, y)],
  ] as const)('%s', (message, types, f) => {
    expect(complaint(types, f as never)).toContain(message)
  })
})
const total = (x: unknown): Expr => O.einsum('i->')(x as never) as Expr

test('a mask hides NaN and infinities, in values and in gradients', async () => {
  const f = (x: Reals, m: never) => [
    O.maskedSum()(x, m),
    O.maskedMax()(x, m),
    O.maskedMean()(x, m),
    O.maskedLogsumexp()(x, m),
  ]
  expect(await run([real(3), bool(3)], f, [NaN, 2, Infinity], [0, 1, 0])).toEqual([[2], [2], [2], [2]])
  for (const of of [O.maskedSum, O.maskedMean, O.maskedMax, O.maskedLogsumexp, O.maskedVariance])
    expect(gradient([real(3), bool(3)], (x, m) => of()(x, m), [NaN, 2, Infinity], [0, 1, 0])[0]).toEqual(
      of === O.maskedVariance ? [0, 0, 0] : [0, 1, 0],
    )
})
test('no elements where the mask is false: the units', async () => {
  const f = (x: Reals, m: never) => [
    O.maskedSum()(x, m),
    O.maskedProd()(x, m),
    O.maskedMax()(x, m),
    O.maskedMean()(x, m),
    O.maskedSoftmax()(x, m),
  ]
  expect(await run([real(2), bool(2)], f, [1, 2], [0, 0])).toEqual([[0], [1], [-Infinity], [NaN], [0, 0]])
})
test('distances of equal rows are 0, with gradient 0', () => {
  for (const p of [1, 2, 3, Infinity]) {
    const f = (x: Reals) => O.einsum('ij->')(O.cdist({ p })(x, x) as never)
    expect(gradient([real(2, 2)], f as never, [1, 2, 1, 2])).toEqual([[0, 0, 0, 0]])
  }
})
test('pooling of -Infinity only has places inside the array', async () => {
  const f = (x: Reals) => Object.values(O.maxPoolWithIndices({ kernel: [2, 2], pad: 1, stride: 2 })(x))
  const all = Array.from({ length: 9 }, () => -Infinity)
  expect((await run([real(1, 3, 3)], f, all))[1]).toEqual([0, 1, 3, 4])
})
test('a text without labels is all blanks', async () => {
  const f = (x: Reals) => O.ctcLoss({ reduction: 'sum' })(x, intTensor([0], []), intTensor([], [2]), intTensor([], [0]))
  expect(await run([real(3, 2)], f, [-1, -2, -3, -4, -5, -6])).toEqual([[4]])
})
