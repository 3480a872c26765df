/** What a check is doing: one line on a terminal, nothing elsewhere. */
import type { IO } from 'fp-ts/lib/IO.js'
import type { CheckProgress } from '../check/index.ts'

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>
/** Milliseconds between two changes of the line. */
const pause = 100
const clear = '\r\x1b[K'

export const clearLine = (stream: Stream): void => {
  if (stream.isTTY) stream.write(clear)
}
/** `now`: the time in milliseconds. */
export const checkProgress = (stream: Stream, now: () => number = () => performance.now()) => {
  let last = Number.NEGATIVE_INFINITY
  return ({ doing, evaluations, seconds = 0 }: CheckProgress): IO<void> =>
    () => {
      if (!stream.isTTY || now() - last < pause) return
      last = now()
      stream.write(`${clear}${doing}  ${evaluations} evaluations  ${seconds.toFixed(1)} s`)
    }
}
