/**
 * What a run says, in French. A table of sentences stands beside the systems (examples/french.ts), so that an example has its
 * texts in one language; a sentence that the table lacks stays English, and a test lists it.
 */
import type { Finding } from '../report/index.ts'

/** French sentences by their English ones. '#' stands for each number, in the order of the English sentence. */
export interface Phrases {
  readonly [english: string]: string
}
const number = /\d+(?:\.\d+)?(?:e-?\d+)?/g
/** The sentence as the table has it: with '#' for every number. */
export const phraseOf = (sentence: string): string => sentence.replace(number, '#')
/** The sentence in French, with its own numbers; unchanged where the table lacks it. */
export const inFrench =
  (phrases: Phrases) =>
  (sentence: string): string => {
    const key = phraseOf(sentence)
    const french = Object.hasOwn(phrases, key) ? phrases[key] : undefined
    const numbers = sentence.match(number) ?? []
    return french === undefined ? sentence : numbers.reduce((text, n) => text.replace('#', n), french)
  }
/** A figure whose sentences are translated; numbers stay as they are. */
export const findingInFrench =
  (phrases: Phrases) =>
  (f: Finding): Finding => {
    const french = inFrench(phrases)
    return { ...f, what: french(f.what), bar: french(f.bar), found: french(f.found), expected: french(f.expected) }
  }
