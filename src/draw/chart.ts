/** Line charts for pages, as SVG in the page's colours. Scales, ticks and paths are d3's. */
import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { escaped } from './html.ts'

/** A named list of points. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}
/** The axes of a `chart`. */
export interface ChartAxes {
  /** What the horizontal axis shows. */
  readonly x: string
  /** What the vertical axis shows. */
  readonly y: string
  /** A logarithmic vertical axis. Default: false. */
  readonly logarithmic?: boolean
}
const width = 720
const height = 300
const [left, right, top, bottom] = [64, width - 16, 12, height - 44]
const colours = ['var(--mark)', 'var(--second)', 'var(--faint)']
const colourOf = (k: number): string => colours[k % colours.length] ?? 'var(--ink)'

const extent = (values: readonly number[]): [number, number] => {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
  // one value has no extent: it is put in the middle
  return low < high ? [low, high] : [low - Math.abs(low) / 2 || -1, high + Math.abs(high) / 2 || 1]
}
const scalesOf = (axes: ChartAxes, points: Series['points']) => ({
  x: scaleLinear()
    .domain(extent(points.map(([x]) => x)))
    .range([left, right]),
  y: (axes.logarithmic ? scaleLog() : scaleLinear())
    .domain(extent(points.map(([, y]) => y)))
    .nice()
    .range([bottom, top]),
})
type Scales = ReturnType<typeof scalesOf>

const horizontalRules = ({ y }: Scales): readonly string[] => {
  const label = y.tickFormat(5, '~g')
  // in d3 the label of a minor tick on a logarithmic scale is empty
  const ticks = y.ticks(5).filter((t) => label(t) !== '')
  return ticks.map(
    (t) =>
      `<line x1="${left}" x2="${right}" y1="${y(t)}" y2="${y(t)}" stroke="var(--rule)"/><text x="${left - 8}" y="${y(t) + 4}" text-anchor="end">${escaped(label(t))}</text>`,
  )
}
const labelsBelow = ({ x }: Scales): readonly string[] =>
  x
    .ticks(8)
    .map((t) => `<text x="${x(t)}" y="${bottom + 18}" text-anchor="middle">${escaped(x.tickFormat(8)(t))}</text>`)
/** The first of several series is thin and pale: single steps, under their mean. */
const drawSeries = ({ x, y }: Scales, { points }: Series, k: number, several: boolean): string => {
  const [only, ...others] = points
  if (only !== undefined && others.length === 0)
    return `<circle cx="${x(only[0])}" cy="${y(only[1])}" r="4" fill="${colourOf(k)}"/>`
  const path = line<readonly [number, number]>(
    (p) => x(p[0]),
    (p) => y(p[1]),
  )
  const stroke = k === 0 && several ? 'stroke-width="1" opacity=".45"' : 'stroke-width="2"'
  return `<path d="${path(points) ?? ''}" fill="none" stroke="${colourOf(k)}" ${stroke}/>`
}
const legendLine = ({ name }: Series, k: number): string =>
  `<text x="${right}" y="${top + 14 + 16 * k}" text-anchor="end" style="fill:${colourOf(k)}">${escaped(name)}</text>`
const axisNames = (axes: ChartAxes): string =>
  `<text x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(axes.x)}</text><text transform="translate(14 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(axes.y)}</text>`

/** An SVG for a page. Points that are not finite, or not positive on a logarithmic axis, are left out. */
export const chart = (axes: ChartAxes, series: readonly Series[]): string => {
  const drawable = ([x, y]: readonly [number, number]): boolean =>
    Number.isFinite(x) && Number.isFinite(y) && (!axes.logarithmic || y > 0)
  const shown = series.map((s) => ({ ...s, points: s.points.filter(drawable) }))
  const points = shown.flatMap((s) => s.points)
  if (points.length === 0) return '<p class="faint">nothing to draw</p>'
  const scales = scalesOf(axes, points)
  const several = shown.length > 1
  const lines = shown.map((s, k) => drawSeries(scales, s, k, several))
  // the axis names a lone curve
  const legend = several ? shown.map(legendLine) : []
  const body = [...horizontalRules(scales), ...labelsBelow(scales), ...lines, ...legend].join('')
  return `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="${escaped(`${axes.y} against ${axes.x}`)}">${body}
${axisNames(axes)}</svg>`
}
