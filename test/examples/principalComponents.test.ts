/** The error of principal components on data whose components are known: opposite points along orthogonal axes. */

import { expect, test } from 'vitest'
import { componentErrors } from '../../examples/principal-components.ts'
import { evaluate, type Tensor } from '../../lang/evaluate.ts'
import { orthogonal } from '../../src/nn/index.ts'
import { randomKey } from '../../src/random/index.ts'
import { wave } from '../src/nn/naive.ts'

const size = 4
const lengths = [5, 3, 1, 0.5]
const axes = orthogonal()(randomKey(3), [size, size])
const rows = lengths.flatMap((s, k) =>
  [s, -s].map((t) => Array.from({ length: size }, (_, i) => 7 + t * (axes[k * size + i] as number))),
)
const x = Float64Array.from(rows.flat())

test('the error is the sum of squares of the axes left out, wherever the centre is', () => {
  const n = rows.length
  const [found] = evaluate(componentErrors(n, n, size, 3).closed, [x, x, wave(3 * size)]) as [Tensor]
  const expected = [1, 2, 3].map((d) => lengths.slice(d).reduce((sum, s) => sum + 2 * s * s, 0) / (n * size))
  found.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i] as number, 6)
  })
})
test('the error of other rows, by the components of these', () => {
  const z = Float64Array.from(
    [1, 3].flatMap((k) => Array.from({ length: size }, (_, i) => 7 + (axes[k * size + i] as number))),
  )
  const [found] = evaluate(componentErrors(rows.length, 2, size, 2).closed, [x, z, wave(2 * size)]) as [Tensor]
  // the second axis is kept from d = 2 on, the fourth never
  expect([...found].map((v) => Number(v.toFixed(6)))).toEqual([0.25, 0.125])
})
