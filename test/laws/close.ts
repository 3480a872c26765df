/** When two results agree: the one tolerance of the suite, relative, and absolute below 1. */
import type { Tensor } from '../../lang/evaluate.ts'

export type Values = readonly Tensor[]
/** Float64 rounding, accumulated over the programs of this suite. */
export const tolerance = 1e-9

/** |a - b| <= tolerance (1 + |a| + |b|); special floats agree with themselves only. */
export const close = (a: number, b: number, within = tolerance): boolean =>
  a === b || Object.is(a, b) || (Number.isFinite(a - b) && Math.abs(a - b) <= within * (1 + Math.abs(a) + Math.abs(b)))

const pairwise =
  (agree: (a: number, b: number) => boolean) =>
  (as: Values, bs: Values): boolean =>
    as.length === bs.length &&
    as.every((a, i) => a.length === bs[i]?.length && a.every((x, k) => agree(x, (bs[i] as Tensor)[k] as number)))
export const closeAll = (as: Values, bs: Values, within = tolerance): boolean =>
  pairwise((a, b) => close(a, b, within))(as, bs)
/** Bit for bit, every NaN being one. */
export const same = pairwise(Object.is)

/** <a, b>, and the size of what cancelled in it. */
export const dot = (as: Values, bs: Values): { readonly sum: number; readonly size: number } => {
  let sum = 0
  let size = 0
  as.forEach((a, i) => {
    a.forEach((x, k) => {
      const product = x * ((bs[i] as Tensor)[k] as number)
      sum += product
      size += Math.abs(product)
    })
  })
  return { sum, size }
}
/** <a, b> = <c, d>, relative to what cancelled in either. */
export const sameDot = (as: Values, bs: Values, cs: Values, ds: Values, within = tolerance): boolean => {
  const left = dot(as, bs)
  const right = dot(cs, ds)
  return Math.abs(left.sum - right.sum) <= within * (1 + left.size + right.size)
}
