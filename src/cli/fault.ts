/** The errors of commands: what is wrong, where, and what to try, in three lines; exit code 1. */

import { nearest } from '../../lang/nearest.ts'
import { type Diagnostics, showDiagnostics } from '../../lang/syntax/error.ts'

export { fault } from '../../lang/syntax/error.ts'
/** The nearest known word, if one is near, then what else to try. */
export const perhaps = (word: string, known: Iterable<string>, otherwise: string): string => {
  const near = nearest(word, known)
  return near === undefined ? otherwise : `${near}; or ${otherwise}`
}
/** Diagnostics of a program typed by the user, without the source lines, which would be ours. */
export const refused = (ds: Diagnostics): string => showDiagnostics(ds).replaceAll(/ {3}at .*$/gm, '')
/** Prints the error; returns the exit code. */
export const failed = (message: string): number => {
  console.error(message)
  return 1
}
