/** A while loop that has taken as many steps as it may: the exception that ends a run. Back ends return it as data. */

export interface LoopLimitReached extends Error {
  readonly name: 'LoopLimitReached'
  /** The name that the program gives to the loop. */
  readonly loop: string
  readonly limit: number
}
export const limitReached = (limit: number, loop: string): LoopLimitReached => {
  const message = `the loop ${loop} has not ended after ${limit} steps, which are its limit`
  return Object.assign(new Error(message), { name: 'LoopLimitReached' as const, loop, limit })
}
export const isLimitReached = (error: unknown): error is LoopLimitReached =>
  error instanceof Error && error.name === 'LoopLimitReached'
