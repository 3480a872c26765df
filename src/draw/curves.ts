/** Curves over one axis, as SVG. */
import { line } from 'd3-shape'
import { axes, colourOf, extentOf, type Frame, scale, svg, text } from './svg.ts'

export type Point = readonly [x: number, y: number]
export interface Curve {
  readonly name: string
  readonly points: readonly Point[]
  /** Marks in place of a line. */
  readonly dots?: boolean
}
export interface CurveAxes {
  readonly x: string
  readonly y: string
  readonly logX?: boolean
  readonly logY?: boolean
}
const frame: Frame = { width: 720, height: 380, left: 70, right: 20, top: 16, bottom: 48 }

/** Points that are not finite, or not positive on a logarithmic axis, are left out. */
export const curves = (names: CurveAxes, drawn: readonly Curve[]): string => {
  const visible = ([x, y]: Point): boolean =>
    Number.isFinite(x) && Number.isFinite(y) && (!names.logX || x > 0) && (!names.logY || y > 0)
  const shown = drawn.map((c) => ({ ...c, points: c.points.filter(visible) }))
  const points = shown.flatMap((c) => c.points)
  const x = scale(extentOf(points.map((p) => p[0])), [frame.left, frame.width - frame.right], names.logX)
  const y = scale(extentOf(points.map((p) => p[1])), [frame.height - frame.bottom, frame.top], names.logY)
  const path = line<Point>(
    (p) => x(p[0]),
    (p) => y(p[1]),
  )
  const marks = shown.map((c, k) =>
    c.dots
      ? c.points
          .map((p) => `<circle cx="${x(p[0]).toFixed(1)}" cy="${y(p[1]).toFixed(1)}" r="3" fill="${colourOf(k)}"/>`)
          .join('')
      : `<path d="${path(c.points) ?? ''}" fill="none" stroke="${colourOf(k)}" stroke-width="2"/>`,
  )
  const legend = shown.map((c, k) =>
    text(frame.width - frame.right - 4, frame.top + 14 + 16 * k, 'end', c.name, ` style="fill:${colourOf(k)}"`),
  )
  return svg(frame.width, frame.height, [axes(frame, x, y, names), ...marks, ...legend].join(''))
}
