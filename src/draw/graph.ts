/** A program's computation graph, as SVG: inputs on top, every equation below all that it reads. */
import type { Program } from '../../lang/syntax/program.ts'
import { showShape } from '../../lang/syntax/shape.ts'
import { svg, text } from './svg.ts'

interface Box {
  readonly label: string
  readonly under: string
  readonly row: number
  readonly reads: readonly number[]
  readonly input: boolean
}
const boxesOf = ({ closed }: Program<unknown, unknown>): readonly Box[] => {
  const boxes: Box[] = closed.inputs.map((i) => ({
    label: i.name,
    under: showShape(i.type.shape),
    row: 0,
    reads: [],
    input: true,
  }))
  for (const q of closed.equations) {
    const row = 1 + q.args.reduce((deepest, a) => Math.max(deepest, boxes[a]?.row ?? 0), 0)
    for (const t of q.outs) boxes.push({ label: q.op, under: showShape(t.shape), row, reads: q.args, input: false })
  }
  return boxes.map((b, k) => {
    // what reads nothing stands just above its first reader
    const first = boxes.reduce(
      (row, other) => (other.reads.includes(k) ? Math.min(row, other.row) : row),
      Number.POSITIVE_INFINITY,
    )
    return b.reads.length === 0 && Number.isFinite(first) ? { ...b, row: first - 1 } : b
  })
}
/** The column of every box: each row in the order of the mean column of what it reads, computed boxes left of what is given. */
const columnsOf = (boxes: readonly Box[]): readonly number[] => {
  const columns = boxes.map(() => 0)
  for (let row = 0; row <= Math.max(...boxes.map((b) => b.row)); row++) {
    const mean = (b: Box, k: number): number =>
      b.reads.length === 0 ? 1000 + k : b.reads.reduce((s, from) => s + (columns[from] ?? 0), 0) / b.reads.length
    boxes
      .flatMap((b, k) => (b.row === row ? [[mean(b, k), k] as const] : []))
      .sort(([a], [b]) => a - b)
      .forEach(([, k], column) => {
        columns[k] = column
      })
  }
  return columns
}
const [stepX, stepY, boxWidth, boxHeight] = [118, 74, 104, 40]

export const graph = (p: Program<unknown, unknown>): string => {
  const boxes = boxesOf(p)
  const column = columnsOf(boxes)
  const taken = new Map<number, number>()
  for (const { row } of boxes) taken.set(row, (taken.get(row) ?? 0) + 1)
  const places = boxes.map((b, k) => [column[k] ?? 0, b.row] as const)
  const columns = Math.max(...taken.values())
  const at = (k: number): readonly [x: number, y: number] => {
    const [column, row] = places[k] ?? [0, 0]
    return [stepX * (column + 0.5), stepY * (row + 0.5)]
  }
  const arrows = boxes.flatMap((b, k) =>
    b.reads.map((from) => {
      const [x0, y0] = at(from)
      const [x1, y1] = at(k)
      const [start, end] = [y0 + boxHeight / 2, y1 - boxHeight / 2]
      const bend = (end - start) / 2
      // an arrow that skips rows goes round the boxes between
      const side = y1 - y0 > stepY ? boxWidth * 0.75 : 0
      return `<path d="M${x0} ${start}C${x0 + side} ${start + bend} ${x1 + side} ${end - bend} ${x1} ${end}" fill="none" stroke="#6a737d" marker-end="url(#a)"/>`
    }),
  )
  const drawn = boxes.map((b, k) => {
    const [x, y] = at(k)
    const final = p.closed.outputs.includes(k)
    const fill = b.input ? '#dbeafe' : final ? '#dcfce7' : '#f6f8fa'
    return `<rect x="${x - boxWidth / 2}" y="${y - boxHeight / 2}" width="${boxWidth}" height="${boxHeight}" rx="6" fill="${fill}" stroke="#8b949e"/>${text(x, y - 3, 'middle', b.label, ' font-weight="600"')}${text(x, y + 13, 'middle', b.under, ' font-size="10"')}`
  })
  const tip =
    '<marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#6a737d"/></marker>'
  const rows = Math.max(...places.map(([, row]) => row)) + 1
  return svg(columns * stepX, rows * stepY, tip + arrows.join('') + drawn.join(''))
}
