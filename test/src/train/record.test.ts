/** The record of a run: begun, resumed, ended; read while it is written, and after a crash. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { reference } from '../../../backends/index.ts'
import { crossEntropy } from '../../../lang/operations/classLoss.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { gaussians } from '../../../src/data/index.ts'
import { fileLog, fileStore } from '../../../src/disk/index.ts'
import { dense } from '../../../src/nn/index.ts'
import { sgd } from '../../../src/optim/index.ts'
import { randomKey } from '../../../src/random/index.ts'
import {
  accuracy,
  fit as fitNetwork,
  type Log,
  parseRecord,
  type RecordLine,
  showRecord,
} from '../../../src/train/index.ts'

const made: string[] = []
const where = { path: '', checkpoint: '' }
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'adjoint-record-'))
  where.path = join(folder, 'runs', 'run.jsonl')
  where.checkpoint = join(folder, 'run.safetensors')
  made.push(folder)
})
afterAll(() => Promise.all(made.map((f) => rm(f, { recursive: true, force: true }))))

const options = {
  backend: reference,
  network: dense(2, 2),
  loss: crossEntropy(),
  optimizer: sgd({ rate: 0.5 }),
  shapes: { x: real(2), y: int(), batch: 10 },
  examples: gaussians(randomKey(1), 40),
  heldOut: gaussians(randomKey(2), 20),
  metrics: { accuracy },
  key: randomKey(1),
} as const
const lines = async (): Promise<readonly RecordLine[]> => {
  const read = parseRecord(await readFile(where.path, 'utf8'))
  if (E.isLeft(read)) throw new Error(`line ${read.left} is none`)
  return read.right
}
const kinds = (all: readonly RecordLine[]): readonly string[] =>
  all.map((l) => (l.line === 'epoch' ? String(l.epoch) : l.line))

describe('a record', () => {
  test('has a head, a line for every epoch, and an end', async () => {
    const record = { log: fileLog(where.path), settings: { name: 'clouds', seed: 1 }, versions: { adjoint: '0' } }
    const fitted = await fitNetwork({ ...options, epochs: 3, record })()
    const all = await lines()
    expect(kinds(all)).toEqual(['begin', '1', '2', '3', 'end'])
    expect(all[0]).toMatchObject({
      after: 0,
      settings: { name: 'clouds', seed: 1, batch: 10, epochs: 3, examples: 40, heldOut: 20 },
      versions: { adjoint: '0', node: process.version },
    })
    const reports = all.flatMap((l) =>
      l.line === 'epoch' ? [{ epoch: l.epoch, steps: l.steps, loss: l.loss, metrics: l.metrics }] : [],
    )
    expect(fitted).toMatchObject({ right: { history: reports } })
    expect(all.at(-1)).toMatchObject({ line: 'end', epochs: 3, steps: 12, outcome: 'done' })
  })
  test('in memory has the same lines, without versions of the platform', async () => {
    const kept = { text: '' }
    const put = (text: string) => TE.fromIO(() => void Object.assign(kept, { text }))
    const log: Log = {
      name: 'memory',
      read: TE.fromIO(() => kept.text),
      write: put,
      append: (more) => put(kept.text + more),
    }
    await fitNetwork({ ...options, epochs: 2, record: { log } })()
    const read = parseRecord(kept.text)
    expect(kinds(E.isRight(read) ? read.right : [])).toEqual(['begin', '1', '2', 'end'])
    expect(read).toMatchObject({ right: [{ versions: {} }, {}, {}, {}] })
  })
  test('of a resumed run has each epoch once, and both heads', async () => {
    const more = {
      record: { log: fileLog(where.path) },
      checkpoint: { store: fileStore(where.checkpoint), resume: true },
    }
    await fitNetwork({ ...options, ...more, epochs: 2 })()
    // as if the process had died while writing
    await appendFile(where.path, '{"line":"epo')
    await fitNetwork({ ...options, ...more, epochs: 4 })()
    expect(kinds(await lines())).toEqual(['begin', '1', '2', 'begin', '3', '4', 'end'])
  })
  test('of a run that stopped or failed ends with that outcome', async () => {
    const record = { log: fileLog(where.path) }
    await fitNetwork({ ...options, epochs: 3, record, onEpoch: () => () => 'stop' })()
    expect((await lines()).at(-1)).toMatchObject({ outcome: 'stopped', epochs: 1 })
    await fitNetwork({
      ...options,
      epochs: 3,
      record,
      optimizer: sgd({ rate: () => constant([], Number.POSITIVE_INFINITY) }),
    })()
    expect((await lines()).at(-1)).toMatchObject({ outcome: 'NotFinite' })
  })
  test('that cannot be written ends the run with a typed error', async () => {
    await writeFile(where.checkpoint, '')
    const record = { log: fileLog(join(where.checkpoint, 'run.jsonl')) }
    expect(await fitNetwork({ ...options, epochs: 1, record })()).toMatchObject({ left: { _tag: 'RecordFailed' } })
  })
  test('is read back without an incomplete last line; another malformed line is named', () => {
    const all: readonly RecordLine[] = [
      { line: 'begin', at: 'now', after: 0, versions: {}, settings: { a: 1, b: 'x', c: true, d: null } },
      { line: 'epoch', epoch: 1, steps: 2, loss: 0.1 + 0.2, metrics: { m: 1 / 3 }, seconds: 1 },
    ]
    expect(parseRecord(showRecord(all))).toEqual(E.right(all))
    expect(parseRecord(showRecord(all).slice(0, -5))).toEqual(E.right(all.slice(0, 1)))
    expect(parseRecord(`${showRecord(all)}no json\n`)).toEqual(E.left(3))
    expect(parseRecord('[1]\n')).toEqual(E.left(1))
  })
})
