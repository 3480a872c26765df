/** Neighbours that part: a choice which one of them decides takes it out of a loop that the others move with. */
import { expect, test } from 'vitest'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { canShareLoops, unrollAndJam } from '../../../backends/rewrite/unrollAndJam.ts'
import { fn, index, load, reduce, type Scalar, whole } from '../../../lang/kernel/index.ts'
import { broadcastTo, concat, exp, programOrThrow, real, sum } from '../../../src/index.ts'
import { valuesFrom } from '../../arbitrary/values.ts'
import { agrees, subject } from '../../laws/backend.ts'

test.each(['cpu', 'webasm'] as const)('a sum over pieces of which one is repeated, on %s', async (mode) => {
  const p = programOrThrow([real(1, 8, 5, 3), real(3, 8, 1, 3)], ([w, v]) => {
    const both = concat(0)([w, broadcastTo([3, 8, 5, 3])(v)])
    return sum([2])(exp(sum([3])(both as never) as never) as never)
  })
  const s = await subject(gpujs({ mode }), p as never)
  expect(
    await agrees(
      s,
      valuesFrom(
        1,
        p.closed.inputs.map((i) => i.type),
      ),
      1e-5,
    ),
  ).toBe(true)
  s.release()
})
test('are not computed together', () => {
  const i = index(4)
  const j = index(5)
  const chosen = reduce('add', [3], ([k]) =>
    fn('select', fn('lt', i, whole(1)), load(0, [k as Scalar], 'real'), load(1, [j, k as Scalar], 'real')),
  )
  const body: Scalar = { _tag: 'Reduce', dtype: 'real', by: 'add', index: j, body: fn('exp', chosen) }
  const { indices, bodies } = unrollAndJam([i], body, 0, 4)
  expect(canShareLoops(indices, bodies)).toBe(false)
  expect(canShareLoops(indices, bodies.slice(1))).toBe(true)
})
