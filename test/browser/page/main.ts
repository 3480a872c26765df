/** What the tests call in the page; every function takes and gives plain data. */
import { conformanceCase } from './conformance.ts'
import { threads } from './threads.ts'
import { train } from './train.ts'

export const api = { conformanceCase, train, ...threads }
Object.assign(globalThis, { api })
