/** npm run operators: writes PyTorch's operators into docs/coming-from.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rewritten } from './page.ts'

const file = fileURLToPath(new URL('../../docs/coming-from.md', import.meta.url))
writeFileSync(file, rewritten(readFileSync(file, 'utf8')))
