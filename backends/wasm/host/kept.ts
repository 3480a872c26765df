/** Modules read from a store, and written to it. Whatever fails there, the program is compiled: only a note says so. */
import * as E from 'fp-ts/lib/Either.js'
import type { ModuleStore } from '../../../lang/backend.ts'
import type { Compiled } from '../steps/compile.ts'
import type { Module } from './engine.ts'
import { decodeEntry, encodeEntry } from './entry.ts'
import { messageOf, moduleOf } from './module.ts'

export interface Loaded {
  readonly compiled: Compiled
  readonly module: Module
  /** For the reason that an executable gives. */
  readonly note: string | undefined
}
/** Of a store that a user has written: it may throw. */
const calmly = async <A>(attempt: () => Promise<E.Either<string, A>>): Promise<E.Either<string, A>> => {
  try {
    return await attempt()
  } catch (error) {
    return E.left(messageOf(error))
  }
}
/** Left: why there is none; undefined if the store has no entry. */
export const readEntry = async (cache: ModuleStore, key: string): Promise<E.Either<string | undefined, Loaded>> => {
  const found = await calmly(() => cache.get(key)())
  if (E.isLeft(found)) return E.left(`it cannot be read: ${found.left}`)
  if (found.right === undefined) return E.left(undefined)
  const entry = decodeEntry(key, found.right)
  if (E.isLeft(entry)) return E.left(`its entry ${entry.left}`)
  const module = await moduleOf(entry.right.bytes)
  return E.isLeft(module)
    ? E.left('its entry is no module')
    : E.right({ compiled: entry.right, module: module.right, note: `loaded from ${cache.name}` })
}
/** What became of it, as a note. `before`: why no entry was read. */
export const writeEntry = async (
  cache: ModuleStore,
  key: string,
  compiled: Compiled,
  before: string | undefined,
): Promise<string> => {
  const written = await calmly(() => cache.put(key, encodeEntry(key, compiled))())
  const why = before === undefined ? '' : ` (${before})`
  return E.isRight(written) ? `kept in ${cache.name}${why}` : `not kept in ${cache.name}: ${written.left}${why}`
}
