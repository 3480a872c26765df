/** A sample of `npm run laws -- --backend NAME`, and whether it finds a back end that is wrong. */
import { expect, test } from 'vitest'
import type { Backend } from '../../backends/backend.ts'
import { wasm } from '../../backends/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { backendNamed, backendNames, runOnBackend } from './backends.ts'
import { showFailure } from './campaign.ts'

test.each(backendNames)('%s agrees with the reference: values, tangents and gradients', async (name) => {
  const { failure, seed } = await runOnBackend({ backend: backendNamed(name), programs: 32, seed: 20260 })
  expect(failure && showFailure(failure, seed, name)).toBeUndefined()
})

const renamed = (p: Closed, from: string, to: string): Closed => ({
  ...p,
  equations: p.equations.map((q) => (q.op === from ? { ...q, op: to } : q)),
})
test('a back end that exchanges two functions is found; the program shrinks, and its seed and path find it again', async () => {
  const right = wasm({ threads: 1 })
  const wrong: Backend = {
    ...right,
    compile: (p) => right.compile({ ...p, closed: renamed(p.closed, 'erf', 'tanh') }),
  }
  const found = await runOnBackend({ backend: wrong, programs: 800, seed: 3, primitives: ['erf', 'neg', 'mul'] })
  const { failure, seed } = found
  const ops = failure?.program.closed.equations.map((q) => q.op) ?? []
  expect([ops.includes('erf'), ops.length <= 3]).toEqual([true, true])
  const again = await runOnBackend({
    backend: wrong,
    programs: 1,
    seed,
    path: failure?.path ?? '',
    primitives: ['erf', 'neg', 'mul'],
  })
  expect(again.failure?.program.closed).toEqual(failure?.program.closed)
  expect(failure && showFailure(failure, seed, 'wasm')).toContain(
    `--seed ${seed} --path ${failure?.path} --backend wasm`,
  )
})
