/** The inverse of erf against 50 digits: its value and two derivatives, from mpmath 1.3 (erfinv, and its root of ln erfc). */
import { describe, expect, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { erfInv } from '../../../lang/operations/inverseErf.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { gradOrThrow, jvp } from '../../../src/index.ts'
import { type AnyProgram, compiled } from '../../backends/execution.ts'

// biome-ignore format: a table
const exact: readonly (readonly [x: number, y: number, slope: number, second: number])[] = [
  [5e-324, 4.3785427828571914e-324, 0.88622692545275801, 6.8777989200263809e-324],
  [1e-300, 8.8622692545275804e-301, 0.88622692545275801, 1.392081999207927e-300],
  [1e-20, 8.8622692545275797e-21, 0.88622692545275801, 1.3920819992079269e-20],
  [1e-06, 8.8622692545298999e-7, 0.88622692545345405, 1.392081999210478e-6],
  [0.1, 0.088855990494257692, 0.89325172530518755, 0.14179614878847468],
  [0.25, 0.2253120550121781, 0.93237823460597253, 0.39174068461606698],
  [0.5, 0.47693627620446987, 1.1125848189719498, 1.1807463499934],
  [-0.7, -0.73286907795921678, 1.5163632173337643, -3.3702558853617939],
  [0.84, 0.99353562834730419, 2.3781688651397056, 11.23825337484732],
  [0.85, 1.0179024648320276, 2.4976322679437534, 12.699691020477361],
  [0.86, 1.0435418436397588, 2.6331934306487949, 14.471228114513013],
  [0.9, 1.1630871536766742, 3.4280428114518408, 27.335985073827034],
  [-0.95, -1.3859038243496777, 6.0493278863842327, -101.43254878074759],
  [0.99, 1.8213863677184495, 24.450876473746412, 2177.8147786336219],
  [0.9990234375, 2.3314677736219477, 203.35632620489723, 192830.08261932824],
  [0.9999990463256836, 3.4655050258033307, 145647.24488812871, 147028347554.35381],
  [-0.9999999403953552, -3.8325068569007109, 2120848.0082420371, -34477203125329.913],
  [0.9999999990686774, 4.3280282758009465, 120969199.12817393, 1.2666881157456533e+17],
  [0.9999999999854481, 4.7745974236567506, 7047919616.4265743, 4.7433878779526754e+20],
  [0.9999999999999716, 5.3777677815412793, 3217430174995.6882, 1.1133976536502046e+26],
  [0.9999999999999991, 5.686128441310391, 97539097489305.252, 1.0819423657911088e+29],
  [0.9999999999999998, 5.8050186831934533, 382389054906526.09, 1.6976357936808824e+30],
  [0.9999999999999999, 5.8635847487551679, 757347920544973.98, 6.7264214794661888e+30],
  [-0.9999999999999999, -5.8635847487551679, 757347920544973.98, -6.7264214794661888e+30],
]
const value = programOrThrow(real(), (x) => erfInv(x))
const slope = gradOrThrow(value)
const second = gradOrThrow(slope)
const at = (p: unknown, ...xs: readonly number[]): number =>
  evaluate(
    (p as AnyProgram).closed,
    xs.map((x) => Float64Array.of(x)),
  ).at(-1)?.[0] as number
const off = (found: number, right: number): number => Math.abs(found - right) / Math.max(Math.abs(right), 5e-324)

describe('erfInv in float64', () => {
  test.each(exact)('at %d', (x, y, d, d2) => {
    expect(off(at(value, x), y), 'value').toBeLessThan(1e-15)
    expect(off(at(slope, x), d), 'derivative').toBeLessThan(1.5e-15)
    expect(off(at(jvp(value), x, 1), d), 'derivative, forward').toBeLessThan(1.5e-15)
    expect(off(at(second, x), d2), 'second derivative').toBeLessThan(x === 5e-324 ? 2 : 4e-15)
  })
  test('is infinite at the ends, with an infinite derivative, and NaN outside', () => {
    for (const x of [1, -1]) {
      expect(at(value, x)).toBe(x * Infinity)
      expect(at(slope, x)).toBe(Infinity)
    }
    for (const x of [1.0000000000000002, -2, Infinity, -Infinity, Number.NaN]) expect(at(value, x)).toBeNaN()
    expect(at(value, -0)).toBe(-0)
  })
})
test('erfInv on wasm: 4e-7 relative, at numbers that float32 holds', async () => {
  const some = exact.filter(([x]) => Math.abs(x) > 1e-30 && Math.fround(x) === x)
  expect(some.length).toBe(5)
  for (const [p, column] of [
    [value, 1],
    [slope, 2],
  ] as const) {
    const r = await compiled(wasm(), p as AnyProgram)
    for (const row of some) {
      const [ys = []] = await r.run([Float64Array.of(row[0])])
      expect(off(ys[0] as number, row[column]), `at ${row[0]}`).toBeLessThan(4e-7)
    }
    const [ends = []] = await r.run([Float64Array.of(1)])
    expect(ends[0]).toBe(Infinity)
    r.release()
  }
})
