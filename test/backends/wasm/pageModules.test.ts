/** Modules in IndexedDB, against a small stand-in for it. */
import { expect, test } from 'vitest'
import { type Databases, pageModules } from '../../../backends/wasm/host/pageModules.ts'

/** What a request gives arrives later. */
const later = <T extends object>(request: T, event: string): T => {
  queueMicrotask(() => (request as Record<string, (() => void) | null>)[event]?.())
  return request
}
interface Faults {
  readonly open?: string
  readonly commit?: string
}
const memory = ({ open, commit }: Faults = {}): Databases => {
  const entries = new Map<string, unknown>()
  const request = <A>(result: A, error: unknown = null) => ({ result, error, onsuccess: null, onerror: null })
  const transaction = () => {
    const t = { error: new Error(commit), oncomplete: null, onabort: null }
    queueMicrotask(() => later(t, commit === undefined ? 'oncomplete' : 'onabort'))
    return {
      ...{
        get error() {
          return t.error
        },
      },
      set oncomplete(f: never) {
        t.oncomplete = f
      },
      set onabort(f: never) {
        t.onabort = f
      },
      objectStore: () => ({
        get: (key: string) => later(request(entries.get(key)), 'onsuccess'),
        put: (value: unknown, key: string) => {
          if (commit === undefined) entries.set(key, value)
          return later(request(undefined), 'onsuccess')
        },
      }),
    }
  }
  const database = { createObjectStore: () => undefined, transaction, close: () => undefined }
  return {
    open: () => {
      const asked = { ...request(database, new Error(open)), onupgradeneeded: null, onblocked: null }
      return later(asked, open === undefined ? 'onsuccess' : 'onerror') as never
    },
  } as unknown as Databases
}
const bytes = Uint8Array.of(1, 2, 3)

test('what is put is got', async () => {
  const held = memory()
  const store = pageModules('name', () => held)
  expect(await store.get('a')()).toEqual({ _tag: 'Right', right: undefined })
  expect(await store.put('a', bytes)()).toEqual({ _tag: 'Right', right: undefined })
  expect(await store.get('a')()).toEqual({ _tag: 'Right', right: bytes })
  expect(store.name).toBe('IndexedDB name')
})
test.each<[string, Databases | undefined]>([
  ['there is no IndexedDB here', undefined],
  ['denied', memory({ open: 'denied' })],
  ['QuotaExceeded', memory({ commit: 'QuotaExceeded' })],
])('a failure is told: %s', async (reason, held) => {
  expect(await pageModules('name', () => held).put('a', bytes)()).toEqual({ _tag: 'Left', left: reason })
})
