/** Boxes in pictures: how much two agree, which of many to keep, and how well the kept ones find the true ones. */

/** Left, top, right and bottom, in pixels. */
export type Box = readonly [left: number, top: number, right: number, bottom: number]
/** A box that a detector reports, with the probability that it gives it. */
export interface Found {
  readonly box: Box
  readonly kind: number
  readonly score: number
}
/** A box that is in the picture. */
export type True = Omit<Found, 'score'>

const area = ([left, top, right, bottom]: Box): number => Math.max(right - left, 0) * Math.max(bottom - top, 0)
/**
 * Intersection over union.
 *
 * Laws:    overlap(a, a) = 1; overlap(a, b) = overlap(b, a); 0 where they do not meet
 */
export const overlap = (a: Box, b: Box): number => {
  const shared = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])])
  return shared / (area(a) + area(b) - shared || 1)
}
const byScore = (a: Found, b: Found): number => b.score - a.score
/** Non-maximum suppression: the best first, without those that overlap a better one of their kind by more than `most`. */
export const suppressed = (found: readonly Found[], most = 0.5): readonly Found[] => {
  const kept: Found[] = []
  for (const f of [...found].sort(byScore))
    if (!kept.some((k) => k.kind === f.kind && overlap(k.box, f.box) > most)) kept.push(f)
  return kept
}

/** Of each found box, the best first: whether it is right. A true box is found once; further boxes on it are wrong. */
const judged = (found: readonly Found[], truth: readonly True[], least: number) => {
  const taken = new Set<number>()
  return [...found].sort(byScore).map(({ box, score }) => {
    const matches = truth.map((t, i) => [taken.has(i) ? 0 : overlap(t.box, box), i] as const)
    const [best, at] = matches.reduce((a, b) => (b[0] > a[0] ? b : a), [0, -1] as const)
    if (best >= least) taken.add(at)
    return { score, right: best >= least }
  })
}
/**
 * Average precision of one kind over pictures: the area under precision over recall, where the precision at a recall is
 * the best at that recall or a higher one. NaN where the kind does not occur.
 *
 * Laws:    1 where every true box is found and no wrong one scores higher; 0 where nothing is found
 * Source:  Everingham et al., "The PASCAL visual object classes challenge" (2010), with the area of the 2012 edition
 */
export const averagePrecision = (
  pictures: readonly { readonly found: readonly Found[]; readonly truth: readonly True[] }[],
  kind: number,
  least = 0.5,
): number => {
  const of = <T extends True>(boxes: readonly T[]): readonly T[] => boxes.filter((b) => b.kind === kind)
  const total = pictures.reduce((n, p) => n + of(p.truth).length, 0)
  const all = pictures.flatMap((p) => judged(of(p.found), of(p.truth), least)).sort((a, b) => b.score - a.score)
  const hits = new Float64Array(all.length)
  for (const [i, { right }] of all.entries()) hits[i] = (hits[i - 1] ?? 0) + (right ? 1 : 0)
  const areas = all.reduceRight(
    ({ best, sum }, { right }, i) => {
      const precision = Math.max(best, (hits[i] ?? 0) / (i + 1))
      return { best: precision, sum: sum + (right ? precision : 0) }
    },
    { best: 0, sum: 0 },
  )
  return areas.sum / total
}
