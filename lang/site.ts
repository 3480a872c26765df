/** The user's line, read from the stack only when a node turns out ill-typed; no part of equality, hash or print. */

const root = new URL('..', import.meta.url).href.replace(/^file:\/\//, '')
const ours = ['lang/', 'src/', 'backends/'].map((folder) => root + folder)
const theirs = `${root}src/cli/`
const isUsers = (frame: string): boolean =>
  /:\d+:\d+\)?$/.test(frame) && !frame.includes('node:') &&
  (frame.includes(theirs) || !ours.some((folder) => frame.includes(folder)))

/** The innermost frame outside the library, as file:line:column. */
export const callSite = (): string => {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const frames = (new Error().stack ?? '').split('\n').slice(1).map((l) => l.trim())
  Error.stackTraceLimit = before
  const frame = frames.find(isUsers)
  return frame === undefined ? 'unknown' : frame.replace(/^at /, '').replace(/^.*\((.*)\)$/, '$1').replace(/^file:\/\//, '')
}
