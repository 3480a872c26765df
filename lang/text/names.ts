/** Names in texts: those that are words, those that are quoted, and the names of values. */

/**
 * A word, dotted words, primes at the end of each: x, x0, x₀, params.0.w, dx'. Superscripts are exponents,
 * and π is a number.
 */
export const word = /π|(?!π)[\p{L}_](?:(?!π)[\p{L}\p{Nd}\p{Nl}₀-₉_])*'*(?:\.(?:(?!π)[\p{L}\p{Nd}\p{Nl}₀-₉_])+'*)*/uy
const wholeWord = new RegExp(`^(?:${word.source})$`, 'u')
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
/** A name as it is written in a text: a string where it is not a word, or is reserved. */
export const quote = (name: string): string =>
  wholeWord.test(name) && !reserved.has(name) ? name : JSON.stringify(name)
/** A key of a record as it is written: any word may be one, also a reserved one. */
export const quoteKey = (key: string): string => (wholeWord.test(key) ? key : JSON.stringify(key))

const letters = 'abcdfghijklmnopqrstuvwxyz'
/** a, b, ..., z, a1, b1, ... except the taken ones, and except e, which is Euler's number. */
export const freshNames = (taken: ReadonlySet<string>): (() => string) => {
  let k = 0
  const next = (): string => {
    const round = Math.floor(k / letters.length)
    const name = `${letters[k++ % letters.length]}${round === 0 ? '' : round}`
    return taken.has(name) ? next() : name
  }
  return next
}
