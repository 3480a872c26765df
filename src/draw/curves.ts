/** Curves over one axis, as an SVG file. */
import { line } from 'd3-shape'
import type { Series } from './chart.ts'
import { axes, axisScale, colourOf, extentOf, type PlotArea, svg, text } from './svg.ts'

/** A series drawn as a line, or as dots. */
export interface Curve extends Series {
  /** Dots in place of a line. Default: false. */
  readonly dots?: boolean
}
/** The axes of `curves`. */
export interface CurveAxes {
  /** What the horizontal axis shows. */
  readonly x: string
  /** What the vertical axis shows. */
  readonly y: string
  /** A logarithmic horizontal axis. Default: false. */
  readonly logX?: boolean
  /** A logarithmic vertical axis. Default: false. */
  readonly logY?: boolean
}
const area: PlotArea = { width: 720, height: 380, left: 70, right: 20, top: 16, bottom: 48 }

/**
 * Points that are not finite, or not positive on a logarithmic axis, are left out.
 *
 * @example
 * curves({ x: 'step', y: 'loss', logY: true }, [{ name: 'training', points: [[1, 0.9], [2, 0.5], [3, 0.3]] }])
 */
export const curves = (names: CurveAxes, drawn: readonly Curve[]): string => {
  const drawable = ([x, y]: readonly [number, number]): boolean =>
    Number.isFinite(x) && Number.isFinite(y) && (!names.logX || x > 0) && (!names.logY || y > 0)
  const shown = drawn.map((c) => ({ ...c, points: c.points.filter(drawable) }))
  const points = shown.flatMap((c) => c.points)
  const x = axisScale(extentOf(points.map((p) => p[0])), [area.left, area.width - area.right], names.logX)
  const y = axisScale(extentOf(points.map((p) => p[1])), [area.height - area.bottom, area.top], names.logY)
  const path = line<readonly [number, number]>(
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
    text(area.width - area.right - 4, area.top + 14 + 16 * k, 'end', c.name, ` style="fill:${colourOf(k)}"`),
  )
  return svg(area.width, area.height, [axes(area, x, y, names), ...marks, ...legend].join(''))
}
