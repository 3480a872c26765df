/** The line of the user's code, read from the stack only for an ill-typed node. Equality, hash and print ignore it. */

/** Without `file://`, as some stacks have it. */
const pathOf = (url: string): string => url.replace(/^file:\/\//, '')
const here = pathOf(import.meta.url)
/**
 * The folders of the library and those of its command line, which uses the library as a user does. Where this file is
 * neither a source nor a part of the build, a user's bundler has joined it with the user's own code: then frames do not
 * say whose they are, and only the function that was called does.
 */
const foldersAt = (file: string): { readonly ours: readonly string[]; readonly commands: readonly string[] } => {
  const [, root] = /^(.*\/)(?:lang\/syntax\/site\.[jt]s|dist\/chunks\/[^/]+\.js)(?:\?.*)?$/.exec(file) ?? []
  const under = (...folders: readonly string[]): readonly string[] =>
    root === undefined ? [] : folders.map((folder) => root + folder)
  return { ours: under('lang/', 'src/', 'backends/', 'dist/'), commands: under('src/cli/', 'dist/src/cli/') }
}
const { ours, commands } = foldersAt(here)
const hasPosition = (frame: string): boolean => /:\d+:\d+\)?$/.test(frame) && !frame.includes('node:')
const isIn = (folders: readonly string[], frame: string): boolean => folders.some((folder) => frame.includes(folder))
const isOurs = (frame: string): boolean => isIn(ours, frame) && !isIn(commands, frame)
/** Frames of other packages between the library and the user, such as `pipe` of fp-ts. */
const isInstalled = (frame: string): boolean => frame.includes('/node_modules/')

/** Frames of fp-ts, which a bundler may have put beside the user's. */
const isPlumbing = (frame: string): boolean => /^at (?:pipe|flow) /.test(frame)

/**
 * The innermost frame of a stack outside the library and other packages, as file:line:column. Where all frames seem to be
 * the library's, a bundler has joined it with the user's code, and the first of those below the called function counts.
 */
export const siteIn = (stack: string, below = ''): string => {
  const placed = (text: string): readonly string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((frame) => hasPosition(frame) && !isPlumbing(frame))
  const outside = placed(stack).filter((frame) => !isOurs(frame))
  const frames = below === '' || (ours.length > 0 && outside.length > 0) ? outside : placed(below)
  const frame = frames.find((f) => !isInstalled(f)) ?? frames[0]
  return frame === undefined ? 'unknown' : pathOf(frame.replace(/^at /, '').replace(/^.*\((.*)\)$/, '$1'))
}
/** The stack below the innermost call of a function; empty where the engine cannot tell. */
const stackBelow = (called: unknown): string => {
  const holder: { readonly stack?: string } = {}
  if (typeof called === 'function') Error.captureStackTrace?.(holder, called as () => unknown)
  return holder.stack ?? ''
}
/**
 * The line of the user's code that called the library. `called`: the functions that the user may have called, of which
 * the first on the stack was.
 */
export const callSite = (...called: readonly unknown[]): string => {
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = 50
  const stack = new Error().stack ?? ''
  const below = called.map(stackBelow).find((text) => text.includes('\n')) ?? ''
  Error.stackTraceLimit = before
  return siteIn(stack, below)
}
