/** The version of the package, from its package.json: two folders up in the sources, three in what is compiled. */
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
