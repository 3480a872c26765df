/** Suggestions for misspelt words: "did you mean ...?" */
import { nth } from './syntax/list.ts'

/** Levenshtein distance: the fewest insertions, deletions and replacements of letters that change a into b. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = nth(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, nth(row, j) + 1, nth(next, j - 1) + 1))
    }
    row = next
  }
  return nth(row, b.length)
}
/**
 * The known word at the smallest Levenshtein distance, ignoring case. The distance may be at most a third of the
 * word's letters, rounded down, but 1 is always allowed. Undefined if no word is that near, and for a single letter.
 */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  const limit = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  let least = limit + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const d = distance(word.toLowerCase(), candidate.toLowerCase())
    if (d < least) [best, least] = [candidate, d]
  }
  return word.length < 2 ? undefined : best
}
