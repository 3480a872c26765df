/** Convolution through frequencies, against the sum over all pairs of places, and its gradient. */
import { expect, test } from 'vitest'
import { circularConvolution } from '../../examples/spectral-convolution.ts'
import { dot, evaluate, gradOrThrow, programOrThrow, real } from '../../src/index.ts'
import { waves } from '../src/nn/naive.ts'

test.each([7, 12])('on a circle of %d places', (n) => {
  const [[x, xs], [w, ws], [c, cs]] = [waves([n], 1), waves([n], 2), waves([n], 3)]
  const places = Array.from({ length: n }, (_, i) => i)
  const at = (i: number, j: number): number => (((i - j) % n) + n) % n
  const f = programOrThrow([real(n), real(n)], ([a, b]) => circularConvolution(a, b))
  const y = evaluate(f.closed, [xs, ws])[0] ?? []
  for (const i of places)
    expect(y[i]).toBeCloseTo(
      places.reduce((s, j) => s + x.at(j) * w.at(at(i, j)), 0),
      12,
    )
  const loss = programOrThrow({ a: real(n), b: real(n), c: real(n) }, (v) => dot(circularConvolution(v.a, v.b), v.c))
  const [g = []] = evaluate(gradOrThrow(loss).closed, [xs, ws, cs])
  for (const j of places)
    expect(g[j]).toBeCloseTo(
      places.reduce((s, i) => s + c.at(i) * w.at(at(i, j)), 0),
      12,
    )
})
