/** Line charts as SVG. Scales, ticks and paths are d3's. */
import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { escaped } from './html.ts'

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}
export interface Axes {
  readonly x: string
  readonly y: string
  readonly logarithmic?: boolean
}
const width = 720,
  height = 300,
  left = 64,
  right = 16,
  top = 12,
  bottom = 44
const colours = ['var(--mark)', 'var(--second)', 'var(--faint)']

/** Points that are not finite, or not positive on a logarithmic axis, are left out. */
export const chart = (axes: Axes, series: readonly Series[]): string => {
  const shown = series.map((s) => ({
    ...s,
    points: s.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && (!axes.logarithmic || y > 0)),
  }))
  const xs = shown.flatMap((s) => s.points.map(([x]) => x)),
    ys = shown.flatMap((s) => s.points.map(([, y]) => y))
  if (xs.length === 0) return '<p class="faint">nothing to draw</p>'
  const extent = (v: readonly number[]): [number, number] => {
    const [low, high] = [v.reduce((a, b) => Math.min(a, b)), v.reduce((a, b) => Math.max(a, b))]
    // one value has no extent: it is put in the middle
    return low < high ? [low, high] : [low - Math.abs(low) / 2 || -1, high + Math.abs(high) / 2 || 1]
  }
  const x = scaleLinear()
    .domain(extent(xs))
    .range([left, width - right])
  const y = (axes.logarithmic ? scaleLog() : scaleLinear())
    .domain(extent(ys))
    .nice()
    .range([height - bottom, top])
  // a logarithmic scale leaves the label of its minor ticks empty
  const yLabel = y.tickFormat(5, '~g'),
    yTicks = y.ticks(5).filter((t) => yLabel(t) !== '')
  const path = line<readonly [number, number]>(
    (p) => x(p[0]),
    (p) => y(p[1]),
  )
  const grid = yTicks.map(
    (t) =>
      `<line x1="${left}" x2="${width - right}" y1="${y(t)}" y2="${y(t)}" stroke="var(--rule)"/><text x="${left - 8}" y="${y(t) + 4}" text-anchor="end">${escaped(yLabel(t))}</text>`,
  )
  const base = x
    .ticks(8)
    .map(
      (t) => `<text x="${x(t)}" y="${height - bottom + 18}" text-anchor="middle">${escaped(x.tickFormat(8)(t))}</text>`,
    )
  const lines = shown.map((s, k) => {
    const [only, ...others] = s.points
    if (only !== undefined && others.length === 0)
      return `<circle cx="${x(only[0])}" cy="${y(only[1])}" r="4" fill="${colours[k % colours.length]}"/>`
    return `<path d="${path(s.points) ?? ''}" fill="none" stroke="${colours[k % colours.length]}" stroke-width="${k === 0 && shown.length > 1 ? 1 : 2}"${k === 0 && shown.length > 1 ? ' opacity=".45"' : ''}/>`
  })
  // a lone curve is named by its axis
  const legend = (shown.length > 1 ? shown : []).map(
    (s, k) =>
      `<text x="${width - right}" y="${top + 14 + 16 * k}" text-anchor="end" style="fill:${colours[k % colours.length]}">${escaped(s.name)}</text>`,
  )
  return `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="${escaped(`${axes.y} against ${axes.x}`)}">${[...grid, ...base, ...lines, ...legend].join('')}
<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(axes.x)}</text><text transform="translate(14 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(axes.y)}</text></svg>`
}
