/** A product that is computed four elements at a time, in a state that stays on a device. */
import { isRight } from 'fp-ts/lib/Either.js'
import type { Backend } from '../../backends/backend.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { matmul, mul, programOrThrow, real, sum } from '../../src/index.ts'
import { closeAll, type Values } from './close.ts'

const step = programOrThrow([real(64, 48), real(48, 48)], ([s, d]) => {
  const next = matmul(s, d)
  return [mul(next, 0.1), sum()(next)] as const
})
/** load s, step d three times, read = the fold of the reference, to float32. */
export const keepsState = async (backend: Backend): Promise<boolean> => {
  const held = await backend.resident(step)()
  if (!isRight(held)) return false
  let state: Values = [Float64Array.from({ length: 64 * 48 }, (_, k) => Math.sin(k))]
  const data = Float64Array.from({ length: 48 * 48 }, (_, k) => Math.cos(1.3 * k))
  await held.right.load(state[0] as never)()
  for (let t = 0; t < 3; t++) {
    if (!isRight(await held.right.step(data as never)())) return false
    state = evaluate(step.closed, [...state, data]).slice(0, 1)
  }
  const found = await held.right.read()
  held.right.release()
  return isRight(found) && closeAll([Float64Array.from(found.right as never)], state, 1e-5)
}
