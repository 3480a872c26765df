/** What the tests call in the page; every function takes and gives plain data. */
import { conformanceCase } from './conformance.ts'
import { train } from './train.ts'

export const api = { conformanceCase, train }
Object.assign(globalThis, { api })
