/** docs/accuracy.md. */
import { type Order, orders } from './derivatives.ts'
import { type Column, columns, degreeOf, type Measured, missesOf, worstOf } from './law.ts'
import { type Miss, misses } from './misses.ts'

const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((r) => (r[k] as string).length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c, k) => c.padEnd(widths[k] as number)).join(' | ')} |`
  const [head = [], ...rest] = rows
  return [line(head), line(widths.map((n) => '-'.repeat(n))), ...rest.map(line)].join('\n')
}
const short = (x: number): string => String(Number(x.toPrecision(4)))
/** Two digits of an error. */
const showUnits = (units: number): string =>
  units >= 1000 ? units.toExponential(0).replace('+', '') : String(Number(units.toPrecision(2)))

/** From this error on no digit is right. */
const leastLost = { double: 2 ** 52, single: 2 ** 23 } as const
const section = (column: Column, rows: readonly Measured[]): string => {
  const cellOf = ({ name, results }: Measured, order: Order): string => {
    const worst = worstOf(results.filter((r) => r.order === order))
    if (worst === undefined || worst.units === 0) return '0'
    const units = worst.units < leastLost[column.precision] ? showUnits(worst.units) : 'no digit'
    const isListed = worst.units > column.bound && missesOf(column, name, degreeOf[order]).length > 0
    return `${isListed ? `**${units}**` : units} at ${worst.at.map(short).join(', ')}`
  }
  const cells = rows.map((m) => [m.name, ...orders.map((order) => cellOf(m, order))])
  const lines = [['', ...orders], ['-', ...orders.map(() => '-')], ...cells].map((row) => `| ${row.join(' | ')} |`)
  return `## ${column.name}: at most ${column.bound}\n\n${lines.join('\n')}\n`
}

/** The rows of one cause: a function and a degree each, with the figures of all back ends. */
const rowsOf = (of: readonly Miss[]): readonly (readonly string[])[] => {
  const cells = [...new Set(of.map((m) => `${m.function}|${m.degree}`))]
  return cells.map((cell) => {
    const [name = '', degree = ''] = cell.split('|')
    const figure = (c: Column): string => {
      const miss = of.find((m) => m.function === name && m.degree === degree && m.backend === c.name)
      return miss === undefined ? '' : Number.isFinite(miss.units) ? showUnits(miss.units) : 'no digit'
    }
    return [name, degree, ...columns.map(figure)]
  })
}
/** The part of the page that no measurement changes. */
export const exceptions = (): string => {
  const whys = [...new Set(misses.map((m) => m.why))]
  const lists = whys.map((why) => {
    const head = ['', 'derivative', ...columns.map((c) => c.name)]
    return `${why}\n\n${tableOf([head, ...rowsOf(misses.filter((m) => m.why === why))])}\n`
  })
  return ['## What misses the bound, and by how much at most\n', ...lists].join('\n')
}

const head = `# Accuracy

Written by \`npm run accuracy\`. The error of every elementwise function, activation, loss and norm, and of its first and second
derivatives, against figures of arbitrary precision (\`test/accuracy/table.json\`, written by \`table.py\` beside it with mpmath).

The points cover the range of the floating-point numbers: both signs, from the smallest subnormal number to overflow, the
tails, and both sides of every root, pole, kink and branch point. The unit is the last place of the right result, in float64
for the reference and in float32 for the others. For subnormal results it is the smallest subnormal number. Near a root it is
the last place of the largest term of the sum; in functions of several numbers, that of the largest term of the textbook's
formula. An infinity in place of a number counts as the first number that is out of range. Errors of the reference are whole,
since the right result is rounded to float64 too.

Bounds: ${columns.map((c) => `${c.bound} on ${c.name}`).join(', ')}. \`test/accuracy\` asserts them on every run of the tests,
and that each row of the list below is still out of bound. Where the cause of a miss gives a bound, the list has that: an
exponent is at most 745, so its rounding is multiplied by no more. Else it has the worst that \`search.py\` found at random
points. The figures of the tables depend on the JavaScript engine's
\`Math\` in their last digit; a bold figure is in the list.
`
export const page = (measured: readonly (readonly [Column, readonly Measured[]])[]): string =>
  [head, exceptions(), ...measured.map(([column, rows]) => section(column, rows))].join('\n')
