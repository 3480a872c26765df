/** A computation graph as a self-contained drawing. Blue is forward, red is backward. */
import { type Graph, type GraphPoint, linesOf, type Placed, place } from '../graph.ts'

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const ink = '#1b1f24'
const paper = '#ffffff'
const faint = '#6a737d'
const primal = '#0b62c4'
const dual = '#c2410c'
const fills = { input: '#dbeafe', value: '#f6f8fa', output: '#dcfce7' } as const
const colours = { op: faint, primal: ink, tangent: primal, cotangent: dual } as const
const round = (x: number): string => String(Math.round(10 * x) / 10)

/** A smooth curve near the points: quadratic curves between their midpoints. */
const smooth = (points: readonly GraphPoint[]): string => {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return ''
  const curves = rest.slice(0, -1).map((p, k) => {
    const next = rest[k + 1] as GraphPoint
    const end = k === rest.length - 2 ? next : { x: (p.x + next.x) / 2, y: (p.y + next.y) / 2 }
    return `Q${round(p.x)} ${round(p.y)} ${round(end.x)} ${round(end.y)}`
  })
  const line = curves.length === 0 ? `L${round(last.x)} ${round(last.y)}` : curves.join('')
  return `M${round(first.x)} ${round(first.y)}${line}`
}
const shifted = (points: readonly GraphPoint[], by: number): readonly GraphPoint[] =>
  points.map((p) => ({ x: p.x + by, y: p.y }))
const arrow = (points: readonly GraphPoint[], colour: string, tip: string, dashed: boolean): string =>
  `<path d="${smooth(points)}" fill="none" stroke="${colour}" stroke-width="1.4"` +
  `${dashed ? ' stroke-dasharray="5 3"' : ''} marker-end="url(#${tip})"/>`
const text = (x: number, y: number, words: string, colour: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="middle" fill="${colour}"${more}>${escaped(words)}</text>`
const tip = (id: string, colour: string): string =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
  `<path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`

const edgesOf = ({ edges }: Placed): string =>
  edges
    .map((e) => {
      const apart = e.reverse ? 5 : 0
      return (
        arrow(shifted(e.points, -apart), e.forward ? primal : faint, e.forward ? 'forward' : 'reads', false) +
        (e.reverse ? arrow(shifted([...e.points].reverse(), apart), dual, 'back', true) : '')
      )
    })
    .join('')
/** Drawn over the arrows, on a background of their own. */
const labelsOf = ({ edges }: Placed): string =>
  edges
    .flatMap((e) => {
      if (e.local === undefined || e.label === undefined) return []
      const { x, y } = e.label
      const width = 7.2 * [...e.local.text].length + 8
      return [
        `<rect x="${round(x - width / 2)}" y="${round(y - 10)}" width="${round(width)}" height="19" rx="4"` +
          ` fill="${paper}" stroke="${faint}" stroke-width="0.6"/>`,
        text(
          x,
          y + 4,
          e.local.text,
          e.reverse ? dual : e.forward ? primal : ink,
          ' font-size="12" font-family="ui-monospace, monospace"',
        ),
      ]
    })
    .join('')
const nodesOf = ({ nodes }: Placed): string =>
  nodes
    .map((n) => {
      const [left, top] = [n.x - n.width / 2, n.y - n.height / 2]
      const lines = linesOf(n).map(([kind, words], k) =>
        text(
          n.x,
          top + 36 + 17 * k,
          words,
          colours[kind],
          kind === 'op' ? ' font-size="12" font-style="italic"' : ' font-size="12"',
        ),
      )
      const box =
        `<rect x="${round(left)}" y="${round(top)}" width="${round(n.width)}" height="${round(n.height)}" rx="7"` +
        ` fill="${fills[n.role]}" stroke="#8b949e"/>`
      const name = text(n.x, top + 20, n.name.text, ink, ' font-weight="600" font-size="14"')
      return `<g>${box}${name}${lines.join('')}</g>`
    })
    .join('')

/** `title`: what a screen reader says. */
export const renderSvg = (graph: Graph, title = ''): string => {
  const placed = place(graph)
  const label = title === '' ? '' : `<title>${escaped(title)}</title>`
  const { width, height } = placed
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">${label}`,
    `<defs>${tip('forward', primal)}${tip('back', dual)}${tip('reads', faint)}</defs>`,
    `<rect width="100%" height="100%" fill="${paper}"/>`,
    `${edgesOf(placed)}${labelsOf(placed)}${nodesOf(placed)}</svg>\n`,
  ].join('')
}
