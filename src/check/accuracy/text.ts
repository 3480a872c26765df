/** An accuracy report as text: a table, then a paragraph for every row that loses bits. */
import type { AccuracyReport, AccuracyRow, BitLoss, BitLossCause, Compared } from './report.ts'

const short = (x: string | number): string => {
  const v = Number(x)
  return v === 0 || !Number.isFinite(v) ? String(x) : String(Number(v.toPrecision(9)))
}
/** Twelve digits of an exact number: a number near 1 shows by how much. */
const shortExact = (digits: string): string => {
  const v = Number(Number(digits).toPrecision(12))
  return v === 0 || !Number.isFinite(v) ? exactly(digits) : String(v)
}
/** The first digits of an exact number, also where float64 cannot hold it. */
const exactly = (digits: string): string => {
  const [, head = digits, tail = ''] = /^(.*?)(e.*)?$/.exec(digits) ?? []
  return `${head.slice(0, 24)}${tail}`
}
export const bitsOf = (x: number): string => (x < 10 ? x.toFixed(1) : x.toFixed(0))

/** How many inputs, and how many numbers of an array, a place shows. */
const most = 3
const list = (texts: readonly string[]): string =>
  [...texts.slice(0, most), ...(texts.length > most ? ['...'] : [])].join(', ')
export const placeOf = ({ worst }: AccuracyRow): string =>
  list(
    (worst?.point ?? []).map(({ name, values }) => {
      const shown = list(values.map(short))
      return `${name} = ${values.length === 1 ? shown : `[${shown}]`}`
    }),
  )
/** The quantity and its leaf. */
export const nameOf = (r: AccuracyRow): string =>
  (r.quantity === 'value' ? `value ${r.leaf === 'x' ? '' : r.leaf}` : `${r.quantity} in ${r.leaf}`).trim()

const head = ['', 'right', 'median bits', 'worst bits', 'worst at'] as const
const table = (rows: readonly AccuracyRow[]): string => {
  const cells = [
    head,
    ...rows.map((r) => [
      nameOf(r),
      `${r.right} of ${r.compared}`,
      bitsOf(r.median),
      bitsOf(r.worst?.bits ?? 0),
      r.loss === undefined ? '' : placeOf(r),
    ]),
  ]
  const widths = head.map((_, k) => Math.max(...cells.map((c) => (c[k] ?? '').length)))
  return cells
    .map((c) =>
      `  ${c.map((text, k) => (k === 0 || k === 4 ? text.padEnd(widths[k] ?? 0) : text.padStart(widths[k] ?? 0))).join('   ')}`.trimEnd(),
    )
    .join('\n')
}

const values = (args: readonly Compared[]): string => args.map((a) => shortExact(a.exact)).join(' and ')
const areRight = (args: readonly Compared[], of: number): boolean => args.every((a) => a.bits >= of - 2)
const because = (l: BitLoss, r: AccuracyRow): string => {
  const op = l.op ?? 'it',
    from = values(l.args),
    times = l.condition === undefined ? '' : l.condition.toPrecision(2)
  const causes: { readonly [C in BitLossCause]: string } = {
    cancellation: `cancellation: ${op} of ${from} leaves ${short(l.result?.exact ?? 0)}, so that ${
      areRight(l.args, r.of) ? 'the rounding of its arguments' : 'the error of its arguments'
    } is all that remains`,
    overflow: `overflow: ${op} of ${from} is ${short(l.result?.exact ?? 0)}, which ${r.format} cannot hold`,
    underflow: `underflow: ${op} of ${from} is ${exactly(l.result?.exact ?? '0')}, below what ${r.format} holds to the last bit`,
    'argument rounded': `a rounded argument: ${op} turns many times before ${from}, and the rounding of so large an angle is no longer small`,
    'ill-conditioned': `conditioning: ${op} multiplies a relative error of ${from} by ${times}`,
    invalid: `${op} of ${from} is NaN`,
    'inaccurate function': `the back end's own ${op} is inaccurate at ${from}`,
    'wrong derivative': `the derivative itself: in exact arithmetic its program gives ${short(l.result?.computed ?? 0)}`,
    rounding: 'rounding: small errors of many operations add up',
  }
  return causes[l.cause]
}
/** Where the worst number of a row loses its bits, why, and what to try. */
export const paragraph = (r: AccuracyRow): string => {
  const { worst, loss } = r
  if (worst === undefined || loss === undefined) return ''
  const advice = loss.cause === 'wrong derivative' ? 'adjoint check, which finds the rule at fault' : loss.advice
  return [
    `${r.backend}, ${nameOf(r)}: ${bitsOf(worst.bits)} of ${r.of} bits right at ${placeOf(r)}`,
    `  exact   ${exactly(worst.exact)}`,
    `  found   ${worst.computed}`,
    ...(loss.formula === undefined ? [] : [`  lost in ${loss.formula.replaceAll('\n', '\n          ')}`]),
    `  because ${because(loss, r)}`,
    ...(advice === undefined ? [] : [`  try     ${advice}`]),
  ].join('\n')
}
const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** Lines of text: how many bits are right on each back end, and where and why they are lost. */
export const showAccuracy = (report: AccuracyReport): string => {
  const backends = [...new Set(report.rows.map((r) => r.backend))]
  return [
    `bits that are right, against ${report.digits} digits of the exact numbers, at ${plural(report.points, 'point')}`,
    ...backends.map((b) => {
      const rows = report.rows.filter((r) => r.backend === b)
      return `${b}, ${rows[0]?.format}: ${rows[0]?.of} bits\n${table(rows)}`
    }),
    ...report.rows.filter((r) => r.loss !== undefined).map(paragraph),
    ...(report.unknown > 0
      ? [`not compared: ${plural(report.unknown, 'number')} that are infinite, or outside the domain`]
      : []),
    ...(report.beyond > 0 ? [`not given to float32: ${plural(report.beyond, 'point')} that it cannot hold`] : []),
  ].join('\n\n')
}
