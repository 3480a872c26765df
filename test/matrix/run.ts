/** npm run matrix: prints the table and writes docs/matrix.md. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { entries } from '../../lang/primitives/index.ts'
import { matrix } from './matrix.ts'
import { countOf, page, showTable } from './page.ts'

const tick = process.stderr.isTTY ? (n: number) => process.stderr.write(`\r${n} / ${entries.length}`) : () => undefined
const rows = await matrix(tick)
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
console.log(showTable(rows))
const holes = countOf(rows, 'Hole')
console.log(
  `${rows.length} primitives: ${countOf(rows, 'Tested') + countOf(rows, 'Mapped')} cells tested, ${countOf(rows, 'Refused')} refused by design, ${countOf(rows, 'None')} empty by nature, ${holes} holes`,
)
writeFileSync(fileURLToPath(new URL('../../docs/matrix.md', import.meta.url)), page(rows))
/** 1 when there is a hole. */
export const exitCode = holes === 0 ? 0 : 1
