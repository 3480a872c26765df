/**
 * The k-th element of a list that has one. TypeScript does not know the lengths of lists; the caller knows that k is a
 * valid index, because the list and k come from one program.
 */
export const nth = <A>(list: ArrayLike<A>, k: number): A => list[k] as A
