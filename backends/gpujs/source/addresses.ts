/** Addresses of loads: sums of integers, written out at every use, because gpu.js makes a named constant a float. */
import { flatten, type Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import { asLinear } from '../../rewrite/linear.ts'
import type { Names } from './names.ts'
import type { Syntax } from './syntax.ts'
import { type AxisGroup, extentOf } from './threadLayout.ts'
import type { Values } from './values.ts'

export interface Addresses {
  readonly address: (s: Scalar) => string
  readonly load: (s: Scalar & { readonly _tag: 'Load' }) => string
}

/**
 * The coefficient of a group's thread index that has the effect of these coefficients of its axes; undefined if none
 * has.
 */
const coefficientOf = ({ indices }: AxisGroup, terms: ReadonlyMap<Scalar, number>): number | undefined => {
  const stride = (d: number): number => extentOf(indices.slice(d + 1))
  const longer = indices.findIndex((i) => i.size !== 1)
  const first = indices[longer]
  if (first === undefined) return undefined
  const scale = (terms.get(first) ?? 0) / stride(longer)
  const isWhole = indices.every((i, d) => i.size === 1 || terms.get(i) === scale * stride(d))
  return scale !== 0 && isWhole && Number.isInteger(scale) ? scale : undefined
}
const bracketed = (n: number): string => (n < 0 ? `(${n})` : String(n))
const product = (text: string, by: number): string => (by === 1 ? text : `${text}*${bracketed(by)}`)

export const makeAddresses = (
  syntax: Syntax,
  names: Names,
  { value, word }: Values,
  groups: readonly AxisGroup[],
  shapes: readonly Shape[],
): Addresses => {
  // other terms are reals and get names: inside brackets WebGL would read their literals as integers
  const integer = (s: Scalar): string => (s._tag === 'Index' ? (names.integers.get(s) ?? value(s)) : word(s))
  const address = (s: Scalar): string => {
    const { constant, terms } = asLinear(s)
    const rest = new Map(terms)
    const parts: string[] = []
    for (const g of groups) {
      const by = coefficientOf(g, rest)
      if (by === undefined) continue
      for (const i of g.indices) rest.delete(i)
      parts.push(product(g.thread, by))
    }
    for (const [t, by] of rest) if (names.integers.get(t) !== '0') parts.push(product(integer(t), by))
    if (constant !== 0 || parts.length === 0) parts.push(bracketed(constant))
    return parts.join('+')
  }
  /** A guard discards what is read outside of an array. Where that traps, an address that may be outside is clamped. */
  const load = ({ source, at }: Scalar & { readonly _tag: 'Load' }): string => {
    const shape = shapes[source] ?? bug('a load of an unknown source')
    const flat = flatten(shape, at)
    const last = Math.max(0, sizeOf(shape) - 1)
    const isInside = flat.range !== undefined && flat.range[0] >= 0 && flat.range[1] <= last
    const text = address(flat)
    return syntax.load(`a${source}`, !syntax.traps || isInside ? text : syntax.clamp(text, last))
  }
  return { address, load }
}
