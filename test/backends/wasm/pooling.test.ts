/** Maxima of windows: the first maximum or NaN to the bit, -0 and 0 being equal, though no maximum is computed. */
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import { partsOf } from '../../../backends/rewrite/scalars.ts'
import { chooseShort } from '../../../backends/rewrite/shortIndices.ts'
import { kernelsOf } from '../../../backends/schedule/plan.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { maxPool } from '../../../lang/operations/pooling.ts'
import { gatherRows } from '../../../lang/primitives/indexing.ts'
import { argmin } from '../../../lang/primitives/reduction.ts'
import { unfold } from '../../../lang/primitives/window.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { type AnyProgram, compiled } from '../execution.ts'

const special = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2]
/** Every special number beside every other. */
const numbers = Float64Array.from(
  { length: 12 * 12 },
  (_, k) => special[(k * 5 + ((k * k) >> 3)) % special.length] ?? 0,
)
const program = (f: (x: Expr) => Expr): AnyProgram =>
  (programOrThrow as unknown as (t: unknown, f: (x: Expr) => Expr) => AnyProgram)(real(1, 12, 12), f)
const pool = (options: object) => program(maxPool(options as never) as unknown as (x: Expr) => Expr)
const smallest = program((x) => {
  const windows = unfold({ size: 3, stride: 1, dilation: 1, low: 0, count: 10, length: 12 })(x)
  return gatherRows(3)(windows, argmin(-1)(windows)) as Expr
})
const cases: readonly (readonly [string, AnyProgram])[] = [
  ['2 x 2', pool({ kernel: 2 })],
  ['3 x 3, overlapping, padded', pool({ kernel: 3, stride: 2, pad: 1 })],
  ['4 x 4, dilated', pool({ kernel: 4, stride: 1, dilation: 2 })],
  ['minima', smallest],
]
describe.each(cases)('%s', (_, p) => {
  test.each(['float32', 'float64'] as const)('%s', async (precision) => {
    const r = await compiled(wasm({ precision }), p)
    const [found] = await r.run([numbers])
    r.release()
    expect(Array.from(found ?? [])).toEqual(Array.from(evaluate(p.closed, [numbers])[0] ?? []))
  })
  test('no maximum is computed beside the choice', () => {
    const functions = kernelsOf(planOf(p.closed)).flatMap((k) =>
      [...partsOf(chooseShort(k.body))].map((s) => (s._tag === 'Call' ? s.fn : s._tag)),
    )
    expect(functions).toContain('select')
    expect(functions).not.toContain('Reduce')
  })
})
