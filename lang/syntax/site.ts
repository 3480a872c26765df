/** The line of the user's code, read from the stack only for an ill-typed node. Equality, hash and print ignore it. */

const root = new URL(/* @vite-ignore */ '../..', import.meta.url).href.replace(/^file:\/\//, '')
const ours = ['lang/', 'src/', 'backends/'].map((folder) => root + folder)
/** The command line uses the library as a user does, so its lines are a user's. */
const commands = `${root}src/cli/`
const hasPosition = (frame: string): boolean => /:\d+:\d+\)?$/.test(frame) && !frame.includes('node:')
const isOurs = (frame: string): boolean => !frame.includes(commands) && ours.some((folder) => frame.includes(folder))
/** Frames of other packages between the library and the user, such as `pipe` of fp-ts. */
const isInstalled = (frame: string): boolean => frame.includes('/node_modules/')

/** The innermost frame of a stack outside the library and other packages, as file:line:column. */
export const siteIn = (stack: string): string => {
  const frames = stack
    .split('\n')
    .map((line) => line.trim())
    .filter((frame) => hasPosition(frame) && !isOurs(frame))
  const frame = frames.find((f) => !isInstalled(f)) ?? frames[0]
  return frame === undefined
    ? 'unknown'
    : frame
        .replace(/^at /, '')
        .replace(/^.*\((.*)\)$/, '$1')
        .replace(/^file:\/\//, '')
}
/** The line of the user's code that called the library. */
export const callSite = (): string => {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const stack = new Error().stack ?? ''
  Error.stackTraceLimit = before
  return siteIn(stack)
}
