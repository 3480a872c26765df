/**
 * Trees of leaves: records, tuples, and null for no leaf. The inputs of a program, their gradients and their data are
 * trees of one form with different leaves. The order of the leaves is that of the keys.
 */
import { type Expr, isExpr } from './expr.ts'
import { type DType, isType, type Shape, type Type } from './shape.ts'

type Tree<L> = L | null | readonly Tree<L>[] | { readonly [key: string]: Tree<L> }
export type TypeTree = Tree<Type>

/** The argument of a program's function: the tree of types with an expression at every leaf. */
export type Handles<T> =
  T extends Type<infer S, infer D> ? Expr<S, D> : T extends null ? null : { readonly [K in keyof T]: Handles<T[K]> }
/** The tree of the types of a tree of expressions. */
export type TypesOf<R> = R extends { readonly type: Type<infer S, infer D>; readonly node: unknown }
  ? Type<S, D>
  : R extends null
    ? null
    : { readonly [K in keyof R]: TypesOf<R[K]> }
/** The tree of the types of tangents: null in place of integers and truth values, which have none. */
export type Tangent<T> =
  T extends Type<infer S, infer D>
    ? D extends 'real'
      ? Type<S, 'real'>
      : null
    : T extends null
      ? null
      : { readonly [K in keyof T]: Tangent<T[K]> }
/** The tree of the data of a tree of types: a number for a scalar, or the elements in row-major order. */
export type Arrays<T> =
  T extends Type<infer S, DType>
    ? S extends readonly []
      ? number | NumericArray
      : NumericArray
    : T extends null
      ? null
      : { readonly [K in keyof T]: Arrays<T[K]> }
/**
 * The data that a program takes: as `Arrays`, and an array of two or more axes may also be nested, as [[1, 2], [3, 4]].
 */
export type Data<T> = Arrays<T> | NestedData<T>
type NestedData<T> =
  T extends Type<infer S, DType>
    ? NumericArray | Nested<S>
    : T extends null
      ? null
      : { readonly [K in keyof T]: NestedData<T[K]> }
/** Arrays nested as deep as a shape has axes. */
type Nested<S extends Shape> = number extends S['length']
  ? AnyNested
  : S extends readonly []
    ? number
    : S extends readonly [number]
      ? NumericArray
      : S extends readonly [number, ...infer R extends Shape]
        ? readonly Nested<R>[]
        : never
/** Nested arrays of a shape of two axes or more. */
export type NestedRows<S extends Shape> = Exclude<Nested<S>, number | NumericArray>
type AnyNested = number | NumericArray | readonly AnyNested[]
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array | readonly number[]
/**
 * The tree of results: for every leaf an array of its elements in row-major order, of one for a scalar. Reals have the
 * precision of the back end.
 */
export type Results<T> =
  T extends Type<Shape, infer D> ? ResultOf<D> : T extends null ? null : { readonly [K in keyof T]: Results<T[K]> }
type ResultOf<D extends DType> = D extends 'real'
  ? Float32Array | Float64Array
  : D extends 'int'
    ? Int32Array
    : Uint8Array

type IsLeaf = (x: unknown) => boolean
export const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null
/** Whether a value is a type or an expression: the leaves of the trees of programs. */
export const isTypeOrExpr: IsLeaf = (x) => isObject(x) && (isExpr(x) || isType(x))

/** The leaves with their paths, such as ['params', '0', 'w']. null and undefined have no leaves. */
export const leavesWithPath = (tree: unknown, isLeaf: IsLeaf): readonly (readonly [readonly string[], unknown])[] => {
  const found: (readonly [readonly string[], unknown])[] = []
  const go = (t: unknown, path: readonly string[]): void => {
    if (isLeaf(t)) found.push([path, t])
    else if (isObject(t)) for (const [k, v] of Object.entries(t)) go(v, [...path, k])
    else if (t !== null && t !== undefined) found.push([path, t])
  }
  go(tree, [])
  return found
}
/** The part of a tree at a path; undefined where it has none. */
export const memberAt = (tree: unknown, path: readonly string[]): unknown =>
  path.reduce((t, k) => (isObject(t) ? (t as { readonly [key: string]: unknown })[k] : undefined), tree)
/** The caller knows which leaves the tree has, where its type is not known. */
const leaves = <L>(tree: unknown): readonly L[] => leavesWithPath(tree, isTypeOrExpr).map(([, leaf]) => leaf as L)
/**
 * The tree with its keys in the order of another tree, wherever both have the same keys: a leaf belongs to its key, not to
 * its place.
 */
export const inOrderOf = (form: unknown, tree: unknown): unknown => {
  if (!isObject(form) || !isObject(tree) || isTypeOrExpr(form) || isTypeOrExpr(tree)) return tree
  if (Array.isArray(tree)) return Array.isArray(form) ? tree.map((t, k) => inOrderOf(form[k], t)) : tree
  const [keys, parts] = [Object.keys(form), new Map<string, unknown>(Object.entries(tree))]
  const same = keys.length === parts.size && keys.every((k) => parts.has(k))
  return same ? Object.fromEntries(keys.map((k) => [k, inOrderOf(memberAt(form, [k]), parts.get(k))])) : tree
}
/** The leaves of a tree of types. */
export const typeLeaves = (tree: unknown): readonly Type[] => leaves(tree)
/** The leaves of a tree of expressions. */
export const exprLeaves = (tree: unknown): readonly Expr[] => leaves(tree)

/** The same tree with other leaves, in order; an undefined leaf becomes null. Law: refill(t, leaves(t)) = t. */
export const refill = (tree: unknown, withLeaves: readonly unknown[], isLeaf: IsLeaf = isTypeOrExpr): unknown => {
  let next = 0
  const go = (t: unknown): unknown => {
    if (isLeaf(t)) return withLeaves[next++] ?? null
    if (Array.isArray(t)) return t.map(go)
    return isObject(t) ? Object.fromEntries(Object.entries(t).map(([k, v]) => [k, go(v)])) : null
  }
  return go(tree)
}
/** The tree of the types of tangents: real leaves stay, others become null. */
export const tangentOf = <T>(tree: T): Tangent<T> =>
  refill(
    tree,
    typeLeaves(tree).map((t) => (t.dtype === 'real' ? t : undefined)),
  ) as Tangent<T>

/** The name of a leaf, from its path: x for a single leaf, x1 in a tuple, params.0.w in a record. */
export const nameOf = (path: readonly string[]): string => {
  const [head, ...rest] = path
  if (head === undefined) return 'x'
  return [/^\d/.test(head) ? `x${head}` : head, ...rest].join('.')
}
