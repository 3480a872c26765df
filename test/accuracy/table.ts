/** table.json: what values and derivatives are, from arbitrary precision. table.py writes it and says how. */
import { readFileSync } from 'node:fs'

export type Precision = 'double' | 'single'
/** A number; 'inf' and '-inf' as JSON has no infinities; null where there is no derivative. */
type Figure = number | 'inf' | '-inf' | null
type Column = readonly Figure[]
/**
 * Columns: x0, x1, ... the arguments; y the value; d0 the derivative in x0; d01 the one in x0 and x1. `scale`: by column
 * and row, the largest term of a sum that is near a root.
 */
type Row = { readonly [column: string]: Column } & { readonly scale: { readonly [column: string]: Scale } }
type Scale = { readonly [point: string]: number }
export type Table = { readonly [P in Precision]: { readonly [name: string]: Row } }

export const readTable = (file: string | URL): Table => JSON.parse(readFileSync(file, 'utf8'))
const carried = readTable(new URL('./table.json', import.meta.url))

/** The functions of the table. */
export const names: readonly string[] = Object.keys(carried.double)

/** What a number must be, and the largest term of its sum. */
export interface Truth {
  readonly exact: number
  readonly scale: number
}
export interface Points {
  /** One array per argument. */
  readonly args: readonly Float64Array[]
  /** What a column must be at every point; undefined where there is no derivative. */
  readonly truths: (column: string) => readonly (Truth | undefined)[]
}
const numberOf = (f: number | 'inf' | '-inf'): number =>
  f === 'inf' ? Number.POSITIVE_INFINITY : f === '-inf' ? Number.NEGATIVE_INFINITY : f

export const pointsOf = (precision: Precision, name: string, table: Table = carried): Points => {
  const row = table[precision][name]
  if (row === undefined) throw new Error(`table.json has no ${name}: write it in table.py and run that`)
  const args = Object.keys(row).filter((c) => c.startsWith('x'))
  return {
    args: args.map((c) => Float64Array.from(row[c] as readonly number[])),
    truths: (column) =>
      (row[column] as Column).map((f, k) => {
        if (f === null) return undefined
        const exact = numberOf(f)
        return { exact, scale: Math.max(Math.abs(exact), row.scale[column]?.[k] ?? 0) }
      }),
  }
}
