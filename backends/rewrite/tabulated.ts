/** A scalar of one short index as a table of its values: whether it is linear in the index. */
import { type Scalar, whole } from '../../lang/kernel/index.ts'
import { isIndex, type Linear } from './linear.ts'
import { partsOf } from './scalars.ts'
import { substitute } from './substitute.ts'

/** The longest table. */
const longest = 8

/** The linear form of index arithmetic that mentions one short index only; undefined if its values are on no line. */
export const tabulated = (s: Scalar): Linear | undefined => {
  const [i, ...others] = [...partsOf(s)].filter(isIndex)
  if (i === undefined || others.length > 0 || i.size < 2 || i.size > longest) return undefined
  const values = Array.from({ length: i.size }, (_, k) => substitute(s, new Map([[i, whole(k)]])))
  const numbers = values.flatMap((v) => (v._tag === 'Num' ? [v.value] : []))
  const [first = 0, second = 0] = numbers
  const by = second - first
  const isLine = numbers.length === i.size && numbers.every((n, k) => n === first + k * by)
  if (!isLine) return undefined
  return { constant: first, terms: by === 0 ? new Map() : new Map([[i, by]]) }
}
