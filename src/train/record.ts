/**
 * The record of a run: lines of JSON, written as they happen, so that a run can be read while it runs and after it died.
 *
 *   {"line": "begin", "versions": {...}, "settings": {...}, "at": "..."}        once; again where a run was resumed
 *   {"line": "epoch", "epoch": 1, "steps": 150, "loss": 0.41, "metrics": {...}, "seconds": 3.2}
 *   {"line": "end", "epochs": 5, "steps": 750, "seconds": 16.1, "outcome": "done"}
 *
 * A last line without its newline was being written when the process died: it is not read.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { FitReport } from './callback.ts'

export type Settings = { readonly [name: string]: string | number | boolean | null }
export type RecordLine =
  | {
      readonly line: 'begin'
      /** When, by the clock on the wall. */
      readonly at: string
      /** Epochs that were done before. */
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
      /** 'stopped': by a callback, before all epochs. Or what went wrong. */
      readonly outcome: string
    }
type Begin = Extract<RecordLine, { readonly line: 'begin' }>

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
/** Left: the first line that is none, from 1. Law: parseRecord(showRecord(lines)) = lines */
export const parseRecord = (text: string): E.Either<number, readonly RecordLine[]> => {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((l) => parsed(l))
  const wrong = lines.findIndex((l) => !isLine(l))
  return wrong < 0 ? E.right(lines as readonly RecordLine[]) : E.left(wrong + 1)
}

/** What of an earlier record a run that goes on after so many epochs keeps. */
const kept = (lines: readonly RecordLine[], after: number): readonly RecordLine[] =>
  lines.filter((l) => l.line === 'begin' || (l.line === 'epoch' && l.epoch <= after))

/** The text that a record begins with: its head, after what is kept of the text that is there. */
export const recordBegun = (before: string, begin: Begin): string => {
  const read = parseRecord(begin.after === 0 ? '' : before)
  return showRecord([...(E.isRight(read) ? kept(read.right, begin.after) : []), begin])
}
