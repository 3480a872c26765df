/** Compiled modules in a page's IndexedDB. */
import type { IO } from 'fp-ts/lib/IO.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ModuleStore } from '../../../lang/backend.ts'

/** The part of IndexedDB that is used here. */
interface Asked<A> {
  readonly result: A
  readonly error: unknown
  onsuccess: (() => void) | null
  onerror: (() => void) | null
}
interface Transaction {
  readonly objectStore: (name: string) => {
    readonly get: (key: string) => Asked<unknown>
    readonly put: (value: unknown, key: string) => Asked<unknown>
  }
  readonly error: unknown
  oncomplete: (() => void) | null
  onabort: (() => void) | null
}
interface Database {
  readonly createObjectStore: (name: string) => unknown
  readonly transaction: (
    name: string,
    mode: 'readonly' | 'readwrite',
    options?: { readonly durability: 'relaxed' },
  ) => Transaction
  readonly close: () => void
}
export interface Databases {
  readonly open: (
    name: string,
    version: number,
  ) => Asked<Database> & { onupgradeneeded: (() => void) | null; onblocked: (() => void) | null }
}
const here = (): Databases | undefined => (globalThis as { readonly indexedDB?: Databases }).indexedDB
const entries = 'modules'
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const opened = (name: string, databases: Databases | undefined): Promise<Database> =>
  new Promise((resolve, reject) => {
    if (databases === undefined) throw new Error('there is no IndexedDB here')
    const asked = databases.open(name, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(entries)
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
    asked.onblocked = () => reject(new Error('another page uses it'))
  })
/** A request in a transaction of its own: what it gives once the transaction is complete. */
const done = (t: Transaction, ask: (t: Transaction) => Asked<unknown>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const asked = ask(t)
    t.oncomplete = () => resolve(asked.result)
    // a full disk aborts the transaction after the request has succeeded
    t.onabort = () => reject(t.error ?? asked.error)
  })

/**
 * A store for compiled modules in a page, for `wasm({ cache: pageModules() })`. A browser may delete it when the disk is
 * full.
 *
 * @example
 * const backend = wasm({ cache: pageModules() })
 */
export const pageModules = (name = 'adjoint', databases: IO<Databases | undefined> = here): ModuleStore => {
  const during = <A>(mode: 'readonly' | 'readwrite', ask: (t: Transaction) => Asked<unknown>, of: (x: unknown) => A) =>
    TE.tryCatch(async () => {
      const database = await opened(name, databases())
      try {
        return of(await done(database.transaction(entries, mode, { durability: 'relaxed' }), ask))
      } finally {
        database.close()
      }
    }, reasonOf)
  return {
    name: `IndexedDB ${name}`,
    get: (key) =>
      during(
        'readonly',
        (t) => t.objectStore(entries).get(key),
        (found) => (found instanceof Uint8Array ? found : undefined),
      ),
    put: (key, entry) =>
      during(
        'readwrite',
        (t) => t.objectStore(entries).put(entry, key),
        () => undefined,
      ),
  }
}
