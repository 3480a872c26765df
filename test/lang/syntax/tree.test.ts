/** Trees of leaves. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { bool, int, real, type Type } from '../../../lang/syntax/shape.ts'
import {
  inOrderOf,
  isTypeOrExpr,
  leavesWithPath,
  nameOf,
  refill,
  type TypeTree,
  tangentOf,
  typeLeaves,
} from '../../../lang/syntax/tree.ts'
import { arbitraryType } from '../../../src/testing/arbitrary/shape.ts'

const { tree } = fc.letrec<{ tree: TypeTree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    arbitraryType(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('w', 'b', 'x', 'deep'), tie('tree'), { noNullPrototype: true }),
  ),
}))
const leaves = (t: unknown): readonly unknown[] => leavesWithPath(t, isTypeOrExpr).map(([, leaf]) => leaf)

test('refill(t, leaves(t)) = t', () =>
  fc.assert(
    fc.property(tree, (t) => {
      expect(refill(t, typeLeaves(t))).toEqual(t)
    }),
  ))
/** The same tree with the keys of every record the other way round. */
const turned = (t: unknown): unknown => {
  if (isTypeOrExpr(t) || typeof t !== 'object' || t === null) return t
  if (Array.isArray(t)) return t.map(turned)
  return Object.fromEntries(
    Object.entries(t)
      .reverse()
      .map(([k, v]) => [k, turned(v)]),
  )
}
test('a leaf keeps its key: inOrderOf(t, the same tree in another order) = t, leaf by leaf', () =>
  fc.assert(
    fc.property(tree, (t) => {
      expect(leaves(inOrderOf(t, turned(t)))).toEqual(leaves(t))
      expect(inOrderOf(t, turned(t))).toEqual(t)
    }),
  ))
test('leaves(refill(t, xs)) = xs', () =>
  fc.assert(
    fc.property(tree, (t) => {
      const others = typeLeaves(t).map((_, k) => real(k + 1))
      expect(leaves(refill(t, others))).toEqual(others)
    }),
  ))
test('the tangent of a tangent is the tangent', () =>
  fc.assert(
    fc.property(tree, (t) => {
      expect(tangentOf(tangentOf(t as never))).toEqual(tangentOf(t as never))
    }),
  ))
test('integers and truth values have no tangent', () =>
  expect(tangentOf({ x: real(2), n: int(), rest: [bool(3), real()] })).toEqual({
    x: real(2),
    n: null,
    rest: [null, real()],
  }))
test('paths are distinct, and so are names', () =>
  fc.assert(
    fc.property(tree, (t) => {
      const names = leavesWithPath(t, isTypeOrExpr).map(([path]) => nameOf(path))
      return new Set(names).size === names.length
    }),
  ))
test('names follow paths', () => {
  const t: TypeTree = { params: [{ w: real(2) }], x: real() as Type }
  expect(leavesWithPath(t, isTypeOrExpr).map(([path]) => nameOf(path))).toEqual(['params.0.w', 'x'])
  expect([nameOf([]), nameOf(['1']), nameOf(['a', '0'])]).toEqual(['x', 'x1', 'a.0'])
})
