/** Drawings in the plane: a function of (x, y) as bands of colour, points with classes, and paths, as SVG. */
import { line } from 'd3-shape'
import { type Colour, dataUrl, png } from './png.ts'
import { axes, axisScale, colourOf, type Extent, type PlotArea, svg, text } from './svg.ts'

/** A point and its class: class 0 is orange, 1 blue, and each of ten has its own colour. */
export type Dot = readonly [x: number, y: number, kind: number]
/** A function of (x, y), drawn in colours. */
export interface Field {
  /** Values at `gridPoints`: side x side of them, row by row, from the lowest y up. */
  readonly values: ArrayLike<number>
  readonly side: number
  /** The colour of a value; with a step function the picture has contours. */
  readonly colour: (value: number) => Colour
}
/** A line through points, with its name. */
export interface PlanePath {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}
/** What `plane` draws. */
export interface Plane {
  /** The ends of the horizontal axis. */
  readonly x: Extent
  /** The ends of the vertical axis. */
  readonly y: Extent
  /** Drawn under everything else. Default: a white ground. */
  readonly field?: Field
  /** Default: none. */
  readonly dots?: readonly Dot[]
  /** Default: none. */
  readonly paths?: readonly PlanePath[]
  /** Default: none. */
  readonly title?: string
}
const kindColours = [
  '#c2410c',
  '#0b62c4',
  '#15803d',
  '#7c3aed',
  '#eab308',
  '#0891b2',
  '#db2777',
  '#78350f',
  '#475569',
  '#84cc16',
] as const
const area: PlotArea = { width: 520, height: 520, left: 60, right: 16, top: 28, bottom: 48 }
const [left, right, top, bottom] = [area.left, area.width - area.right, area.top, area.height - area.bottom]
const box = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`

const mix = (a: Colour, b: Colour, t: number): Colour => [
  Math.round(a[0] + (b[0] - a[0]) * t),
  Math.round(a[1] + (b[1] - a[1]) * t),
  Math.round(a[2] + (b[2] - a[2]) * t),
]
/** The colour of a probability of the second class: from orange through white to blue. */
export const probability = (p: number): Colour =>
  p < 0.5 ? mix([249, 168, 112], [255, 255, 255], 2 * p) : mix([255, 255, 255], [125, 180, 240], 2 * p - 1)
/** Colours for levels of equal ratio, `lowest` x `ratio`^k for k = 0 ... `count`: the higher, the darker. */
export const bands =
  (lowest: number, ratio: number, count: number) =>
  (value: number): Colour => {
    const k = Math.floor(Math.log(Math.max(value, lowest) / lowest) / Math.log(ratio))
    return mix([252, 252, 253], [150, 165, 190], Math.min(k, count) / count)
  }
/** The points at which a field of side x side cells has its values: the cells' centres, as pairs [side * side, 2]. */
export const gridPoints = (x: Extent, y: Extent, side: number): Float64Array =>
  Float64Array.from({ length: 2 * side * side }, (_, i) => {
    const cell = Math.floor(i / 2)
    const [column, row] = [cell % side, Math.floor(cell / side)]
    return i % 2 === 0 ? x[0] + ((column + 0.5) / side) * (x[1] - x[0]) : y[0] + ((row + 0.5) / side) * (y[1] - y[0])
  })

const drawField = ({ values, side, colour }: Field): string => {
  // a picture's rows go down
  const picture = png(side, side, (column, row) => colour(values[(side - 1 - row) * side + column] ?? 0))
  return `<image ${box} preserveAspectRatio="none" href="${dataUrl(picture)}"/>`
}
/**
 * @example
 * plane({ x: [-1, 1], y: [-1, 1], dots: [[0.5, 0.5, 0], [-0.5, 0.5, 1]], title: 'two points' })
 */
export const plane = (p: Plane): string => {
  const x = axisScale(p.x, [left, right])
  const y = axisScale(p.y, [bottom, top])
  const circle = ([a, b]: readonly [number, number, ...unknown[]], more: string): string =>
    `<circle cx="${x(a).toFixed(1)}" cy="${y(b).toFixed(1)}" ${more}/>`
  const dots = (p.dots ?? []).map((dot) =>
    circle(dot, `r="2.6" fill="${kindColours[dot[2]] ?? kindColours[1]}" stroke="#fff" stroke-width=".6"`),
  )
  const lineOf = line<readonly [number, number]>(
    (q) => x(q[0]),
    (q) => y(q[1]),
  )
  const drawPath = ({ name, points }: PlanePath, k: number): string => {
    const colour = colourOf(k)
    const corners = points.map((at) => circle(at, `r="3" fill="${colour}"`)).join('')
    const label = text(right - 6, top + 18 + 16 * k, 'end', name, ` style="fill:${colour}"`)
    return `<path d="${lineOf(points) ?? ''}" fill="none" stroke="${colour}" stroke-width="2"/>${corners}${label}`
  }
  const inside = [p.field === undefined ? '' : drawField(p.field), ...dots, ...(p.paths ?? []).map(drawPath)].join('')
  const clipped = `<clipPath id="c"><rect ${box}/></clipPath><g clip-path="url(#c)">${inside}</g>`
  const title = text((left + right) / 2, 18, 'middle', p.title ?? '', ' font-weight="600"')
  return svg(area.width, area.height, `${axes(area, x, y, { x: 'x', y: 'y' })}${clipped}${title}`)
}
