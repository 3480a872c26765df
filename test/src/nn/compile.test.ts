/** The compiler's error for a network that does not fit, and the cost of compiling a long one. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../types/compile.ts'

const root = join(import.meta.dirname, '../../..')
const imports = `
import { relu } from '${root}/lang/operations/activation.ts'
import { real } from '${root}/lang/syntax/shape.ts'
import { conv2d, dense, flatten, maxPool, predictOrThrow, sequential, takes } from '${root}/src/nn/index.ts'
`
const heads = imports.split('\n').length
/** Only what is said of the generated file; it imports more than it uses. */
const compiled = (text: string) => {
  const { errors, instantiations } = compile(imports + text)
  return { errors: errors.filter((e) => e.includes('generated.mts') && !e.includes('TS6133')), instantiations }
}

test('the error is at the wrong layer, and its text has both numbers', { timeout: 120_000 }, () => {
  const { errors } = compiled(`
sequential(
  dense(784, 128),
  relu,
  dense(127, 10),
  relu,
)
sequential(
  takes(real(1, 28, 28)),
  conv2d(1, 32, 5),
  relu,
  maxPool(3),
  flatten(),
  dense(2047, 10),
)
predictOrThrow(sequential(dense(3, 1)), real(4))
`)
  const found = errors.map((e) => [Number(/\((\d+),/.exec(e)?.[1]) - heads, /& "([^"]*)"'\.$/.exec(e)?.[1]])
  expect(found).toEqual([
    [4, 'dense(127, 10) takes [..., 127], not [128]'],
    [13, 'dense(2047, 10) takes [..., 2047], not [2048]'],
    [15, 'dense(3, 1) takes [..., 3], not [4]'],
  ])
})
test('a network of a hundred layers costs the compiler 21,000 instantiations', { timeout: 120_000 }, () => {
  const layers = Array.from({ length: 50 }, (_, k) => `dense(${k + 10}, ${k + 11}), relu`).join(', ')
  const { errors, instantiations } = compiled(`sequential(${layers})`)
  expect(errors).toEqual([])
  expect(instantiations - compiled('').instantiations).toBeLessThan(31_000)
})
