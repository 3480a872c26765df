/** What the tests call in the page; every function takes and gives plain data. */
import { conformanceCase } from './conformance.ts'
import { laws } from './laws.ts'
import { lost } from './lost.ts'
import { threads } from './threads.ts'
import { train } from './train.ts'

export const api = { conformanceCase, train, ...laws, ...lost, ...threads }
Object.assign(globalThis, { api })
