/** A report as one self-contained HTML page, and as JSON. */
import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { toJSON } from '../../lang/syntax/plain.ts'
import { print, printClosed } from '../../lang/text/print.ts'
import { code, page, escaped as quoted, type Section, table } from '../draw/html.ts'
import type { GradientReport, Slopes, Suspect, Worst } from './report.ts'
import { kinkLines, showNumber, showPlace, showSlopes, showSuspect, spentLine, verdictLine } from './text.ts'

// -- the remainder against the step ----------------------------------------------------------------------------------

const [width, height] = [720, 340]
const [left, right, top, bottom] = [70, width - 150, 14, height - 46]
type RemainderPoint = readonly [h: number, remainder: number]
interface RemainderSeries {
  readonly name: string
  readonly colour: string
  /** The exponent of h that is expected. */
  readonly exponent: number
  readonly points: readonly RemainderPoint[]
}

const seriesOf = ({ remainders }: Slopes): readonly RemainderSeries[] => {
  const drawable = ([, r]: RemainderPoint): boolean => Number.isFinite(r) && r > 0
  const first = remainders.map(([h, a]): RemainderPoint => [h, a]).filter(drawable)
  const second = remainders.map(([h, , b]): RemainderPoint => [h, b]).filter(drawable)
  return [
    { name: 'first order', colour: 'var(--mark)', exponent: 2, points: first },
    { name: 'second order', colour: 'var(--second)', exponent: 3, points: second },
  ]
}
const extent = (v: readonly number[]): [number, number] => [Math.min(...v), Math.max(...v)]
/** Both axes logarithmic, so that an exponent is a slope. */
const scalesOf = (points: readonly RemainderPoint[], floor: number) => ({
  x: scaleLog()
    .domain(extent(points.map(([h]) => h)))
    .range([left, right]),
  y: scaleLog()
    .domain(extent([...points.map(([, r]) => r), ...(floor > 0 ? [floor] : [])]))
    .nice()
    .range([bottom, top]),
})
type Scales = ReturnType<typeof scalesOf>

/** Powers of ten in a range, at most about eight of them. */
const ticksIn = ([a = 1, b = 1]: readonly number[]): readonly number[] => {
  const first = Math.ceil(Math.log10(a))
  const all = Array.from({ length: Math.max(0, Math.floor(Math.log10(b)) - first + 1) }, (_, k) => 10 ** (first + k))
  return all.filter((_, k) => k % Math.max(1, Math.ceil(all.length / 8)) === 0)
}
const label = (v: number): string => `1e${Math.round(Math.log10(v))}`
const ruleAt = (y: number, style: string): string => `<line x1="${left}" x2="${right}" y1="${y}" y2="${y}" ${style}/>`
const axesOf = ({ x, y }: Scales): readonly string[] => [
  ...ticksIn(y.domain()).map(
    (t) =>
      `${ruleAt(y(t), 'stroke="var(--rule)"')}<text x="${left - 8}" y="${y(t) + 4}" text-anchor="end">${label(t)}</text>`,
  ),
  ...ticksIn(x.domain()).map((t) => `<text x="${x(t)}" y="${bottom + 18}" text-anchor="middle">${label(t)}</text>`),
]
/** Points, and a dashed line of the expected slope through the point of the widest step. */
const drawSeries = ({ x, y }: Scales, { name, colour, exponent, points }: RemainderSeries): readonly string[] => {
  const [head] = points
  const tail = points.at(-1)
  if (head === undefined || tail === undefined) return []
  const [lowest = 1] = y.domain()
  const low = Math.max(tail[0], head[0] * (lowest / head[1]) ** (1 / exponent))
  const ideal: readonly RemainderPoint[] = [head, [low, head[1] * (low / head[0]) ** exponent]]
  const path = line<RemainderPoint>(
    (p) => x(p[0]),
    (p) => y(p[1]),
  )
  return [
    `<path d="${path(ideal) ?? ''}" stroke="${colour}" fill="none" stroke-dasharray="4 4" opacity=".6"/>`,
    ...points.map(([h, r]) => `<circle cx="${x(h)}" cy="${y(r)}" r="3" fill="${colour}"/>`),
    `<text x="${x(head[0]) + 8}" y="${y(head[1]) + 4}" style="fill:${colour}">${quoted(name)}</text>`,
  ]
}
const floorLine = ({ y }: Scales, floor: number): string =>
  floor > 0
    ? ruleAt(y(floor), 'stroke="var(--faint)" stroke-dasharray="1 4"') +
      `<text x="${right + 8}" y="${y(floor) + 4}">rounding</text>`
    : ''
const axisNames =
  `<text x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">step h</text>` +
  `<text transform="translate(14 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">remainder</text>`

const remainderPlot = (s: Slopes): string => {
  const series = seriesOf(s)
  const points = series.flatMap((c) => c.points)
  if (points.length < 2) return '<p class="faint">no remainder: the program is linear along the direction</p>'
  const scales = scalesOf(points, s.floor)
  const body = [...axesOf(scales), ...series.flatMap((c) => drawSeries(scales, c)), floorLine(scales, s.floor)].join('')
  return `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="remainder against step">${body}
${axisNames}</svg>`
}

// -- the page --------------------------------------------------------------------------------------------------------

const values = (w: Worst): readonly string[] => [
  showPlace(w),
  showNumber(w.analytic),
  showNumber(w.numeric),
  `± ${w.bar.toExponential(1)}`,
]
const sentences: { readonly [verdict in GradientReport['verdict']]: string } = {
  correct: 'Both modes agree with finite differences, within the error bars of the differences, and with each other.',
  wrong: 'A derivative differs from finite differences, or one mode from the other, by more than the error bars allow.',
  'non-smooth':
    'At every point tried, the one-sided derivatives differ or the program jumps: finite differences decide nothing.',
  unclear: 'Rounding inside the program hides its derivative: finite differences say nothing.',
  unfinished: 'The budget of the check was spent before a point was checked: give a larger one.',
  'not finite': 'No point was found around which the program is finite: give one, or the ranges of the inputs.',
}
const suspectSection = (s: Suspect): Section => ({
  title: `Suspected: ${s.ops.join(', ')}`,
  text: 'The smallest part of the program that fails by itself, at the values that it has there.',
  body: code([...showSuspect(s), '', printClosed(s.part)].join('\n')),
})
const pointText = (r: GradientReport): string =>
  r.point
    .map(
      ({ name, values: v }) =>
        `${name} = [${v.slice(0, 64).join(', ')}${v.length > 64 ? `, ... ${v.length} numbers` : ''}]`,
    )
    .join('\n')

const checksTable = (r: GradientReport): string =>
  table(
    ['', 'check', 'error', 'seen to', 'worst at', 'analytic', 'numeric', 'bar'],
    r.checks.map((c) => [
      c.passed ? 'ok' : 'WRONG',
      c.name,
      c.error.toExponential(1),
      c.resolution.toExponential(1),
      ...values(c.worst),
    ]),
  )
const inputsTable = (r: GradientReport): string =>
  table(
    ['', 'input', 'coordinates', 'worst', 'analytic', 'numeric', 'bar'],
    r.coordinates.map((c) => [c.passed ? 'ok' : 'WRONG', c.leaf, `${c.checked} of ${c.of}`, ...values(c.worst)]),
  )
const slopesSection = (s: Slopes): Section => ({
  title: 'Taylor remainder',
  text: `${showSlopes(s)}. Dashed: the expected slopes.`,
  body: remainderPlot(s),
})
/** The report as one self-contained HTML page. */
export const gradientPage = (r: GradientReport, title = 'Gradient check'): string =>
  page(title, verdictLine(r), [
    { title: 'Checks', text: sentences[r.verdict], body: checksTable(r) },
    ...(r.kink ? [{ title: 'Kink', text: `${kinkLines(r.kink).join('. ')}.`, body: '' }] : []),
    ...(r.coordinates.length > 0
      ? [{ title: 'By input', text: 'One coordinate at a time; the worst of each input.', body: inputsTable(r) }]
      : []),
    ...(r.suspect ? [suspectSection(r.suspect)] : []),
    ...(r.slopes ? [slopesSection(r.slopes)] : []),
    { title: 'Cost', body: code(spentLine(r.spent)) },
    { title: 'Program', body: code(print(r.program)) },
    ...(r.point.length > 0 ? [{ title: 'Point', body: code(pointText(r)) }] : []),
  ])

/** The report as JSON: programs as text, and numbers that JSON lacks as {"$": "NaN"}. */
export const reportToJSON = (r: GradientReport): string => {
  const plain = (s: Suspect): object => ({
    ...s,
    part: printClosed(s.part),
    ...(s.within && { within: { attribute: s.within.attribute, suspect: plain(s.within.suspect) } }),
  })
  return toJSON({ ...r, program: print(r.program), suspect: r.suspect && plain(r.suspect) })
}
