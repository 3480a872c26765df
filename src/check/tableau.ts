/**
 * The candidates of difference.ts for programs of many outputs, as plain numbers in arrays that are used again: what
 * decides that a claimed derivative is right beyond doubt.
 */
import { nth } from '../../lang/syntax/list.ts'
import { depth, type Estimate, type Ladder, ratio } from './difference.ts'

interface Tableau {
  /** The sharpest central estimate. */
  readonly best: Estimate | undefined
  /** Some central estimate excludes the number, and not only wider ones than the sharpest. */
  readonly excluded: boolean
  /** How far the number is from the estimates that are much wider. */
  readonly rough: number
  /** Between the one-sided derivatives, and the sum of their errors. */
  readonly gap: number
  readonly bar: number
}
/** Values and errors of all candidates of one kind, in the order of difference.ts; the steps are the same for all. */
interface Entries {
  readonly value: Float64Array
  readonly error: Float64Array
}
/** One row of a tableau, used again. */
const row = (): Float64Array => new Float64Array(depth + 1)
/** `shares`: what each column of the tableau adds of the difference between its neighbours. */
const fill = (
  { value, error }: Entries,
  quotients: Float64Array,
  noise: Float64Array,
  shares: Float64Array,
  previous: Float64Array,
): void => {
  let next = 0
  for (let i = 0; i < quotients.length; i++) {
    const rounding = 1.5 * (noise[i] as number)
    const columns = i < depth ? i : depth
    let last = quotients[i] as number
    let before = previous[0] as number
    previous[0] = last
    for (let k = 0; k < columns; k++) {
      const moved = last + (last - before) * (shares[k] as number)
      value[next] = moved
      error[next++] = Math.max(Math.abs(moved - last), Math.abs(moved - before)) + rounding
      before = previous[k + 1] as number
      previous[k + 1] = moved
      last = moved
    }
  }
}
const sharesOf = (power: number, by: number): Float64Array =>
  Float64Array.from({ length: depth }, (_, k) => 1 / (ratio ** (power + k * by) - 1))
const [twoSided, oneSided] = [sharesOf(2, 2), sharesOf(1, 1)]
/** The first candidate of the smallest error; -1 without one. */
const sharpestOf = (error: Float64Array): number => {
  let best = error.length === 0 ? -1 : 0
  for (let c = 1; c < error.length; c++) if ((error[c] as number) < (error[best] as number)) best = c
  return best
}

/** For the k-th output: how its candidates stand to a number with its own slack. */
export const makeTableaus = (l: Ladder) => {
  const { steps } = l
  const n = steps.length
  const widest: number[] = []
  const narrowest: number[] = []
  for (let i = 0; i < n; i++)
    for (let k = 0; k < Math.min(i, depth); k++) {
      widest.push(i - k - 1)
      narrowest.push(i)
    }
  const entries = (): Entries => ({ value: new Float64Array(widest.length), error: new Float64Array(widest.length) })
  const [central, right, left] = [entries(), entries(), entries()]
  const [quotients, noise, twice] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  /** The candidate of the narrowest steps whose error is nearly as small as the smallest. */
  const local = ({ error }: Entries): number => {
    const most = 10 * (error[sharpestOf(error)] as number)
    let found = -1
    for (let c = 0; c < error.length; c++)
      if ((error[c] as number) <= most && (found < 0 || (widest[c] as number) > (widest[found] as number))) found = c
    return found
  }
  const [ahead, behind] = [new Float64Array(n), new Float64Array(n)]
  const previous = row()
  const read = (k: number): void => {
    const here = l.here[k] as number
    for (let i = 0; i < n; i++) {
      const h = steps[i] as number
      const up = (l.up[i] as Float64Array)[k] as number
      const down = (l.down[i] as Float64Array)[k] as number
      noise[i] = ((l.noise[i] as Float64Array)[k] as number) / h
      twice[i] = 2 * (noise[i] as number)
      quotients[i] = (up - down) / (2 * h)
      ahead[i] = (up - here) / h
      behind[i] = (here - down) / h
    }
  }
  return (k: number, number: number, slack: number, safety: number): Tableau => {
    read(k)
    fill(central, quotients, noise, twoSided, previous)
    fill(right, ahead, twice, oneSided, previous)
    fill(left, behind, twice, oneSided, previous)
    const best = sharpestOf(central.error)
    const [r, s] = [local(right), local(left)]
    const gapOf = (c: number): number => Math.abs(number - (central.value[c] as number))
    const allowedOf = (c: number): number => safety * (central.error[c] as number) + slack
    let excluded = !(best >= 0 && gapOf(best) <= allowedOf(best))
    let rough = 0
    for (let c = 0; c < widest.length && !excluded; c++) {
      const beyond = gapOf(c)
      if (beyond <= allowedOf(c)) continue
      // a wider estimate is not believed beside the sharpest
      const isWider = (widest[c] as number) < (widest[best] as number)
      if (!isWider || !(allowedOf(best) < beyond / 2)) excluded = true
      else if (5 * allowedOf(c) < beyond) rough = Math.max(rough, beyond)
    }
    return {
      best:
        best < 0
          ? undefined
          : {
              value: nth(central.value, best),
              error: nth(central.error, best),
              step: nth(steps, nth(widest, best)),
              narrowest: nth(steps, nth(narrowest, best)),
            },
      excluded,
      rough,
      gap: r < 0 || s < 0 ? 0 : Math.abs(nth(right.value, r) - nth(left.value, s)),
      bar: r < 0 || s < 0 ? 0 : nth(right.error, r) + nth(left.error, s),
    }
  }
}
