/** Every operator of PyTorch's database is said here, with PyTorch's numbers, or has a reason why not. */
import { describe, expect, test } from 'vitest'
import { deviations } from './deviations.ts'
import { judge, onReference } from './judge.ts'
import { said } from './said/index.ts'
import { names, samples } from './samples.ts'
import { unsaid } from './unsaid.ts'

describe('what we say has the results and gradients of PyTorch', () => {
  test.each(Object.entries(said))('%s', (name, say) => {
    const { except, ...allowed } = deviations[name] ?? {}
    const judged = (samples[name] ?? []).filter((sample) => !except?.(sample))
    expect(judged.length).toBeGreaterThan(0)
    expect(judged.flatMap((sample) => judge(say, sample, onReference, allowed))).toEqual([])
  })
})
test('names operators of PyTorch only', () => {
  const named = [said, unsaid, deviations].flatMap((table) => Object.keys(table))
  expect(named.filter((name) => !names.includes(name))).toEqual([])
})
test('what is said is not unsaid', () => {
  expect(Object.keys(unsaid).filter((name) => name in said)).toEqual([])
})
test('at least 640 of the 703 operators are said', () => {
  expect(names.length).toBe(703)
  expect(Object.keys(said).length).toBeGreaterThanOrEqual(640)
})
