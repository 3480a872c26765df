/** A program's computation graph: inputs on top, every equation below everything that it reads. */
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { showShape } from '../../lang/syntax/shape.ts'
import { svg, text } from './svg.ts'

interface Box {
  readonly label: string
  readonly under: string
  readonly row: number
  readonly reads: readonly number[]
  readonly input: boolean
}
const boxesOf = ({ closed }: UntypedProgram): readonly Box[] => {
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
    // what reads nothing is put just above its first reader
    const first = boxes.reduce(
      (row, other) => (other.reads.includes(k) ? Math.min(row, other.row) : row),
      Number.POSITIVE_INFINITY,
    )
    return b.reads.length === 0 && Number.isFinite(first) ? { ...b, row: first - 1 } : b
  })
}
/** The column of every box: a row is ordered by the mean column of the boxes' arguments; boxes without any are last. */
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
type XY = readonly [x: number, y: number]

/** The centres of boxes in a column and a row. */
const centre = (column: number, row: number): XY => [stepX * (column + 0.5), stepY * (row + 0.5)]
const arrow = ([x0, y0]: XY, [x1, y1]: XY): string => {
  const [start, end] = [y0 + boxHeight / 2, y1 - boxHeight / 2]
  const bend = (end - start) / 2
  // an arrow that skips rows passes beside the boxes between
  const side = y1 - y0 > stepY ? boxWidth * 0.75 : 0
  return `<path d="M${x0} ${start}C${x0 + side} ${start + bend} ${x1 + side} ${end - bend} ${x1} ${end}" fill="none" stroke="#6a737d" marker-end="url(#a)"/>`
}
const arrowHead =
  '<marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#6a737d"/></marker>'
const drawBox = (b: Box, [x, y]: XY, output: boolean): string => {
  const fill = b.input ? '#dbeafe' : output ? '#dcfce7' : '#f6f8fa'
  const outline = `<rect x="${x - boxWidth / 2}" y="${y - boxHeight / 2}" width="${boxWidth}" height="${boxHeight}" rx="6" fill="${fill}" stroke="#8b949e"/>`
  return `${outline}${text(x, y - 3, 'middle', b.label, ' font-weight="600"')}${text(x, y + 13, 'middle', b.under, ' font-size="10"')}`
}

/**
 * The graph of a program as SVG: inputs blue, outputs green, under each name its shape.
 *
 * @example
 * graph(gradOrThrow(programOrThrow({ x: real(3) }, ({ x }) => sum()(sin(x)))))
 */
export const graph: (p: UntypedProgram) => string = ofProgram('graph(f: program)', (p: UntypedProgram) => {
  const boxes = boxesOf(p)
  const columns = columnsOf(boxes)
  const centres = boxes.map((b, k) => centre(columns[k] ?? 0, b.row))
  const at = (k: number): XY => centres[k] ?? [0, 0]
  const arrows = boxes.flatMap((b, k) => b.reads.map((from) => arrow(at(from), at(k))))
  const drawn = boxes.map((b, k) => drawBox(b, at(k), p.closed.outputs.includes(k)))
  const [across, down] = [1 + Math.max(...columns), 1 + Math.max(...boxes.map((b) => b.row))]
  return svg(across * stepX, down * stepY, arrowHead + arrows.join('') + drawn.join(''))
})
