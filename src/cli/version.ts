/** The version of the package, from its package.json: two folders up from the sources, three from compiled files. */
import { readFileSync } from 'node:fs'

const versionAt = (path: string): string | undefined => {
  try {
    const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
    return name === 'adjoint' ? version : undefined
  } catch {
    return undefined
  }
}
export const version: string = versionAt('../../package.json') ?? versionAt('../../../package.json') ?? 'unknown'
