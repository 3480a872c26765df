/** What the drawings share: an SVG file of its own, its scales and its axes. */
import { scaleLinear, scaleLog } from 'd3-scale'
import { escaped } from './html.ts'

const colours = ['#0b62c4', '#c2410c', '#15803d', '#7c3aed', '#b45309', '#0e7490'] as const
export const colourOf = (k: number): string => colours[k % colours.length] ?? '#000'

/** The size of a drawing, and the margins around its axes, in pixels. */
export interface PlotArea {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}
/** An SVG file on white ground, its size in pixels. */
export const svg = (width: number, height: number, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1b1f24"><rect width="100%" height="100%" fill="#fff"/>${body}</svg>\n`

/** The least and the greatest value. */
export type Extent = readonly [low: number, high: number]
/** Of no values, 0 to 1. */
export const extentOf = (values: readonly number[]): Extent =>
  values.length === 0 ? [0, 1] : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]

/** From a value to its pixel. */
interface AxisScale {
  (value: number): number
  readonly ticks: readonly (readonly [pixel: number, label: string])[]
}
/** Linear by default. The minor ticks of a logarithmic scale have no label, and are left out. */
export const axisScale = ([low, high]: Extent, [from, to]: Extent, logarithmic = false): AxisScale => {
  const widened: [number, number] = low === high ? [low - 0.5, high + 0.5] : [low, high]
  const s = (logarithmic ? scaleLog() : scaleLinear()).domain(widened).range([from, to])
  const label = logarithmic ? s.tickFormat(6, '~g') : s.tickFormat(6)
  const ticks = s.ticks(6).flatMap((t): (readonly [number, string])[] => (label(t) === '' ? [] : [[s(t), label(t)]]))
  return Object.assign((x: number) => s(x), { ticks })
}
/** `more`: further attributes. */
export const text = (x: number, y: number, anchor: 'start' | 'middle' | 'end', words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`

/** The horizontal rules, the labels of the ticks, and the names of two axes. */
export const axes = (
  f: PlotArea,
  x: AxisScale,
  y: AxisScale,
  names: { readonly x: string; readonly y: string },
): string => {
  const [bottom, right] = [f.height - f.bottom, f.width - f.right]
  const across = y.ticks.map(
    ([at, label]) =>
      `<line x1="${f.left}" x2="${right}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}" stroke="#d8dee4"/>${text(f.left - 8, at + 4, 'end', label)}`,
  )
  const along = x.ticks.map(([at, label]) => text(at, bottom + 18, 'middle', label))
  const rotated = ` transform="rotate(-90 14 ${(f.top + bottom) / 2})"`
  return [
    ...across,
    ...along,
    text((f.left + right) / 2, f.height - 8, 'middle', names.x),
    text(14, (f.top + bottom) / 2, 'middle', names.y, rotated),
  ].join('')
}
