/** The statements of a kernel: constants for shared scalars, accumulators for reductions, loops. */
import { unitOf } from '../../../lang/kernel/functions.ts'
import type { Scalar } from '../../../lang/kernel/index.ts'
import { isLinear } from '../../rewrite/linear.ts'
import type { Block, Statement } from '../../rewrite/unroll.ts'
import type { Addresses } from './addresses.ts'
import type { Names } from './names.ts'
import type { Syntax } from './syntax.ts'
import type { UseCounts } from './useCounts.ts'
import type { Text, Values } from './values.ts'

/** Longer texts get a name, even when they are used once. */
const longest = 160

export const makeStatements = (
  syntax: Syntax,
  names: Names,
  { value, call }: Values,
  { address, load }: Addresses,
  useCounts: UseCounts,
): ((b: Block) => void) => {
  const { values, conditions, integers, lines, bind, fresh } = names
  const storesConditions = 'condition' in syntax.functions.and
  const textOf = (s: Scalar & { readonly _tag: 'Call' | 'Load' }): Text => {
    if (s._tag === 'Load') return { text: load(s), isCondition: false }
    return isLinear(s) ? { text: address(s), isCondition: false } : call(s)
  }
  const printLet = (s: Scalar & { readonly _tag: 'Call' | 'Load' }): void => {
    const { count, near } = useCounts(s)
    if (count === 0) return // an address, or part of one
    const { text, isCondition } = textOf(s)
    if (count === 1 && near && text.length < longest && !isLinear(s)) (isCondition ? conditions : values).set(s, text)
    else if (isCondition && storesConditions) conditions.set(s, bind(text))
    else values.set(s, bind(isCondition ? syntax.fromCondition(text) : text))
  }
  const printStart = ({ reduce, from }: Statement & { readonly _tag: 'Start' }): void => {
    const sum = fresh('r')
    values.set(reduce, sum)
    lines.push(syntax.variable(sum, from ? value(from) : names.initial(unitOf[reduce.by])))
  }
  const printInto = ({ reduce, term }: Statement & { readonly _tag: 'Into' }): void => {
    const sum = value(reduce)
    lines.push(syntax.assign(sum, syntax.accumulate[reduce.by](sum, value(term))))
  }
  const printFor = ({ index, body }: Statement & { readonly _tag: 'For' }): void => {
    const counter = fresh('k')
    const [open, close] = syntax.loop(counter, index.size)
    lines.push(open)
    integers.set(index, counter)
    if (useCounts(index).count > 0) values.set(index, bind(counter))
    print(body)
    lines.push(close)
  }
  const print = (b: Block): void => {
    for (const s of b) {
      switch (s._tag) {
        case 'Let':
          printLet(s.scalar)
          break
        case 'Start':
          printStart(s)
          break
        case 'Into':
          printInto(s)
          break
        case 'For':
          printFor(s)
      }
    }
  }
  return print
}
