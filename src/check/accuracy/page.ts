/** An accuracy report as one self-contained HTML page, and as JSON. */
import { toJSON } from '../../../lang/syntax/plain.ts'
import { print } from '../../../lang/text/print.ts'
import { code, page, type Section, table } from '../../draw/html.ts'
import type { AccuracyReport, AccuracyRow } from './report.ts'
import { bitsOf, nameOf, paragraph, placeOf } from './text.ts'

const rowOf = (r: AccuracyRow): readonly string[] => [
  nameOf(r),
  `${r.right} of ${r.compared}`,
  bitsOf(r.median),
  bitsOf(r.worst?.bits ?? 0),
  placeOf(r),
]
const sectionOf = (rows: readonly AccuracyRow[]): Section => ({
  title: `${rows[0]?.backend}`,
  text: `Bits that are right, of the ${rows[0]?.of} of ${rows[0]?.format}.`,
  body: table(['', 'right', 'median', 'worst', 'worst at'], rows.map(rowOf)),
})
/** The report as one self-contained HTML page. */
export const accuracyPage = (report: AccuracyReport, title = 'Accuracy'): string => {
  const backends = [...new Set(report.rows.map((r) => r.backend))]
  const lossy = report.rows.filter((r) => r.loss !== undefined)
  return page(title, `${report.points} points, against ${report.digits} digits of the exact numbers`, [
    ...backends.map((b) => sectionOf(report.rows.filter((r) => r.backend === b))),
    ...(lossy.length > 0 ? [{ title: 'Where bits are lost', body: code(lossy.map(paragraph).join('\n\n')) }] : []),
    { title: 'Program', body: code(print(report.program)) },
  ])
}
/** The report as JSON: the program as text, and numbers that JSON lacks as {"$": "NaN"}. */
export const accuracyToJSON = (report: AccuracyReport): string => toJSON({ ...report, program: print(report.program) })
