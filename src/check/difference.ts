/**
 * Finite differences with error bars. A central difference is a power series in h^2, so halving h and extrapolating
 * (Richardson) removes one power at a time; the difference between neighbours in the tableau, and the rounding of f, say
 * how far the best entry can be wrong.
 *
 * Source: C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng. Software 4 (1982).
 */

/** A number and how far it may be from the truth. */
export interface Estimate {
  readonly value: number
  readonly error: number
}
export type Curve = (t: number) => Float64Array

const rounds = 10
const ratio = 2
/** How far rounding in f can move a quotient with step h: several operations' worth of one unit in the last place. */
const rounding = (size: number, h: number): number => (64 * Number.EPSILON * size) / h

/** One column of quotients, extrapolated: the entry whose error bar is smallest. `power`: the first power of h removed. */
const extrapolate = (quotients: readonly number[], noise: readonly number[], power: number, step: number): Estimate => {
  let best: Estimate = { value: quotients[0] as number, error: Number.POSITIVE_INFINITY }
  let previous: readonly number[] = []
  quotients.forEach((q, i) => {
    const row = [q]
    for (let k = 0; k < i; k++) {
      const factor = ratio ** (power + k * step)
      const value = ((row[k] as number) * factor - (previous[k] as number)) / (factor - 1)
      row.push(value)
      const spread = Math.max(Math.abs(value - (row[k] as number)), Math.abs(value - (previous[k] as number)))
      const error = spread + 2 * (noise[i] as number)
      if (error < best.error) best = { value, error }
    }
    previous = row
  })
  return best
}
const steps = (first: number): readonly number[] => Array.from({ length: rounds }, (_, i) => first / ratio ** i)
const sizeAt = (values: readonly Float64Array[], k: number): number => values.reduce((m, v) => Math.max(m, Math.abs(v[k] as number)), 0)
const finite = (values: readonly Float64Array[]): boolean => values.every((v) => v.every((x) => Number.isFinite(x)))

/** f'(0), element by element, from steps h, h/2, ...; undefined when f is not finite as far as h. */
export const derivative = (f: Curve, h: number): readonly Estimate[] | undefined => {
  const hs = steps(h), up = hs.map((s) => f(s)), down = hs.map((s) => f(-s))
  if (!finite([...up, ...down])) return undefined
  return Array.from(up[0] as Float64Array, (_, k) => {
    const size = sizeAt([...up, ...down], k)
    const quotients = hs.map((s, i) => (((up[i] as Float64Array)[k] as number) - ((down[i] as Float64Array)[k] as number)) / (2 * s))
    return extrapolate(quotients, hs.map((s) => rounding(size, s)), 2, 2)
  })
}
/** The derivatives from the right and from the left: they differ at a kink. */
export const oneSided = (f: Curve, h: number): readonly (readonly [right: Estimate, left: Estimate])[] | undefined => {
  const hs = steps(h), here = f(0), up = hs.map((s) => f(s)), down = hs.map((s) => f(-s))
  if (!finite([here, ...up, ...down])) return undefined
  const side = (values: readonly Float64Array[], sign: number, k: number): Estimate => {
    const size = sizeAt([here, ...values], k)
    const quotients = hs.map((s, i) => (sign * (((values[i] as Float64Array)[k] as number) - (here[k] as number))) / s)
    return extrapolate(quotients, hs.map((s) => rounding(size, s)), 1, 1)
  }
  return Array.from(here, (_, k) => [side(up, 1, k), side(down, -1, k)] as const)
}
