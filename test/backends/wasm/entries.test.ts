/** Every entry's examples in WebAssembly, and what holds of executables in general. */
import { expect, test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { unit, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { agrees, deterministic, keepsInputs, keepsOutputs, subject } from '../../laws/backend.ts'
import { programOf } from '../execution.ts'

const cases = entries.flatMap((e) =>
  e.examples.map((x, k) => [`${e.name} ${k}`, programOf(e, x), x.range ?? unit] as const),
)
const within = { float32: 2e-6, float64: 1e-13 } as const
const both = cases.flatMap(([name, ...c]) =>
  (['float32', 'float64'] as const).map((precision) => [name, precision, ...c] as const),
)
test.each(both)('%s in %s', async (_, precision, p, range) => {
  const s = await subject(wasm({ precision }), p)
  const at = (seed: number) => valuesFrom(seed, inTypes(p.closed), range)
  for (const seed of [1, 2, 3]) expect(await agrees(s, at(seed), within[precision])).toBe(true)
  expect(await deterministic(s, at(1))).toBe(true)
  expect(await keepsInputs(s, at(1))).toBe(true)
  expect(await keepsOutputs(s, at(1), at(2))).toBe(true)
  s.release()
})
