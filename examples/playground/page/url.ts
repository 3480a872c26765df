/**
 * The state of the page is its address: `#/network?data=spiral&rate=0.03`. A room's fields are signals; only what differs
 * from the start is written, so links stay short. Reading never fails: a value that cannot be parsed is replaced by the start value.
 */
import { effect, type Signal, signal } from '@preact/signals'

export const rooms = ['formula', 'network', 'descent', 'image'] as const
export type Room = (typeof rooms)[number]
const isRoom = (x: string): x is Room => rooms.some((r) => r === x)

interface Address {
  readonly room: Room
  readonly query: URLSearchParams
}
const address = (): Address => {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return { room: isRoom(path) ? path : rooms[0], query: new URLSearchParams(query) }
}

/** How a value is written, and read; undefined where it cannot be parsed. */
export interface Codec<T> {
  readonly show: (value: T) => string
  readonly read: (text: string) => T | undefined
}
export const text: Codec<string> = { show: (s) => s, read: (s) => s }
export const flag: Codec<boolean> = {
  show: (b) => (b ? '1' : '0'),
  read: (s) => (s === '1' ? true : s === '0' ? false : undefined),
}
/** A number within bounds. */
export const number = (low: number, high: number): Codec<number> => ({
  show: String,
  read: (s) => (s.trim() !== '' && Number(s) >= low && Number(s) <= high ? Number(s) : undefined),
})
export const choice = <T extends string>(all: readonly T[]): Codec<T> => ({
  show: (s) => s,
  read: (s) => all.find((a) => a === s),
})
/** A list of at most `most` members, each readable. */
export const list = <T>(one: Codec<T>, most: number): Codec<readonly T[]> => ({
  show: (xs) => xs.map(one.show).join(','),
  read: (s) => {
    const found = s === '' ? [] : s.split(',').map(one.read)
    return found.length <= most && found.every((x) => x !== undefined) ? found : undefined
  },
})

interface Field {
  readonly room: Room | 'any'
  readonly key: string
  readonly load: (text: string | null) => void
  readonly save: () => string | undefined
}
const fields = signal<readonly Field[]>([])
export const room = signal<Room>(address().room)

/** A part of the state that links carry. */
export const field = <T>(of: Room | 'any', key: string, start: T, codec: Codec<T>): Signal<T> => {
  const read = (s: string | null): T => (s === null ? start : (codec.read(s) ?? start))
  const here = address()
  const value = signal<T>(of === 'any' || of === here.room ? read(here.query.get(key)) : start)
  const initial = codec.show(start)
  const one: Field = {
    room: of,
    key,
    load: (s) => {
      value.value = read(s)
    },
    save: () => {
      const shown = codec.show(value.value)
      return shown === initial ? undefined : shown
    },
  }
  fields.value = [...fields.peek(), one]
  return value
}

/** The address of the state that is shown. */
const hash = (): string => {
  const query = new URLSearchParams()
  for (const f of fields.value.filter((g) => g.room === 'any' || g.room === room.value)) {
    const saved = f.save()
    if (saved !== undefined) query.set(f.key, saved)
  }
  const shown = query.toString()
  return `#/${room.value}${shown === '' ? '' : `?${shown}`}`
}
/** The address as this page last wrote or read it; any other address has not been read yet. */
let known = location.hash
/** Goes to another room, whose state is kept; the browser's "back" returns. */
export const go = (to: Room): void => {
  if (to === room.peek()) return
  history.pushState(null, '', `#/${to}`)
  known = location.hash
  room.value = to
}
/** Writes the address whenever the state changes; reads it whenever the visitor changes it. */
export const followAddress = (): void => {
  let waiting: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const wanted = hash()
    clearTimeout(waiting)
    // a room that is still loading has not read the address yet
    if (!fields.value.some((f) => f.room === room.value)) return
    waiting = setTimeout(() => {
      if (location.hash !== known || location.hash === wanted) return
      history.replaceState(null, '', wanted)
      known = location.hash
    }, 150)
  })
  addEventListener('hashchange', () => {
    known = location.hash
    const { room: to, query } = address()
    room.value = to
    for (const f of fields.peek()) if (f.room === 'any' || f.room === to) f.load(query.get(f.key))
  })
}
export const link = (): string => `${location.href.split('#')[0]}${hash()}`
