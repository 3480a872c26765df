/**
 * Functions on trees: parameters, gradients and states, as expressions, as types or as data. Leaves are expressions, types,
 * numbers, typed arrays and arrays of numbers; a list of anything else is a tuple, and null is no leaf. A leaf belongs to
 * its key: the order of keys does not matter.
 */
import * as E from 'fp-ts/lib/Either.js'
import { reshape } from '../primitives/reindex.ts'
import { boxAlong, slice } from '../primitives/window.ts'
import { type Diagnostics, orThrow } from '../syntax/error.ts'
import { type Expr, isExpr, poison, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, isType, type Shape, sizeOf, type Type } from '../syntax/shape.ts'
import { callSite } from '../syntax/site.ts'
import { isObject, isTypeOrExpr, leavesWithPath, type NumericArray, refill } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import { flatten, stack } from './arranging.ts'
import { concatAll } from './derived.ts'

type Leaf = Expr | Type | NumericArray | number | boolean | string
/** The tree with R at every leaf. */
export type MapTree<T, R> = T extends Leaf
  ? R
  : T extends null | undefined
    ? null
    : { readonly [K in keyof T]: MapTree<T[K], R> }
/** The leaves that a tree may have. */
export type LeafOf<T> = T extends Leaf
  ? T
  : T extends null | undefined
    ? never
    : T extends readonly (infer M)[]
      ? LeafOf<M>
      : { [K in keyof T]: LeafOf<T[K]> }[keyof T]

const isNumbers = (x: unknown): boolean =>
  ArrayBuffer.isView(x) || (Array.isArray(x) && x.length > 0 && x.every((v) => typeof v === 'number'))
const isLeaf = (x: unknown): boolean =>
  x !== null && x !== undefined && (!isObject(x) || isTypeOrExpr(x) || isNumbers(x))
const isTerm = (x: unknown): x is Expr => isObject(x) && isExpr(x)

type Path = readonly string[]
const leavesOf = (tree: unknown) => leavesWithPath(tree, isLeaf)
const showPath = (path: Path): string => path.join('.') || 'the root'
/** The part of a tree at a path: null where the tree ends before, undefined where it has another key. */
const partAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (t, k) =>
      t === null ? null : isObject(t) && !isLeaf(t) ? (t as { readonly [key: string]: unknown })[k] : undefined,
    tree,
  )
/** Where the k-th of other trees has another form than the first; undefined if it has the same. */
const difference = (paths: readonly Path[], other: unknown, k: number): string | undefined => {
  const known = new Set(paths.map((path) => path.join('.')))
  const odd = paths.find((path) => {
    const part = partAt(other, path)
    return part !== null && !isLeaf(part)
  })
  const more = leavesOf(other).find(([path]) => !known.has(path.join('.')))?.[0]
  if (odd !== undefined) return `tree ${k + 2} has no leaf at ${showPath(odd)}, tree 1 has`
  return more === undefined ? undefined : `tree ${k + 2} has a leaf at ${showPath(more)}, tree 1 has none`
}
const malformed = (op: string, what: string): Diagnostics => [
  { problem: { _tag: 'Malformed', what }, op, types: [], site: callSite() },
]
/** An ill-typed tree where it has expressions, so that a program reports it; else an exception. */
const refused = (op: string, what: string, tree: unknown): unknown => {
  const exprs = leavesOf(tree)
    .map(([, leaf]) => leaf)
    .filter(isTerm)
  const wrong = malformed(op, what)
  if (exprs.length === 0) return orThrow(E.left(wrong))
  const ill = poison(exprs, wrong) // one, so that it is reported once
  return refill(
    tree,
    leavesOf(tree).map(() => ill),
    isLeaf,
  )
}

type Mapped = <A extends readonly unknown[] = readonly Expr[], R = Expr>(
  f: (...leaves: A) => R,
) => <T>(tree: T, ...others: readonly unknown[]) => MapTree<T, R>
type MappedWithPath = <A extends readonly unknown[] = readonly Expr[], R = Expr>(
  f: (path: readonly string[], ...leaves: A) => R,
) => <T>(tree: T, ...others: readonly unknown[]) => MapTree<T, R>
type AnyFunction = (...args: readonly unknown[]) => unknown
const mapped =
  (op: string, f: (path: Path, leaves: readonly unknown[]) => unknown) =>
  (tree: unknown, ...others: readonly unknown[]) => {
    const leaves = leavesOf(tree)
    const paths = leaves.map(([path]) => path)
    const what = others.map((other, k) => difference(paths, other, k)).find((d) => d !== undefined)
    if (what !== undefined) return refused(op, what, tree)
    const results = leaves.map(([path, leaf]) => {
      const rest = others.map((other) => partAt(other, path))
      return rest.includes(null) ? leaf : f(path, [leaf, ...rest])
    })
    return refill(tree, results, isLeaf)
  }
/**
 * The tree with f(leaf) at every leaf; of several trees of one form, f(leaf of the first, leaf of the second, ...). Where
 * another tree is null, as gradients are at integers, the leaf of the first stays as it is.
 *
 * Law:     treeMap(f)(treeMap(g)(t)) = treeMap((x) => f(g(x)))(t)
 * Errors:  Malformed for trees of different forms: in the program for trees of expressions, thrown for data
 *
 * @example
 * const sgd = treeMap((p, g) => sub(p, mul(0.1, g)))
 * const f = programOrThrow([{ w: real(2), b: real() }, { w: real(2), b: real() }], ([p, g]) => sgd(p, g))
 * evaluate(f.closed, [[1, 2], [3], [10, 0], [5]].map((x) => Float64Array.from(x))) // => [[0, 2], [2.5]]
 */
export const treeMap = operation(
  'treeMap(f*)(tree, others...)',
  typed<Mapped>((f: AnyFunction) => mapped('treeMap', (_, leaves) => f(...leaves))),
)
/** `treeMap` with the leaf's path first, as ['params', '0', 'w']. */
export const treeMapWithPath = operation(
  'treeMapWithPath(f*)(tree, others...)',
  typed<MappedWithPath>((f: AnyFunction) => mapped('treeMapWithPath', (path, leaves) => f(path, ...leaves))),
)
/**
 * f(... f(f(initial, leaf), leaf) ...) over the leaves, in the order of the keys.
 *
 * @example
 * treeReduce((n: number, x: number) => n + x, 0)({ a: 1, b: [{ c: 2 }, null], d: 3 }) // => 6
 */
export const treeReduce = operation(
  'treeReduce(f*, initial!)(tree)',
  <A, L = Expr>(f: (soFar: A, leaf: L) => A, initial: A) =>
    (tree: unknown): A =>
      leavesOf(tree).reduce((soFar, [, leaf]) => f(soFar, leaf as L), initial),
)
/** The leaves in the order of the keys. */
export const treeLeaves = operation('treeLeaves(tree)', <T>(tree: T): readonly LeafOf<T>[] =>
  leavesOf(tree).map(([, leaf]) => leaf as LeafOf<T>),
)
/** The form of a tree, as plain data that can be compared: the tree with '*' at every leaf. */
export const treeStructure = operation(
  'treeStructure(tree)',
  <T>(tree: T): MapTree<T, '*'> =>
    typed(
      refill(
        tree,
        leavesOf(tree).map(() => '*'),
        isLeaf,
      ),
    ),
)
/**
 * The tree of the form of another tree, with these leaves in order.
 *
 * Law:     treeUnflatten(t)(treeLeaves(t)) = t
 * Errors:  thrown: Malformed for another number of leaves
 */
export const treeUnflatten = operation(
  'treeUnflatten(form!)(leaves)',
  <T>(form: T) =>
    <R>(leaves: readonly R[]): MapTree<T, R> => {
      const n = leavesOf(form).length
      if (leaves.length !== n)
        orThrow(E.left(malformed('treeUnflatten', `${leaves.length} leaves are given for a tree of ${n}`)))
      return typed(refill(form, leaves, isLeaf))
    },
)
// -- one vector ------------------------------------------------------------------------------------------------------

type Numbers = ArrayLike<number>
const dataOf = (leaf: unknown): Numbers => (typeof leaf === 'number' ? [leaf] : (leaf as Numbers))
/** The numbers of several arrays, one after another: in float32 if all are, else in float64. */
const joined = (parts: readonly Numbers[]): Float32Array | Float64Array | Int32Array => {
  const all = (kind: new (n: number) => object) => parts.length > 0 && parts.every((p) => p instanceof kind)
  const length = parts.reduce((n, p) => n + p.length, 0)
  const out = new (all(Float32Array) ? Float32Array : all(Int32Array) ? Int32Array : Float64Array)(length)
  let at = 0
  for (const p of parts) {
    out.set(p, at)
    at += p.length
  }
  return out
}
/** The number of elements of a leaf. */
const widthOf = (leaf: unknown): number =>
  isTerm(leaf) ? sizeOf(shapeOf(leaf)) : isObject(leaf) && isType(leaf) ? sizeOf(leaf.shape) : dataOf(leaf).length
/** The places where the leaves of a tree begin in one vector, and where the last one ends. */
const beginnings = (tree: unknown): readonly number[] => {
  const at = [0]
  let total = 0
  for (const [, leaf] of leavesOf(tree)) {
    total += widthOf(leaf)
    at.push(total)
  }
  return at
}

type Raveled<T> =
  LeafOf<T> extends NumericArray | number ? Float32Array | Float64Array : Expr<readonly [number], 'real'>
/**
 * All numbers of a tree as one vector: of expressions an expression, of data an array.
 *
 * Law:     treeUnravel(t)(treeRavel(t)) = t
 * Errors:  ElementType, for expressions of several element types
 *
 * @example
 * treeRavel({ w: [1, 2], b: 3 }) // => [1, 2, 3]
 */
export const treeRavel = operation('treeRavel(tree)', <T>(tree: T): Raveled<T> => {
  const leaves = leavesOf(tree).map(([, leaf]) => leaf)
  if (!leaves.some(isTerm)) return typed(joined(leaves.map(dataOf)))
  return typed(
    concatAll(
      0,
      leaves.filter(isTerm).map((x): Expr => flatten()(x)),
    ),
  )
})
type Unraveled = <T>(form: T) => {
  (flat: Expr): T extends Expr | Type ? Expr : UnraveledTree<T>
  <D extends NumericArray>(flat: D): MapTree<T, D>
}
type UnraveledTree<T> =
  T extends Type<infer S, infer D>
    ? Expr<S, D>
    : T extends { readonly type: Type<infer S, infer D>; readonly node: unknown }
      ? Expr<S, D>
      : T extends null
        ? null
        : { readonly [K in keyof T]: UnraveledTree<T[K]> }
/**
 * The tree whose numbers are those of a vector, in the order of `treeRavel`: of an expression expressions, of an array
 * arrays. `form`: the tree, or that of its types.
 *
 * Errors:  Malformed, for a vector of another length: in the program for an expression, thrown for an array
 *
 * @example
 * treeUnravel({ w: real(2), b: real(1) })([1, 2, 3]) // => { w: [1, 2], b: [3] }
 */
export const treeUnravel = operation(
  'treeUnravel(form!)(flat)',
  typed<Unraveled>((form: unknown) => (flat: Expr | NumericArray) => {
    const at = beginnings(form)
    const total = nth(at, at.length - 1)
    const length = isTerm(flat) ? (flat.type.shape.length === 1 ? nth(shapeOf(flat), 0) : Number.NaN) : flat.length
    const leaves = leavesOf(form).map(([, leaf]) => leaf)
    const what = `the vector has ${length} numbers, the tree ${total}`
    if (length !== total)
      return isTerm(flat)
        ? refused(
            'treeUnravel',
            what,
            refill(
              form,
              leaves.map(() => flat),
              isLeaf,
            ),
          )
        : orThrow(E.left(malformed('treeUnravel', what)))
    const parts = leaves.map((leaf, k) => {
      const [from, width] = [nth(at, k), widthOf(leaf)]
      if (!isTerm(flat)) return flat.slice(from, from + width)
      const shape = isTerm(leaf) ? shapeOf(leaf) : isObject(leaf) && isType(leaf) ? leaf.shape : [width]
      return reshape(shape)(slice(boxAlong([total], 0, from, width))(flat))
    })
    return refill(form, parts, isLeaf)
  }),
)
// -- stacks ----------------------------------------------------------------------------------------------------------

type StackedTree<T> =
  T extends Type<infer S extends Shape, infer D extends DType>
    ? Type<readonly [number, ...S], D>
    : T extends { readonly type: Type<infer S extends Shape, infer D extends DType>; readonly node: unknown }
      ? Expr<readonly [number, ...S], D>
      : T extends NumericArray | number
        ? Float32Array | Float64Array | Int32Array
        : T extends null
          ? null
          : { readonly [K in keyof T]: StackedTree<T[K]> }
const stackLeaves = (leaves: readonly unknown[]): unknown => {
  const [first] = leaves
  if (leaves.every(isTerm)) return stack(0)(leaves as readonly [Expr, ...Expr[]])
  if (isObject(first) && isType(first)) return { ...first, shape: [leaves.length, ...first.shape] }
  return joined(leaves.map(dataOf))
}
/**
 * One tree out of several of one form: every leaf gets a first axis, over the trees. The parameters of several equal
 * blocks become those of `repeat(n, block, { as: 'scan' })`. Data are flat arrays, one after another.
 *
 * Law:     treeUnstack(n)(treeStack(trees)) = trees
 * Errors:  Malformed for trees of different forms, or no tree; ShapeMismatch
 *
 * @example
 * treeStack([{ w: [1, 2] }, { w: [3, 4] }]) // => { w: [1, 2, 3, 4] }
 */
export const treeStack = operation('treeStack(trees)', <T>(trees: readonly T[]): StackedTree<T> => {
  if (trees.length === 0) return orThrow(E.left(malformed('treeStack', 'there is no tree')))
  return typed(mapped('treeStack', (_, leaves) => stackLeaves(leaves))(trees[0], ...trees.slice(1)))
})
const isDivided = (n: number, leaf: unknown): boolean =>
  isTerm(leaf)
    ? leaf.type.shape[0] === n
    : isObject(leaf) && isType(leaf)
      ? leaf.shape[0] === n
      : dataOf(leaf).length % n === 0
const rowAt = (n: number, k: number, leaf: unknown): unknown => {
  if (isTerm(leaf)) return reshape(shapeOf(leaf).slice(1))(slice(boxAlong(shapeOf(leaf), 0, k, 1))(leaf))
  if (isObject(leaf) && isType(leaf)) return { ...leaf, shape: leaf.shape.slice(1) }
  const data = leaf as NumericArray // a number is one array of one
  const width = dataOf(leaf).length / n
  return typeof leaf === 'number' ? leaf : data.slice(k * width, (k + 1) * width)
}
type RowOf<T> =
  T extends Type<infer S, infer D>
    ? Type<S extends readonly [number, ...infer R extends Shape] ? R : Shape, D>
    : T extends { readonly type: Type<infer S, infer D>; readonly node: unknown }
      ? Expr<S extends readonly [number, ...infer R extends Shape] ? R : Shape, D>
      : T extends Leaf | null
        ? T
        : { readonly [K in keyof T]: RowOf<T[K]> }
/**
 * The n trees that a stack is made of: the k-th has the k-th row of every leaf.
 *
 * Errors:  Malformed, where the first axis of a leaf is not n: in the program for expressions, thrown for types and data
 *
 * @example
 * treeUnstack(2)({ w: [1, 2, 3, 4] }) // => [{ w: [1, 2] }, { w: [3, 4] }]
 */
export const treeUnstack = operation('treeUnstack(n)(tree)', (n: number) => <T>(tree: T): readonly RowOf<T>[] => {
  const odd = leavesOf(tree).find(([, leaf]) => !isDivided(n, leaf))
  const what = `the leaf at ${showPath(odd?.[0] ?? [])} is no stack of ${n}`
  const ill = odd === undefined ? undefined : refused('treeUnstack', what, tree)
  return Array.from({ length: n }, (_, k) =>
    typed<RowOf<T>>(ill ?? mapped('treeUnstack', (_, [leaf]) => rowAt(n, k, leaf))(tree)),
  )
})
