/** Element d of a list that is known to have one: an index is checked, or lists of one length are walked together. */
export const nth = <T>(list: readonly T[], d: number): T => list.at(d) as T
