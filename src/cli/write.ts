/** Writes a file that the command line names. */
import { writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { fault } from './fault.ts'
import type { Read } from './read.ts'

/** `option`: the option that names it. */
export const write = (file: string, text: string, option: string): Read<string> => {
  try {
    writeFileSync(file, text)
    return E.right(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return E.left(
      code === 'ENOENT'
        ? fault(`there is no folder ${dirname(resolve(file))}`, option, 'a file in a folder that exists')
        : fault(`${file} cannot be written (${code})`, option, 'another file'),
    )
  }
}
