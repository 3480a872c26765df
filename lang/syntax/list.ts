/**
 * Element k of a list that has one; -1 is the last. TypeScript does not know the lengths of lists. The caller knows that k
 * is a valid index: it was checked, or the list and k come from one program.
 */
export const nth = <T>(list: ArrayLike<T>, k: number): T => list[k < 0 ? list.length + k : k] as T
