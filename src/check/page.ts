/** A report as one self-contained HTML page, and as JSON. */
import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { toJSON } from '../../lang/syntax/plain.ts'
import { print, printClosed } from '../../lang/text/print.ts'
import { code, page, escaped as quoted, type Section, table } from '../draw/html.ts'
import type { GradientReport, Slopes, Suspect, Worst } from './report.ts'
import { showNumber, showPlace, showSlopes, showSuspect, verdictLine } from './text.ts'

// -- the remainder against the step ----------------------------------------------------------------------------------

const width = 720
const height = 340
const left = 70
const right = 150
const top = 14
const bottom = 46
type Dot = readonly [h: number, r: number]

/** Both axes logarithmic: an exponent is a slope, drawn beside the points as a line. */
export const remainderPlot = (s: Slopes): string => {
  const series = [
    { name: 'first order', colour: 'var(--mark)', exponent: 2, points: s.remainders.map(([h, a]): Dot => [h, a]) },
    { name: 'second order', colour: 'var(--second)', exponent: 3, points: s.remainders.map(([h, , b]): Dot => [h, b]) },
  ].map((c) => ({ ...c, points: c.points.filter(([, r]) => Number.isFinite(r) && r > 0) }))
  const all = series.flatMap((c) => c.points)
  if (all.length < 2) return '<p class="faint">no remainder: the program is linear along the direction</p>'
  const extent = (v: readonly number[]): [number, number] => [Math.min(...v), Math.max(...v)]
  const x = scaleLog()
    .domain(extent(all.map(([h]) => h)))
    .range([left, width - right])
  const y = scaleLog()
    .domain(extent([...all.map(([, r]) => r), ...(s.floor > 0 ? [s.floor] : [])]))
    .nice()
    .range([height - bottom, top])
  const path = line<Dot>(
    (p) => x(p[0]),
    (p) => y(p[1]),
  )
  const sparse = (ticks: readonly number[], n: number): readonly number[] =>
    ticks.filter((_, k) => k % Math.max(1, Math.ceil(ticks.length / n)) === 0)
  const powers = (a: number, b: number): readonly number[] => {
    const first = Math.ceil(Math.log10(a))
    return Array.from({ length: Math.max(0, Math.floor(Math.log10(b)) - first + 1) }, (_, k) => 10 ** (first + k))
  }
  const label = (v: number): string => `1e${Math.round(Math.log10(v))}`
  const [y0 = 1, y1 = 1] = y.domain()
  const grid = sparse(powers(y0, y1), 8).map(
    (t) =>
      `<line x1="${left}" x2="${width - right}" y1="${y(t)}" y2="${y(t)}" stroke="var(--rule)"/><text x="${left - 8}" y="${y(t) + 4}" text-anchor="end">${label(t)}</text>`,
  )
  const [x0 = 1, x1 = 1] = x.domain()
  const base = sparse(powers(x0, x1), 8).map(
    (t) => `<text x="${x(t)}" y="${height - bottom + 18}" text-anchor="middle">${label(t)}</text>`,
  )
  const lines = series.flatMap((c) => {
    const [head] = c.points
    const tail = c.points.at(-1)
    if (head === undefined || tail === undefined) return []
    // the expected slope, through the widest step
    const low = Math.max(tail[0], head[0] * (y0 / head[1]) ** (1 / c.exponent))
    const ideal: readonly Dot[] = [head, [low, head[1] * (low / head[0]) ** c.exponent]]
    return [
      `<path d="${path(ideal) ?? ''}" stroke="${c.colour}" fill="none" stroke-dasharray="4 4" opacity=".6"/>`,
      ...c.points.map(([h, r]) => `<circle cx="${x(h)}" cy="${y(r)}" r="3" fill="${c.colour}"/>`),
      `<text x="${x(head[0]) + 8}" y="${y(head[1]) + 4}" style="fill:${c.colour}">${quoted(c.name)}</text>`,
    ]
  })
  const noise =
    s.floor > 0
      ? `<line x1="${left}" x2="${width - right}" y1="${y(s.floor)}" y2="${y(s.floor)}" stroke="var(--faint)" stroke-dasharray="1 4"/><text x="${width - right + 8}" y="${y(s.floor) + 4}">rounding</text>`
      : ''
  return `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="remainder against step">${[...grid, ...base, ...lines].join('')}${noise}
<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">step h</text><text transform="translate(14 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">remainder</text></svg>`
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
    'At every point that was tried the one-sided derivatives differ or the program jumps: finite differences say nothing.',
  unclear: 'Rounding inside the program hides its derivative: finite differences say nothing.',
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

export const gradientPage = (r: GradientReport, title = 'Gradient check'): string => {
  const checks = table(
    ['', 'check', 'error', 'seen to', 'worst at', 'analytic', 'numeric', 'bar'],
    r.checks.map((c) => [
      c.passed ? 'ok' : 'WRONG',
      c.name,
      c.error.toExponential(1),
      c.resolution.toExponential(1),
      ...values(c.worst),
    ]),
  )
  const inputs = table(
    ['', 'input', 'coordinates', 'worst', 'analytic', 'numeric', 'bar'],
    r.coordinates.map((c) => [c.passed ? 'ok' : 'WRONG', c.leaf, `${c.checked} of ${c.of}`, ...values(c.worst)]),
  )
  const sections: readonly Section[] = [
    { title: 'Checks', text: sentences[r.verdict], body: checks },
    ...(r.coordinates.length > 0
      ? [{ title: 'By input', text: 'One coordinate at a time; the worst of each input.', body: inputs }]
      : []),
    ...(r.suspect ? [suspectSection(r.suspect)] : []),
    ...(r.slopes
      ? [
          {
            title: 'Taylor remainder',
            text: `${showSlopes(r.slopes)}. Dashed: the expected slopes.`,
            body: remainderPlot(r.slopes),
          },
        ]
      : []),
    { title: 'Program', body: code(print(r.program)) },
    ...(r.point.length > 0 ? [{ title: 'Point', body: code(pointText(r)) }] : []),
  ]
  return page(title, verdictLine(r), sections)
}

/** Plain data: programs as text, numbers that JSON has no word for as {"$": "NaN"}. */
export const reportToJSON = (r: GradientReport): string => {
  const plain = (s: Suspect): object => ({
    ...s,
    part: printClosed(s.part),
    ...(s.within && { within: { attribute: s.within.attribute, suspect: plain(s.within.suspect) } }),
  })
  return toJSON({ ...r, program: print(r.program), suspect: r.suspect && plain(r.suspect) })
}
