/** Numbers scalars: equal ones get the same number, so equal index lists are recognised. A loop equals only itself. */
import type { Scalar } from '../../lang/kernel/index.ts'

export interface Interner {
  readonly idOf: (s: Scalar) => number
  /** The first scalar seen with this structure. */
  readonly canonical: (s: Scalar) => Scalar
}

export const makeInterner = (): Interner => {
  const ids = new Map<Scalar, number>()
  const keys = new Map<string, number>()
  const first: Scalar[] = []
  const fresh = (s: Scalar): number => first.push(s) - 1
  const shared = (key: string, s: Scalar): number => {
    const known = keys.get(key)
    if (known !== undefined) return known
    const id = fresh(s)
    keys.set(key, id)
    return id
  }
  const list = (xs: readonly Scalar[]): string => {
    let key = ''
    for (const x of xs) key += `${idOf(x)},`
    return key
  }
  const number = (s: Scalar): number => {
    switch (s._tag) {
      case 'Num':
        return shared(`${s.dtype}${Object.is(s.value, -0) ? '-0' : s.value}`, s)
      case 'Load':
        return shared(`[${s.source}]${list(s.at)}`, s)
      case 'Call':
        return shared(`${s.fn}${s.dtype}(${list(s.args)}`, s)
      case 'Index':
      case 'Reduce':
        return fresh(s)
    }
  }
  const idOf = (s: Scalar): number => {
    const known = ids.get(s)
    if (known !== undefined) return known
    const id = number(s)
    ids.set(s, id)
    return id
  }
  return { idOf, canonical: (s) => first[idOf(s)] ?? s }
}
