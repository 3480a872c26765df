/** Names in texts: which may stand as they are, which are quoted, and what values are called. */

/** A word, dotted words, primes at the end of each: x, x0, params.0.w, dx'. */
export const word = /[\p{L}_][\p{L}\p{N}_]*'*(?:\.[\p{L}\p{N}_]+'*)*/uy
const wholeWord = new RegExp(`^${word.source}$`, 'u')
export const reserved: ReadonlySet<string> = new Set([
  'fn',
  'let',
  'in',
  '_',
  'real',
  'int',
  'bool',
  'true',
  'false',
  'null',
  'NaN',
  'Infinity',
])
/** A name as it stands in a text: as a string where it is no word. */
export const quote = (name: string): string =>
  wholeWord.test(name) && !reserved.has(name) ? name : JSON.stringify(name)
/** A key of a record: any word may be one. */
export const quoteKey = (key: string): string => (wholeWord.test(key) ? key : JSON.stringify(key))

const letters = 'abcdfghijklmnopqrstuvwxyz'
/** a, b, ..., z, a1, b1, ... without those taken; without e, which is Euler's number. */
export const freshNames = (taken: ReadonlySet<string>): (() => string) => {
  let k = 0
  const next = (): string => {
    const round = Math.floor(k / letters.length)
    const name = `${letters[k++ % letters.length]}${round === 0 ? '' : round}`
    return taken.has(name) ? next() : name
  }
  return next
}
