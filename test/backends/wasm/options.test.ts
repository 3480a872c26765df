/** Options of the wasm back end whose values break a rule: errors of compiling, by name. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { auto, plan, showBackendError, type WasmOptions, wasm } from '../../../backends/index.ts'
import { add, programOrThrow, real } from '../../../src/index.ts'
import { orFail } from '../execution.ts'

const step = programOrThrow([real(3), real(3)], ([s, x]) => [add(s, x), s] as const)
const wrong: readonly (readonly [keyof WasmOptions, readonly unknown[]])[] = [
  ['threads', [Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY, '2', null]],
  ['memory', [Number.NaN, 0, -1, Number.NEGATIVE_INFINITY, '1e9', null]],
  ['precision', ['float16', 64, null]],
  ['relaxed', ['yes', 1, null]],
]
describe.each(wrong)('the option %s', (option, values) => {
  test.each(values.map((v) => [v]))('%o', async (value) => {
    const backend = wasm({ [option]: value } as WasmOptions)
    const refused = E.left(expect.objectContaining({ _tag: 'InvalidOption', backend: 'wasm', option }))
    expect(await backend.compile(step)()).toEqual(refused)
    expect(await backend.resident(step as never)()).toEqual(refused)
    expect(await plan(step, backend)()).toEqual(refused)
  })
})
test('the error shows what was found, and the rule', async () => {
  const found = await wasm({ threads: '2' as never }).compile(step)()
  expect(E.isLeft(found) && showBackendError(found.left)).toBe(
    'the option threads is "2"\n  in   compile on wasm\n  try  a whole number of threads, 1 or more',
  )
})
test('auto hands the error on', async () => {
  expect(await auto({ threads: Number.NaN }).compile(step)()).toMatchObject(E.left({ option: 'threads' }))
})
test.each<WasmOptions>([
  {},
  { threads: 1, memory: Number.POSITIVE_INFINITY, precision: 'float64', relaxed: false },
  { threads: 64, memory: 1e6 },
])('%o is taken', async (options) => {
  orFail(await wasm(options).compile(step)()).release()
})
