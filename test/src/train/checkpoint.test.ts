/** Checkpoints: read back to the bit; refused if damaged or of another run; an interrupted run resumes. */
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { reference, wasm } from '../../../backends/index.ts'
import { crossEntropy } from '../../../lang/operations/classLoss.ts'
import { tanh } from '../../../lang/primitives/elementwise.ts'
import { bool, int, real } from '../../../lang/syntax/shape.ts'
import type { Arrays } from '../../../lang/syntax/tree.ts'
import { readSafetensors, shift, spiral } from '../../../src/data/index.ts'
import { fileStore } from '../../../src/disk/index.ts'
import { dense, dropout, sequential } from '../../../src/nn/index.ts'
import { adam } from '../../../src/optim/index.ts'
import { randomKey } from '../../../src/random/index.ts'
import {
  accuracy,
  augmentPictures,
  type Checkpoint,
  decodeCheckpoint,
  earlyStopping,
  encodeCheckpoint,
  fit as fitNetwork,
  type Runner,
  readCheckpoint,
  type Store,
  showCheckpointError,
  together,
  writeCheckpoint,
} from '../../../src/train/index.ts'

const made: string[] = []
const where = { folder: '', path: '' }
beforeEach(async () => {
  where.folder = await mkdtemp(join(tmpdir(), 'adjoint-checkpoint-'))
  where.path = join(where.folder, 'run.safetensors')
  made.push(where.folder)
})
afterAll(() => Promise.all(made.map((f) => rm(f, { recursive: true, force: true }))))

const types = { params: [{ w: real(2, 2), b: real() }, null], key: int(3), on: bool(2), none: real(0) }
const identity = { program: 'abc', key: '0:1' }
const small: Checkpoint<Arrays<typeof types>, { readonly loss: number }> = {
  identity,
  position: { epochs: 1, steps: 7, batches: 2, total: 0.1 + 0.2 },
  history: [{ loss: 1 / 3 }],
  state: {
    params: [{ w: Float32Array.of(0.1, -0, 1e-45, 3e38), b: Float64Array.of(Math.PI) }, null],
    key: Int32Array.of(-1, 2 ** 31 - 1, 0),
    on: Uint8Array.of(1, 0),
    none: new Float32Array(),
  },
}
const bytes = encodeCheckpoint(types, small)
const other = { ...small.state, key: Int32Array.of(4, 5, 6) }
const withBest: Checkpoint<Arrays<typeof types>, { readonly loss: number }> = {
  ...small,
  best: { epoch: 1, state: other },
}
const tagOf = (b: Uint8Array, of: unknown = types, who = identity): string => {
  const read = decodeCheckpoint(of, who, b)
  return E.isLeft(read) ? read.left._tag : 'sound'
}

describe('the file', () => {
  test('is read back to the bit', () => {
    const read = decodeCheckpoint(types, identity, bytes)
    expect(read).toEqual(E.right(small))
    const w = E.isRight(read) ? (read.right.state.params[0]?.w as Float32Array) : []
    expect(Object.is(w[1], -0)).toBe(true)
  })
  test('its checksum is the SHA-256 of the file with zeros in place of the digits', () => {
    const text = Buffer.from(bytes).toString('latin1')
    const [, said = ''] = /"sha256":"(\w{64})"/.exec(text) ?? []
    const zeroed = Buffer.from(text.replace(said, '0'.repeat(64)), 'latin1')
    expect(createHash('sha256').update(zeroed).digest('hex')).toBe(said)
  })
  test('any program that reads safetensors reads the parameters', () => {
    expect(readSafetensors(bytes)).toMatchObject({
      right: { tensors: { 'params.0.w': { type: 'f32', shape: [2, 2] }, key: { type: 'i32' } } },
    })
  })
  test('the best state is beside the last one, under names of its own', () => {
    const both = encodeCheckpoint(types, withBest)
    expect(decodeCheckpoint(types, identity, both)).toEqual(E.right(withBest))
    expect(readSafetensors(both)).toMatchObject({
      right: { tensors: { key: { data: Int32Array.of(-1, 2 ** 31 - 1, 0) }, 'best/key': { data: other.key } } },
    })
    expect(tagOf(both, { ...types, key: int(4) })).toBe('CheckpointForeign')
    for (let end = 0; end < both.length; end += 7) expect(tagOf(both.slice(0, end))).toBe('CheckpointDamaged')
  })
  test('a number in place of an array is written as float64', () => {
    const one = encodeCheckpoint(real(), { identity, position: small.position, history: [], state: 0.1 })
    expect(decodeCheckpoint(real(), identity, one)).toMatchObject({ right: { state: Float64Array.of(0.1) } })
  })
  test('is refused if it is cut at any byte, or if any bit is changed', () => {
    for (let end = 0; end < bytes.length; end++) expect(tagOf(bytes.slice(0, end))).toBe('CheckpointDamaged')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const changed = bytes.map((b, i) => (i === at ? b ^ (1 << bit) : b))
        return tagOf(changed) !== 'sound'
      }),
      { seed: 7, numRuns: 1000 },
    )
  })
  test.each<readonly [string, unknown, typeof identity, RegExp]>([
    ['another key', types, { ...identity, key: '0:2' }, /its key is 0:1, here 0:2/],
    ['another shape', { ...types, key: int(4) }, identity, /its key is i32\[3\], not int\[4\]/],
    ['another element type', { ...types, on: real(2) }, identity, /its on is bool\[2\], not real\[2\]/],
    ['a leaf more', { ...types, more: real() }, identity, /it has no more/],
    ['a leaf less', { params: types.params, key: types.key, on: types.on }, identity, /it has a none too much/],
  ])('of a run with %s is refused, with the difference', (_, of, who, said) => {
    const read = decodeCheckpoint(of, who, bytes, 'a/b')
    expect(E.isLeft(read) && showCheckpointError(read.left)).toMatch(said)
    expect(tagOf(bytes, of, who)).toBe('CheckpointForeign')
  })
  test('of a later version is refused', () => {
    const text = Buffer.from(bytes).toString('latin1').replace('"version":"1"', '"version":"2"')
    expect(tagOf(Buffer.from(text, 'latin1'))).toBe('CheckpointVersion')
  })
  test.each<readonly [string, () => Promise<unknown>, string]>([
    ['nothing', async () => undefined, 'CheckpointMissing'],
    ['a foreign file', () => writeFile(where.path, '<!doctype html>'), 'CheckpointDamaged'],
    ['an empty file', () => writeFile(where.path, ''), 'CheckpointDamaged'],
  ])('%s is a typed error', async (_, put, tag) => {
    await put()
    expect(await readCheckpoint(fileStore(where.path), types, identity)()).toMatchObject({ left: { _tag: tag } })
  })
  test('a folder of the same name can be neither read nor overwritten', async () => {
    expect(await readCheckpoint(fileStore(where.folder), types, identity)()).toMatchObject({
      left: { _tag: 'CheckpointUnreadable' },
    })
    expect(await writeCheckpoint(fileStore(where.folder), types, small)()).toMatchObject({
      left: { _tag: 'CheckpointUnwritable' },
    })
    expect(await readdir(where.folder)).toEqual([])
  })
  test('a folder without write permission: an error, and the old checkpoint is unchanged', async (context) => {
    await writeFile(where.path, bytes)
    if (process.getuid?.() === 0) {
      console.info('skipped: a folder that may not be written, because root may write everywhere')
      return context.skip('root may write everywhere')
    }
    await chmod(where.folder, 0o500)
    const result = await writeCheckpoint(fileStore(where.path), types, { ...small, history: [] })()
    await chmod(where.folder, 0o700)
    expect(result).toMatchObject({ left: { _tag: 'CheckpointUnwritable', reason: 'EACCES' } })
    expect(Buffer.compare(await readFile(where.path), bytes)).toBe(0)
  })
  test('temporary files of a killed writer are deleted', async () => {
    await writeFile(`${where.path}.999999999-ab.tmp`, 'half')
    expect(await writeCheckpoint(fileStore(where.path), types, small)()).toEqual(E.right(undefined))
    expect(await readdir(where.folder)).toEqual(['run.safetensors'])
  })
})

// -- resuming ----------------------------------------------------------------------------------------------------------

const set = spiral(randomKey(2), 60)
const options = (backend: Runner<unknown, unknown>) =>
  ({
    backend,
    network: sequential(dense(2, 6), tanh, dropout(0.1), dense(6, 2)),
    loss: crossEntropy(),
    optimizer: adam({ rate: 0.03 }),
    shapes: { x: real(2), y: int(), batch: 10 },
    examples: set,
    heldOut: spiral(randomKey(6), 20),
    metrics: { accuracy },
    epochs: 3,
    key: randomKey(5),
    callback: earlyStopping({ watch: 'accuracy', best: 'most', patience: Infinity }),
    augment: augmentPictures(shift({ pixels: 0.1 }), { rows: 1, columns: 2 }),
  }) as const
/** A back end that fails at its n-th step, like a process that is killed there. */
const dying = (backend: Runner<unknown, unknown>, n: number): Runner<unknown, unknown> => ({
  compile: backend.compile,
  resident: ((step: never) =>
    TE.map((held: { readonly step: (d: never) => TE.TaskEither<unknown, unknown> }) => {
      let steps = 0
      return { ...held, step: (d: never) => (++steps > n ? TE.left('killed') : held.step(d)) }
    })(backend.resident(step) as never)) as never,
})
const bits = (x: unknown): string =>
  JSON.stringify(x, (_, v) =>
    ArrayBuffer.isView(v) ? [...(v as Float32Array)].map((n) => (Object.is(n, -0) ? '-0' : n)) : v,
  )
const positionIn = (written: Uint8Array | undefined): unknown => {
  const file = readSafetensors(written ?? new Uint8Array())
  return E.isRight(file) ? JSON.parse(file.right.metadata.checkpoint ?? '{}').position : file.left
}

describe.each([
  ['reference', reference],
  ['wasm', wasm()],
] as const)('an interrupted run on %s', (_, backend) => {
  test.each([1, 6, 7, 17])('resumes after step %i to the same bits', async (n) => {
    const whole = await fitNetwork(options(backend))()
    expect(whole).toMatchObject({ right: { epoch: 2, epochs: 3 } })
    // two cuts, then the end
    const checkpoint = { store: fileStore(where.path), every: 2, resume: true }
    expect(await fitNetwork({ ...options(dying(backend, n)), checkpoint })()).toMatchObject({
      left: { error: 'killed' },
    })
    await fitNetwork({ ...options(dying(backend, 4)), checkpoint })()
    const rest = await fitNetwork({ ...options(backend), checkpoint })()
    expect(bits(rest)).toBe(bits(whole))
  })
})
describe('resuming', () => {
  test('from a store that is not a file, as in a page', async () => {
    const kept = new Map<string, Uint8Array>()
    const store: Store = {
      name: 'memory',
      read: TE.fromIO(() => kept.get('run')),
      write: (written) => TE.fromIO(() => void kept.set('run', written)),
    }
    const checkpoint = { store, every: 2, resume: true }
    await fitNetwork({ ...options(dying(reference, 7)), checkpoint })()
    expect(positionIn(kept.get('run'))).toMatchObject({ steps: 6 })
    const taken: number[] = []
    const onStep =
      ({ step }: { readonly step: number }) =>
      () =>
        taken.push(step)
    const rest = await fitNetwork({ ...options(reference), checkpoint, onStep })()
    expect(taken[0]).toBe(7)
    expect(bits(rest)).toBe(bits(await fitNetwork(options(reference))()))
  })
  test('from a store that fails: an error with its reason and its name', async () => {
    const refuse = (_tag: 'Unavailable' | 'TooLarge') => TE.left({ _tag, reason: 'QuotaExceeded' })
    const full: Store = { name: 'memory', read: TE.right(undefined), write: () => refuse('Unavailable') }
    expect(await fitNetwork({ ...options(reference), checkpoint: { store: full, resume: true } })()).toMatchObject({
      left: { error: { _tag: 'CheckpointUnwritable', path: 'memory', reason: 'QuotaExceeded' } },
    })
    for (const [tag, said] of [
      ['Unavailable', 'CheckpointUnreadable'],
      ['TooLarge', 'CheckpointDamaged'],
    ] as const)
      expect(await readCheckpoint({ ...full, read: refuse(tag) }, types, identity)()).toMatchObject({
        left: { _tag: said, path: 'memory', reason: 'QuotaExceeded' },
      })
  })
  test('from a complete run: nothing is trained, and the answer is the same', async () => {
    const checkpoint = { store: fileStore(where.path), resume: true }
    const first = await fitNetwork({ ...options(reference), checkpoint })()
    expect(bits(await fitNetwork({ ...options(dying(reference, 0)), checkpoint })())).toBe(bits(first))
    const longer = await fitNetwork({ ...options(reference), checkpoint, epochs: 4 })()
    expect(bits(longer)).toBe(bits(await fitNetwork({ ...options(reference), epochs: 4 })()))
  })
  test('after early stopping: the run stays stopped', async () => {
    const callback = earlyStopping({ watch: 'accuracy', best: 'most', patience: 1, by: 2 })
    const o = { ...options(reference), callback, epochs: 9 }
    const checkpoint = { store: fileStore(where.path), resume: true }
    const whole = await fitNetwork({ ...o, checkpoint })()
    expect(whole).toMatchObject({ right: { epoch: 1, epochs: 2 } })
    expect(bits(await fitNetwork({ ...o, checkpoint })())).toBe(bits(whole))
  })
  test('under a callback that would have kept another epoch is refused', async () => {
    const checkpoint = { store: fileStore(where.path), resume: true }
    const callback = (best: 'least' | 'most') => earlyStopping({ watch: 'loss', best, patience: Infinity })
    await fitNetwork({ ...options(reference), callback: callback('least'), checkpoint })()
    expect(await fitNetwork({ ...options(reference), callback: callback('most'), checkpoint })()).toMatchObject({
      left: { error: { _tag: 'CheckpointForeign', difference: 'it keeps the state of epoch 3, here of epoch 1' } },
    })
    // without a callback the last state is the answer
    const last = await fitNetwork({ ...options(reference), callback: together(), checkpoint })()
    expect(last).toMatchObject({ right: { epoch: 3 } })
  })
  test('from the checkpoint of another rate or another key is refused, and the file is unchanged', async () => {
    const checkpoint = { store: fileStore(where.path), resume: true }
    await fitNetwork({ ...options(reference), checkpoint })()
    const before = await readFile(where.path)
    const other = await fitNetwork({ ...options(reference), optimizer: adam({ rate: 0.04 }), checkpoint })()
    expect(other).toMatchObject({ left: { _tag: 'CheckpointFailed', error: { _tag: 'CheckpointForeign' } } })
    const another = await fitNetwork({ ...options(reference), key: randomKey(6), checkpoint })()
    expect(another).toMatchObject({ left: { error: { difference: expect.stringContaining('key') } } })
    expect(Buffer.compare(await readFile(where.path), before)).toBe(0)
  })
  test('training ends with a typed error if nothing can be written', async () => {
    const checkpoint = { store: fileStore(join(where.path, 'below', 'run')) }
    await writeFile(where.path, '')
    expect(await fitNetwork({ ...options(reference), checkpoint })()).toMatchObject({
      left: { _tag: 'CheckpointFailed', error: { _tag: 'CheckpointUnwritable' } },
    })
  })
})
