/** Functions on trees: their laws, on expressions, types and data. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { relu } from '../../../lang/operations/activation.ts'
import { stack, unstack } from '../../../lang/operations/arranging.ts'
import {
  treeLeaves,
  treeMap,
  treeMapWithPath,
  treeRavel,
  treeReduce,
  treeStack,
  treeStructure,
  treeUnflatten,
  treeUnravel,
  treeUnstack,
} from '../../../lang/operations/trees.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { constant, tensor } from '../../../lang/primitives/constant.ts'
import { add, mul, sub } from '../../../lang/primitives/elementwise.ts'
import { showProblem } from '../../../lang/syntax/error.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { dense, repeat, sequential } from '../../../src/nn/index.ts'
import { foldIn, randomKey } from '../../../src/random/key.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'

const of = (...xs: readonly (readonly number[])[]) => xs.map((x) => Float64Array.from(x))
const lists = (xs: readonly ArrayLike<number>[]) => xs.map((x) => Array.from(x))
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.double({ noNaN: true }),
    fc.constant(null),
    fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 3 }).map((x) => Float64Array.from(x)),
    fc.array(tie('tree'), { maxLength: 3 }).filter((x) => !x.some((v) => typeof v === 'number')),
    fc.dictionary(fc.constantFrom('w', 'b', 'deep'), tie('tree'), { noNullPrototype: true }),
  ),
}))
const complaints = (p: E.Either<readonly { readonly problem: never }[], unknown>) =>
  E.isLeft(p) ? p.left.map((d) => showProblem(d.problem)) : []

describe('treeMap', () => {
  test('a step of descent on any tree is one line', () => {
    const types = { w: real(2), deep: [{ b: real() }, null], n: int() } as const
    const loss = programOrThrow(types, ({ w, deep }) => sum()(mul(w, mul(w, deep[0].b))))
    const step = programOrThrow([types, gradOrThrow(loss).out] as const, ([p, g]) =>
      treeMap((x, dx) => sub(x, mul(0.1, dx)))(p, g),
    )
    expect(lists(evaluate(step.closed, of([1, 2], [3], [7], [10, 5], [5])))).toEqual([[0, 1.5], [2.5], [7]])
  })
  test('identity and composition', () =>
    fc.assert(
      fc.property(tree, (t) => {
        const f = (x: number | Float64Array) => (typeof x === 'number' ? x + 1 : x.map((v) => v + 1))
        const g = (x: number | Float64Array) => (typeof x === 'number' ? x * 2 : x.map((v) => v * 2))
        expect(treeMap((x: unknown) => x)(t)).toEqual(t)
        expect(treeMap(f)(treeMap(g)(t))).toEqual(treeMap((x: number | Float64Array) => f(g(x)))(t))
      }),
    ))
  test('a leaf belongs to its key', () => {
    expect(treeMap((x: number, y: number) => x - y)({ a: 1, b: 2 }, { b: 5, a: 3 })).toEqual({ a: -2, b: -3 })
  })
  test('three trees; a path', () => {
    expect(treeMap((x: number, y: number, z: number) => [x, y, z])({ a: 1 }, { a: 2 }, { a: 3 })).toEqual({
      a: [1, 2, 3],
    })
    expect(treeMapWithPath((path, x: number) => `${path.join('/')}=${x}`)({ a: 1, b: [{ c: 2 }] })).toEqual({
      a: 'a=1',
      b: [{ c: 'b/0/c=2' }],
    })
  })
  test('trees of other forms are refused: in the program, or thrown for data', () => {
    const f = program([{ a: real() }, { b: real() }] as const, ([x, y]) => treeMap((p, q) => add(p, q))(x, y))
    expect(complaints(f as never)).toEqual(['tree 2 has no leaf at a, tree 1 has'])
    const both = (x: number, y: number) => x + y
    expect(() => treeMap(both)({ a: 1 }, { a: [{ c: 1 }] })).toThrow('tree 2 has no leaf at a, tree 1 has')
    expect(() => treeMap(both)({ a: 1 }, { a: 1, b: 2 })).toThrow('tree 2 has a leaf at b, tree 1 has none')
    expect(() => treeMap(both)(1, { a: 1 })).toThrow('no leaf at the root')
  })
  test('types', () => {
    const numbers = treeMap((x: number) => `${x}`)({ a: 1, b: [{ c: 2 }, null] } as const)
    expectTypeOf(numbers.b[0].c).toEqualTypeOf<string>()
    expectTypeOf(numbers.b[1]).toEqualTypeOf<null>()
    programOrThrow({ w: real(2), b: [real(3)] }, (p) => {
      const sums: { readonly w: Expr<readonly [], 'real'> } = treeMap((x) => sum()(x))(p)
      // @ts-expect-error the tree has no such key
      treeMap((x) => x)(p).c
      return sums
    })
  })
})
describe('leaves', () => {
  test('treeUnflatten(t)(treeLeaves(t)) = t, and other leaves keep the structure', () =>
    fc.assert(
      fc.property(tree, (t) => {
        const leaves = treeLeaves(t)
        expect(treeUnflatten(t)(leaves)).toEqual(t)
        expect(treeUnflatten(treeStructure(t))(leaves)).toEqual(t)
        expect(treeStructure(treeMap(() => 'x')(t))).toEqual(treeStructure(t))
        expect(treeReduce((n: number) => n + 1, 0)(t)).toBe(leaves.length)
      }),
    ))
  test('another number of leaves', () =>
    expect(() => treeUnflatten({ a: 1, b: 2 })([1])).toThrow('1 leaves are given for a tree of 2'))
  test('treeReduce of expressions: the sum of all squares', () => {
    const p = programOrThrow({ w: real(2), b: real() }, (t) =>
      treeReduce((s: Expr, x) => add(s, sum()(mul(x, x))), constant([], 0))(t),
    )
    expect(lists(evaluate(p.closed, of([1, 2], [3])))).toEqual([[14]])
  })
})
describe('one vector', () => {
  const types = { w: real(2, 2), b: [real(), real(1)] } as const
  test('of expressions: there and back', () => {
    const p = programOrThrow(types, (t) => [treeRavel(t), treeUnravel(types)(mul(2, treeRavel(t)))] as const)
    expect(p.out[1]).toEqual(types)
    const [flat, ...back] = evaluate(p.closed, of([1, 2, 3, 4], [5], [6]))
    expect([Array.from(flat as Float64Array), ...lists(back)]).toEqual([[1, 2, 3, 4, 5, 6], [2, 4, 6, 8], [10], [12]])
  })
  test('of data: there and back', () => {
    const data = { w: Float32Array.of(1, 2, 3, 4), b: [Float32Array.of(5), Float32Array.of(6)] } as const
    expect(treeRavel(data)).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6))
    expect(treeUnravel(types)(treeRavel(data))).toEqual(data)
    expect(
      treeRavel({
        w: [
          [1, 2],
          [3, 4],
        ],
        b: [5, 6],
      }),
    ).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6))
  })
  test('of another length, or of several element types', () => {
    expect(() => treeUnravel(types)([1, 2])).toThrow('the vector has 2 numbers, the tree 6')
    expect(complaints(program(real(5), (x) => treeUnravel(types)(x)) as never)).toEqual([
      'the vector has 5 numbers, the tree 6',
    ])
    expect(complaints(program({ a: real(1), n: int(1) }, (t) => treeRavel(t)) as never)).toEqual([
      'element types real, int; expected real',
    ])
  })
})
describe('stacks', () => {
  test('of types and expressions: treeUnstack(n)(treeStack(trees)) = trees', () => {
    const type = { w: real(2), b: [real(), null] } as const
    const p = programOrThrow([type, type, type] as const, (trees) => {
      const all = treeStack(trees)
      return [all, treeUnstack(3)(all)] as const
    })
    expect(p.out[0]).toEqual(treeStack([type, type, type]))
    expect(p.out[0]).toEqual({ w: real(3, 2), b: [real(3), null] })
    expect(p.out[1]).toEqual([type, type, type])
    expect(treeUnstack(3)(p.out[0])).toEqual([type, type, type])
    const numbers = of([1, 2], [3], [4, 5], [6], [7, 8], [9])
    expect(lists(evaluate(p.closed, numbers))).toEqual([[1, 2, 4, 5, 7, 8], [3, 6, 9], ...lists(numbers)])
  })
  test('the parameters of blocks in sequence are those of a loop', () => {
    const block = sequential(dense(3, 3), relu)
    const keys = [0, 1, 2].map((k) => foldIn(k)(randomKey(5)))
    const params = keys.map((key) => block.init(key).params)
    const looped = repeat(3, block, { as: 'scan' }).init(randomKey(5)).params
    expect(treeStack(params)).toEqual(looped)
    expect(treeUnstack(3)(looped)).toEqual(params)
  })
  test('what is no stack', () => {
    expect(() => treeStack([])).toThrow('there is no tree')
    expect(() => treeUnstack(3)({ w: [1, 2] })).toThrow('the leaf at w is no stack of 3')
    expect(complaints(program({ w: real(2) }, (t) => treeUnstack(3)(t)) as never)).toEqual([
      'the leaf at w is no stack of 3',
    ])
    expect(complaints(program([{ w: real(2) }, { w: real(3) }] as const, (t) => treeStack(t)) as never)).toHaveLength(1)
  })
  test.each([0, 1, 2, -1])('stack(a)(unstack(a)(x)) = x for a = %i', (axis) => {
    const p = programOrThrow(real(2, 3, 2), (x) => stack(axis)(unstack(axis)(x) as never) as Expr)
    const x = Float64Array.from({ length: 12 }, (_, k) => k)
    expect(p.out).toEqual(real(2, 3, 2))
    expect(evaluate(p.closed, [x])).toEqual([x])
  })
  test('unstack of no axis', () =>
    expect(complaints(program(real(2), (x) => unstack(1 as number)(x)) as never)).toEqual([
      '1 is not an axis of an array of rank 1',
    ]))
})
describe('nested data of literals', () => {
  test('have the shape that is written', () => {
    const p = programOrThrow([], () =>
      tensor(
        [2, 2],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    )
    expect(lists(evaluate(p.closed, []))).toEqual([[1, 2, 3, 4]])
  })
  test('of another shape, or ragged, are refused', () => {
    const of = (data: unknown) => complaints(program([], () => tensor([2, 2], data as never)) as never)
    expect(of([[1, 2, 3, 4]])).toEqual(['the data has the shape [1, 4]; expected [2, 2]'])
    expect(of([[1, 2], [3]])).toEqual(['the data is ragged: its row [1] has the shape [1], the first one [2]'])
    expect(of([[1, 2], 'no'])).toEqual(['the data is no array of numbers'])
  })
})
