/** Some leaves of a tree, chosen by a tree of booleans: the inputs that vmap maps, or that grad differentiates by. */
import type { Type } from '../../lang/syntax/shape.ts'
import { isObject, isTypeOrExpr, memberAt, type Tangent, typeLeaves } from '../../lang/syntax/tree.ts'

/** true and false choose whole subtrees; a key that is left out is false. */
export type Selection = boolean | null | { readonly [key: string]: Selection } | readonly Selection[]

const isLeafOrNone = (tree: unknown): boolean => !isObject(tree) || isTypeOrExpr(tree)
/** The part of a selection for one member of the tree. A selection is plain data: what it inherits is no part of it. */
export const partOf = <S>(selection: S, key: string): S | false =>
  isObject(selection) && Object.hasOwn(selection, key)
    ? ((selection as { readonly [key: string]: S })[key] ?? false)
    : false
/** Which leaves are chosen, in order: one mark per leaf. Only `true` chooses a leaf. */
export const marksOf = (tree: unknown, selection: Selection): readonly boolean[] =>
  typeof selection === 'boolean' || isLeafOrNone(tree)
    ? typeLeaves(tree).map(() => selection === true)
    : Object.entries(tree as object).flatMap(([key, t]) => marksOf(t, partOf(selection, key)))
/** The first path of a selection that a tree does not have: `params.wieghts`. */
export const strayPath = (tree: unknown, selection: Selection, path: readonly string[] = []): string | undefined => {
  if (!isObject(selection)) return undefined
  const members = isLeafOrNone(tree) ? {} : (tree as { readonly [key: string]: unknown })
  for (const [key, s] of Object.entries(selection)) {
    if (!Object.hasOwn(members, key)) return [...path, key].join('.')
    const stray = strayPath(members[key], s, [...path, key])
    if (stray !== undefined) return stray
  }
  return undefined
}

const isChoice = (x: unknown): boolean => x === undefined || x === null || typeof x === 'boolean'
/**
 * What is wrong with the form of the selection that an option has: TypeScript knows, JavaScript does not. `choice`: what
 * belongs at a leaf.
 */
export const formProblem = (
  option: string,
  types: unknown,
  selection: unknown,
  choice: 'true or false' | 'true, false or an axis' = 'true or false',
): string | undefined => {
  if (isChoice(selection) || (choice !== 'true or false' && Number.isInteger(selection))) return undefined
  if (!isObject(selection)) return `${option} has the ${typeof selection} ${String(selection)} where ${choice} belongs`
  if (Array.isArray(selection) && selection.length > 0 && !Array.isArray(types))
    return `${option} is a list, but the inputs have names: write ${option}: { x: true }`
  return Object.entries<unknown>({ ...selection })
    .map(([k, part]) => formProblem(option, memberAt(types, [k]), part, choice))
    .find((what) => what !== undefined)
}

/** The selections of a tree of this form. */
export type SelectionOf<T> = boolean | (T extends Type | null ? never : { readonly [K in keyof T]?: SelectionOf<T[K]> })

/** null in the place of every leaf. */
type Absent<T> = T extends Type | null ? null : { readonly [K in keyof T]: Absent<T[K]> }
/** The tangents of the chosen leaves, null elsewhere. */
export type TangentWhere<T, M> = M extends true
  ? Tangent<T>
  : M extends false
    ? Absent<T>
    : { readonly [K in keyof T]: K extends keyof M ? TangentWhere<T[K], M[K]> : Absent<T[K]> }

/** The chosen leaves of a tree, or the others. Records lose the members of which nothing is left; tuples keep null. */
export const partOfTree = (tree: unknown, selection: Selection, chosen: boolean): unknown => {
  if (isTypeOrExpr(tree) || typeof selection === 'boolean' || !isObject(tree))
    return (selection === true) === chosen ? tree : null
  const parts = Object.entries(tree).map(([key, t]) => [key, partOfTree(t, partOf(selection, key), chosen)] as const)
  return Array.isArray(tree)
    ? parts.map(([, part]) => part)
    : Object.fromEntries(parts.filter(([, part]) => typeLeaves(part).length > 0))
}
/** The tree of the chosen leaves. */
export type Chosen<T, M> = M extends true
  ? T
  : M extends false
    ? null
    : T extends readonly unknown[]
      ? { readonly [K in keyof T]: K extends keyof M ? Chosen<T[K], M[K]> : null }
      : {
          readonly [K in keyof T as K extends keyof M ? (M[K] extends false ? never : K) : never]: Chosen<
            T[K],
            M[K & keyof M]
          >
        }
/** The tree of the other leaves. */
export type Others<T, M> = M extends true
  ? null
  : M extends false
    ? T
    : T extends readonly unknown[]
      ? { readonly [K in keyof T]: K extends keyof M ? Others<T[K], M[K]> : T[K] }
      : {
          readonly [K in keyof T as K extends keyof M ? (M[K] extends true ? never : K) : K]: K extends keyof M
            ? Others<T[K], M[K]>
            : T[K]
        }
