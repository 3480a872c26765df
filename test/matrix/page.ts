/** The page of the docs, and what is printed. */
import { entries } from '../../lang/primitives/index.ts'
import { type Constant, constantsOf } from './constants.ts'
import { type Cell, heads, type Row } from './matrix.ts'

const showCell = (c: Cell): string => {
  switch (c._tag) {
    case 'Tested':
      return 'tested'
    case 'Mapped':
      return 'mapped'
    case 'Refused':
      return c.why
    case 'None':
      return '-'
    case 'Hole':
      return `HOLE: ${c.what}`
  }
}
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, k) => Math.max(...rows.map((r) => (r[k] as string).length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c, k) => c.padEnd(widths[k] as number)).join(' | ')} |`
  const [head = [], ...rest] = rows
  return [line(head), line(widths.map((n) => '-'.repeat(n))), ...rest.map(line)].join('\n')
}
const showConstant = (c: Constant | undefined, value: (c: Constant) => number | null): string => {
  if (c === undefined) return '-'
  const n = value(c)
  return n === null ? 'NotReversible' : `${n.toFixed(1)}${c.moved ? ' per number' : ''}`
}

export const countOf = (rows: readonly Row[], tag: Cell['_tag']): number =>
  rows.reduce((n, r) => n + r.cells.filter((c) => c._tag === tag).length, 0)
export const showTable = (rows: readonly Row[]): string =>
  table([['', ...heads], ...rows.map((r) => [r.name, ...r.cells.map(showCell)])])

export const page = (rows: readonly Row[]): string => `# What holds of every primitive

Written by \`npm run matrix\`, from a run of the laws on the examples of every entry; \`test/matrix/matrix.test.ts\` fails
when a cell is a hole or this page is out of date.

- **tested**: the laws of the column (\`test/laws/table.ts\`) were run on every example and passed. *push*: the primal is kept,
  finite differences, additivity. *pull*: \`<J v, w> = <v, J^T w>\`. *vmap*: it is map, of the function and of both modes,
  in both orders. *second order*: forward over reverse is reverse over forward and forward over forward, at ties, zeros and
  units too; Hessians are symmetric. A back end: its results are the reference's.
- **mapped**: the same, for the operation mapped over the axis that it names. Unmapped, it is refused: \`UnboundAxis\`.
- A name is the diagnostic or error of an intended refusal. \`-\`: there is no derivative, because the inputs or the outputs
  have no real numbers.

${countOf(rows, 'Tested') + countOf(rows, 'Mapped')} cells are tested, ${countOf(rows, 'Refused')} refused, ${countOf(rows, 'None')} empty by nature.

${showTable(rows)}

## What derivatives cost

The arithmetic of an operation with its tangent, and with its cotangents, divided by that of the operation alone, on its
costliest example. \`cost\` counts it before anything runs. For an operation without arithmetic the unit is a number that it
moves. On programs of \`add\`, \`mul\`, \`sin\`, \`exp\`, \`tanh\` and \`contract\`, strided too, the gradient costs at most 4 times the
function; if a convolution is both dilated and strided, up to 4.4 (\`test/src/transform/cost.test.ts\`).

${table([
  ['', 'forward', 'reverse'],
  ...entries.map((e) => {
    const c = constantsOf(e)
    return [e.name, showConstant(c, (k) => k.forward), showConstant(c, (k) => k.reverse)]
  }),
])}
`
