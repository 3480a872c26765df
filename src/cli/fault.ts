/** What a command says when it cannot: what is wrong, where, and what to try, in three lines; exit code 1. */
import { nearest } from '../../lang/nearest.ts'

export { fault } from '../../lang/error.ts'
/** The nearest of the known words, where one is near, before what else there is to try. */
export const perhaps = (word: string, known: Iterable<string>, otherwise: string): string => {
  const near = nearest(word, known)
  return near === undefined ? otherwise : `${near}; or ${otherwise}`
}
/** Says it; the exit code. */
export const failed = (message: string): number => {
  console.error(message)
  return 1
}
