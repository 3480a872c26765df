/** Things in the plane: a function of (x, y) in bands of colour, points with classes, and paths, as SVG. */
import { line } from 'd3-shape'
import { type Colour, png } from './pixels.ts'
import { axes, colourOf, type Extent, type Frame, scale, svg, text } from './svg.ts'

export type Dot = readonly [x: number, y: number, kind: number]
export interface Field {
  /** Values on a grid of side x side places, row by row, from the lowest y up. */
  readonly values: ArrayLike<number>
  readonly side: number
  /** The colour of a value; bands make contours. */
  readonly colour: (value: number) => Colour
}
export interface Plane {
  readonly x: Extent
  readonly y: Extent
  readonly field?: Field
  readonly dots?: readonly Dot[]
  readonly paths?: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[]
  readonly title?: string
}
const frame: Frame = { width: 520, height: 520, left: 60, right: 16, top: 28, bottom: 48 }
const mix = (a: Colour, b: Colour, t: number): Colour => [
  Math.round(a[0] + (b[0] - a[0]) * t),
  Math.round(a[1] + (b[1] - a[1]) * t),
  Math.round(a[2] + (b[2] - a[2]) * t),
]
/** From orange through white to blue, for a probability of the second class. */
export const probability = (p: number): Colour =>
  p < 0.5 ? mix([249, 168, 112], [255, 255, 255], 2 * p) : mix([255, 255, 255], [125, 180, 240], 2 * p - 1)
/** Bands of equal ratio: levels c r^k, light where low. */
export const bands =
  (lowest: number, ratio: number, count: number) =>
  (value: number): Colour => {
    const k = Math.floor(Math.log(Math.max(value, lowest) / lowest) / Math.log(ratio))
    return mix([252, 252, 253], [150, 165, 190], Math.min(k, count) / count)
  }

/** The points of a field's grid, pair by pair: what its function is computed at. */
export const gridPoints = (x: Extent, y: Extent, side: number): Float64Array =>
  Float64Array.from({ length: 2 * side * side }, (_, i) => {
    const place = Math.floor(i / 2)
    const [column, row] = [place % side, Math.floor(place / side)]
    return i % 2 === 0 ? x[0] + ((column + 0.5) / side) * (x[1] - x[0]) : y[0] + ((row + 0.5) / side) * (y[1] - y[0])
  })

export const plane = (p: Plane): string => {
  const [left, right, top, bottom] = [frame.left, frame.width - frame.right, frame.top, frame.height - frame.bottom]
  const x = scale(p.x, [left, right])
  const y = scale(p.y, [bottom, top])
  const path = line<readonly [number, number]>(
    (q) => x(q[0]),
    (q) => y(q[1]),
  )
  const field = p.field
  const ground =
    field === undefined
      ? ''
      : `<image x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" preserveAspectRatio="none" href="data:image/png;base64,${Buffer.from(
          png(field.side, field.side, (c, r) => field.colour(field.values[(field.side - 1 - r) * field.side + c] ?? 0)),
        ).toString('base64')}"/>`
  const dots = (p.dots ?? []).map(
    ([a, b, kind]) =>
      `<circle cx="${x(a).toFixed(1)}" cy="${y(b).toFixed(1)}" r="2.6" fill="${kind === 0 ? '#c2410c' : '#0b62c4'}" stroke="#fff" stroke-width=".6"/>`,
  )
  const paths = (p.paths ?? []).map(
    (q, k) =>
      `<path d="${path(q.points) ?? ''}" fill="none" stroke="${colourOf(k)}" stroke-width="2"/>${q.points
        .map((at) => `<circle cx="${x(at[0]).toFixed(1)}" cy="${y(at[1]).toFixed(1)}" r="3" fill="${colourOf(k)}"/>`)
        .join('')}${text(right - 6, top + 18 + 16 * k, 'end', q.name, ` style="fill:${colourOf(k)}"`)}`,
  )
  const clip = `<clipPath id="c"><rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/></clipPath>`
  const title = text((left + right) / 2, 18, 'middle', p.title ?? '', ' font-weight="600"')
  return svg(
    frame.width,
    frame.height,
    `${axes(frame, x, y, { x: 'x', y: 'y' })}${clip}<g clip-path="url(#c)">${ground}${dots.join('')}${paths.join('')}</g>${title}`,
  )
}
