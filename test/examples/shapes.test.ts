/** Generated pictures of shapes, and what cells say of them. */
import { expect, test } from 'vitest'
import { overlap } from '../../examples/boxes.ts'
import { channels, decoded, foundIn, loss, side, targetsOf } from '../../examples/cells.ts'
import { boxOf, kinds, scenes } from '../../examples/shapes.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { programOrThrow, real } from '../../src/index.ts'
import { randomKey } from '../../src/random/index.ts'

const s = scenes(randomKey(1), 60, side, 3)

test('fewer pictures are the first of more', () => {
  const few = scenes(randomKey(1), 7, side, 3)
  expect(few.pixels).toEqual(s.pixels.slice(0, few.pixels.length))
  expect(few.shapes).toEqual(s.shapes.slice(0, 7))
})
test('every kind occurs, boxes lie inside and hardly overlap, and pixels of a shape lie in its box', () => {
  expect(new Set(s.shapes.flat().map((a) => a.kind)).size).toBe(kinds.length)
  for (const [n, there] of s.shapes.entries()) {
    expect(there.length).toBeGreaterThan(0)
    for (const [i, a] of there.entries()) {
      for (const edge of boxOf(a)) expect(edge >= 0 && edge <= side).toBe(true)
      for (const b of there.slice(0, i)) expect(overlap(boxOf(a), boxOf(b))).toBeLessThanOrEqual(0.1)
    }
    for (let p = 0; p < side * side; p++) {
      const kind = (s.classes[n * side * side + p] ?? 0) - 1
      const [x, y] = [(p % side) + 0.5, Math.floor(p / side) + 0.5]
      const in_ = there.some((a) => a.kind === kind && Math.abs(x - a.x) <= a.r && Math.abs(y - a.y) <= a.r)
      if (kind >= 0) expect(in_).toBe(true)
    }
  }
})
test('a square covers the pixels of its box', () => {
  const square = s.shapes.findIndex((a) => a.length === 1 && a[0]?.kind === 1)
  const r = s.shapes[square]?.[0]?.r ?? 0
  const covered = s.classes.subarray(square * side * side, (square + 1) * side * side).filter((c) => c === 2).length
  expect(Math.abs(Math.sqrt(covered) - 2 * r)).toBeLessThan(1)
})

const cells = 64
const logit = (p: number): number => Math.log(p / (1 - p))
/** The output that says just what the target says. */
const sayingSo = (target: Float32Array): Float64Array =>
  Float64Array.from(target, (v, i) => {
    const channel = Math.floor(i / cells)
    return channel === 0 || channel > 4 ? 60 * v - 30 : channel < 3 ? logit(Math.min(Math.max(v, 1e-9), 1 - 1e-9)) : v
  })
const type = real(channels, 8, 8)
test('what says the target is decoded to the boxes of the picture, at no loss', () => {
  const [targets, size] = [targetsOf(s), channels * cells]
  for (const n of [0, 1, 2, 3]) {
    const target = targets.subarray(n * size, (n + 1) * size)
    const output = sayingSo(target)
    const cost = programOrThrow([type, type], ([x, y]) => loss(x, y))
    expect(evaluate(cost.closed, [output, Float64Array.from(target)])[0]?.[0]).toBeLessThan(1e-6)
    const boxes = foundIn(evaluate(programOrThrow(type, decoded).closed, [output])[0] ?? [], 0, 0.5)
    const there = s.shapes[n] ?? []
    expect(boxes.length).toBe(there.length)
    for (const a of there)
      expect(Math.max(...boxes.map((f) => (f.kind === a.kind ? overlap(f.box, boxOf(a)) : 0)))).toBeCloseTo(1, 5)
  }
})
