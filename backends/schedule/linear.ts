/** Addresses as linear forms: a constant and a coefficient for every index or opaque integer. */
import type { Scalar } from '../../lang/kernel/index.ts'

export interface Linear {
  readonly constant: number
  readonly terms: ReadonlyMap<Scalar, number>
}

export const linear = (s: Scalar): Linear => {
  const terms = new Map<Scalar, number>()
  let constant = 0
  const go = (x: Scalar, by: number): void => {
    if (x._tag === 'Num') constant += by * x.value
    else if (x._tag === 'Call' && x.dtype === 'int' && x.fn === 'add') for (const a of x.args) go(a, by)
    else if (x._tag === 'Call' && x.dtype === 'int' && x.fn === 'mul' && x.args[1]?._tag === 'Num')
      go(x.args[0] as Scalar, by * x.args[1].value)
    else terms.set(x, (terms.get(x) ?? 0) + by)
  }
  go(s, 1)
  return { constant, terms: new Map([...terms].filter(([, by]) => by !== 0)) }
}
/** Sums and multiples of indices: cheap enough to write where they are used. */
export const isLinear = (s: Scalar): boolean =>
  s._tag === 'Num' || s._tag === 'Index'
    ? s.dtype === 'int'
    : s._tag === 'Call' &&
      s.dtype === 'int' &&
      s.range !== undefined &&
      (s.fn === 'add' || s.fn === 'mul') &&
      s.args.every(isLinear)
