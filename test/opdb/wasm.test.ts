/** A part of the sayings on WebAssembly in float64: every fourth operator's first call has the numbers of PyTorch. */
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { showBackendError, wasm } from '../../backends/index.ts'
import { tensorsOf } from './call.ts'
import { deviations } from './deviations.ts'
import { differ, resultsOf } from './judge.ts'
import { said } from './said/index.ts'
import { numbers, samples } from './samples.ts'

const backend = wasm({ precision: 'float64', threads: 1 })
const chosen = Object.entries(said).filter(([name], k) => k % 4 === 0 && deviations[name] === undefined)

test.each(chosen)('%s', async (name, say) => {
  const sample = (samples[name] ?? []).find(({ out }) => out !== undefined)
  if (sample === undefined) return
  const compiled = await backend.compile(resultsOf(say, sample) as never)()
  if (E.isLeft(compiled)) throw new Error(showBackendError(compiled.left))
  const { run, release } = compiled.right
  const result = await run(tensorsOf(sample).map(({ data }) => numbers(data)) as never)()
  release()
  if (E.isLeft(result)) throw new Error(showBackendError(result.left))
  const found = result.right as unknown as readonly ArrayLike<number>[]
  expect((sample.out ?? []).flatMap((t, k) => differ(`result ${k}`, found[k] ?? [], numbers(t.data), 1e-9))).toEqual([])
})
