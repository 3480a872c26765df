/** Every path of every optimiser, step by step, on every back end that runs anywhere, against PyTorch's figures. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readSets } from './files.ts'
import { runnerNamed } from './runner.ts'
import { runCase } from './suite.ts'

const cases = readSets(fileURLToPath(new URL('.', import.meta.url)), 'training').flatMap((s) => s.cases)

test('there are paths to walk', () => expect(cases.length).toBe(31))
describe.each(['reference', 'gpujs:webasm', 'wasm'])('%s', (name) => {
  const runner = runnerNamed(name)
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) =>
    expect((await runCase(c, 'training', runner)).failures).toEqual([]),
  )
})
