/** Losses at infinities and zeros: value, both modes and second order, on the reference and in float32. */
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../../backends/gpujs/index.ts'
import { wasm } from '../../../backends/wasm/index.ts'
import { about } from '../special/case.ts'
import { byBackend, byReference, type Found, heldByFloat32, type Question, questions } from '../special/run.ts'
import { type Row, rows } from './losses.ts'
import { twice } from './twice.ts'

type Numbers = readonly number[]
/** Zeros of both signs are one number here: no loss promises the sign of a zero. */
const unsigned = ({ found, expected }: Found): Found => ({
  found: found.map((xs) => xs.map((x) => x + 0)),
  expected: expected.map((xs) => xs.map((x) => x + 0)),
})
/** The reals of a row's inputs take what is listed for them, in order; null elsewhere. */
const atReals = (r: Row, listed: readonly Numbers[]): readonly (Numbers | null)[] => {
  const rest = [...listed]
  return r.inputs.map(({ type }) => (type.dtype === 'real' ? (rest.shift() ?? null) : null))
}
const asked = (r: Row): readonly Question[] => {
  const types = r.inputs.map((x) => x.type)
  const x = r.inputs.map((g) => g.data)
  const dx = atReals(r, r.gradient)
  const whole = about(r.name, types, r.loss, { of: [], x, y: [[r.value]], w: [[1]], dx })
  // along all numbers of one input at once: the sum of its gradient
  const forward = dx.flatMap((d, k): readonly Question[] => {
    if (d === null) return []
    const v = dx.map((_, i) => (i === k ? d.map(() => 1) : null))
    const dy = [[d.reduce((a, b) => a + b, 0)]]
    return questions(about(r.name, types, r.loss, { of: [], x, y: [[r.value]], v, dy })).slice(1)
  })
  const again = r.second && twice(whole.program, x, atReals(r, r.second.along), r.second.change)
  return [...questions(whole), ...forward, ...(again ? [again] : [])]
}

const all = rows.flatMap((r) => asked(r).map((q, k) => [`${r.name}: ${q.what} ${k}`, q] as const))
test.each(all)('%s', (_, q) => {
  const { found, expected } = unsigned(byReference(q))
  expect(found).toEqual(expected)
})
describe.each([
  ['wasm', wasm()],
  ['gpujs:webasm', gpujs({ mode: 'webasm' })],
  ['gpujs:cpu', gpujs({ mode: 'cpu' })],
] as const)('%s', (_, backend) => {
  const run = byBackend(backend)
  test.each(all.filter(([, q]) => heldByFloat32(q)))('%s', async (_, q) => {
    const { found, expected } = unsigned(await run(q))
    expect(found).toEqual(expected)
  })
})
