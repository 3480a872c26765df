/** Figures beside the ones expected. Each constructor states one kind of bar. */
/** A figure, as text. */
export interface Finding {
  readonly what: string
  readonly expected: string
  readonly found: string
  /** How the two are compared: 'within 1e-9', 'at least'. */
  readonly bar: string
  readonly passed: boolean
}
type Numbers = number | ArrayLike<number>
const listOf = (x: Numbers): readonly number[] => (typeof x === 'number' ? [x] : Array.from(x))
/** A number to 7 digits. */
const show = (x: number): string => (Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(7))))
const shown = (xs: readonly number[], format = show): string =>
  xs.length <= 12 ? xs.map(format).join(' ') : `${xs.slice(0, 10).map(format).join(' ')} ... (${xs.length} numbers)`

/**
 * The same numbers, each within a tolerance. Results in float32 get at least float32's precision as tolerance: 8 units
 * in the last place of the largest number.
 *
 * @example
 * close('predictions', [12.6, 8], [12.6, 8.1], 0.2).passed // => true
 */
export const close = (what: string, expected: Numbers, found: Numbers, tolerance: number): Finding => {
  const [e, f] = [listOf(expected), listOf(found)]
  const single = found instanceof Float32Array
  const largest = Math.max(1, ...e.map(Math.abs))
  const within = single ? Math.max(tolerance, largest * 2 ** -20) : tolerance
  const error = e.reduce(
    (worst, x, i) => Math.max(worst, Math.abs(x - (f[i] ?? Number.NaN)) || (x === f[i] ? 0 : Number.POSITIVE_INFINITY)),
    0,
  )
  const exact = within > 0 && within <= 1e-12 ? String : show
  return {
    what,
    expected: shown(e, exact),
    found: shown(f, exact),
    bar: within === 0 ? 'equal' : `within ${Number(within.toPrecision(2))}${single ? ' (float32)' : ''}`,
    passed: e.length === f.length && error <= within,
  }
}
/** The same text. */
export const same = (what: string, expected: string, found: string): Finding => ({
  what,
  expected,
  found,
  bar: 'equal',
  passed: expected === found,
})
/** A number that must not be below its bar. */
export const atLeast = (what: string, bar: number, found: number): Finding => ({
  what,
  expected: show(bar),
  found: show(found),
  bar: 'at least',
  passed: found >= bar,
})
/** A number that must not be above its bar. */
export const atMost = (what: string, bar: number, found: number): Finding => ({
  what,
  expected: show(bar),
  found: show(found),
  bar: 'at most',
  passed: found <= bar,
})
/** What a run too short for its bar must show: the mean loss of the last epoch is below that of the first. */
export const lossFalls = (history: readonly { readonly loss: number }[]): Finding =>
  atMost(
    'loss of the last epoch, over that of the first',
    0.99,
    history.length < 2 ? Number.NaN : (history.at(-1)?.loss ?? 0) / (history[0]?.loss ?? 1),
  )
/** A property that must hold. `found`: what is shown. Default: whether it holds. */
export const holds = (what: string, passed: boolean, found = passed ? 'holds' : 'does not hold'): Finding => ({
  what,
  expected: 'holds',
  found,
  bar: 'always',
  passed,
})
