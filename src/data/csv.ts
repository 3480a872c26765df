/**
 * Comma-separated values: a table of text.
 *
 *   table = row (newline row)* newline?     newline = LF | CRLF
 *   row   = field (',' field)*
 *   field = '"' (any character but '"' | '""')* '"'  |  any characters but '"', ',' and newlines
 *
 * Source: RFC 4180. Reading takes a few times the memory of the text.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { DataError } from './error.ts'

export interface CsvOptions {
  /** The character between fields; a comma by default. */
  readonly separator?: string
}
type Rows = readonly (readonly string[])[]

/**
 * The rows of a text, all with the same number of fields. `where` names the text in errors.
 *
 * Errors:  MalformedCsv, with its line
 */
export const readCsv = (
  text: string,
  where = 'text in memory',
  { separator = ',' }: CsvOptions = {},
): E.Either<DataError, Rows> => {
  const rows: string[][] = []
  const failed = (line: number, reason: string): E.Either<DataError, Rows> =>
    E.left({ _tag: 'MalformedCsv', where, line, reason })
  let line = 1
  let row: string[] = []
  let i = text.startsWith('\ufeff') ? 1 : 0
  while (i < text.length) {
    let field: string
    if (text[i] === '"') {
      const began = line
      let end = text.indexOf('"', i + 1)
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
      if (end < 0) return failed(began, 'a quoted field has no end')
      const quoted = text.slice(i + 1, end)
      for (const c of quoted) if (c === '\n') line++
      field = quoted.replaceAll('""', '"')
      i = end + 1
    } else {
      const from = i
      while (i < text.length && text[i] !== separator && text[i] !== '\n' && text[i] !== '"') i++
      field = text.slice(from, i)
      if (text[i] === '"') return failed(line, 'a quote inside a field that does not begin with one')
      if (text[i] !== separator && field.endsWith('\r')) field = field.slice(0, -1)
    }
    row.push(field)
    if (text[i] === separator) {
      i++
      if (i < text.length) continue
      row.push('')
    }
    if (text[i] === '\r' && text[i + 1] === '\n') i++
    if (i < text.length && text[i] !== '\n') return failed(line, 'text after a quoted field')
    const width = rows[0]?.length ?? row.length
    if (row.length !== width) return failed(line, `${row.length} fields where the first row has ${width}`)
    rows.push(row)
    row = []
    i++
    line++
  }
  return E.right(rows)
}

/** A table of numbers. */
export interface Numbers {
  /** The names in the first row; none if that row holds numbers. */
  readonly names: readonly string[]
  /** Row by row. Shape: [rows, columns] */
  readonly data: Float64Array
  readonly rows: number
  readonly columns: number
}
/** The line where row k begins: quoted fields of earlier rows may contain newlines. */
const lineOf = (rows: Rows, k: number): number => k + rows.slice(0, k).flat().join('').split('\n').length
const isNumber = (field: string): boolean => field.trim() !== '' && !Number.isNaN(Number(field))
/**
 * The numbers of a text, with or without names above the columns. `where` names the text in errors.
 *
 * Errors:  MalformedCsv, also where a field is not a number
 */
export const readCsvNumbers = (
  text: string,
  where = 'text in memory',
  options: CsvOptions = {},
): E.Either<DataError, Numbers> =>
  E.chain((all: Rows): E.Either<DataError, Numbers> => {
    const named = all[0]?.some((f) => !isNumber(f)) ?? false
    const rows = named ? all.slice(1) : all
    const columns = all[0]?.length ?? 0
    const data = new Float64Array(rows.length * columns)
    for (const [r, row] of rows.entries())
      for (const [c, field] of row.entries()) {
        if (!isNumber(field))
          return E.left({
            _tag: 'MalformedCsv',
            where,
            line: lineOf(all, r + (named ? 1 : 0)),
            reason: `${JSON.stringify(field.slice(0, 40))} is not a number`,
          })
        data[r * columns + c] = Number(field)
      }
    return E.right({ names: named ? (all[0] ?? []) : [], data, rows: rows.length, columns })
  })(readCsv(text, where, options))
