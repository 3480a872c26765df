/** Work in slices between frames, so that the page stays responsive: some milliseconds of steps, then a picture. */
import { signal } from '@preact/signals'

export interface Loop {
  readonly start: () => void
  readonly stop: () => void
}
/** Frames per second of the running loop, over the last second. */
export const framesPerSecond = signal(0)

/** `step` does one piece of work and returns whether there is more; `picture` draws the current state. */
export const loop = (budget: number, step: () => Promise<boolean>, picture: () => Promise<void>): Loop => {
  let running = false
  let times: readonly number[] = []
  const frame = async (now: number): Promise<void> => {
    if (!running) return
    times = [...times.filter((t) => now - t < 1000), now]
    const [first = now] = times
    if (times.length > 2) framesPerSecond.value = (1000 * (times.length - 1)) / (now - first)
    const end = performance.now() + budget
    let more = true
    do more = await step()
    while (more && running && performance.now() < end)
    await picture()
    if (more && running) requestAnimationFrame((t) => void frame(t))
    else running = false
  }
  return {
    start: () => {
      if (running) return
      running = true
      times = []
      requestAnimationFrame((t) => void frame(t))
    },
    stop: () => {
      running = false
    },
  }
}
