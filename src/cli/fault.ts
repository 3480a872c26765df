/** What a command says when it cannot: what is wrong, where, and what to try, in three lines; exit code 1. */

import { nearest } from '../../lang/nearest.ts'
import { type Diagnostics, showDiagnostics } from '../../lang/syntax/error.ts'

export { fault } from '../../lang/syntax/error.ts'
/** The nearest of the known words, where one is near, before what else there is to try. */
export const perhaps = (word: string, known: Iterable<string>, otherwise: string): string => {
  const near = nearest(word, known)
  return near === undefined ? otherwise : `${near}; or ${otherwise}`
}
/** Diagnostics of a program that was given in words: there is no line of somebody's source, only ours. */
export const refused = (ds: Diagnostics): string => showDiagnostics(ds).replaceAll(/ {3}at .*$/gm, '')
/** Says it; the exit code. */
export const failed = (message: string): number => {
  console.error(message)
  return 1
}
