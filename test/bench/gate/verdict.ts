/**
 * Is this build slower than the reference? Of every row the least times of alternating rounds, and what they can show.
 *
 *   ratio   our least by the reference's least
 *   band    how far a ratio can be from 1 by chance: 1.2, or more where the two least rounds of one side differ by more
 *   slower  beyond the band; TOO SLOW beyond 1.5 as well
 */
import { geometric, markdown, ratio } from '../markdown.ts'

export interface Rounds {
  readonly row: string
  /** One number for each round, in any unit; none where a build does not have the row. */
  readonly ours: readonly number[]
  readonly reference: readonly number[]
  /** Why there are no numbers. */
  readonly why?: string
}
const verdicts = ['quicker', 'same', 'slower', 'TOO SLOW', 'not compared'] as const
export interface Judged {
  readonly row: string
  readonly ratio: number
  readonly band: number
  readonly verdict: (typeof verdicts)[number]
  readonly why?: string
}
/** No difference below it is believed. */
export const leastBand = 1.2
/** What a change may cost before the gate fails. */
export const limit = 1.5

const spread = (times: readonly number[]): number => {
  const [first, second] = [...times].sort((a, b) => a - b)
  return first === undefined || second === undefined ? 1 : second / first
}
const verdictOf = (r: number, band: number): Judged['verdict'] => {
  if (r > Math.max(limit, band)) return 'TOO SLOW'
  if (r > band) return 'slower'
  return r < 1 / band ? 'quicker' : 'same'
}
export const judge = ({ row, ours, reference, why }: Rounds): Judged => {
  if (ours.length === 0 || reference.length === 0)
    return { row, ratio: Number.NaN, band: Number.NaN, verdict: 'not compared', ...(why !== undefined && { why }) }
  const r = Math.min(...ours) / Math.min(...reference)
  const band = Math.max(leastBand, spread(ours), spread(reference))
  return { row, ratio: r, band, verdict: verdictOf(r, band) }
}
/** Whether more rounds could change what is said of the row: a difference may be chance, and chance may hide one. */
export const isOpen = ({ verdict, band }: Judged): boolean =>
  verdict === 'slower' || verdict === 'TOO SLOW' || (verdict === 'same' && band > limit)
export const isTooSlow = (rows: readonly Judged[]): boolean => rows.some((r) => r.verdict === 'TOO SLOW')

/** The unit is that of the numbers. */
export const gateTable = (rounds: readonly Rounds[], show: (x: number) => string): string => {
  const least = (xs: readonly number[]): string => (xs.length === 0 ? '-' : show(Math.min(...xs)))
  const judged = rounds.map(judge)
  const rows = rounds.map((r, k) => {
    const j = judged[k] as Judged
    const compared = j.verdict !== 'not compared'
    const said = j.why === undefined ? j.verdict : `${j.verdict}: ${j.why}`
    return [
      r.row,
      least(r.ours),
      least(r.reference),
      ...(compared ? [ratio(j.ratio), ratio(j.band)] : ['-', '-']),
      said,
    ]
  })
  const found = judged.filter((j) => j.verdict !== 'not compared').map((j) => j.ratio)
  const mean =
    found.length === 0 ? '' : `\ngeometric mean of the ratios ${geometric(found).toFixed(2)} over ${found.length} rows`
  return markdown(['row', 'this build', 'reference', 'ratio', 'band', 'verdict'], rows, [5]) + mean
}
