/** The user's line, read from the stack only when a node turns out ill-typed; no part of equality, hash or print. */

const root = new URL(/* @vite-ignore */ '../..', import.meta.url).href.replace(/^file:\/\//, '')
const ours = ['lang/', 'src/', 'backends/'].map((folder) => root + folder)
/** Commands are written with the library, as a user's program is. */
const commands = `${root}src/cli/`
const isPlace = (frame: string): boolean => /:\d+:\d+\)?$/.test(frame) && !frame.includes('node:')
const isOurs = (frame: string): boolean => !frame.includes(commands) && ours.some((folder) => frame.includes(folder))
/** What stands between us and the user, as the `pipe` of fp-ts. */
const isInstalled = (frame: string): boolean => frame.includes('/node_modules/')

/** The user's frame among those of a stack, as file:line:column: the innermost outside the library and other packages. */
export const siteIn = (stack: string): string => {
  const frames = stack
    .split('\n')
    .map((line) => line.trim())
    .filter((frame) => isPlace(frame) && !isOurs(frame))
  const frame = frames.find((f) => !isInstalled(f)) ?? frames[0]
  return frame === undefined
    ? 'unknown'
    : frame
        .replace(/^at /, '')
        .replace(/^.*\((.*)\)$/, '$1')
        .replace(/^file:\/\//, '')
}
/** Where the user's code is now. */
export const callSite = (): string => {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const stack = new Error().stack ?? ''
  Error.stackTraceLimit = before
  return siteIn(stack)
}
