/** Modules in a store: loaded instead of compiled, compiled again where the entry is not sound. */
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import { auto, wasm } from '../../../backends/index.ts'
import { decodeEntry, encodeEntry, keyFor, version } from '../../../backends/wasm/host/entry.ts'
import { compilePlan } from '../../../backends/wasm/steps/compile.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import type { ModuleStore } from '../../../lang/backend.ts'
import { add, exp, lt, matmul, mul, programOrThrow, real, sin, sum, tensor, whileLoop } from '../../../src/index.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { withoutFreeAxes } from '../../laws/backend.ts'
import { type AnyProgram, orFail } from '../execution.ts'

type Entries = Map<string, Uint8Array>
/** Stores may share their entries: so a second one is read, as by another process. */
const storeOf = (name: string, entries: Entries): ModuleStore => ({
  name,
  get: (key) => TE.right(entries.get(key)),
  put: (key, entry) => TE.fromIO(() => void entries.set(key, entry)),
})
let stores = 0
const fresh = (entries: Entries): ModuleStore => storeOf(`store ${++stores}`, entries)

const f = programOrThrow({ x: real(3, 4), w: real(4, 5) }, ({ x, w }) => {
  const y = matmul(x, w)
  return { y, loss: sum()(mul(sin(y), tensor([5], [1, -0, Number.POSITIVE_INFINITY, 2, 3]))) }
})
const inputs = { x: Float32Array.from({ length: 12 }, (_, k) => k / 7), w: new Float32Array(20).fill(0.3) }
const compiled = async (cache: ModuleStore) => orFail(await wasm({ cache }).compile(f)())
const results = async (cache?: ModuleStore) =>
  orFail(await orFail(await wasm(cache && { cache }).compile(f)()).run(inputs)())

describe('a store', () => {
  test('gives the module that was compiled before, with the same bits', async () => {
    const entries: Entries = new Map()
    const [first, second] = [fresh(entries), fresh(entries)]
    expect((await compiled(first)).reason).toBe(`asked for; kept in ${first.name}`)
    expect((await compiled(second)).reason).toBe(`asked for; loaded from ${second.name}`)
    expect(await results(second)).toEqual(await results())
    expect([...entries.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  })
  test('keeps a module for each program, precision and number of carried values', async () => {
    const entries: Entries = new Map()
    const step = programOrThrow([real(3), real(3)], ([s, x]) => [add(s, x), sum()(exp(s))])
    orFail(await wasm({ cache: fresh(entries) }).compile(step)())
    orFail(await wasm({ cache: fresh(entries), precision: 'float64' }).compile(step)())
    orFail(await wasm({ cache: fresh(entries) }).resident(step as never)())
    const held = orFail(await wasm({ cache: fresh(entries) }).resident(step as never)())
    expect(entries.size).toBe(3)
    expect(held.reason).toContain('loaded from')
    orFail(await held.load([1, 2, 3] as never)())
    orFail(await held.step([1, 1, 1] as never)())
    expect(orFail(await held.read())).toEqual(Float32Array.of(2, 3, 4))
  })
  test('gets its module where another of the same name has it already', async () => {
    const [first, second]: readonly Entries[] = [new Map(), new Map()]
    for (const entries of [first, second] as const) await compiled(storeOf('a name', entries as Entries))
    expect(second).toEqual(first)
    expect(second?.size).toBe(1)
  })
  test('is asked once for a program', async () => {
    let asked = 0
    const store = fresh(new Map())
    const counting: ModuleStore = {
      ...store,
      get: (key) => {
        asked++
        return store.get(key)
      },
    }
    for (let k = 0; k < 3; k++) await compiled(counting)
    expect(asked).toBe(1)
  })
  test('keeps the limit of a loop, and its name', async () => {
    const slow = programOrThrow(real(), (x) =>
      whileLoop(
        (y) => lt(y, 100),
        (y) => add(y, 1),
        { limit: 10 },
      )(x),
    )
    const entries: Entries = new Map()
    const errors = []
    for (const cache of [fresh(entries), fresh(entries)])
      errors.push(await orFail(await wasm({ cache }).compile(slow)()).run([0] as never)())
    expect(errors[0]).toMatchObject({ left: { _tag: 'LoopLimit', limit: 10 } })
    expect(errors[1]).toEqual(errors[0])
  })
})

test('auto takes a store too', async () => {
  const cache = fresh(new Map())
  const kept = orFail(await auto({ cache, threads: 1 }).compile(f)())
  expect(kept.reason).toMatch(new RegExp(`; kept in ${cache.name}$`))
})

describe('an entry that is not sound', () => {
  const other = programOrThrow(real(3), (x) => exp(x))
  const flipped = (at: number) => (e: Uint8Array) => e.map((b, k) => (k === at % e.length ? b ^ 1 : b))
  test.each<[string, (e: Uint8Array) => Uint8Array, string]>([
    ['is empty', () => new Uint8Array(), 'is too short'],
    ['is cut off', (e) => e.slice(0, -1), 'is damaged'],
    ['has another checksum', flipped(3), 'is damaged'],
    ['has another head', flipped(60), 'is damaged'],
    ['has another byte at its end', (e) => flipped(e.length - 1)(e), 'is damaged'],
    [
      'is another file',
      () => new TextEncoder().encode('{"name": "a file that is not ours, and is long enough"}'),
      'is damaged',
    ],
  ])('%s: compiled again and replaced', async (_, damage, why) => {
    const entries: Entries = new Map()
    const expected = await results(fresh(entries))
    const [key, entry] = [...entries][0] as [string, Uint8Array]
    entries.set(key, damage(entry))
    const cache = fresh(entries)
    expect((await compiled(cache)).reason).toBe(`asked for; kept in ${cache.name} (its entry ${why})`)
    expect(await results(cache)).toEqual(expected)
    expect(entries.get(key)).toEqual(entry)
  })
  test('is of another program', async () => {
    const entries: Entries = new Map()
    orFail(await wasm({ cache: fresh(entries) }).compile(other)())
    const [[, foreign]] = [...entries] as [[string, Uint8Array]]
    await compiled(fresh(entries))
    for (const key of entries.keys()) entries.set(key, foreign)
    const cache = fresh(entries)
    expect((await compiled(cache)).reason).toBe(`asked for; kept in ${cache.name} (its entry is of another program)`)
  })
  test('has a module that the engine refuses', async () => {
    const whole = compilePlan(planOf(f.closed))
    const entries: Entries = new Map()
    await compiled(fresh(entries))
    for (const key of entries.keys())
      entries.set(key, encodeEntry(key, { ...whole, bytes: whole.bytes.map((b, k) => (k === 9 ? 255 : b)) }))
    const cache = fresh(entries)
    expect((await compiled(cache)).reason).toContain('its entry is no module')
    expect(await results(cache)).toEqual(await results())
  })
})

describe('a store that fails', () => {
  const failing = (name: string, store: Partial<ModuleStore>): ModuleStore => ({
    ...storeOf(name, new Map()),
    ...store,
  })
  const thrown = () => {
    throw new Error('broken')
  }
  test.each([
    ['not kept in full: ENOSPC', failing('full', { put: () => TE.left('ENOSPC') })],
    ['kept in locked (it cannot be read: EACCES)', failing('locked', { get: () => TE.left('EACCES') })],
    ['kept in thrower (it cannot be read: broken)', failing('thrower', { get: thrown })],
    ['not kept in rejecter: broken', failing('rejecter', { put: () => async () => thrown() })],
  ])('is no error of the program: %s', async (note, cache) => {
    expect((await compiled(cache)).reason).toBe(`asked for; ${note}`)
    expect(await results(cache)).toEqual(await results())
  })
})

test('an entry gives back what was written; with any byte changed it is none', () =>
  fc.assert(
    fc.property(arbitraryProgram(), fc.nat(), fc.integer({ min: 1, max: 255 }), (p, at, change) => {
      const whole = compilePlan(planOf(withoutFreeAxes(p as AnyProgram).closed))
      const key = keyFor('a program')
      const entry = encodeEntry(key, whole)
      expect(decodeEntry(key, entry)).toEqual(E.right(whole))
      const changed = entry.map((b, k) => (k === at % entry.length ? b ^ change : b))
      expect(E.isLeft(decodeEntry(key, changed))).toBe(true)
      expect(decodeEntry(keyFor('another'), entry)).toEqual(E.left('is of another program'))
    }),
    { numRuns: 15 },
  ))
test('keys name the version of the package', () => {
  expect(version).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version)
})
