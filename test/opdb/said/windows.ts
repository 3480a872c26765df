/** Windows of signals: numbers known when the program is built. */
import { evaluate, i0, programOrThrow, real, tensor } from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { range, type Sayings } from './common.ts'

/** w(k / (n - 1)), or over n where the window is periodic. */
const sampled =
  (w: (at: number, c: Call, steps: number) => number): Saying =>
  (c) => {
    const n = c.number(0, 'M')
    const steps = c.flag(1, 'sym', true) ? n - 1 : n
    return tensor([n], n === 1 ? [1] : range(n).map((k) => w(k, c, steps)))
  }
const cosines =
  (a: readonly number[]) =>
  (k: number, _: Call, steps: number): number =>
    a.reduce((s, b, j) => s + (j % 2 === 0 ? b : -b) * Math.cos((2 * Math.PI * j * k) / steps), 0)

/** I_0 of numbers that are known now. */
const bessel = (xs: readonly number[]): readonly number[] =>
  [
    ...(evaluate(programOrThrow(real(xs.length), (x) => i0(x)).closed, [Float64Array.from(xs)])[0] ?? []),
  ] as readonly number[]

export const windows: Sayings = {
  'signal.windows.kaiser|': sampled((k, c, n) => {
    const b = c.number(9, 'beta', 12)
    const [at, top] = bessel([b * Math.sqrt(1 - ((2 * k) / n - 1) ** 2), b]) as [number, number]
    return at / top
  }),
  'signal.windows.bartlett|': sampled((k, _, n) => 1 - Math.abs((2 * k) / n - 1)),
  'signal.windows.blackman|': sampled(cosines([0.42, 0.5, 0.08])),
  'signal.windows.cosine|': sampled((k, _, n) => Math.sin((Math.PI / (n + 1)) * (k + 0.5))),
  'signal.windows.exponential|': sampled((k, c, n) =>
    Math.exp(-Math.abs(k - c.number(9, 'center', n / 2)) / c.number(9, 'tau', 1)),
  ),
  'signal.windows.gaussian|': sampled((k, c, n) => Math.exp(-(((k - n / 2) / c.number(9, 'std', 1)) ** 2) / 2)),
  'signal.windows.general_cosine|': sampled((k, c, n) => cosines(c.numbers(9, 'a'))(k, c, n)),
  'signal.windows.general_hamming|': sampled((k, c, n) =>
    cosines([c.number(9, 'alpha', 0.54), 1 - c.number(9, 'alpha', 0.54)])(k, c, n),
  ),
  'signal.windows.hamming|': sampled(cosines([0.54, 0.46])),
  'signal.windows.hann|': sampled(cosines([0.5, 0.5])),
  'signal.windows.nuttall|': sampled(cosines([0.3635819, 0.4891775, 0.1365995, 0.0106411])),
}
