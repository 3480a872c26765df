/** A transformation as a sequence of steps: a generator that yields a report of each step and returns the result. */
import type { Tell, Told } from '../../lang/tell.ts'

export type Steps<R> = Generator<Told, R, void>

/** The result of a transformation; every step is reported to `tell`. */
export const run = <R>(steps: Steps<R>, tell?: Tell): R => {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    tell?.(value)
  }
}
