/** The test of rows of figures: values and gradients on the reference, and values on every back end. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { gpujs, wasm } from '../../../../backends/index.ts'
import { evaluate } from '../../../../lang/evaluate.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import { vjpOrThrow } from '../../../../src/transform/vjp.ts'
import { firstMiss, inputsOf, numbersOf, programOf, type Row } from './run.ts'

const title = ({ call, args }: Row): string => `${call} of ${args.map((a) => `[${a.shape.join(', ')}]`).join(', ')}`
const misses = (results: readonly ArrayLike<number>[], expected: Row['outs'], tolerance: number): string[] =>
  expected.flatMap((e, k) => firstMiss(nth(results, k), numbersOf(e), tolerance) ?? [])

/** Tolerances are relative to the largest number of a result. */
export const holdsEverywhere = (rows: readonly Row[], exact = 1e-13, single = 2e-5): void => {
  describe('on the reference', () => {
    test.each(rows.map((row) => [title(row), row] as const))('%s', (_, row) => {
      const p = programOf(row)
      expect((p.out as unknown as Row['outs']).map((t) => t.shape)).toEqual(row.outs.map((t) => t.shape))
      expect(misses(evaluate(p.closed, inputsOf(row)), row.outs, exact)).toEqual([])
      if (row.pulled === undefined) return
      const cotangents = row.outs.map((o) => Float64Array.from(o.data, (_v, k) => Math.cos(1 + k)))
      const pulled = evaluate(vjpOrThrow(p).closed, [...inputsOf(row), ...cotangents]).slice(-row.pulled.length)
      expect(misses(pulled, row.pulled, exact * 10)).toEqual([])
    })
  })
  test.each([
    ['wasm', wasm(), single],
    ['wasm in float64', wasm({ precision: 'float64' }), exact],
    ['gpujs:cpu', gpujs({ mode: 'cpu' }), single],
    ['gpujs:webasm', gpujs({ mode: 'webasm' }), single],
  ] as const)('on %s', { timeout: 300_000 }, async (_, backend, tolerance) => {
    const wrong: string[] = []
    for (const row of rows) {
      // a row of numbers beyond float32 or an int beyond its range is for float64
      if (
        tolerance === single &&
        row.args.some((a) => numbersOf(a).some((v) => Math.abs(v) > 3e38 && Math.abs(v) < Infinity))
      )
        continue
      const compiled = await backend.compile(programOf(row) as never)()
      if (E.isLeft(compiled)) wrong.push(`${title(row)}: ${JSON.stringify(compiled.left)}`)
      else {
        const ran = await compiled.right.run(inputsOf(row) as never)()
        compiled.right.release()
        const found = E.isLeft(ran) ? [JSON.stringify(ran.left)] : misses(ran.right as never, row.outs, tolerance)
        wrong.push(...found.map((m) => `${title(row)}: ${m}`))
      }
    }
    expect(wrong).toEqual([])
  })
}
