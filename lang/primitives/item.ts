/** Reads elements that are known to exist, although the type of the list cannot say so. */

/** The k-th item of a list that has so many. */
export const item = <T>(xs: readonly T[], k: number): T => xs[k] as T
/** The value of a key that the map has. */
export const valueAt = <K, V>(map: ReadonlyMap<K, V>, key: K): V => map.get(key) as V
