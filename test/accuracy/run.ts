/**
 * npm run accuracy: measures everything, prints what is wrong and writes docs/accuracy.md. With names of back ends and of
 * functions (npm run accuracy -- wasm tanh gelu) it prints their worst results and writes nothing. With --table FILE it takes
 * the points of another table, as search.py writes it, and prints what is out of bound there and not listed.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  type Column,
  columns,
  degreeOf,
  degrees,
  excessOf,
  faultsOf,
  type Measured,
  measure,
  showResult,
  worstOf,
} from './law.ts'
import { page } from './page.ts'
import { names, readTable } from './table.ts'

const { values, positionals: asked } = parseArgs({ options: { table: { type: 'string' } }, allowPositionals: true })
const other = values.table === undefined ? undefined : readTable(values.table)
const chosen = <A>(all: readonly A[], nameOf: (a: A) => string): readonly A[] => {
  const some = all.filter((a) => asked.includes(nameOf(a)))
  return some.length === 0 ? all : some
}
const unknown = asked.filter((a) => !names.includes(a) && !columns.some((c) => c.name === a))
if (unknown.length > 0) throw new Error(`neither a back end nor a function of the table: ${unknown.join(', ')}`)

const backends = chosen(columns, (c) => c.name)
const functions = chosen(other === undefined ? names : Object.keys(other.double), (n) => n)
const total = backends.length * functions.length
const all: (readonly [Column, readonly Measured[]])[] = []
for (const [k, column] of backends.entries()) {
  const rows: Measured[] = []
  for (const [i, name] of functions.entries()) {
    if (process.stderr.isTTY) process.stderr.write(`\r${k * functions.length + i} / ${total}`)
    rows.push(await measure(column, name, other))
  }
  all.push([column, rows])
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')

const showWorst = ({ name, results }: Measured): readonly string[] =>
  degrees.flatMap((degree) => {
    const worst = worstOf(results.filter((r) => degreeOf[r.order] === degree))
    return worst === undefined ? [] : [`${name} ${degree}: ${showResult(worst)}`]
  })
if (asked.length > 0)
  for (const [column, rows] of all) for (const line of rows.flatMap(showWorst)) console.log(`${column.name} ${line}`)
const wrong = other === undefined ? faultsOf : excessOf
const faults = all.flatMap(([column, rows]) => rows.flatMap((m) => wrong(column, m)))
for (const fault of faults) console.log(fault)
console.log(`${functions.length} functions on ${backends.length} back ends: ${faults.length} faults`)
if (asked.length === 0 && other === undefined)
  writeFileSync(fileURLToPath(new URL('../../docs/accuracy.md', import.meta.url)), page(all))
/** 1 when a result is out of bound and not listed, or listed and not out of bound. */
export const exitCode = faults.length === 0 ? 0 : 1
