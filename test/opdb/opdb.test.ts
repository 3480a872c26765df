/** Every operator of PyTorch's database is said here, with PyTorch's numbers, or has a reason why not. */
import { describe, expect, test } from 'vitest'
import { deviations } from './deviations.ts'
import { judge, onReference } from './judge.ts'
import { said } from './said/index.ts'
import { names, samples } from './samples.ts'

describe('what we say has the results and gradients of PyTorch', () => {
  test.each(Object.entries(said))('%s', (name, say) => {
    const { except, tolerance } = deviations[name] ?? {}
    const judged = (samples[name] ?? []).filter((sample) => !except?.(sample))
    expect(judged.flatMap((sample) => judge(say, sample, onReference, tolerance))).toEqual([])
  })
})
test('names operators of PyTorch only', () => {
  expect([...Object.keys(said), ...Object.keys(deviations)].filter((name) => !names.includes(name))).toEqual([])
})
