/** What tests imply about indices. */
import { expect, test } from 'vitest'
import { boundsOf } from '../../../backends/rewrite/bounds.ts'
import { fn, index, num, plus, type Scalar, whole } from '../../../lang/kernel/index.ts'

const at = plus(index(8), whole(-2))
const below = (n: number): Scalar => fn('lt', at, whole(n))
const from0 = fn('le', whole(0), at)

test('the smallest of several bounds counts, in any order', () => {
  for (const tests of [
    [from0, below(3), below(5)],
    [below(5), from0, below(3)],
    [below(3), below(5), from0],
  ])
    expect(boundsOf(tests)).toMatchObject({ all: true, bounds: [{ below: 3 }] })
})
test('a bound on one side counts only if the range gives the other', () => {
  expect(boundsOf([below(3)])).toEqual({ all: false, bounds: [] })
  expect(boundsOf([from0])).toMatchObject({ all: true, bounds: [{ below: 6 }] })
  expect(boundsOf([from0, fn('lt', num(0), num(1))])).toMatchObject({ all: false, bounds: [{ below: 6 }] })
})
