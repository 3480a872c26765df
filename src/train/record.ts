/**
 * The record of a run: lines of JSON, written as they happen, so that it can be read during the run and after a crash.
 *
 *   {"line": "begin", "versions": {...}, "settings": {...}, "at": "..."}        once; again where a run was resumed
 *   {"line": "epoch", "epoch": 1, "steps": 150, "loss": 0.41, "metrics": {...}, "seconds": 3.2}
 *   {"line": "end", "epochs": 5, "steps": 750, "seconds": 16.1, "outcome": "done"}
 *
 * A last line without a newline was incomplete when the process died; it is not read.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { FitReport } from './callback.ts'

/** Names and values for people who read the record. */
export type Settings = { readonly [name: string]: string | number | boolean | null }
/** A line of the record. Epochs and steps are counted from the beginning of the run, seconds from its last start. */
export type RecordLine =
  | {
      readonly line: 'begin'
      /** The time of day, in ISO 8601. */
      readonly at: string
      /** Epochs that were complete before. */
      readonly after: number
      readonly versions: Settings
      readonly settings: Settings
    }
  | ({ readonly line: 'epoch'; readonly seconds: number } & FitReport)
  | {
      readonly line: 'end'
      readonly epochs: number
      readonly steps: number
      readonly seconds: number
      /** 'done'; 'stopped', by a callback, before all epochs; or the tag of an error. */
      readonly outcome: string
    }
type Begin = Extract<RecordLine, { readonly line: 'begin' }>

/** The text of lines. */
export const showRecord = (lines: readonly RecordLine[]): string => lines.map((l) => `${JSON.stringify(l)}\n`).join('')

const isLine = (x: unknown): x is RecordLine =>
  typeof x === 'object' && x !== null && 'line' in x && ['begin', 'epoch', 'end'].includes(String(x.line))
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
/** The lines of a text; left: the number, from 1, of the first malformed one. Law: parseRecord(showRecord(x)) = x */
export const parseRecord = (text: string): E.Either<number, readonly RecordLine[]> => {
  const lines: RecordLine[] = []
  for (const line of text.split('\n').slice(0, -1).map(parsed)) {
    if (!isLine(line)) return E.left(lines.length + 1)
    lines.push(line)
  }
  return E.right(lines)
}

/** The lines of an earlier record that a run resumed after so many epochs keeps. */
const kept = (lines: readonly RecordLine[], after: number): readonly RecordLine[] =>
  lines.filter((l) => l.line === 'begin' || (l.line === 'epoch' && l.epoch <= after))

/** The text of a record when a run begins: the lines of the earlier text that still hold, then the line of this run. */
export const recordBegun = (before: string, begin: Begin): string => {
  const read = parseRecord(begin.after === 0 ? '' : before)
  return showRecord([...(E.isRight(read) ? kept(read.right, begin.after) : []), begin])
}
